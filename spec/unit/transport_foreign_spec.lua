-- SPDX-License-Identifier: MIT
-- Transports of the user's that do not do what a transport must.
local canary = require "support.canary"
local client = require "dynamo.client"
local dynamo = require "dynamo"
local fake_client = require "support.fake_client"
local fake_transport = require "support.fake_transport"

local function raise()
  error "not for you"
end
local HOSTILE = setmetatable({}, {
  __index = raise,
  __tostring = raise,
  __concat = raise,
  __len = raise,
  __eq = raise,
  __lt = raise,
  __pairs = raise,
  __call = raise,
})

local function put(db)
  return db:put_item { TableName = "Users", Item = { id = "1" } }
end

local function response(more)
  local answer = { status = 200, headers = {}, body = "{}" }
  for name, value in pairs(more) do
    answer[name] = value
  end
  for _, name in ipairs(more) do
    answer[name] = nil
  end
  return answer
end

-- What send returns, and what is said of it.
local CASES = {
  { "true", { true }, "response is true, no table" },
  { "a number", { 200 }, "response is 200, no table" },
  { "text", { "OK" }, 'response is "OK", no table' },
  { "a function", { raise }, "response is a function, no table" },
  { "an empty table", { {} }, "response: status is nil" },
  { "a hostile table", { HOSTILE }, "response: status is nil" },
  { "text for a status", { response { status = "200" } }, 'response: status is "200"' },
  { "NaN for a status", { response { status = 0 / 0 } }, "response: status is " },
  { "a fraction for a status", { response { status = 200.5 } }, "response: status is 200.5" },
  { "a status of no digit", { response { status = 0 } }, "response: status is 0" },
  { "a hostile status", { response { status = HOSTILE } }, "response: status is a table" },
  { "no headers", { response { "headers" } }, "response: headers is nil" },
  { "text for headers", { response { headers = "a: b" } }, 'response: headers is "a: b"' },
  {
    "a number in the headers",
    { response { headers = { date = 5 } } },
    'response: the header "date" is 5; names and values are strings',
  },
  {
    "a list of headers",
    { response { headers = { "date: 1" } } },
    'response: the header 1 is "date: 1"; names and values are strings',
  },
  {
    "a hostile header",
    { response { headers = { [HOSTILE] = HOSTILE } } },
    "response: the header a table is a table",
  },
  { "no body", { response { "body" } }, "response: body is nil" },
  { "a table for a body", { response { body = {} } }, "response: body is a table" },
  { "a number for a body", { response { body = 5 } }, "response: body is 5" },
  { "a hostile message", { nil, HOSTILE }, "message is a table" },
  { "a number for a message", { nil, 5 }, "message is 5" },
  { "text for an error", { nil, "oh", "no" }, 'error is "no", no table' },
  {
    "an unknown kind",
    { nil, "oh", { kind = "network" } },
    'error: kind is "network"; its message is "oh"',
  },
  {
    "an unknown extent",
    { nil, "oh", { kind = "transport", sent = "all" } },
    'error: sent is "all"; its message is "oh"',
  },
  { "a hostile code", { nil, "oh", { code = HOSTILE } }, "error: code is a table" },
  { "a status of text", { nil, "oh", { status = "500" } }, 'error: status is "500"' },
}

describe("a transport of the user's that returns", function()
  for _, case in ipairs(CASES) do
    it(case[1] .. " is told of", function()
      local fake, count = fake_transport.new {}, 0
      function fake.send()
        count = count + 1
        return case[2][1], case[2][2], case[2][3]
      end
      local result, message, err = put(client.new(fake_client.options(fake)))
      assert.is_nil(result)
      local said = "BadTransport: the transport's " .. case[3]
      assert.equal(said, message:sub(1, #said))
      assert.same(
        { "transport", "unknown", false, 1 },
        { err.kind, err.maybe_applied, err.retryable, err.attempts }
      )
      assert.equal(1, count)
    end)
  end

  it("nothing but nil has failed after all was sent", function()
    local fake = fake_transport.new {}
    function fake.send()
      return nil
    end
    local _, message, err = put(client.new(fake_client.options(fake, { max_attempts = 1 })))
    assert.equal("TransportFailed: the transport failed", message)
    assert.equal("unknown", err.maybe_applied)
  end)

  it("headers in capitals is understood", function()
    local db = fake_client.new {
      { status = 200, body = "{}", headers = { ["X-Amzn-RequestId"] = "REQ" } },
    }
    local _, _, info = put(db)
    assert.equal("REQ", info.request_id)
  end)
end)

describe("a transport of the user's that raises", function()
  for name, value in pairs { text = "oh no", ["a table"] = {}, ["a hostile table"] = HOSTILE } do
    it(("%s in send is told of"):format(name), function()
      local fake = fake_transport.new {}
      function fake.send()
        error(value, 0)
      end
      local _, message, err = put(client.new(fake_client.options(fake)))
      assert.equal(
        "BadTransport: the transport's send raised an error: "
          .. (value == "oh no" and "oh no" or "it raised a table"),
        message
      )
      assert.same({ "transport", "unknown" }, { err.kind, err.maybe_applied })
    end)
  end

  -- Each method, and what it does, at each time that a call asks for it.
  local FAULTS = {
    { "raises", raise, "raised an error: " },
    {
      "raises a table",
      function()
        error(HOSTILE)
      end,
      "raised an error: it raised a table",
    },
    {
      "gives nothing",
      function()
        return nil
      end,
      "gives nil, no number of seconds",
    },
    {
      "gives text",
      function()
        return "12"
      end,
      'gives "12", no number of seconds',
    },
    {
      "gives NaN",
      function()
        return 0 / 0
      end,
      "gives ",
    },
    {
      "is for ever",
      function()
        return math.huge
      end,
      "gives inf, no number of seconds",
    },
    {
      "gives a table",
      function()
        return HOSTILE
      end,
      "gives a table, no number of seconds",
    },
  }
  for _, method in ipairs { "now", "monotonic", "sleep" } do
    for i, case in ipairs(FAULTS) do
      if method ~= "sleep" or i <= 2 then
        it(("or whose %s %s is told of, whenever it is asked"):format(method, case[1]), function()
          local count
          for after = 1, 30 do
            count = 0
            local fake = fake_transport.new {
              { status = 500 },
              { status = 200, body = "{}", headers = { ["x-amzn-requestid"] = "R" } },
            }
            local real = fake[method]
            fake[method] = function(...)
              count = count + 1
              if count == after then return case[2]() end
              return real(...)
            end
            local result, message, err = put(client.new(fake_client.options(fake)))
            if count < after then return assert.is_table(result) end -- asked no more often
            local said = ("BadTransport: the transport's %s %s"):format(method, case[3])
            assert.equal(said, message:sub(1, #said))
            assert.same(
              { "transport", #fake.requests > 0 and "unknown" or "no", #fake.requests },
              { err.kind, err.maybe_applied, err.attempts }
            )
          end
          error "asked for ever"
        end)
      end
    end
  end

  it("does so in explain, too", function()
    local fake = fake_transport.new {}
    fake.now = raise
    local db = client.new(fake_client.options(fake))
    local shown, _, err = db:explain("list_tables")
    assert.is_nil(shown)
    assert.equal("BadTransport", err.code)
  end)

  it("does not make other errors errors of the call", function()
    local fake = fake_transport.new {}
    local db = client.new(fake_client.options(fake, {
      random = function()
        error("mine", 0)
      end,
    }))
    assert.same({ false, "mine" }, { pcall(put, db) })
  end)
end)

describe("what is no transport", function()
  local function refused(make, value)
    local ok, message = pcall(make, { transport = value })
    assert.is_false(ok)
    return message
  end

  for name, make in pairs { new = dynamo.new, credentials = dynamo.credentials } do
    it("is refused by dynamo." .. name, function()
      assert.matches("transport must be a t", refused(make, 5), 1, true)
      assert.matches("transport has no method sleep", refused(make, { send = raise }), 1, true)
      assert.matches(
        "transport raises an error when asked for send",
        refused(make, HOSTILE),
        1,
        true
      )
    end)
  end
end)

describe("a chain of credentials over a transport of the user's", function()
  it("says whose fault it is", function()
    local fake = fake_transport.new {}
    function fake.send()
      return { status = "200" }
    end
    local provider = dynamo.credentials {
      transport = fake,
      getenv = function(name)
        return name == "AWS_CONTAINER_CREDENTIALS_FULL_URI" and "http://127.0.0.1/x" or nil
      end,
      read_file = function(path)
        return nil, path .. ": none"
      end,
    }
    local found, message = provider:get()
    assert.is_nil(found)
    assert.matches('the transport\'s response: status is "200"', message, 1, true)
  end)

  it("keeps its secrets", function()
    local fake = fake_transport.new {}
    function fake.send(_, request)
      for _, header in ipairs(request.headers) do
        if header[1] == "authorization" then error("authorization: " .. header[2]) end
      end
    end
    local _, message =
      put(client.new(fake_client.options(fake, { credentials = canary.credentials() })))
    assert.is_nil(message:find("Signature=%x"))
  end)
end)

describe("a transport that is trusted", function()
  it("is used as it is, and others are put behind checks", function()
    local foreign = require "dynamo.transport.foreign"
    local own, other = fake_transport.new {}, fake_transport.new {}
    foreign.trust(own)
    assert.equal(own, foreign.new(own))
    assert.not_equal(other, foreign.new(other))
  end)
end)
