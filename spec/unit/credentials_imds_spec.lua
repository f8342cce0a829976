-- SPDX-License-Identifier: MIT
local credential_world = require "support.credential_world"
local imds = require "dynamo.credentials.imds"

local FUTURE = "2030-01-31T12:00:00Z"
local TOKEN = {
  status = 200,
  body = "a-token==",
  headers = {
    ["x-aws-ec2-metadata-token-ttl-seconds"] = "21600",
  },
}
local ROLE = { status = 200, body = "web+server@1\n" }

local function keys(expiration, more)
  return {
    status = 200,
    body = (
      '{"Code":"Success","AccessKeyId":"AK","SecretAccessKey":"hunter2",'
      .. '"Token":"t","Expiration":"%s"%s}'
    ):format(expiration or FUTURE, more or ""),
  }
end

local function read(steps, variables, profile)
  local world, fake = credential_world.new { variables = variables, steps = steps }
  return fake, imds.read(world, nil, profile)
end

describe("credentials of an instance", function()
  it("come for a session token, through no proxy, within a second each", function()
    local fake, found = read { TOKEN, ROLE, keys() }
    assert.are.same({
      access_key_id = "AK",
      secret_access_key = "hunter2",
      session_token = "t",
      expires_at = 1896091200,
    }, found)
    local seen = {}
    for i, request in ipairs(fake.requests) do
      seen[i] = ("%s %s://%s:%d%s"):format(
        request.method,
        request.scheme,
        request.host,
        request.port,
        request.path
      )
      assert.is_false(request.proxy)
      assert.are.equal(101, fake.deadlines[i])
    end
    local base = "http://169.254.169.254:80/latest/"
    local path = base .. "meta-data/iam/security-credentials/"
    assert.are.same(
      { "PUT " .. base .. "api/token", "GET " .. path, "GET " .. path .. "web+server@1" },
      seen
    )
    assert.are.equal("21600", fake:header(1, "x-aws-ec2-metadata-token-ttl-seconds"))
    for i = 2, 3 do
      assert.are.equal("a-token==", fake:header(i, "x-aws-ec2-metadata-token"))
    end
  end)

  it("keep the session token until shortly before its end", function()
    local world, fake = credential_world.new {
      steps = { TOKEN, ROLE, keys(), ROLE, keys(), TOKEN, ROLE, keys() },
    }
    assert.is_table(imds.read(world))
    fake.clock = fake.clock + 21600 - 61
    assert.is_table(imds.read(world))
    assert.are.equal(5, #fake.requests)
    fake.clock = fake.clock + 2
    assert.is_table(imds.read(world))
    assert.are.equal("PUT", fake.requests[6].method)
  end)

  it("replace a session token that is refused, once", function()
    local fake, found = read { TOKEN, { status = 401 }, TOKEN, ROLE, keys() }
    assert.is_table(found)
    assert.are.equal("PUT", fake.requests[3].method)
    local message, broken
    fake, found, message, broken = read { TOKEN, { status = 401 }, TOKEN, { status = 401 } }
    assert.is_nil(found)
    assert.is_true(broken)
    assert.matches("HTTP 401", message)
    assert.are.equal(4, #fake.requests)
  end)

  for _, word in ipairs { "true", "True", "TRUE" } do
    it("are not asked for when switched off by " .. word, function()
      local fake, found, message, broken = read({ TOKEN }, { AWS_EC2_METADATA_DISABLED = word })
      assert.is_nil(found)
      assert.is_nil(broken)
      assert.matches("switched off", message)
      assert.are.equal(0, #fake.requests)
    end)
  end

  local hosts = {
    { { AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE = "ipv6" }, "[fd00:ec2::254]", 80 },
    { { AWS_EC2_METADATA_SERVICE_ENDPOINT = "http://127.0.0.1:1338/" }, "127.0.0.1", 1338 },
    { {}, "127.0.0.2", 80, { ec2_metadata_service_endpoint = "http://127.0.0.2" } },
    { {}, "[fd00:ec2::254]", 80, { ec2_metadata_service_endpoint_mode = "IPv6" } },
  }
  for _, case in ipairs(hosts) do
    it("may be at " .. case[2], function()
      local fake, found =
        read({ TOKEN, ROLE, keys() }, case[1], credential_world.profile("work", case[4] or {}))
      assert.is_table(found)
      assert.are.same({ case[2], case[3] }, { fake.requests[3].host, fake.requests[3].port })
      assert.are.equal("/latest/api/token", fake.requests[1].path)
    end)
  end

  it("take their timeout and attempts from the environment or the profile", function()
    local fake = read(
      { { status = 500 } },
      { AWS_METADATA_SERVICE_TIMEOUT = "2.5", AWS_METADATA_SERVICE_NUM_ATTEMPTS = "3" }
    )
    assert.are.equal(3, #fake.requests)
    assert.are.equal(102.5, fake.deadlines[1])
    local profile = credential_world.profile("work", { metadata_service_num_attempts = "2" })
    fake = read({ { status = 500 } }, {}, profile)
    assert.are.equal(2, #fake.requests)
  end)

  local settings = {
    { AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE = "IPv5" },
    { AWS_METADATA_SERVICE_TIMEOUT = "soon" },
    { AWS_METADATA_SERVICE_TIMEOUT = "0" },
    { AWS_METADATA_SERVICE_TIMEOUT = "-1" },
    { AWS_METADATA_SERVICE_NUM_ATTEMPTS = "nan" },
    { AWS_EC2_METADATA_SERVICE_ENDPOINT = "file:///" },
  }
  for _, variables in ipairs(settings) do
    local name, value = next(variables)
    it(("refuse %s = %s"):format(name, value), function()
      local fake, found, message, broken = read({ TOKEN }, variables)
      assert.is_nil(found)
      assert.is_true(broken)
      assert.is_string(message)
      assert.are.equal(0, #fake.requests)
    end)
  end

  it("are not there where nothing listens", function()
    local fake, found, message, broken = read {
      { kind = "timeout", code = "ConnectTimeout", sent = "none", message = "no connection" },
    }
    assert.is_nil(found)
    assert.is_false(broken)
    assert.matches("no answer from http://169.254.169.254: no connection", message, 1, true)
    assert.is_nil(message:find("hop limit"))
    assert.are.equal(1, #fake.requests)
  end)

  it("are not there for an instance without a role", function()
    local _, found, message, broken = read { TOKEN, { status = 404 } }
    assert.is_nil(found)
    assert.is_false(broken)
    assert.matches("the instance has no role", message)
  end)

  it("are asked for three times where the service fails", function()
    local fake, found = read {
      { status = 500 },
      { status = 503 },
      TOKEN,
      { status = 502 },
      ROLE,
      { status = 500 },
      keys(),
    }
    assert.is_table(found)
    assert.are.equal(7, #fake.requests)
    fake = read { { status = 500 } }
    assert.are.equal(3, #fake.requests)
  end)

  it("speak of the hop limit after a time-out alone", function()
    local steps = {
      { status = 403 },
      { status = 500 },
      { kind = "transport", sent = "complete" },
      { kind = "timeout", sent = "none" },
    }
    for _, step in ipairs(steps) do
      local _, _, message = read { step }
      assert.is_nil(message:find("hop limit", 1, true))
    end
  end)

  local wrong = {
    { "a token that is refused with 403", { { status = 403, body = "hunter2" } }, "HTTP 403" },
    { "a token that is refused with 404", { { status = 404 } }, "HTTP 404" },
    { "a token that is refused with 400", { { status = 400 } }, "HTTP 400" },
    {
      "a token whose answer gets lost",
      { { kind = "timeout", code = "AttemptTimeout", sent = "complete" } },
      "hop limit",
    },
    { "a transport that does not say how far it got", { { kind = "transport" } }, "no answer" },
    { "a server failure", { { status = 500 } }, "HTTP 500" },
    { "a token that is none", { { status = 200, body = "<html> hunter2" } }, "no session token" },
    {
      "a token with a line end",
      { { status = 200, body = "hunter2\r\nX: 1" } },
      "no session token",
    },
    { "no role's name", { TOKEN, { status = 200, body = "<html>hunter2" } }, "no role's name" },
    { "a path for a role", { TOKEN, { status = 200, body = "../hunter2" } }, "no role's name" },
    { "a failure for the role", { TOKEN, { status = 500 } }, "names no role" },
    { "a role that goes away", { TOKEN, ROLE, { status = 404 } }, "HTTP 404" },
    { "a lost answer", { TOKEN, ROLE, { kind = "timeout", sent = "complete" } }, "no answer from" },
    {
      "a cut answer",
      { TOKEN, ROLE, { status = 200, body = keys().body:sub(1, -4) } },
      "not JSON",
    },
    {
      "Code Failed",
      { TOKEN, ROLE, { status = 200, body = '{"Code":"Failed","x":"hunter2"}' } },
      "its Code is Failed",
    },
  }
  for _, case in ipairs(wrong) do
    it("are an error for " .. case[1], function()
      local fake, found, message, broken = read(case[2])
      assert.is_nil(found)
      assert.is_true(broken)
      assert.matches(case[3], message, 1, true)
      assert.is_nil(message:find("hunter2"))
      for i, request in ipairs(fake.requests) do -- never version 1
        assert.is_true(
          request.method == "PUT" or fake:header(i, "x-aws-ec2-metadata-token") == "a-token=="
        )
      end
    end)
  end

  -- AWS honours credentials past their end while it cannot renew them.
  it("past their end are stretched by five to ten minutes", function()
    local past = keys "2009-02-13T23:31:30Z"
    local world, fake = credential_world.new { steps = { TOKEN, ROLE, past, ROLE, past } }
    for byte, seconds in pairs { ["\0"] = 300, ["\255"] = 600 } do
      world.random = function()
        return byte
      end
      assert.are.equal(math.floor(fake:now() + seconds), imds.read(world).expires_at)
    end
  end)

  it("live on while the service fails, unless they were refused", function()
    local world, fake = credential_world.new { steps = { TOKEN, ROLE, keys(), { status = 500 } } }
    local found = imds.read(world)
    assert.are.same(found, imds.read(world))
    fake.wall = found.expires_at
    assert.are.equal(math.floor(fake:now() + 600), imds.read(world).expires_at)
    world.refresh = true
    local none, _, broken = imds.read(world)
    assert.is_nil(none)
    assert.is_true(broken)
  end)
end)
