-- SPDX-License-Identifier: MIT
-- How AWS's Enhanced Client for Java converts actions to one expression. Its tests use tokens
-- without "#" and ":", which our constructors refuse: the cases go to the conversion below them.
local convert = require "dynamo.expression.convert"
local vectors = require "support.vectors"

-- Returns the action of a case: it names an attribute and the prefixes of its tokens, or all itself.
local function action_of(given)
  local name = given.attribute
  local action = {
    type = given.action:upper(),
    path = given.path or (given.name_token or "") .. name,
    value = given.value_ref or given.value and given.value_token .. name,
    names = given.names or {},
    values = given.values or {},
  }
  if given.name_token then action.names = { [given.name_token .. name] = name } end
  if given.value then action.values = { [given.value_token .. name] = given.value } end
  return action
end

describe("the conversion of actions", function()
  local cases = vectors.document "update-expression/convert.json"

  it("has all cases", function()
    assert.are.equal(24, #cases)
  end)

  for _, case in ipairs(cases) do
    it("is right for " .. case.id, function()
      local actions = {}
      for i, given in ipairs(case.actions) do
        actions[i] = action_of(given)
      end
      local text, names, values = convert.convert(actions)
      if not case.error_contains then
        assert.are.equal(case.expression, text)
        assert.are.same(case.names, names)
        return assert.are.same(case.values, values)
      end
      local message, err = names, values
      local kind, token =
        case.error_contains[1]:match "conflicting expression %w+$", case.error_contains[2]
      assert.is_nil(text)
      assert.is_truthy(message:find(kind .. ': "' .. token .. '"', 1, true))
      assert.is_truthy(message:find('action 1, "' .. convert.action_text(actions[1]), 1, true))
      assert.is_truthy(message:find('action 2, "' .. convert.action_text(actions[2]), 1, true))
      assert.are.equal("conflicting_tokens", err.code)
      assert.is_truthy(err.path:find(token, 1, true))
    end)
  end
end)
