-- SPDX-License-Identifier: MIT
local canary = require "support.canary"
local client = require "dynamo.client"
local fake_client = require "support.fake_client"
local operations = require "dynamo.operations"

local OK = { status = 200, body = "{}" }
local KEY = { TableName = "Users", Key = { userId = "123" } }

-- Returns the message of a misuse, which must name the line that called.
local function misuse(f)
  local info = debug.getinfo(f, "S")
  local ok, message = pcall(f)
  assert.is_false(ok)
  local line = tonumber(message:match("client_spec%.lua:(%d+): "))
  assert.is_not_nil(line, message)
  assert.is_true(line >= info.linedefined and line <= info.lastlinedefined, message)
  return message:match(": (.*)$")
end

describe("client.new", function()
  it("raises on a wrong option, at the caller's line", function()
    local message = misuse(function()
      local _ = client.new { regoin = "x" }
    end)
    assert.matches('unknown option "regoin", did you mean "region"?', message, 1, true)
  end)

  it("does no I/O", function()
    local function untouched()
      error("touched the world")
    end
    local db = client.new { getenv = untouched, read_file = untouched, random = untouched }
    assert.is_string(tostring(db))
  end)
end)

describe("a client given region, endpoint and credentials", function()
  it("works whatever profile is chosen and whatever the files hold", function()
    local db = fake_client.new({ OK }, {
      region = "eu-west-1",
      endpoint = "https://localhost:8000",
      credentials = { access_key_id = "AK", secret_access_key = canary.SECRET },
      getenv = function(name)
        return ({ AWS_PROFILE = "nobody", HOME = "/h" })[name]
      end,
      read_file = function()
        return "[default\n"
      end,
    })
    assert.are.same({}, (db:list_tables()))
  end)
end)

describe("a client", function()
  it("has all operations, natively and wire-typed", function()
    local db = fake_client.new { OK }
    for method in pairs(operations.by_method) do
      assert.is_function(db[method])
      assert.is_function(db.typed[method])
    end
  end)

  it("sends a call without parameters", function()
    local db, fake = fake_client.new { OK }
    assert.are.same({}, db:list_tables())
    assert.are.equal("{}", fake.requests[1].body)
    assert.are.equal("DynamoDB_20120810.ListTables", fake:header(1, "x-amz-target"))
  end)

  it("sends Streams to their own host", function()
    local db, fake = fake_client.new { OK }
    assert.is_table(db:list_streams())
    assert.are.equal("streams.dynamodb.eu-west-1.amazonaws.com", fake:header(1, "host"))
  end)

  it("sends to the endpoint, with its port and path", function()
    local db, fake = fake_client.new({ OK }, { endpoint = "http://localhost:8000/db" })
    assert.is_table(db:list_tables())
    local request = fake.requests[1]
    assert.are.same(
      { "http", "localhost", 8000, "/db/" },
      { request.scheme, request.host, request.port, request.path }
    )
    assert.are.equal("localhost:8000", fake:header(1, "host"))
  end)

  it("leaves the parameters as they are", function()
    local db = fake_client.new { OK }
    local params = { TableName = "Users", Key = { userId = "123" } }
    assert.is_table(db:update_item(params))
    assert.are.same(KEY, params)
  end)

  it("says who it is", function()
    local db, fake = fake_client.new({ OK }, { user_agent = "me/1.0" })
    assert.is_table(db:list_tables())
    assert.are.equal("me/1.0", fake:header(1, "user-agent"))
  end)
end)

describe("misuse of a client", function()
  local db = fake_client.new { OK }
  local closed = fake_client.new { OK }
  closed:close()

  local cases = {
    {
      "a dot",
      function()
        local _ = db.get_item(KEY)
        return _
      end,
      "use db:get_item(...)",
    },
    {
      "a dot on typed",
      function()
        local _ = db.typed.get_item(KEY)
        return _
      end,
      "use db:get_item(...)",
    },
    {
      "a forged self",
      function()
        local _ = db.get_item({}, KEY)
        return _
      end,
      "use db:get_item(...)",
    },
    {
      "no self",
      function()
        local _ = db.get_item()
        return _
      end,
      "use db:get_item(...)",
    },
    {
      "a string for parameters",
      function()
        local _ = db:get_item("x")
        return _
      end,
      "table expected, got string",
    },
    {
      "a misspelt operation",
      function()
        local _ = db:get_itm(KEY)
        return _
      end,
      'no method "get_itm", did you mean "get_item"?',
    },
    {
      "AWS's own name",
      function()
        local _ = db:GetItem(KEY)
        return _
      end,
      'did you mean "get_item"?',
    },
    {
      "a closed client",
      function()
        local _ = closed:get_item(KEY)
        return _
      end,
      "the client is closed",
    },
    {
      "a closed typed client",
      function()
        local _ = closed.typed:get_item(KEY)
        return _
      end,
      "the client is closed",
    },
    {
      "a table of a closed client",
      function()
        local _ = closed:table("T")
        return _
      end,
      "the client is closed",
    },
    {
      "explaining what is no operation",
      function()
        local _ = db:explain("get_itm")
        return _
      end,
      'did you mean "get_item"?',
    },
    {
      "explaining wrong parameters",
      function()
        local _ = db:explain("get_item", 5)
        return _
      end,
      "table expected",
    },
    {
      "a table without a name",
      function()
        local _ = db:table()
        return _
      end,
      "name must be a string",
    },
    {
      "a table with a wrong option",
      function()
        local _ = db:table("T", { keys = {} })
        return _
      end,
      'unknown option "keys", did you mean "key"?',
    },
  }
  for _, case in ipairs(cases) do
    it("raises for " .. case[1], function()
      assert.matches(case[3], misuse(case[2]), 1, true)
    end)
  end
end)

describe("client:explain", function()
  for _, name in ipairs { "get_item", "GetItem" } do
    it(("shows the exact request of %s, and sends nothing"):format(name), function()
      local db, fake = fake_client.new { OK }
      local shown = assert(db:explain(name, KEY))
      assert.are.equal(0, #fake.requests)
      assert.are.equal("POST", shown.method)
      assert.are.equal("https://dynamodb.eu-west-1.amazonaws.com", shown.url)
      assert.is_table(db:get_item(KEY))
      assert.are.equal(fake.requests[1].body, shown.body)
      assert.are.equal("amz-sdk-invocation-id", shown.headers[6][1])
      shown.headers[6][2] = fake:header(1, "amz-sdk-invocation-id") -- each call has its own
      assert.are.same(fake.requests[1].headers, shown.headers)
    end)
  end

  it("hands out nothing that the client still needs", function()
    local db, fake = fake_client.new { OK }
    for _, pair in ipairs(db:explain("get_item", KEY).headers) do
      pair[2] = "spoilt"
    end
    assert.is_table(db:get_item(KEY))
    for _, pair in ipairs(fake.requests[1].headers) do
      assert.are_not.equal("spoilt", pair[2])
    end
  end)

  it("returns what is wrong with the parameters", function()
    local db = fake_client.new { OK }
    local shown, message, err = db:explain("get_item", { TableName = "Users" })
    assert.is_nil(shown)
    assert.are.equal('get_item: missing member "Key"', message)
    assert.are.equal("validation", err.kind)
  end)
end)

describe("client:close", function()
  it("is harmless twice, and leaves a given transport open", function()
    local db, fake = fake_client.new { OK }
    db:close()
    db:close()
    assert.are.equal(0, fake.closed)
    assert.are.equal("dynamo client (closed)", tostring(db))
  end)

  it("closes the transport it made", function()
    local fake = require("support.fake_transport").new { OK }
    local name = "dynamo.transport.curl"
    local real, given = package.loaded[name], nil
    package.loaded[name] = {
      new = function(options)
        given = options
        local transport = require("dynamo.transport.foreign").new(fake)
        function transport.close()
          fake:close()
        end
        return transport
      end,
    }
    local options = fake_client.options(nil, { connect_timeout = 2, proxy = false })
    options.transport = nil
    local db = client.new(options)
    local result = db:list_tables()
    package.loaded[name] = real
    assert.is_table(result)
    assert.are.same({ connect_timeout = 2, proxy = "" }, given)
    db:close()
    db:close()
    assert.are.equal(1, fake.closed)
  end)
end)

describe("what a client shows", function()
  -- Returns all that can be seen from `value` without the debug library.
  local function visible(value, seen)
    seen = seen or {}
    if type(value) ~= "table" or seen[value] then return tostring(value) end
    seen[value] = true
    local texts = { tostring(value) }
    for key, inner in next, value do
      texts[#texts + 1] = visible(key, seen)
      texts[#texts + 1] = visible(inner, seen)
    end
    return table.concat(texts, " ")
  end

  it("is no secret", function()
    local db = fake_client.new({ OK }, { credentials = canary.credentials() })
    db:get_item(KEY)
    local all = visible { db, db:table("Users", { key = { "userId" } }) }
    for _, secret in ipairs { canary.MARK, canary.ACCESS_KEY_ID } do
      assert.is_nil(all:find(secret, 1, true))
    end
  end)

  it("is no metatable", function()
    local db = fake_client.new { OK }
    assert.are.equal("dynamo.client", getmetatable(db))
    assert.are.equal("dynamo.client", getmetatable(db.typed))
    assert.is_false(pcall(setmetatable, db, {}))
  end)
end)
