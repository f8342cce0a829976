-- SPDX-License-Identifier: MIT
local check = require "dynamo.options_check"

describe("options_check", function()
  local CASES = {
    { "callable", print, 5, "must be a function, not a number" },
    { "boolean", false, "x", "must be a boolean, not a string" },
    { "text", "x", 5, "must be a string, not a number" },
    { "text", " ", "", "must not be empty or hold control characters" },
    { "text", "\128", "a\n", "must not be empty or hold control characters" },
    { "seconds", 86400, 86401, "must be a number of seconds, above 0 and at most 86400" },
    { "seconds", 0.001, 0, "must be a number of seconds, above 0 and at most 86400" },
    { "seconds", 1, 0 / 0, "must be a number of seconds, above 0 and at most 86400" },
    { "seconds", 1, "1", "must be a number of seconds, above 0 and at most 86400" },
  }
  for _, case in ipairs(CASES) do
    local name, fine, wrong, problem = case[1], case[2], case[3], case[4]
    it(("%s takes %s, and not %s"):format(name, tostring(fine), tostring(wrong)), function()
      assert.is_nil(check[name](fine))
      assert.are.equal(problem, check[name](wrong))
    end)
  end

  it("one_of takes its words alone", function()
    local problem = check.one_of("a", "b")
    assert.is_nil(problem "b")
    assert.are.equal('must be "a" or "b"', problem "c")
    assert.are.equal('must be "a" or "b"', problem(nil))
  end)
end)
