-- SPDX-License-Identifier: MIT
local child = require "support.child"

describe("tools/profile.lua", function()
  it("prints a call's work by file, function and line", function()
    local lines, status = child.lines("tools/profile.lua", "upsert")
    local text = table.concat(lines, "\n")
    assert.are.equal("0", status, text)
    for _, kind in ipairs { "file", "function", "line" } do
      assert.is_truthy(text:find(("by %s +vm +%%%% +bytes +%%%%\n"):format(kind)), kind)
    end
    assert.is_truthy(text:find("\ntable/init.lua +%d+ "))
    local _, sums = text:gsub("\nall +%d+ 100.0 +%d+ 100.0\n", "")
    assert.are.equal(3, sums)
  end)
end)
