-- SPDX-License-Identifier: MIT
local core = require "dynamo.core"
local dynamo = require "dynamo"
local fake_client = require "support.fake_client"

local OK = { status = 200, body = "{}" }

-- Returns the message of a misuse, which must name the line that called.
local function misuse(f)
  local info = debug.getinfo(f, "S")
  local ok, message = pcall(f)
  assert.is_false(ok)
  local line = tonumber(message:match("table_spec%.lua:(%d+): "))
  assert.is_not_nil(line, message)
  assert.is_true(line >= info.linedefined and line <= info.lastlinedefined, message)
  return message:match(": (.*)$")
end

describe("misuse of a table", function()
  local users = fake_client.new({ OK }):table("Users", { key = { "userId" } })
  local untold = fake_client.new({ OK }):table("Users")
  local events = fake_client.new({ OK }):table("Events", { key = { "pk", "sk" } })
  local closed_client = fake_client.new { OK }
  local closed = closed_client:table("Users")
  closed_client:close()
  local key = { userId = "1" }

  local cases = {
    {
      "a dot",
      function()
        local _ = users.get(key)
        return _
      end,
      "use table:get(...)",
    },
    {
      "a dot on update",
      function()
        local _ = users.update(key, "x")
        return _
      end,
      "use table:update(...)",
    },
    {
      "no key",
      function()
        local _ = users:get()
        return _
      end,
      "key must be a table, not nil",
    },
    {
      "a bare key of a key unknown",
      function()
        local _ = untold:delete("1")
        return _
      end,
      "key must be a table, not string; a bare value needs the option key of db:table)",
    },
    {
      "a bare key of two",
      function()
        local _ = events:get(5)
        return _
      end,
      "key must be a table, not number; the key has two attributes, pk and sk)",
    },
    {
      "a bare item",
      function()
        local _ = users:put("1")
        return _
      end,
      "item must be a table, not string)",
    },
    {
      "attributes for an expression",
      function()
        local _ = users:update(key, { name = "x" })
        return _
      end,
      "attributes are set by upsert or patch",
    },
    {
      "an upsert that ensures parents",
      function()
        local _ = users:upsert(key, { update = dynamo.update():ensure("a"):set("a.b", 1) })
        return _
      end,
      "table:upsert: update: only the verb update can ensure parents",
    },
    {
      "an upsert's text that is no update",
      function()
        local _ = users:upsert(key, { update = "SET a" })
        return _
      end,
      "table:upsert: update: column 6",
    },
    {
      "no item",
      function()
        local _ = users:put()
        return _
      end,
      "item must be a table, not nil",
    },
    {
      "no expression",
      function()
        local _ = users:update(key)
        return _
      end,
      "expression must be a string, { text, values... } or a builder, not nil",
    },
    {
      "an expression table",
      function()
        local _ = users:update(key, {})
        return _
      end,
      "expression must be a string, { text, values... } or a builder, not table",
    },
    {
      "an unknown option",
      function()
        local _ = users:get(key, { consistant_read = true })
        return _
      end,
      'table:get: unknown option "consistant_read", did you mean "consistent_read"?',
    },
    {
      "an option of another verb",
      function()
        local _ = users:get(key, { condition = "x" })
        return _
      end,
      'unknown option "condition"',
    },
    {
      "a wrong option of update",
      function()
        local _ = users:update(key, "SET a = 1", { timeout = 0 })
        return _
      end,
      "table:update: timeout must be",
    },
    {
      "a wrong option of update after values",
      function()
        local _ = users:update(key, "SET a = ?, b = ?", 1, 2, { x = 0 })
        return _
      end,
      'table:update: unknown option "x"',
    },
    {
      "more values than ?",
      function()
        local _ = users:update(key, "SET a = ?", 1, 2, {})
        return _
      end,
      "table:update: 3 arguments behind 1 ? of the expression",
    },
    {
      "attributes with once",
      function()
        local _ = users:upsert({ userId = "1", a = 1 }, { once = true, return_values = "ALL_NEW" })
        return _
      end,
      "table:upsert: return_values is not available with once",
    },
    {
      "explain with a dot",
      function()
        local _ = users.explain("get", key)
        return _
      end,
      "use table:explain(...)",
    },
    {
      "an unknown verb to explain",
      function()
        local _ = users:explain("upsret", key)
        return _
      end,
      'table:explain: no verb "upsret", did you mean "upsert"?',
    },
    {
      "no item to explain",
      function()
        local _ = users:explain("put")
        return _
      end,
      "bad argument to 'put' (item must be a table, not nil)",
    },
    {
      "an unknown verb",
      function()
        local _ = users:upsret(key)
        return _
      end,
      'no verb "upsret", did you mean "upsert"?',
    },
    {
      "a closed client",
      function()
        local _ = closed:get(key)
        return _
      end,
      "the client is closed",
    },
  }
  for _, case in ipairs(cases) do
    it("raises for " .. case[1], function()
      assert.matches(case[3], misuse(case[2]), 1, true)
    end)
  end
end)

describe("misuse of db:table", function()
  local db = fake_client.new { OK }
  local function of(o)
    return function()
      local _ = db:table("Users", o)
      return _
    end
  end
  local cases = {
    { of { kee = { "userId" } }, 'db:table: unknown option "kee", did you mean "key"?' },
    { of { merge = "priorities" }, 'merge must be "strict", "priority", "concatenate"' },
    { of { attributes = 5 }, "attributes must be a table, not number" },
    { of { attributes = { a = "if_absent" } }, "attributes must map a name to" },
    {
      of { attributes = { a = { write = "never" } } },
      'attributes.a: write must be "always" or "if_absent"',
    },
    { of { attributes = { a = { wirte = "always" } } }, 'attributes.a: unknown field "wirte"' },
    { of { extensions = 5 }, "extensions must be a list, not a number" },
    { of { extensions = { {} } }, "extensions[1] has no name" },
    { of { extensions = { { name = "x" } } }, "extensions[1] has neither before_write nor" },
    {
      of { extensions = { { name = "x", after_read = 5 } } },
      "extensions[1] after_read must be a function, not a number",
    },
  }
  for i, case in ipairs(cases) do
    it("raises, case " .. i, function()
      local ok, message = pcall(case[1])
      assert.is_false(ok)
      assert.matches(case[2], message, 1, true)
    end)
  end
end)

describe("a table", function()
  it("says what it is, and locks its metatable", function()
    local users = fake_client.new({ OK }):table("Users")
    assert.are.equal("dynamo table Users", tostring(users))
    assert.are.equal("dynamo.table", getmetatable(users))
  end)

  it("keeps its own copy of the key's names", function()
    local db, fake = fake_client.new { OK }
    local key = { "userId" }
    local users = db:table("Users", { key = key })
    key[1] = "other"
    users:get { userId = "1" }
    assert.are.equal(1, #fake.requests)
  end)

  it("takes a bare value for a key of one attribute", function()
    local db, fake = fake_client.new { OK }
    local users = db:table("Users", { key = { "userId" } })
    users:get "123"
    assert(users:update(5, "SET a = 1"))
    assert(users:delete(dynamo.binary "b"))
    local keys = { { S = "123" }, { N = "5" }, { B = "Yg==" } }
    for i, request in ipairs(fake.requests) do
      assert.are.same({ userId = keys[i] }, core.document(request.body).Key)
    end
  end)

  it("reads what is required, or fails", function()
    local db = fake_client.new { OK }
    local item, message, err = db:table("Users"):get({ userId = "1" }, { required = true })
    assert.is_nil(item)
    assert.are.equal("ItemNotFound: there is no item with this key, and it is required", message)
    assert.are.same(
      { "service", "ItemNotFound", 1, false },
      { err.kind, err.code, err.attempts, err.retryable }
    )
  end)

  it("has the extensions of its client before its own", function()
    local trail = {}
    local function named(name)
      return {
        name = name,
        before_write = function()
          trail[#trail + 1] = name
        end,
      }
    end
    local db = fake_client.new({ OK }, { extensions = { named "client" } })
    assert(
      db:table("Users", { key = { "userId" }, extensions = { named "own" } }):put { userId = "1" }
    )
    assert.are.same({ "client", "own" }, trail)
    assert.has_error(function()
      dynamo.new { extensions = { {} } }
    end)
  end)

  it("joins an item and an expression in one request", function()
    local db, fake = fake_client.new { OK }
    local users = db:table("Users", { key = { "userId" } })
    for _, update in ipairs { "ADD n 1", { "ADD n ?", 1 }, dynamo.update():add("n", 1) } do
      for _, verb in ipairs { "upsert", "patch" } do
        assert(users[verb](users, { userId = "1", a = 2 }, { update = update }))
        assert.are.equal(
          "SET #n0 = :v0 ADD #n1 :v1",
          core.document(fake.requests[#fake.requests].body).UpdateExpression
        )
      end
    end
    local done, message = users:upsert({ userId = "1", a = 2 }, { update = "SET a = 3" })
    assert.is_nil(done)
    assert.are.equal("a (request) overlaps a (item): an update may write a place once", message)
  end)

  it("does not read an expired item, where it is to hide it", function()
    local function get(expires, o)
      local db = fake_client.new {
        {
          status = 200,
          body = '{"Item":{"userId":{"S":"1"},"at":{"N":"' .. expires .. '"}}}',
        },
      }
      local ttl = dynamo.extension.ttl {
        attribute = "at",
        seconds = 1,
        hide_expired = true,
        clock = function()
          return 1000
        end,
      }
      local users = db:table("Users", { key = { "userId" }, extensions = { ttl } })
      return users:get({ userId = "1" }, o)
    end
    assert.are.equal(1001, get(1001).at)
    local item, message = get(1000)
    assert.is_nil(item)
    assert.is_nil(message)
    assert.are.equal("ItemNotFound", select(3, get(999, { required = true })).code)
  end)

  it("gives a call its own time", function()
    local db, fake = fake_client.new { OK }
    db:table("Users"):get({ userId = "1" }, { timeout = 2 })
    assert.are.same({ 102 }, fake.deadlines)
  end)

  it("explains a verb without sending", function()
    local db, fake = fake_client.new { OK }
    local users = db:table("Users", { key = { "userId" } })
    local item, o = { userId = "1", a = 1 }, { return_values = "ALL_NEW" }
    local request = assert(users:explain("upsert", item, o))
    assert.are.equal(0, #fake.requests)
    users:upsert(item, o)
    assert.are.equal(fake.requests[1].body, request.body)
    assert.are.same(
      { "POST", "https://dynamodb.eu-west-1.amazonaws.com" },
      { request.method, request.url }
    )
    assert.matches('"TableName":"Users"', users:explain("get", { userId = "1" }).body, 1, true)
    assert.matches("REMOVE", users:explain("update", { userId = "1" }, "REMOVE a").body, 1, true)
  end)

  it("explains nothing for which it must ask", function()
    local db, fake = fake_client.new { OK }
    local request, message, err = db:table("Users"):explain("upsert", { userId = "1" })
    assert.is_nil(request)
    assert.matches("give db:table the option key", message, 1, true)
    assert.are.equal("no_key", err.code)
    assert.are.equal(0, #fake.requests)
  end)
end)
