-- SPDX-License-Identifier: MIT
-- PartiQL at the prompt.
local prompt_world = require "support.prompt_world"

local PAGE = '{"Items":[{"userId":{"S":"1"}},{"userId":{"S":"2"}}]}'

local function world_of(o)
  o = o or {}
  o.answers = o.answers or { ExecuteStatement = PAGE }
  return prompt_world.new(o)
end

describe("sql", function()
  it("shows what a statement selects", function()
    local world = world_of()
    local code, out = world:run "sql SELECT * FROM Users WHERE name = 'it''s' AND x = '('"
    assert.equal(0, code)
    assert.equal("userId\nS\n1\n2\n2 items\n", out)
    assert.equal("SELECT * FROM Users WHERE name = 'it''s' AND x = '('", world.sent[1][2].Statement)
  end)

  it("says that a write is done", function()
    local world = world_of { answers = { ExecuteStatement = "{}" } }
    local code, out = world:run "sql DELETE FROM Users WHERE userId = '1'"
    assert.equal(0, code)
    assert.equal("done\n", out)
  end)

  it("is refused in a read-only session unless it reads", function()
    local world = world_of { read_only = true }
    assert.equal(0, (world:run "sql select * FROM Users"))
    local code, _, err = world:run "sql DELETE FROM Users WHERE userId = '1'"
    assert.equal(64, code)
    assert.truthy(err:find "read%-only")
    assert.same({ "ExecuteStatement" }, world:operations())
  end)

  it("has no values for ?, and waits for no commit", function()
    local world = world_of()
    local code, _, err = world:run "sql SELECT * FROM Users WHERE a = '?' AND userId = ?"
    assert.equal(64, code)
    assert.truthy(err:find "^column 52: ")
    world:run "begin"
    code, _, err = world:run "sql DELETE FROM Users WHERE userId = '1'"
    assert.equal(64, code)
    assert.truthy(err:find("cannot wait for commit", 1, true))
    code, _, err = world:run "sql"
    assert.equal(64, code)
    assert.truthy(err:find("expected a statement of PartiQL, got the end", 1, true))
    assert.same({}, world:operations())
  end)
end)
