-- SPDX-License-Identifier: MIT
local core = require "dynamo.core"
local json = require "dynamo.credentials.json"
local sso_token = require "dynamo.credentials.sso_token"
local token_world = require "support.token_world"

local SESSION = "/h/.aws/sso/cache/" .. core.sha1 "corporate" .. ".json"
local LEGACY = "/h/.aws/sso/cache/" .. core.sha1 "https://x.awsapps.com/start" .. ".json"

-- A token of the session as the CLI leaves it; `changes` replaces members, false takes one out.
local function token_with(changes)
  local token = {
    startUrl = "https://x.awsapps.com/start",
    accessToken = "access-one",
    expiresAt = "2023-11-14T22:25:00Z", -- in 10 minutes
    refreshToken = "refresh-one-0123",
    clientId = "client",
    clientSecret = "client-secret",
    registrationExpiresAt = "2024-01-01T00:00:00Z",
    scopes = { "sso:account:access" },
  }
  for name, value in pairs(changes or {}) do
    token[name] = value or nil
  end
  return json.write(token)
end

local function get(world, changes)
  local settings = {
    session = "corporate",
    start_url = "https://x.awsapps.com/start",
    region = "eu-north-1",
  }
  for name, value in pairs(changes or {}) do
    settings[name] = value or nil
  end
  return sso_token.get(world, settings)
end

local RENEWED = {
  status = 200,
  body = '{"accessToken":"access-two","expiresIn":28800,"refreshToken":"refresh-two"}',
}

describe("credentials.sso_token", function()
  it("takes a token with more than 15 minutes left as it is", function()
    local world = token_world.new { [SESSION] = token_with { expiresAt = "2023-11-14T22:30:01Z" } }
    assert.are.equal("access-one", get(world))
    assert.are.equal(0, #world.transport.requests)
  end)

  it("renews one with less, and keeps it", function()
    local world = token_world.new(
      { [SESSION] = token_with { expiresAt = "2023-11-14T22:30:00Z" } },
      { RENEWED }
    )
    assert.are.equal("access-two", get(world))
    assert.are.equal(
      "POST https://oidc.eu-north-1.amazonaws.com:443/token",
      token_world.address(world, 1)
    )
    assert.are.equal("application/json", world.transport:header(1, "content-type"))
    assert.are.same({
      grantType = "refresh_token",
      clientId = "client",
      clientSecret = "client-secret",
      refreshToken = "refresh-one-0123",
    }, token_world.body(world, 1))
    assert.are.same(
      core.document(token_with {
        accessToken = "access-two",
        refreshToken = "refresh-two",
        expiresAt = "2023-11-15T06:15:00Z",
      }),
      core.document(world.files[SESSION])
    )
  end)

  it("keeps the refresh token where the response has none", function()
    local world = token_world.new(
      { [SESSION] = token_with() },
      { { status = 200, body = '{"accessToken":"access-two","expiresIn":28800}' } }
    )
    assert.are.equal("access-two", get(world))
    assert.are.equal("refresh-one-0123", core.document(world.files[SESSION]).refreshToken)
  end)

  it("uses the renewed token although it cannot be kept", function()
    local world = token_world.new({ [SESSION] = token_with() }, { RENEWED })
    function world.write_file(path)
      return nil, path .. ": Read-only file system"
    end
    assert.are.equal("access-two", get(world))
  end)

  it("asks where the region's partition, or the environment, says", function()
    local world = token_world.new({ [SESSION] = token_with() }, { RENEWED })
    assert(get(world, { region = "cn-north-1" }))
    assert.are.equal("oidc.cn-north-1.amazonaws.com.cn", world.transport.requests[1].host)
    world = token_world.new(
      { [SESSION] = token_with() },
      { RENEWED },
      { HOME = "/h", AWS_ENDPOINT_URL_SSO_OIDC = "http://127.0.0.1:8000" }
    )
    assert(get(world))
    assert.are.equal("POST http://127.0.0.1:8000/token", token_world.address(world, 1))
  end)

  -- What is in the file, what the service answers, and what is said once the token has expired.
  local failures = {
    { { refreshToken = false, clientId = false }, nil, "it has no refreshToken, clientId" },
    { { registrationExpiresAt = "2023-11-14T22:15:00Z" }, nil, "the registration of the client" },
    { { registrationExpiresAt = "soon" }, nil, "its registrationExpiresAt is not a time" },
    {
      {},
      {
        status = 400,
        body = '{"error":"invalid_grant","error_description":"no refresh-one-0123"}',
      },
      "HTTP 400: no [redacted]",
    },
    { {}, { status = 500 }, "HTTP 500" },
    { {}, { kind = "transport", message = "refused" }, "no answer from https://oidc.eu-north-1" },
    { {}, { status = 200, body = "{}" }, "the answer holds no token" },
    { {}, { status = 200, body = '{"accessToken":"x"}' }, "the answer holds no token" },
  }
  for i, row in ipairs(failures) do
    it("uses a token that it cannot renew until its end, " .. i, function()
      local world = token_world.new({ [SESSION] = token_with(row[1]) }, { row[2] })
      assert.are.equal("access-one", get(world))
      row[1].expiresAt = "2023-11-14T22:15:00Z"
      world = token_world.new({ [SESSION] = token_with(row[1]) }, { row[2] })
      local token, problem = get(world)
      assert.is_nil(token)
      assert.matches("the token has expired and was not renewed: " .. row[3], problem, 1, true)
      for _, secret in ipairs { "access-one", "refresh-one-0123", "client-secret" } do
        assert.is_nil(problem:find(secret, 1, true))
      end
    end)
  end

  it("uses a token of the legacy form until its end, and never renews it", function()
    local world = token_world.new({ [LEGACY] = token_with { expiresAt = "2023-11-14T22:15:01Z" } })
    assert.are.equal("access-one", get(world, { session = false }))
    world.transport.wall = world.transport.wall + 1
    local token, problem = get(world, { session = false })
    assert.is_nil(token)
    assert.are.equal("the token has expired", problem)
    assert.are.equal(0, #world.transport.requests)
  end)

  local unusable = {
    { nil, SESSION .. ": No such file" },
    { "{", SESSION .. ": it is not JSON" },
    { token_with { accessToken = false }, SESSION .. ": it has no accessToken" },
    { token_with { expiresAt = "soon" }, SESSION .. ": its expiresAt is not a time" },
  }
  for i, row in ipairs(unusable) do
    it("names the file that it cannot use, " .. i, function()
      local token, problem = get(token_world.new { [SESSION] = row[1] })
      assert.is_nil(token)
      assert.are.equal(row[2], problem:sub(1, #row[2]))
    end)
  end

  it("says that there is no home directory", function()
    assert.are.equal("HOME is not set", select(2, get(token_world.new({}, {}, {}))))
  end)
end)
