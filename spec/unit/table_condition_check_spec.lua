-- SPDX-License-Identifier: MIT
local check = require "dynamo.table.condition_check"
local dynamo = require "dynamo"
local fake_client = require "support.fake_client"
local tables = require "dynamo.table"

local NOUN = tables.noun(fake_client.new({}):table("Plans", { key = { "id" } }))

-- Returns the parameters that check(...) is prepared to.
local function prepared(...)
  local ask, subject = check.ask(NOUN, ...)
  local operation, params = check.prepare(assert(ask, subject), NOUN.key, subject)
  assert.are.equal("condition_check", operation.method)
  return params
end

describe("the verb check", function()
  local EXPECTED = {
    TableName = "Plans",
    Key = { id = "free" },
    ConditionExpression = "#n0 = :v0 AND #n1 > :v1",
    ExpressionAttributeNames = { ["#n0"] = "open", ["#n1"] = "seats" },
    ExpressionAttributeValues = { [":v0"] = true, [":v1"] = 3 },
    ReturnValuesOnConditionCheckFailure = "ALL_OLD",
  }
  local KEY, attr = { id = "free" }, dynamo.attr
  local forms = {
    { KEY, "open = true AND seats > ?", 3 },
    { "free", "open = ? AND seats > ?", true, 3 },
    { KEY, { "open = ? AND seats > ?", true, 3 } },
    { KEY, dynamo.all(attr("open"):eq(true), attr("seats"):gt(3)) },
    {
      KEY,
      "#o = :o AND seats > ?",
      3,
      { names = { ["#o"] = "open" }, values = { [":o"] = true } },
    },
  }
  for i, arguments in ipairs(forms) do
    it("takes a condition in every form, " .. i, function()
      assert.are.same(EXPECTED, prepared((table.unpack or unpack)(arguments)))
    end)
  end

  it("leaves what a failure returns to its option", function()
    local o = { return_values_on_condition_check_failure = "NONE" }
    assert.are.equal("NONE", prepared(KEY, "a = 1", o).ReturnValuesOnConditionCheckFailure)
  end)

  it("refuses what is no key", function()
    local ask, subject = check.ask(NOUN, { id = "free", more = 1 }, "a = 1")
    local operation, err = check.prepare(ask, NOUN.key, subject)
    assert.is_nil(operation)
    assert.are.equal("Key.more", err.path)
  end)

  local wrong = {
    { { KEY }, "bad argument to 'check' (condition must be a string, " },
    { { KEY, true }, "bad argument to 'check' (condition must be a string, " },
    { { KEY, "a = ?" }, "no value for ? number 1 of 1" },
    { { KEY, "a = 1", {}, {} }, "2 arguments behind 0 ? of the expression" },
    { { KEY, "a =" }, "condition: " },
    { { KEY, "a = 1", { condition = "b = 1" } }, 'unknown option "condition"' },
    { { KEY, "a = 1", { once = true } }, 'unknown option "once"' },
    { { false, "a = 1" }, "bad argument to 'check' (key must be a table, not boolean)" },
  }
  for i, case in ipairs(wrong) do
    it(("says what is wrong, case %d"):format(i), function()
      local ask, problem = check.ask(NOUN, (table.unpack or unpack)(case[1]))
      assert.is_nil(ask)
      assert.are.equal(1, (problem:find(case[2], 1, true)), problem)
    end)
  end
end)
