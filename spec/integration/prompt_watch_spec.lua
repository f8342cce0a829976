-- SPDX-License-Identifier: MIT
-- watch and diff of bin/dynamo at a terminal.
local emulator = require "support.emulator"

local CTRL_C, CTRL_D = "\3", "\4"

emulator.each("watch and diff", function(host)
  local users

  setup(function()
    users = host:create { { "userId", "S" } }
  end)

  host:it("go on until Ctrl-C, and the conversation with them", function()
    local shown, status = host:type({
      { "> ", 'put w1 { name = "Ann", m = { a = 1 } }\n' },
      { users .. "> ", "watch 0.1 get w1\n" },
      { "as before", CTRL_C },
      { "watched: ", 'put w2 { name = "Bo", m = { a = 1, b = 2 } }\n' },
      { users .. "> ", "diff w1 w2\n" },
      { "2 differences", CTRL_D },
    }, "bin/dynamo", "--table", users)
    assert.equal(0, status, shown)
    local lines = shown:gsub("\27%[%d*m", "")
    assert.truthy(lines:find("\nm%.b +2\n"), lines)
    assert.truthy(lines:find('\nname +"Ann" +"Bo"\n'), lines)
  end)
end)
