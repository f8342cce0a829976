-- SPDX-License-Identifier: MIT
-- A finaliser that is older than `require "dynamo"` runs when a Lua state is closed after all of ours
-- have, and on some runtimes after Lua has unloaded its C modules. What it calls answers or errors.
local child = require "support.child"

local ENDINGS = { ["at the end of the script"] = "" }
-- PUC Lua 5.1 ends the process at os.exit, and finalises nothing.
if _VERSION ~= "Lua 5.1" or rawget(_G, "jit") then ENDINGS["at os.exit"] = "exit" end

describe("a finaliser older than the library", function()
  for name, arguments in pairs(ENDINGS) do
    it("calls it safely " .. name, function()
      local lines, status = child.lines("spec/support/late_finaliser.lua", arguments)
      assert.equal("0", status, table.concat(lines, "\n"))
      assert.equal(28, #lines, table.concat(lines, "\n"))
      local seen = {}
      for _, line in ipairs(lines) do
        local call, shown, message = line:match("^([^\t]+)\t(%l+)\t(.*)$")
        assert.is_string(call, line)
        assert.is_nil(message:find("attempt to", 1, true), line)
        seen[call] = shown
      end
      -- What needs nothing that was finalised works on.
      for _, call in ipairs {
        "close",
        "number",
        "shown",
        "document",
        "base64",
        "sha1",
        "message",
        "output",
        "close pool",
        "clock",
        "file",
        "program",
      } do
        assert.equal("answer", seen[call], call)
      end
    end)
  end
end)
