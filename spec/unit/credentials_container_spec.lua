-- SPDX-License-Identifier: MIT
local container = require "dynamo.credentials.container"
local credential_world = require "support.credential_world"

local KEYS = '{"AccessKeyId":"AK","SecretAccessKey":"hunter2","Token":"t",'
  .. '"Expiration":"2009-02-13T23:31:30Z","AccountId":"012345678901"}'
local RELATIVE = { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI = "/v2/credentials/x?a=1" }

local function full(address, more)
  local variables = { AWS_CONTAINER_CREDENTIALS_FULL_URI = address }
  for name, value in pairs(more or {}) do
    variables[name] = value
  end
  return variables
end

local function read(variables, steps, files)
  local world, fake = credential_world.new { variables = variables, steps = steps, files = files }
  return fake, container.read(world)
end

describe("credentials of a container", function()
  it("come from the agent of ECS", function()
    local fake, found = read(RELATIVE, { { status = 200, body = KEYS } })
    assert.are.same({
      access_key_id = "AK",
      secret_access_key = "hunter2",
      session_token = "t",
      expires_at = 1234567890,
      account_id = "012345678901",
    }, found)
    local request = fake.requests[1]
    assert.are.same(
      { "GET", "http", "169.254.170.2", 80, "/v2/credentials/x?a=1", false },
      { request.method, request.scheme, request.host, request.port, request.path, request.proxy }
    )
    assert.are.equal("application/json", fake:header(1, "accept"))
    assert.is_nil(fake:header(1, "authorization"))
    assert.are.same({ 102 }, fake.deadlines)
  end)

  it("come for the token of a variable, or of a file, which wins and is read each time", function()
    local variables = full(
      "http://169.254.170.23/v1/credentials",
      { AWS_CONTAINER_AUTHORIZATION_TOKEN = "of the variable" }
    )
    local fake = read(variables, { { status = 200, body = KEYS } })
    assert.are.equal("of the variable", fake:header(1, "authorization"))

    variables.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE = "/token"
    local world
    world, fake = credential_world.new {
      variables = variables,
      steps = { { status = 200, body = KEYS } },
      files = { ["/token"] = "one" },
    }
    assert.is_table(container.read(world))
    world.files["/token"] = "two"
    assert.is_table(container.read(world))
    assert.are.equal("one", fake:header(1, "authorization"))
    assert.are.equal("two", fake:header(2, "authorization"))
  end)

  it("are not looked for without a variable", function()
    local _, found, message, broken = read({})
    assert.is_nil(found)
    assert.is_nil(broken)
    assert.matches("neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor", message)
  end)

  it("are asked for three times, with a pause", function()
    local fake, found =
      read(RELATIVE, { { kind = "transport" }, { status = 500 }, { status = 200, body = KEYS } })
    assert.is_table(found)
    assert.are.same({ 1, 1 }, fake.sleeps)
  end)

  local wrong = {
    {
      "a relative address without a slash",
      { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI = "@evil.example/" },
      nil,
      "does not begin with /",
    },
    { "no address", full("/credentials"), nil, "FULL_URI is not usable: it has no scheme" },
    { "clear text to another machine", full("http://192.0.2.1/x"), nil, "use https://" },
    { "the metadata service", full("http://169.254.169.254/x"), nil, "use https://" },
    {
      "a name that begins like a loopback address",
      full("http://127.0.0.1.evil.example/x"),
      nil,
      "use https://",
    },
    { "user information", full("http://127.0.0.1@evil.example/x"), nil, "user information" },
    {
      "a token with a line end",
      full("http://127.0.0.1/x", { AWS_CONTAINER_AUTHORIZATION_TOKEN = "hunter2\r\nX-Evil: 1" }),
      nil,
      "holds a line end",
    },
    {
      "a token file with a line end",
      full("http://127.0.0.1/x", { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE = "/token" }),
      nil,
      "is empty or holds a line",
    },
    {
      "a token file that is not there",
      full("http://127.0.0.1/x", { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE = "/gone" }),
      nil,
      "/gone: No such file",
    },
    { "a refusal", RELATIVE, { { status = 403, body = "hunter2" } }, "it answered HTTP 403" },
    {
      "nobody there",
      RELATIVE,
      { { kind = "transport", message = "connection refused" } },
      "connection refused",
    },
    { "a cut answer", RELATIVE, { { status = 200, body = KEYS:sub(1, -5) } }, "not JSON" },
    {
      "a failure in a success",
      RELATIVE,
      { { status = 200, body = '{"Code":"Failed","Message":"hunter2"}' } },
      "its Code is Failed",
    },
  }
  for _, case in ipairs(wrong) do
    it("are an error for " .. case[1], function()
      local _, found, message, broken = read(case[2], case[3], { ["/token"] = "hunter2\n" })
      assert.is_nil(found)
      assert.is_true(broken)
      assert.matches(case[4], message, 1, true)
      assert.is_nil(message:find("hunter2"))
    end)
  end

  for _, address in ipairs {
    "https://evil.example/x",
    "http://localhost:8080/x",
    "http://127.1.2.3/x",
    "http://[::1]:80/x",
    "http://169.254.170.2/x",
    "http://169.254.170.23/x",
    "http://[fd00:ec2::23]/x",
    "http://[FD00:EC2::23]/x?a=1",
  } do
    it("may be at " .. address, function()
      local world = credential_world.new { variables = full(address) }
      assert.are.equal(address, container.address(world))
    end)
  end
end)
