-- SPDX-License-Identifier: MIT
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
  local closed_client = fake_client.new { OK }
  local closed = closed_client:table("Users")
  closed_client:close()
  local key = { userId = "1" }

  local cases = {
    { "a dot", function() local _ = users.get(key); return _ end, "use table:get(...)" },
    { "a dot on update", function() local _ = users.update(key, "x"); return _ end,
      "use table:update(...)" },
    { "no key", function() local _ = users:get(); return _ end, "key must be a table, not nil" },
    { "a bare key", function() local _ = users:delete("1"); return _ end,
      "key must be a table, not string" },
    { "no item", function() local _ = users:put(); return _ end, "item must be a table, not nil" },
    { "no expression", function() local _ = users:update(key); return _ end,
      "expression must be a string, { text, values... } or a builder, not nil" },
    { "an expression table", function() local _ = users:update(key, {}); return _ end,
      "expression must be a string, { text, values... } or a builder, not table" },
    { "an unknown option",
      function() local _ = users:get(key, { consistant_read = true }); return _ end,
      'table:get: unknown option "consistant_read", did you mean "consistent_read"?' },
    { "an option of another verb",
      function() local _ = users:get(key, { condition = "x" }); return _ end,
      'unknown option "condition"' },
    { "a wrong option of update",
      function() local _ = users:update(key, "SET a = 1", { timeout = 0 }); return _ end,
      "table:update: timeout must be" },
    { "a wrong option of update after values",
      function() local _ = users:update(key, "SET a = ?, b = ?", 1, 2, { x = 0 }); return _ end,
      'table:update: unknown option "x"' },
    { "more values than ?",
      function() local _ = users:update(key, "SET a = ?", 1, 2, {}); return _ end,
      "table:update: 3 arguments behind 1 ? of the expression" },
    { "attributes with once", function()
        local _ = users:upsert({ userId = "1", a = 1 }, { once = true, return_values = "ALL_NEW" })
        return _
      end, "table:upsert: return_values is not available with once" },
    { "explain with a dot", function() local _ = users.explain("get", key); return _ end,
      "use table:explain(...)" },
    { "an unknown verb to explain", function() local _ = users:explain("upsret", key); return _ end,
      'table:explain: no verb "upsret", did you mean "upsert"?' },
    { "no item to explain", function() local _ = users:explain("put"); return _ end,
      "bad argument to 'put' (item must be a table, not nil)" },
    { "an unknown verb", function() local _ = users:upsret(key); return _ end,
      'no verb "upsret", did you mean "upsert"?' },
    { "a closed client", function() local _ = closed:get(key); return _ end,
      "the client is closed" },
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
    return function() local _ = db:table("Users", o); return _ end
  end
  local cases = {
    { of { kee = { "userId" } }, 'db:table: unknown option "kee", did you mean "key"?' },
    { of { merge = "priorities" }, 'merge must be "strict", "priority", "concatenate"' },
    { of { attributes = 5 }, "attributes must be a table, not number" },
    { of { attributes = { a = "if_absent" } }, "attributes must map a name to" },
    { of { attributes = { a = { write = "never" } } },
      'attributes.a: write must be "always" or "if_absent"' },
    { of { attributes = { a = { wirte = "always" } } }, 'attributes.a: unknown field "wirte"' },
    { of { extensions = 5 }, "extensions must be a list, not a number" },
    { of { extensions = { {} } }, "extensions[1] has no name" },
    { of { extensions = { { name = "x" } } }, "extensions[1] has neither before_write nor" },
    { of { extensions = { { name = "x", after_read = 5 } } },
      "extensions[1] after_read must be a function, not a number" },
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
    assert.are.same({ "POST", "https://dynamodb.eu-west-1.amazonaws.com" },
      { request.method, request.url })
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
