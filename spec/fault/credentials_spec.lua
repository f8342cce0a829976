-- SPDX-License-Identifier: MIT
-- Sources of credentials that fail, over real sockets, through libcurl.
local client = require "dynamo.client"
local credential_server = require "support.credential_server"
local credentials = require "dynamo.credentials"
local curl = require "dynamo.curl"
local dynamo = require "dynamo"
local patience = require "support.patience"
local stopwatch = require "support.stopwatch"

local PATIENCE = 60 -- seconds for a server to see that a connection is closed

local server

setup(function()
  server = credential_server.start()
end)
teardown(function()
  server:stop()
end)

-- Returns options whose environment is these variables, and whose files are these texts.
local function options(variables, files, more)
  local given = {
    proxy = false,
    getenv = function(name)
      return variables[name]
    end,
    read_file = function(path)
      local text = (files or {})[path]
      if text then return text end
      return nil, path .. ": No such file or directory"
    end,
  }
  for name, value in pairs(more or {}) do
    given[name] = value
  end
  return given
end

local function fetch(...)
  return credentials.new(options(...)):get()
end

-- Asserts that a fetch failed with a text that holds no secret.
local function refused(code, part, found, message, err)
  assert.is_nil(found)
  assert.are.same({ "credentials", code }, { err.kind, err.code })
  assert.matches(part, message, 1, true)
  assert.is_nil(message:find("canary"), message)
end

describe("an instance's credentials over the wire", function()
  local variables

  before_each(function()
    variables = { AWS_EC2_METADATA_SERVICE_ENDPOINT = server.url .. "/" }
  end)

  it("are fetched by version 2, and their token kept", function()
    server:set {}
    local chain = credentials.new(options(variables))
    local found = assert(chain:get())
    assert.are.same(
      { "ASIA0001", "canary-secret-0001", "canary-token-0001" },
      { found.access_key_id, found.secret_access_key, found.session_token }
    )
    assert.is_true(math.abs(found.expires_at - curl.now() - 3600) < 5)
    assert.are.equal("token role keys", server:log().steps)
    assert.are.equal("ASIA0001", chain:get().access_key_id)
    assert.are.equal("ASIA0002", chain:get({ refresh = true }).access_key_id)
    assert.are.equal("token role keys role keys", server:log().steps)
  end)

  it("get a new token when theirs is refused", function()
    server:set { faults = { { at = "role", status = 401, times = 1 } } }
    assert.is_table((fetch(variables)))
    assert.are.equal("token role token role keys", server:log().steps)
  end)

  -- the fault, its steps, what is said; a server that stalls never answers
  local faults = {
    { { at = "token", status = 403 }, "token", "HTTP 403" },
    { { at = "token", status = 404 }, "token", "HTTP 404" },
    { { at = "token", status = 400 }, "token", "HTTP 400" },
    { { at = "token", status = 500 }, "token token token", "HTTP 500" },
    { { at = "token", stall = true }, "token", "hop limit" },
    { { at = "token", cut = 3 }, "token", "no answer from" },
    { { at = "token", body = ("x"):rep(70000) }, "token", "no answer from" },
    {
      { at = "token", status = 302, header = { "location", "http://127.0.0.1:1/" } },
      "token",
      "HTTP 302",
    },
    { { at = "role", body = "<html>canary" }, "token role", "no role's name" },
    { { at = "role", stall = true }, "token role", "no answer from" },
    { { at = "keys", cut = 40 }, "token role keys", "no answer from" },
    { { at = "keys", body = '{"AccessKeyId":"canary"' }, "token role keys", "not JSON" },
    { { at = "keys", code = "Failed" }, "token role keys", "its Code is Failed" },
    { { at = "keys", status = 500, body = "canary" }, "token role keys keys keys", "HTTP 500" },
    { { at = "keys", stall = true }, "token role keys", "no answer from" },
  }
  for i, case in ipairs(faults) do
    it(("are an error for fault %d, at its %s"):format(i, case[1].at), function()
      server:set { faults = { case[1] } }
      refused("BadCredentials", case[3], fetch(variables))
      assert.are.equal(case[2], server:log().steps) -- and nothing of version 1
    end)
  end

  it("are used past their end, for a while", function()
    server:set { faults = { { at = "keys", past = true } } }
    local left = assert((fetch(variables))).expires_at - curl.now()
    assert.is_true(left > 295 and left <= 600, left .. " s")
  end)

  it("are not there where nobody listens, or for no role", function()
    variables.AWS_EC2_METADATA_SERVICE_ENDPOINT = "http://127.0.0.1:1"
    refused("NoCredentials", "no answer from http://127.0.0.1:1", fetch(variables))
    variables.AWS_EC2_METADATA_SERVICE_ENDPOINT = server.url
    server:set { faults = { { at = "role", status = 404 } } }
    refused("NoCredentials", "the instance has no role", fetch(variables))
  end)

  it("do not outlast the deadline of the call", function()
    server:set { faults = { { at = "token", stall = true } } }
    patience.grow(function(patient) -- of an attempt's second; a longer deadline would not be seen
      local chain = credentials.new(options(variables))
      local elapsed = stopwatch.start()
      assert.is_nil((chain:get { deadline = curl.monotonic() + math.min(patient, 0.8) }))
      assert.is_true(elapsed() < math.min(patient, 0.8) + 0.05, elapsed() .. " s")
    end)
  end)

  it("are asked for through no proxy", function()
    server:set {}
    local found = fetch(variables, nil, { proxy = server.url })
    assert.is_table(found)
    for _, request in ipairs(server:log().requests) do
      assert.matches("^/", request.path)
    end
  end)
end)

describe("a container's credentials over the wire", function()
  local variables

  before_each(function()
    variables = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI = server.url .. "/container?a=1",
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE = "/token",
    }
  end)

  it("are fetched for the token of the file", function()
    server:set { authorization = "Bearer canary" }
    assert.are.equal("ASIA0001", (fetch(variables, { ["/token"] = "Bearer canary" })).access_key_id)
    assert.are.equal("/container?a=1", server:log().requests[1].path)
  end)

  it("are an error for another token, which is not shown", function()
    server:set { authorization = "Bearer canary" }
    refused("BadCredentials", "HTTP 401", fetch(variables, { ["/token"] = "canary-other" }))
    assert.are.equal("container", server:log().steps)
  end)

  it("are asked for again after a failure, a second later", function()
    server:set { faults = { { at = "container", status = 500, times = 1 } } }
    local started = curl.monotonic()
    assert.is_table((fetch(variables, { ["/token"] = "x" })))
    assert.are.equal("container container", server:log().steps)
    assert.is_true(curl.monotonic() - started >= 1)
  end)

  local faults = {
    { { at = "container", past = true }, "ExpiredCredentials", "expired already" },
    { { at = "container", code = "Failed" }, "BadCredentials", "its Code is Failed" },
    { { at = "container", body = '{"AccessKeyId":"canary","Secr' }, "BadCredentials", "not JSON" },
    {
      { at = "container", status = 302, header = { "location", "http://127.0.0.1:1/" } },
      "BadCredentials",
      "HTTP 302",
    },
  }
  for i, case in ipairs(faults) do
    it("are an error for fault " .. i, function()
      server:set { faults = { case[1] } }
      refused(case[2], case[3], fetch(variables, { ["/token"] = "x" }))
    end)
  end

  it("are renewed shortly before their end, by the client that signs with them", function()
    server:set { lives = { 4, 3600 } }
    local db = client.new(
      options(
        variables,
        { ["/token"] = "x" },
        { region = "eu-west-1", endpoint = server.url .. "/dynamodb" }
      )
    )
    local started = curl.monotonic()
    local seen
    repeat
      seen = assert(db:list_tables()).TableNames[1]
      curl.sleep(0.05)
    until seen == "ASIA0002" or curl.monotonic() - started > patience.HANG
    for _ = 1, 5 do
      assert.are.equal("ASIA0002", assert(db:list_tables()).TableNames[1])
    end
    db:close()
    assert.are.equal(2, server:log().issued)
  end)

  it("are replaced at once when DynamoDB refuses them", function()
    server:set {
      faults = {
        {
          at = "dynamodb",
          status = 400,
          times = 1,
          body = '{"__type":"ExpiredTokenException","message":"canary"}',
        },
      },
    }
    local db = client.new(
      options(
        variables,
        { ["/token"] = "x" },
        { region = "eu-west-1", endpoint = server.url .. "/dynamodb" }
      )
    )
    local response, message, info = db:list_tables()
    db:close()
    assert.are.same({ "ASIA0002" }, response and response.TableNames or message)
    assert.are.equal(2, info.attempts)
    assert.are.equal("container dynamodb container dynamodb", server:log().steps)
  end)

  it("are fetched once for calls side by side, and again if who fetches is cancelled", function()
    for _, is_cancelled in ipairs { false, true } do
      server:set {}
      local db = client.new(
        options(
          variables,
          { ["/token"] = "x" },
          { region = "eu-west-1", endpoint = server.url .. "/dynamodb" }
        )
      )
      local stop = dynamo.canceller()
      local functions = {}
      for i = 1, 8 do
        functions[i] = function()
          return db:list_tables({}, { cancel = i == 1 and stop or nil })
        end
      end
      functions[9] = function()
        if is_cancelled then stop:cancel() end
        return true
      end
      local results, message, err = dynamo.together(functions)
      db:close()
      if is_cancelled then
        assert.is_nil(results)
        assert.are.equal("Cancelled", err.failures[1].code)
        assert.are.equal(1, err.failed, message)
      else
        assert.is_nil(message)
        assert.are.equal(1, server:log().issued)
      end
    end
  end)

  it("leave no connection behind when the client is closed", function()
    -- A server of its own: providers without a client leave their connections to the collector.
    local own = credential_server.start()
    finally(function()
      own:stop()
    end)
    variables.AWS_CONTAINER_CREDENTIALS_FULL_URI = own.url .. "/container"
    local db = client.new(
      options(
        variables,
        { ["/token"] = "x" },
        { region = "eu-west-1", endpoint = own.url .. "/dynamodb" }
      )
    )
    assert(db:list_tables())
    assert.are.equal(2, own:log().connections)
    db:close()
    local ends = curl.monotonic() + PATIENCE
    while own:log().connections > 0 and curl.monotonic() < ends do
      curl.sleep(0.005)
    end
    assert.are.equal(0, own:log().connections)
  end)
end)

describe("a role's credentials over the wire", function()
  local config = "[default]\nregion = eu-west-1\nrole_arn = arn:aws:iam::012345678901:role/r+x\n"
    .. "source_profile = base\nexternal_id = a b/c\n[profile base]\n"
    .. "aws_access_key_id = AKIDSOURCE\naws_secret_access_key = source-secret\n"

  local function variables_of(more)
    local variables = { HOME = "/h", AWS_ENDPOINT_URL_STS = server.url .. "/sts" }
    for name, value in pairs(more or {}) do
      variables[name] = value
    end
    return variables
  end

  local function fetch_role(text)
    return fetch(variables_of(), { ["/h/.aws/config"] = text or config })
  end

  it("are given for a signature that holds", function()
    server:set {}
    local found = assert((fetch_role()))
    assert.are.same({ "ASIA0001", "012345678901" }, { found.access_key_id, found.account_id })
  end)

  it("are given to a role of a role, with a token in the signature", function()
    server:set {}
    local chained = config:gsub(
      "%[profile base%]",
      "[profile base]\nrole_arn = arn:b\n" .. "source_profile = deep\n[profile deep]"
    )
    assert.are.equal("ASIA0002", assert((fetch_role(chained))).access_key_id)
    local second = server:log().requests[2]
    assert.are.equal("canary-token-0001", second.headers["x-amz-security-token"])
  end)

  it("are refused for a wrong secret", function()
    server:set {}
    local wrong = config:gsub("source%-secret", "x")
    refused("BadCredentials", "SignatureDoesNotMatch", fetch_role(wrong))
  end)

  local faults = {
    { { at = "sts", code = "AccessDenied" }, "STS refused AssumeRole: AccessDenied", "sts" },
    { { at = "sts", code = "Throttling", times = 2 }, nil, "sts sts sts" },
    { { at = "sts", status = 500, times = 1 }, nil, "sts sts" },
    { { at = "sts", cut = 300, times = 1 }, nil, "sts sts" },
    {
      { at = "sts", body = "<AssumeRoleResponse>canary" },
      "without credentials: it is cut",
      "sts",
    },
    { { at = "sts", past = true }, "expired already", "sts" },
  }
  for i, case in ipairs(faults) do
    it("meet fault " .. i, function()
      server:set { faults = { case[1] } }
      local found, message = fetch_role()
      assert.are.equal(case[3], server:log().steps)
      if not case[2] then return assert.is_table(found) end
      assert.is_nil(found)
      assert.matches(case[2], message, 1, true)
      assert.is_nil(message:find("canary"), message)
    end)
  end

  it("are given for a web identity, unsigned", function()
    server:set { web_token = "canary.web.token" }
    local variables = variables_of {
      AWS_WEB_IDENTITY_TOKEN_FILE = "/token",
      AWS_ROLE_ARN = "arn:r",
      AWS_REGION = "eu-west-1",
    }
    assert.are.equal(
      "ASIA0001",
      assert((fetch(variables, { ["/token"] = "canary.web.token\n" }))).access_key_id
    )
    -- the refusal repeats the token
    refused(
      "BadCredentials",
      "InvalidIdentityToken",
      fetch(variables, { ["/token"] = "canary.another.token" })
    )
  end)
end)
