-- SPDX-License-Identifier: MIT
local dynamo = require "dynamo"

local FIELDS = { path = "#a", value = ":v", names = { ["#a"] = "attr1" }, values = { [":v"] = 5 } }

local function with(changes)
  local fields = {}
  for name, value in pairs(FIELDS) do
    fields[name] = value
  end
  for name, value in pairs(changes) do
    fields[name] = value or nil
  end
  return fields
end

describe("an action", function()
  it("has its fields and its text", function()
    local action = dynamo.SetAction(FIELDS)
    assert.are.equal("SET", action.type)
    assert.are.equal("#a", action.path)
    assert.are.equal(":v", action.value)
    assert.are.same({ ["#a"] = "attr1" }, action.names)
    assert.are.same({ [":v"] = 5 }, action.values)
    assert.are.equal("SET #a = :v", tostring(action))
  end)

  it("is one of four, or made by its type", function()
    local set = {
      path = "#a",
      value = ":v",
      names = FIELDS.names,
      values = { [":v"] = dynamo.set { 1 } },
    }
    assert.are.equal("ADD #a :v", tostring(dynamo.AddAction(set)))
    assert.are.equal("DELETE #a :v", tostring(dynamo.DeleteAction(set)))
    local removal = dynamo.RemoveAction { path = "a.b[1]" }
    assert.are.equal("REMOVE a.b[1]", tostring(removal))
    assert.is_nil(removal.value)
    assert.are.same({}, removal.values)
    local made = dynamo.UpdateAction { type = "REMOVE", path = "#a", names = FIELDS.names }
    assert.are.equal("REMOVE #a", tostring(made))
    assert.are.equal("REMOVE", made.type)
  end)

  it("is immutable, and keeps no table of the caller's", function()
    local names, values = { ["#a"] = "attr1" }, { [":v"] = 5 }
    local fields = { path = "#a", value = ":v", names = names, values = values }
    local action = dynamo.SetAction(fields)
    names["#a"], values[":v"], fields.path = "other", 6, "x"
    action.names["#b"], action.values[":v"] = "b", 7
    assert.are.same({ ["#a"] = "attr1" }, action.names)
    assert.are.same({ [":v"] = 5 }, action.values)
    assert.are.equal("#a", action.path)
    assert.has_error(function()
      action.path = "x"
    end, "an action takes no new fields")
    assert.are.equal("dynamo.expression", getmetatable(action))
    assert.has_error(function()
      setmetatable(action, {})
    end)
  end)

  it("has the tree of its text", function()
    local tree = dynamo
      .SetAction {
        path = "#a.b",
        value = "if_not_exists(c, :z) + :v",
        names = FIELDS.names,
        values = { [":z"] = 0, [":v"] = 5 },
      }
      :tree()
    assert.are.same({
      {
        path = { kind = "path", "attr1", "b" },
        operand = {
          kind = "arith",
          op = "+",
          right = { kind = "value", value = 5 },
          left = {
            kind = "call",
            name = "if_not_exists",
            { kind = "path", "c" },
            { kind = "value", value = 0 },
          },
        },
      },
    }, tree.set)
    assert.are.same({}, tree.add)
  end)

  it("may mean false or NULL by a token", function()
    local action = dynamo.SetAction { path = "a", value = ":v", values = { [":v"] = false } }
    assert.are.same({ kind = "value", value = false }, action:tree().set[1].operand)
  end)
end)

describe("an action that is none raises at its line", function()
  local cases = {
    { "SetAction", nil, "a table of fields expected, got nil" },
    { "SetAction", "SET a = 1", "a table of fields expected, got string" },
    { "SetAction", with { vlaue = ":v" }, 'unknown field "vlaue", did you mean "value"?' },
    { "SetAction", with { type = "SET" }, 'unknown field "type"' },
    { "SetAction", with { path = false }, 'missing field "path"' },
    { "SetAction", with { value = false }, 'missing field "value"' },
    { "AddAction", with { value = false }, 'missing field "value"' },
    { "SetAction", with { path = 5 }, "path must be a string, not a number" },
    { "SetAction", with { value = 5 }, "value must be a string, not a number" },
    { "SetAction", with { names = "x" }, "names must be a table, not a string" },
    {
      "RemoveAction",
      { path = "a", value = ":v" },
      'unknown field "value"; it takes names, path',
    },
    { "SetAction", with { names = false }, "#a is not in names" },
    { "SetAction", with { values = false }, ":v is not in values" },
    { "SetAction", with { names = { ["#a"] = 5 } }, "#a must stand for an attribute name" },
    {
      "SetAction",
      with { names = { a = "attr1" } },
      'names: a token begins with "#", and "a" does not',
    },
    {
      "SetAction",
      with { values = { v = 5 } },
      'values: a token begins with ":", and "v" does not',
    },
    { "SetAction", with { values = { 5 } }, 'values: a token begins with ":", and "1" does not' },
    {
      "SetAction",
      with { names = { ["#a"] = "x", ["#b"] = "y" } },
      "names.#b: not used by any expression",
    },
    { "SetAction", with { values = { [":v"] = 5, [":w"] = 6 } }, "values.:w: not used" },
    { "SetAction", with { path = "#a b" }, 'expected "=" after the path, got "b"' },
    { "SetAction", with { value = ":v, b = :v" }, "is more than one action" },
    { "SetAction", with { value = ":v REMOVE b" }, "is more than one action" },
    { "SetAction", with { value = "?", values = false }, "write a token such as :v, not ?" },
    { "AddAction", with { value = "b" }, "expected a value after the path" },
    { "UpdateAction", FIELDS, 'type must be one of SET ADD REMOVE DELETE, not "nil"' },
    { "UpdateAction", with { type = "Set" }, "type must be one of SET ADD REMOVE DELETE" },
    { "UpdateAction", "x", "type must be one of SET ADD REMOVE DELETE" },
    { "UpdateAction", { type = "REMOVE" }, 'missing field "path"' },
  }
  for i, case in ipairs(cases) do
    it(("%s, case %d: %s"):format(case[1], i, case[3]), function()
      local done, message = pcall(function()
        local _ = dynamo[case[1]](case[2])
      end)
      assert.is_false(done)
      assert.is_truthy(message:find("expression_action_spec.lua:%d+: dynamo%." .. case[1] .. ": "))
      assert.is_truthy(message:find(case[3], 1, true), message)
    end)
  end

  it("leaves other fields and methods unknown", function()
    local action = dynamo.SetAction(FIELDS)
    local done, message = pcall(function()
      return action.vale
    end)
    assert.is_false(done)
    assert.is_truthy(
      message:find(
        'expression_action_spec.lua:%d+: an action has no .*"vale", did you mean "value"%?'
      )
    )
  end)
end)

describe("a builder of actions", function()
  local SetAction = dynamo.SetAction

  it("has AWS's words", function()
    local builder = SetAction.builder()
    local action = builder
      :path("#a")
      :value(":v")
      :put_expression_name("#a", "attr1")
      :put_expression_value(":v", 5)
      :build()
    assert.are.equal("SET #a = :v", tostring(action))
    assert.are.same({ ["#a"] = "attr1" }, action.names)
    assert.are.same({ [":v"] = 5 }, action.values)
    assert.are.equal("REMOVE a", tostring(dynamo.RemoveAction.builder():path("a"):build()))
    assert.are.equal(
      "ADD a :v",
      tostring(
        dynamo.AddAction.builder():path("a"):value(":v"):put_expression_value(":v", 1):build()
      )
    )
    assert.are.equal(
      "DELETE a :v",
      tostring(
        dynamo.DeleteAction
          .builder()
          :path("a")
          :value(":v")
          :expression_values({ [":v"] = dynamo.set { 1 } })
          :build()
      )
    )
  end)

  it("changes in place, and its actions do not", function()
    local names = { ["#a"] = "x" }
    local builder = SetAction.builder():path("#a"):value("1"):expression_names(names)
    local first, copy = builder:build(), builder:copy()
    builder:put_expression_name("#a", "y")
    copy:value("2")
    assert.are.same({ ["#a"] = "x" }, names)
    assert.are.same({ ["#a"] = "x" }, first.names)
    assert.are.same({ ["#a"] = "y" }, builder:build().names)
    assert.are.equal("SET #a = 1", tostring(builder:build()))
    assert.are.equal("SET #a = 2", tostring(copy:build()))
  end)

  local cases = {
    {
      function()
        SetAction.builder():build()
      end,
      'dynamo.SetAction: missing field "path"',
    },
    {
      function()
        SetAction.builder():path("a b"):value("1"):build()
      end,
      'expected "="',
    },
    {
      function()
        SetAction.builder():path(5)
      end,
      "builder:path: path must be a string",
    },
    {
      function()
        SetAction.builder():put_expression_name("a", "b")
      end,
      'names: a token begins with "#"',
    },
    {
      function()
        SetAction.builder():put_expression_value(":v")
      end,
      ":v stands for nil",
    },
    {
      function()
        SetAction.builder():put_expression_value()
      end,
      'a token begins with ":"',
    },
    {
      function()
        dynamo.RemoveAction.builder():value(":v")
      end,
      'unknown field "value"',
    },
    {
      function()
        dynamo.RemoveAction.builder():put_expression_value(":v", 1)
      end,
      'RemoveAction.builder:put_expression_value: unknown field "values"',
    },
    {
      function()
        SetAction.builder():putExpressionName("#a", "b")
      end,
      'did you mean "put_expression_name"?',
    },
    {
      function()
        SetAction.builder().path "a"
      end,
      "use builder:path(...), with a colon",
    },
    {
      function()
        SetAction.builder():path("a", "b")
      end,
      "builder:path: one argument too many",
    },
    {
      function()
        SetAction.builder(1)
      end,
      "SetAction.builder: one argument too many",
    },
    {
      function()
        SetAction(FIELDS, 1)
      end,
      "dynamo.SetAction: one argument too many, a number",
    },
    {
      function()
        dynamo.UpdateAction({ type = "REMOVE", path = "a" }, 1)
      end,
      "one argument too",
    },
    {
      function()
        SetAction.bulider()
      end,
      'did you mean "builder"?',
    },
    {
      function()
        SetAction.x = 1
      end,
      "dynamo.SetAction takes no new fields",
    },
  }
  for i, case in ipairs(cases) do
    it(("raises at the line of misuse, case %d: %s"):format(i, case[2]), function()
      local done, message = pcall(case[1])
      assert.is_false(done)
      assert.are.equal(1, (message:find("[^\n]-expression_action_spec.lua:%d+: ")), message)
      assert.is_truthy(message:find(case[2], 1, true), message)
    end)
  end
end)
