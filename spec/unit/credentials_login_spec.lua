-- SPDX-License-Identifier: MIT
local core = require "dynamo.core"
local json = require "dynamo.credentials.json"
local login = require "dynamo.credentials.login"
local token_world = require "support.token_world"

local SESSION = "arn:aws:iam::123456789012:user/Ann"
-- sha256sum of the session's name
local NAME = "078af0b03f7d465e65525171a95b9c2b95b49b098b0e98967d0ca4df523f9fb0.json"
local KEY = [[
-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIMmvqdhFunUWa1whV2ex1pNOUMPbNuibEnuKYisSD2choAoGCCqGSM49
AwEHoUQDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Z5A/4QCLi8
maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==
-----END EC PRIVATE KEY-----
]]
local SECRETS = { "secret-one", "token-one", "refresh-one-0123", "MHcCAQEE" }

-- A token as the CLI leaves it. `changes` replaces members, false takes one out; `access` likewise
-- within accessToken.
local function token_with(changes, access)
  local token = {
    accessToken = {
      accessKeyId = "ASIA1",
      secretAccessKey = "secret-one",
      sessionToken = "token-one",
      accountId = "123456789012",
      expiresAt = "2023-11-14T22:18:00Z", -- in 3 minutes
    },
    tokenType = "aws_sigv4",
    refreshToken = "refresh-one-0123",
    idToken = "identity",
    clientId = "arn:aws:signin:::devtools/same-device",
    dpopKey = KEY,
  }
  for name, value in pairs(access or {}) do
    token.accessToken[name] = value or nil
  end
  for name, value in pairs(changes or {}) do
    token[name] = value or nil
  end
  return json.write(token)
end

local function world_of(text, steps, variables)
  local world = token_world.new({ ["/h/.aws/login/cache/" .. NAME] = text }, steps, variables)
  world.region = "eu-west-1"
  return world
end

local function read(world)
  local properties = { login_session = SESSION }
  return login.read(world, properties, { name = "work", properties = properties })
end

local function assert_first(found, expires_at)
  assert.are.same({
    access_key_id = "ASIA1",
    secret_access_key = "secret-one",
    session_token = "token-one",
    account_id = "123456789012",
    expires_at = expires_at,
  }, found)
end

local RENEWED = {
  status = 200,
  body = '{"accessToken":{"accessKeyId":"ASIA2","secretAccessKey":"secret-two",'
    .. '"sessionToken":"token-two"},"tokenType":"aws_sigv4","expiresIn":900,'
    .. '"refreshToken":"refresh-two"}',
}

describe("credentials.login", function()
  it("is not configured by a profile without a session", function()
    local found, message, broken = login.read(world_of(), {}, { name = "work" })
    assert.is_nil(found)
    assert.are.equal('profile "work" has no login_session', message)
    assert.is_nil(broken)
  end)

  it("takes credentials with more than 5 minutes left as they are", function()
    local world = world_of(token_with(nil, { expiresAt = "2023-11-14T22:20:01Z" }))
    assert_first(read(world), token_world.NOW + 301)
    assert.are.equal(0, #world.transport.requests)
  end)

  it("renews those with less, and keeps them", function()
    local world = world_of(token_with(nil, { expiresAt = "2023-11-14T22:20:00Z" }), { RENEWED })
    assert.are.same({
      access_key_id = "ASIA2",
      secret_access_key = "secret-two",
      session_token = "token-two",
      account_id = "123456789012",
      expires_at = token_world.NOW + 900,
    }, read(world))
    assert.are.equal(
      "POST https://eu-west-1.signin.aws.amazon.com:443/v1/token",
      token_world.address(world, 1)
    )
    assert.are.same({
      clientId = "arn:aws:signin:::devtools/same-device",
      grantType = "refresh_token",
      refreshToken = "refresh-one-0123",
    }, token_world.body(world, 1))
    assert.are.equal("application/json", world.transport:header(1, "content-type"))
    assert.matches("^[%w_-]+%.[%w_-]+%.[%w_-]+$", world.transport:header(1, "dpop"))
    assert.are.same(
      core.document(token_with({ refreshToken = "refresh-two" }, {
        accessKeyId = "ASIA2",
        secretAccessKey = "secret-two",
        sessionToken = "token-two",
        expiresAt = "2023-11-14T22:30:00Z",
      })),
      core.document(world.files["/h/.aws/login/cache/" .. NAME])
    )
  end)

  it("renews those that are known to be refused", function()
    local world = world_of(token_with(nil, { expiresAt = "2023-11-14T22:30:00Z" }), { RENEWED })
    world.refresh = true
    assert.are.equal("ASIA2", read(world).access_key_id)
  end)

  it("finds the file in the folder that the environment names", function()
    local world = token_world.new({
      ["/c/" .. NAME] = token_with(nil, { expiresAt = "2023-11-15T00:00:00Z" }),
    }, {}, { AWS_LOGIN_CACHE_DIRECTORY = "/c" })
    assert.are.equal("ASIA1", read(world).access_key_id)
  end)

  it("asks where the login was, where the region says, or the environment", function()
    local rows = {
      { { signInRegion = "us-west-2" }, nil, "https://us-west-2.signin.aws.amazon.com:443" },
      { {}, "us-gov-east-1", "https://us-gov-east-1.signin.amazonaws-us-gov.com:443" },
      { {}, "cn-north-1", "https://cn-north-1.signin.amazonaws.cn:443" },
      {
        {},
        nil,
        "http://127.0.0.1:8000",
        { HOME = "/h", AWS_ENDPOINT_URL_SIGNIN = "http://127.0.0.1:8000" },
      },
    }
    for _, row in ipairs(rows) do
      local world = world_of(token_with(row[1]), { RENEWED }, row[4])
      world.region = row[2] or world.region
      assert(read(world))
      assert.are.equal("POST " .. row[3] .. "/v1/token", token_world.address(world, 1))
    end
  end)

  -- What the token is, what the service answers, and what is said once the credentials have ended.
  local failures = {
    {
      nil,
      { status = 400, body = '{"error":"TOKEN_EXPIRED","message":"m"}' },
      "the session has expired; run: aws login --profile work",
    },
    {
      nil,
      { status = 403, body = '{"error":"USER_CREDENTIALS_CHANGED","message":"m"}' },
      "the user's credentials have changed since the login; run: aws login --profile work",
    },
    {
      nil,
      { status = 403, body = '{"error":"INSUFFICIENT_PERMISSIONS","message":"m"}' },
      "the user must be allowed signin:CreateOAuth2Token, as by the policy "
        .. "SignInLocalDevelopmentAccess",
    },
    {
      nil,
      { status = 400, body = '{"error":"INVALID_REQUEST","message":"bad refresh-one-0123"}' },
      "the credentials could not be renewed: HTTP 400: bad [redacted]",
    },
    {
      nil,
      { kind = "timeout", message = "too late" },
      "the credentials could not be renewed: "
        .. "no answer from https://eu-west-1.signin.aws.amazon.com: too late",
    },
    {
      nil,
      { status = 200, body = '{"accessToken":{"accessKeyId":"A"},"expiresIn":900}' },
      "the credentials could not be renewed: the answer of AWS Sign-In holds no credentials",
    },
    {
      { dpopKey = KEY:sub(1, 99) },
      nil,
      "the credentials could not be renewed: its dpopKey is not "
        .. "usable: no P-256 private key in PEM without a passphrase",
    },
    {
      { signInRegion = "evil.example/#" },
      nil,
      "the credentials could not be renewed: the region is not the name of one",
    },
  }
  for i, row in ipairs(failures) do
    it("uses credentials that it cannot renew until their end, " .. i, function()
      assert_first(read(world_of(token_with(row[1]), { row[2] })), token_world.NOW + 180)
      local ended = token_with(row[1], { expiresAt = "2023-11-14T22:15:00Z" })
      local found, message, broken = read(world_of(ended, { row[2] }))
      assert.is_nil(found)
      assert.is_true(broken)
      assert.are.equal('login for profile "work": ' .. row[3], message)
      for _, secret in ipairs(SECRETS) do
        assert.is_nil(message:find(secret, 1, true))
      end
    end)
  end

  it("does not use refused credentials for want of others", function()
    local world = world_of(token_with(), { { status = 500 } })
    world.refresh = true
    assert.is_nil((read(world)))
  end)

  it("says that it does not know the region", function()
    local world = world_of(token_with(nil, { expiresAt = "2023-11-14T22:15:00Z" }))
    world.region = nil
    local _, message = read(world)
    assert.matches("it has no region: set AWS_REGION", message, 1, true)
  end)

  local unusable = {
    { nil, "No such file" },
    { "{", "it is not JSON" },
    { token_with { dpopKey = false, clientId = false }, "it has no clientId, dpopKey" },
    { token_with { accessToken = "x" }, "it has no accessToken" },
    { token_with(nil, { sessionToken = false }), "its accessToken has no sessionToken" },
    { token_with(nil, { expiresAt = "soon" }), "its expiresAt is not a time" },
  }
  for i, row in ipairs(unusable) do
    it("names the file that it cannot use, and how to get another, " .. i, function()
      local found, message, broken = read(world_of(row[1]))
      assert.is_nil(found)
      assert.is_true(broken)
      assert.matches(
        'login for profile "work": /h/.aws/login/cache/' .. NAME .. ": " .. row[2],
        message,
        1,
        true
      )
      assert.matches("; run: aws login %-%-profile work$", message)
      for _, secret in ipairs(SECRETS) do
        assert.is_nil(message:find(secret, 1, true))
      end
    end)
  end
end)
