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
    { "count", 1, 0, "must be a whole number, 1 at least" },
    { "count", 2 ^ 52, 1.5, "must be a whole number, 1 at least" },
    { "count", 3, "3", "must be a whole number, 1 at least" },
    { "count", 3, 1 / 0, "must be a whole number, 1 at least" },
    { "seconds", 1, "1", "must be a number of seconds, above 0 and at most 86400" },
  }
  for _, case in ipairs(CASES) do
    local name, fine, wrong, problem = case[1], case[2], case[3], case[4]
    it(("%s takes %s, and not %s"):format(name, tostring(fine), tostring(wrong)), function()
      assert.is_nil(check[name](fine))
      assert.are.equal(problem, check[name](wrong))
    end)
  end

  it("whole takes whole numbers within its bounds", function()
    local problem = check.whole(10)
    for _, fine in ipairs { 1, 10, 2.0 } do
      assert.is_nil(problem(fine))
    end
    for _, wrong in ipairs { 0, 11, -1, 1.5, "2", 0 / 0, 1 / 0 } do
      assert.are.equal("must be a whole number from 1 to 10", problem(wrong))
    end
  end)

  it("one_of takes its words alone", function()
    local problem = check.one_of { "a", "b" }
    assert.is_nil(problem "b")
    assert.are.equal('must be "a" or "b"', problem "c")
    assert.are.equal('must be "a" or "b"', problem(nil))
    assert.are.equal('must be "a", "b"', check.one_of({ "a", "b" }, ", ") "c")
  end)

  it("expected has the words of Lua's own functions", function()
    assert.is_nil(check.expected "string" "x")
    assert.are.equal("string expected, got number", check.expected "string"(5))
  end)
end)

describe("options_check.checked", function()
  local function whole()
    return "one and two do not go together", true
  end
  local CHECKS = { one = check.boolean, two = check.seconds, three = whole }

  it("gives a copy, which has the defaults", function()
    local given = setmetatable({ two = 2 }, { __index = { one = 5 } })
    local defaults = { one = true, two = 1 }
    local checked = assert(check.checked(given, CHECKS, { defaults = defaults }))
    assert.are.same({ one = true, two = 2 }, checked)
    checked.two = 3
    assert.are.equal(2, given.two)
    assert.are.same({ one = true, two = 1 }, defaults)
    assert.are.same({}, check.checked(nil, CHECKS))
  end)

  local WORDS = {
    no_table = "T: table expected, got %s",
    unknown = "T has no field",
    named = "T.%s: %s",
    missing = "T.%s is missing",
    required = { "one" },
  }
  local NEEDED = { needed = true }
  local WRONG = {
    { 5, nil, "the options must be a table, not a number" },
    { false, WORDS, "T: table expected, got boolean" },
    { nil, NEEDED, "the options must be a table, not a nil" },
    { { onne = 1 }, nil, 'unknown option "onne", did you mean "one"?' },
    { { [5] = 1 }, WORDS, 'T has no field "5"' },
    { { one = 1 }, nil, "one must be a boolean, not a number" },
    { { one = 1 }, WORDS, "T.one: must be a boolean, not a number" },
    { { three = 1 }, WORDS, "one and two do not go together" },
    { {}, WORDS, "T.one is missing" },
    { nil, WORDS, "T.one is missing" },
    { {}, { required = { "one" } }, "one must be a boolean, not a nil" },
  }
  for _, case in ipairs(WRONG) do
    it("says: " .. case[3], function()
      local checked, problem = check.checked(case[1], CHECKS, case[2])
      assert.is_nil(checked)
      assert.are.equal(case[3], problem)
      assert.are.equal(case[3], check.problem(case[1], CHECKS, case[2]))
    end)
  end

  it("passes over others where they may be", function()
    assert.are.same({ four = 4 }, check.checked({ four = 4 }, CHECKS, { takes_others = true }))
  end)

  it("hands a check all that is given", function()
    local seen
    local checks = { a = check.boolean }
    function checks.b(_, given)
      seen = given.a
    end
    assert(check.checked({ a = true, b = 1 }, checks))
    assert.is_true(seen)
  end)
end)
