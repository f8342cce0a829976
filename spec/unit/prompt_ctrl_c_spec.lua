-- SPDX-License-Identifier: MIT
-- Ctrl-C outside of a call, as far as it can be told without a terminal.
local ctrl_c = require "dynamo.prompt.ctrl_c"

describe("Ctrl-C", function()
  it("is told from what else is raised", function()
    assert.is_true(ctrl_c.is_one "bin/dynamo:5: interrupted!")
    assert.is_false(ctrl_c.is_one "interrupted! or not")
    assert.is_false(ctrl_c.is_one { message = "interrupted!" })
    assert.is_false(ctrl_c.is_one(nil))
  end)

  it("is left to whoever has it, with dynamo.line and without", function()
    assert.has_no.errors(ctrl_c.rearm)
    local ok, line = pcall(require, "dynamo.line")
    if ok then assert.has_error(function()
      line.rearm(1)
    end) end
  end)
end)
