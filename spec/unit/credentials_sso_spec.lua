-- SPDX-License-Identifier: MIT
local core = require "dynamo.core"
local json = require "dynamo.credentials.json"
local sso = require "dynamo.credentials.sso"
local credential_world = require "support.credential_world"
local token_world = require "support.token_world"

local LEGACY = {
  sso_account_id = "123456789012",
  sso_role_name = "Read+Only@x",
  sso_start_url = "https://x.awsapps.com/start",
  sso_region = "us-east-2",
}
local BY_SESSION = {
  sso_account_id = "123456789012",
  sso_role_name = "ReadOnly",
  sso_session = "corporate",
}
local SECTION = { sso_start_url = "https://x.awsapps.com/start", sso_region = "us-east-2" }

local GOOD = {
  status = 200,
  body = '{"roleCredentials":{"accessKeyId":"ASIA1","secretAccessKey":"secret","sessionToken":"t",'
    .. '"expiration":1700003600000}}',
}

-- Reads a profile called work; there is a token of both forms for it.
local function read(properties, section, steps, files)
  local token = json.write { accessToken = "bearer-one-01234", expiresAt = "2023-11-15T00:00:00Z" }
  local folder = "/h/.aws/sso/cache/"
  local world = token_world.new(files or {
    [folder .. core.sha1 "corporate" .. ".json"] = token,
    [folder .. core.sha1(LEGACY.sso_start_url) .. ".json"] = token,
  }, steps or { GOOD })
  return world,
    sso.read(
      world,
      properties,
      credential_world.profile("work", properties, nil, { corporate = section })
    )
end

local function changed(properties, changes)
  local copy = {}
  for name, value in pairs(properties) do
    copy[name] = value
  end
  for name, value in pairs(changes) do
    copy[name] = value or nil
  end
  return copy
end

describe("credentials.sso", function()
  it("gets a role's credentials for the token of the legacy form", function()
    local world, found = read(LEGACY)
    assert.are.same({
      access_key_id = "ASIA1",
      secret_access_key = "secret",
      session_token = "t",
      expires_at = 1700003600,
      account_id = "123456789012",
    }, found)
    assert.are.equal(
      "GET https://portal.sso.us-east-2.amazonaws.com:443/federation/credentials"
        .. "?account_id=123456789012&role_name=Read%2BOnly%40x",
      token_world.address(world, 1)
    )
    assert.are.equal("bearer-one-01234", world.transport:header(1, "x-amz-sso_bearer_token"))
  end)

  it("takes address and region from the section that the profile names", function()
    for _, more in ipairs { {}, SECTION } do -- agreeing with the profile
      local world, found = read(changed(BY_SESSION, more), SECTION)
      assert.are.equal("ASIA1", found.access_key_id)
      assert.are.equal("portal.sso.us-east-2.amazonaws.com", world.transport.requests[1].host)
    end
  end)

  it("asks where the region's partition, or the environment, says", function()
    local world = read(changed(LEGACY, { sso_region = "us-iso-east-1" }))
    assert.are.equal("portal.sso.us-iso-east-1.c2s.ic.gov", world.transport.requests[1].host)
  end)

  it("is not configured by a profile without account and role", function()
    for _, properties in ipairs { {}, { sso_session = "corporate" }, { sso_account_id = " " } } do
      local _, found, message, broken = read(properties, SECTION)
      assert.is_nil(found)
      assert.are.equal('profile "work" has no sso_account_id', message)
      assert.is_nil(broken)
    end
  end)

  local damaged = {
    { { sso_account_id = "1" }, nil, "missing: sso_role_name, sso_start_url, sso_region" },
    { { sso_role_name = "r" }, nil, "missing: sso_account_id, sso_start_url, sso_region" },
    {
      changed(BY_SESSION, { sso_role_name = false }),
      { sso_region = "us-east-2" },
      "missing: sso_role_name, sso_start_url",
    },
    { BY_SESSION, nil, "the config file has no section [sso-session corporate]" },
    {
      changed(BY_SESSION, { sso_region = "eu-west-1" }),
      SECTION,
      'sso_region is "eu-west-1" in the profile, and "us-east-2" in [sso-session corporate]',
    },
    {
      changed(LEGACY, { sso_region = "evil.example/#" }),
      nil,
      "sso_region is not the name of a region",
    },
  }
  for i, row in ipairs(damaged) do
    it("says what is wrong with the profile, " .. i, function()
      local world, found, message, broken = read(row[1], row[2])
      assert.is_nil(found)
      assert.is_true(broken)
      assert.are.equal(
        'SSO for profile "work": ' .. row[3],
        message:sub(1, #'SSO for profile "work": ' + #row[3])
      )
      assert.is_nil(message:find("aws sso login"))
      assert.are.equal(0, #world.transport.requests)
    end)
  end

  local failing = {
    {
      { status = 401, body = '{"message":"Session token not found or invalid: bearer-one-01234"}' },
      "the token is refused: HTTP 401: Session token not found or invalid: [redacted]; "
        .. "run: aws sso login --profile work",
    },
    {
      { status = 403, body = '{"message":"No access"}' },
      "role Read+Only@x in account 123456789012: HTTP 403: No access",
    },
    { { status = 404 }, "role Read+Only@x in account 123456789012: HTTP 404" },
    { { status = 429 }, "role Read+Only@x in account 123456789012: HTTP 429" },
    {
      { kind = "timeout", message = "too late" },
      "role Read+Only@x in account 123456789012: "
        .. "no answer from https://portal.sso.us-east-2.amazonaws.com: too late",
    },
    { { status = 200, body = "{}" }, "the answer holds no credentials" },
    { { status = 200, body = "<html>" }, "the answer holds no credentials" },
    {
      { status = 200, body = '{"roleCredentials":{"accessKeyId":"AK","secretAccessKey":5}}' },
      "the answer has no secretAccessKey, sessionToken, expiration",
    },
  }
  for i, row in ipairs(failing) do
    it("says what the service refused, " .. i, function()
      local _, found, message, broken = read(LEGACY, nil, { row[1] })
      assert.is_nil(found)
      assert.is_true(broken)
      assert.are.equal('SSO for profile "work": ' .. row[2], message)
    end)
  end

  it("says how to log in where there is no token, or none that lasts", function()
    local path = "/h/.aws/sso/cache/" .. core.sha1(LEGACY.sso_start_url) .. ".json"
    local old = json.write { accessToken = "bearer-one-01234", expiresAt = "2023-11-14T00:00:00Z" }
    local rows = { [false] = path .. ": No such file", [old] = "the token has expired" }
    for text, said in pairs(rows) do
      local world, found, message, broken = read(LEGACY, nil, nil, { [path] = text or nil })
      assert.is_nil(found)
      assert.is_true(broken)
      assert.matches(said, message, 1, true)
      assert.matches("; run: aws sso login %-%-profile work$", message)
      assert.are.equal(0, #world.transport.requests)
    end
  end)
end)
