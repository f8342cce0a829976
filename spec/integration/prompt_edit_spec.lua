-- SPDX-License-Identifier: MIT
-- undo and edit of bin/dynamo, against every emulator.
local emulator = require "support.emulator"

local CTRL_D = "\4"

emulator.each("undo and edit", function(host)
  local users

  setup(function()
    users = host:create { { "userId", "S" } }
  end)

  host:it("take a write back, and the undo of it", "equal_documents", function()
    local statements = table.concat({
      'put u1 { name = "Ann", tags = { 1, 2 } }',
      'put u1 { name = "Bo" }',
      "undo",
      "get u1",
      "undo",
      "get u1",
      "delete u1",
      "undo",
      "get u1",
      "insert u2 { n = 1 }",
      "undo",
      "get u2",
    }, "\n")
    local out, status, err =
      host:feed(statements, "bin/dynamo", "--table", users, "--output", "jsonl")
    assert.equal(0, status, err)
    local bo = '{"name":"Bo","userId":"u1"}\n'
    assert.equal('{"name":"Ann","tags":[1,2],"userId":"u1"}\n' .. bo .. bo, out)
    assert.truthy(err:find("no such item\n$"))
  end)

  host:it("run the editor at the terminal", function()
    local shown, status = host:type({
      variables = { EDITOR = [[test -t 0 && sed -i -e 's/"Ann"/"Bo"/']] },
      { "> ", 'put e1 { name = "Ann", n = 12345678901234567890 }\n' },
      { users .. "> ", "edit e1\n" },
      { "updated: ", "undo\n" },
      { "restored: ", "update e1 SET n = n + 1\n" },
      { "as read after the write", "undo\n" },
      { "restored: ", "get e1\n" },
      { "Ann", CTRL_D },
    }, "bin/dynamo", "--table", users)
    assert.equal(0, status, shown)
    assert.truthy(shown:find('"Ann" -> "Bo"', 1, true), shown)
    assert.truthy(shown:find("12345678901234567891 -> 12345678901234567890", 1, true), shown)
  end)
end)
