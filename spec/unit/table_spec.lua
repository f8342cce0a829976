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
      "expression must be a string, not nil" },
    { "an expression table", function() local _ = users:update(key, {}); return _ end,
      "expression must be a string, not table" },
    { "an unknown option",
      function() local _ = users:get(key, { consistant_read = true }); return _ end,
      'table:get: unknown option "consistant_read", did you mean "consistent_read"?' },
    { "an option of another verb",
      function() local _ = users:get(key, { condition = "x" }); return _ end,
      'unknown option "condition"' },
    { "a wrong option of update",
      function() local _ = users:update(key, "x", { timeout = 0 }); return _ end,
      "table:update: timeout must be" },
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
end)
