-- SPDX-License-Identifier: MIT
local compile = require "dynamo.expression.compile"
local dynamo = require "dynamo"

local attr, update = dynamo.attr, dynamo.update

describe("dynamo.update", function()
  local set = dynamo.set { "old" }
  local cases = {
    { update():set("profile.name", "Ann"), "SET profile.name = 'Ann'" },
    { update():set(dynamo.path { "a.b" }, false), "SET `a.b` = false" },
    { update():set("a", attr "b"), "SET a = b" },
    { update():set("a", attr "b" + 1), "SET a = b + 1" },
    { update():set("a", 10 - attr "b"), "SET a = 10 - b" },
    { update():set("a", attr "a":or_else(0) + 1), "SET a = if_not_exists(a, 0) + 1" },
    { update():set_if_absent("a", 5), "SET a = if_not_exists(a, 5)" },
    { update():set_if_absent("a", attr "b"), "SET a = if_not_exists(a, b)" },
    { update():remove("a", "b.c", "d[0]"), "REMOVE a, b.c, d[0]" },
    { update():add("a", 5):add("b", dynamo.number "1.5"), "ADD a 5, b 1.5" },
    { update():add("a", set), "ADD a ?" },
    { update():delete("a", set), "DELETE a ?" },
    { update():increment("a.b"), "SET a.b = if_not_exists(a.b, 0) + 1" },
    { update():increment("a", -2), "SET a = if_not_exists(a, 0) + -2" },
    { update():increment("a", attr "step"), "SET a = if_not_exists(a, 0) + step" },
    { update():increment("a", 1, 1), "SET a = if_not_exists(a, 0) + 1" },
    { update():increment("a", nil, 100), "SET a = if_not_exists(a, 99) + 1" },
    { update():increment("a", 5, 0), "SET a = if_not_exists(a, -5) + 5" },
    { update():increment("a", 0.1, 0.3), "SET a = if_not_exists(a, 0.2) + 0.1" },
    { update():increment("a", 0.3, 0.1), "SET a = if_not_exists(a, -0.2) + 0.3" },
    { update():increment("a", 1e-7, 1), "SET a = if_not_exists(a, 0.9999999) + 0.0000001" },
    {
      update():increment("a", 2 ^ 52, -1),
      "SET a = if_not_exists(a, -4503599627370497) + 4503599627370496",
    },
    {
      update():increment("a", 1, dynamo.number "0.1234567890123456"),
      "SET a = if_not_exists(a, -0.8765432109876544) + 1",
    },
    {
      update():increment("a", 1, dynamo.number(("9"):rep(38))),
      ("SET a = if_not_exists(a, %s8) + 1"):format(("9"):rep(37)),
    },
    { update():increment("a", dynamo.number "0.25", 1), "SET a = if_not_exists(a, 0.75) + 0.25" },
    {
      update():append("log", { "login" }),
      "SET log = list_append(if_not_exists(log, []), ['login'])",
    },
    { update():prepend("log", { 1, 2 }), "SET log = list_append([1, 2], if_not_exists(log, []))" },
    { update():append("log", {}), "SET log = list_append(if_not_exists(log, []), [])" },
    { update():append("log", attr "more"), "SET log = list_append(if_not_exists(log, []), more)" },
    {
      update():add("n", 1):set("a", 1):delete("t", set):remove("r"):set("b", 2),
      "SET a = 1, b = 2 REMOVE r DELETE t ? ADD n 1",
    },
    { update(), "" },
  }
  for _, case in ipairs(cases) do
    it("makes " .. case[2], function()
      assert.are.equal(case[2], tostring(case[1]))
    end)
  end

  it("accumulates: each method returns the builder itself", function()
    local builder = update()
    assert.are.equal(
      builder,
      builder
        :set("a", 1)
        :set_if_absent("b", 1)
        :remove("c")
        :add("d", 1)
        :delete("e", set)
        :increment("f")
        :append("g", {})
        :prepend("h", {})
        :ensure("i")
    )
  end)

  it("has copies that go their own way", function()
    local one = update():set("a", 1):ensure("m")
    local two = one:copy():remove("b"):ensure("n")
    one:set("c", 2)
    assert.are.equal("SET a = 1, c = 2", tostring(one))
    assert.are.equal("SET a = 1 REMOVE b", tostring(two))
    assert.are.equal(1, #one:tree().ensure)
    assert.are.equal(2, #two:tree().ensure)
  end)

  it("takes actions and updates of every form", function()
    local names = { ["#a"] = "x" }
    local action =
      dynamo.SetAction { path = "#a", value = ":v", names = names, values = { [":v"] = 1 } }
    local same_token = dynamo.AddAction { path = "n", value = ":v", values = { [":v"] = 2 } }
    local removal = dynamo.RemoveAction { path = "r" }
    local expression = dynamo.UpdateExpression { removal }
    local builder = update():set("a", 1)
    assert.are.equal(
      builder,
      builder
        :add_action(action)
        :add_action(same_token)
        :merge(expression)
        :merge(update():set("b", 2):ensure("m"))
        :merge({ dynamo.RemoveAction { path = "s" } })
        :merge(dynamo.RemoveAction { path = "t" })
        :merge(nil)
    )
    assert.are.equal("SET a = 1, x = 1, b = 2 REMOVE r, s, t ADD n 2", tostring(builder))
    assert.are.equal(1, #builder:tree().ensure)
    expression:add_action(dynamo.RemoveAction { path = "late" })
    assert.are.equal("SET a = 1, x = 1, b = 2 REMOVE r, s, t ADD n 2", tostring(builder))
  end)

  it("may merge itself", function()
    local builder = update():set("a", 1)
    assert.are.equal("SET a = 1, a = 1", tostring(builder:merge(builder)))
  end)

  it("gives trees that later actions do not change", function()
    local builder = update():set("a", 1):ensure("m")
    local first = builder:tree()
    builder:set("b", 2):remove("c"):ensure("n")
    local second = builder:tree()
    assert.are.equal(1, #first.set)
    assert.are.equal(0, #first.remove)
    assert.are.equal(1, #first.ensure)
    assert.are.equal(2, #second.set)
    assert.are.equal(1, #second.remove)
    assert.are.equal(2, #second.ensure)
    assert.are.equal(second, builder:tree())
    assert.are.equal("", tostring(update()))
  end)

  it("notes the parents to ensure beside the actions", function()
    local tree = update():ensure("profile"):ensure("profile.address"):set("profile.name", 1):tree()
    assert.are.same({
      { path = { kind = "path", "profile" } },
      { path = { kind = "path", "profile", "address" } },
    }, tree.ensure)
    assert.is_nil(update():tree().ensure)
  end)

  it("keeps the caller's tables as they are, and sends them", function()
    local list, map = {}, { x = 1 }
    local tree = update():append("a", list):set("b", map):tree()
    assert.is_nil(getmetatable(list))
    assert.are.equal(map, tree.set[2].operand.value)
    local space, params = compile.space(), {}
    compile.update(tree, space)
    space:store(params)
    assert.is_true(dynamo.is_list(params.ExpressionAttributeValues[":v0"]))
  end)

  it("cannot be tampered with", function()
    assert.are.equal("dynamo.expression", getmetatable(update()))
    assert.has_error(function()
      update().x = 1
    end, "an update takes no new fields")
  end)
end)

describe("misuse of a builder raises at its line", function()
  local cases = {
    {
      function()
        update():set("a")
      end,
      "dynamo.update:set: a value expected, got nil",
    },
    {
      function()
        update():set(nil, 1)
      end,
      "dynamo.update:set: a path expected",
    },
    {
      function()
        update():set("a..b", 1)
      end,
      "dynamo.update:set: path: column 3: expected",
    },
    {
      function()
        update().set("a", 1)
      end,
      "use update:set(...), with a colon",
    },
    {
      function()
        update():set("a", attr "b":size())
      end,
      "size belongs in a condition",
    },
    {
      function()
        update():set("a", attr "b":eq(1))
      end,
      "a value or an operand expected",
    },
    {
      function()
        update():set("a", update())
      end,
      "a value or an operand expected",
    },
    {
      function()
        update():set_if_absent("a", attr "b" + 1)
      end,
      "in no function",
    },
    {
      function()
        update():remove()
      end,
      "dynamo.update:remove: a path expected",
    },
    {
      function()
        update():remove("a", 5)
      end,
      "dynamo.update:remove: a path expected",
    },
    {
      function()
        update():add("a", { 1 })
      end,
      "for lists there is append",
    },
    {
      function()
        update():add("a", "1")
      end,
      "a number or a set expected, got string",
    },
    {
      function()
        update():delete("a", "x")
      end,
      "a set such as dynamo.set{ element } expected",
    },
    {
      function()
        update():delete("a")
      end,
      "for attributes there is remove",
    },
    {
      function()
        update():increment("a", "1")
      end,
      "a number or dynamo.attr(path) expected",
    },
    {
      function()
        update():increment("a", attr "b", 1)
      end,
      "start and by must be numbers",
    },
    {
      function()
        update():increment("a", 1, "1")
      end,
      "start and by must be numbers",
    },
    {
      function()
        update():increment("a", 1, 1e-130)
      end,
      "more than 38 significant digits",
    },
    {
      function()
        update():increment("a", 1, 0 / 0)
      end,
      "dynamo.update:increment: ",
    },
    {
      function()
        update():append("a", 5)
      end,
      "a list expected, got number; write { value }",
    },
    {
      function()
        update():append("a")
      end,
      "a list expected, got nil",
    },
    {
      function()
        update():prepend("a", { x = 1 })
      end,
      "a list expected, got a map",
    },
    {
      function()
        update():ensure(5)
      end,
      "dynamo.update:ensure: a path expected",
    },
    {
      function()
        update():incr("a")
      end,
      "here it is :increment(path, by)",
    },
    {
      function()
        update():unset("a")
      end,
      "here it is :remove(path)",
    },
    {
      function()
        update():list_append("a", {})
      end,
      "here it is :append(path, list)",
    },
    {
      function()
        update("SET a = 2")
      end,
      'to the verb itself: users:update(key, "SET a = 2")',
    },
    {
      function()
        update { dynamo.RemoveAction { path = "a" } }
      end,
      "dynamo.update: it takes no",
    },
    {
      function()
        update(nil, 5)
      end,
      "dynamo.update: it takes no argument, got a number",
    },
    {
      function()
        update():set("a", 1, 2)
      end,
      "dynamo.update:set: one argument too many",
    },
    {
      function()
        update():set_if_absent("a", 1, 2)
      end,
      "set_if_absent: one argument too many",
    },
    {
      function()
        update():add("a", 1, 2)
      end,
      "dynamo.update:add: one argument too many",
    },
    {
      function()
        update():delete("a", dynamo.set { 1 }, 2)
      end,
      "delete: one argument too many",
    },
    {
      function()
        update():increment("a", 1, 2, 3)
      end,
      "increment: one argument too many",
    },
    {
      function()
        update():append("a", { 1 }, 2)
      end,
      "append: one argument too many",
    },
    {
      function()
        update():prepend("a", { 1 }, 2)
      end,
      "prepend: one argument too many",
    },
    {
      function()
        update():ensure("a", "b")
      end,
      "ensure: one argument too many, a string",
    },
    {
      function()
        update():tree(1)
      end,
      "dynamo.update:tree: one argument too many",
    },
    {
      function()
        update():add_action()
      end,
      "add_action: an action expected, got nil",
    },
    {
      function()
        update():add_action(update())
      end,
      "an action such as dynamo.SetAction{...} ex",
    },
    {
      function()
        update():merge("REMOVE a")
      end,
      "a list of actions expected, got string",
    },
    {
      function()
        update():merge(attr "a")
      end,
      "got another expression",
    },
    {
      function()
        update().copy()
      end,
      "use update:copy(...), with a colon",
    },
    {
      function()
        local function set(v)
          return dynamo.SetAction { path = "a", value = ":v", values = { [":v"] = v } }
        end
        update():merge(dynamo.UpdateExpression { set(1), set(2) })
      end,
      "update:merge: update: conflicting expression values",
    },
    {
      function()
        update():apend("a", {})
      end,
      'did you mean "append"?',
    },
  }
  for i, case in ipairs(cases) do
    it(("case %d: %s"):format(i, case[2]), function()
      local done, message = pcall(case[1])
      assert.is_false(done)
      assert.are.equal(1, (message:find("[^\n]-expression_update_spec.lua:%d+: ")), message)
      assert.is_truthy(message:find(case[2], 1, true), message)
    end)
  end
end)

describe("dynamo.UpdateExpression", function()
  local names = { ["#a"] = "attr1" }
  local function set_to(value)
    local values = { [":v"] = value }
    return dynamo.SetAction { path = "#a", value = ":v", names = names, values = values }
  end
  local removal = dynamo.RemoveAction { path = "b" }
  local addition = dynamo.AddAction { path = "c", value = ":n", values = { [":n"] = 1 } }
  local deletion = dynamo.DeleteAction {
    path = "d",
    value = ":s",
    values = { [":s"] = dynamo.set { 1 } },
  }

  it("writes its clauses in one order, the actions in theirs", function()
    local expression = dynamo.UpdateExpression { addition, deletion, removal, set_to(5) }
    assert.are.equal("SET #a = :v REMOVE b DELETE d :s ADD c :n", tostring(expression))
    local text, all_names, values = expression:convert()
    assert.are.equal(tostring(expression), text)
    assert.are.same(names, all_names)
    assert.are.same({ [":v"] = 5, [":n"] = 1, [":s"] = { 1 } }, values)
  end)

  it("accumulates: each method returns the expression itself", function()
    local one = dynamo.UpdateExpression { set_to(5) }
    assert.are.equal(one, one:add_action(removal))
    assert.are.equal("SET #a = :v REMOVE b", tostring(one))
    local other = dynamo.UpdateExpression { deletion }
    assert.are.equal(other, other:actions { addition })
    assert.are.equal("ADD c :n", tostring(other))
    assert.are.equal(one, one:merge(other):merge(nil))
    assert.are.equal("SET #a = :v REMOVE b ADD c :n", tostring(one))
    assert.are.equal("ADD c :n", tostring(other))
    assert.has_error(function()
      one.x = 1
    end)
  end)

  it("is sent with what was added to it", function()
    local one = dynamo.UpdateExpression {}
    one:add_action(removal)
    assert.are.equal("b", one:tree().remove[1].path[1])
  end)

  it("merges an action, a list of actions, itself", function()
    local one = dynamo.UpdateExpression {}:merge(removal):merge { addition, deletion }
    assert.are.equal("REMOVE b DELETE d :s ADD c :n", tostring(one))
    local list = { removal }
    local two = dynamo.UpdateExpression(list)
    two:merge(two)
    assert.are.equal("REMOVE b, b", tostring(two))
    assert.are.equal(1, #list)
  end)

  it("has copies that go their own way", function()
    local one = dynamo.UpdateExpression { removal }
    local two, three = one:copy(), one:build()
    one:add_action(addition)
    two:add_action(deletion)
    assert.are.equal("REMOVE b ADD c :n", tostring(one))
    assert.are.equal("REMOVE b DELETE d :s", tostring(two))
    assert.are.equal("REMOVE b", tostring(three))
  end)

  it("is built in AWS's words", function()
    local expression =
      dynamo.UpdateExpression.builder():add_action(removal):add_action(addition):build()
    assert.are.equal("REMOVE b ADD c :n", tostring(expression))
    assert.are.equal("dynamo.UpdateExpression", tostring(dynamo.UpdateExpression))
  end)

  it("is empty without actions", function()
    local empty = dynamo.UpdateExpression {}
    local text, no_names, no_values = empty:convert()
    assert.are.equal("", text)
    assert.are.same({}, no_names)
    assert.are.same({}, no_values)
    assert.are.same({ kind = "update", set = {}, remove = {}, delete = {}, add = {} }, empty:tree())
  end)

  it("lets a token occur twice if it stands for the same", function()
    local list = function()
      return { 1, { x = dynamo.null } }
    end
    local text, _, values = dynamo.UpdateExpression { set_to(list()), set_to(list()) }:convert()
    assert.are.equal("SET #a = :v, #a = :v", text)
    assert.are.same({ [":v"] = list() }, values)
  end)

  it("tells which two actions give a token two meanings", function()
    local expression = dynamo.UpdateExpression { removal, set_to(5), set_to("5") }
    local text, message, err = expression:convert()
    assert.is_nil(text)
    assert.are.equal(
      'update: conflicting expression values: ":v" stands for one thing in action 2,'
        .. ' "SET #a = :v", and for another in action 3, "SET #a = :v"',
      message
    )
    assert.are.equal("conflicting_tokens", err.code)
    assert.are.equal("values.:v", err.path)
    local tree, same_message = expression:tree()
    assert.is_nil(tree)
    assert.are.equal(message, same_message)
    local renamed = dynamo.RemoveAction { path = "#a", names = { ["#a"] = "attr2" } }
    message = select(2, dynamo.UpdateExpression { set_to(5), renamed }:convert())
    assert.is_truthy(message:find('names: "#a" stands', 1, true))
  end)

  it("has the tree of all its actions", function()
    local tree = dynamo.UpdateExpression { addition, set_to(false), removal }:tree()
    assert.are.same(
      { { path = { kind = "path", "attr1" }, operand = { kind = "value", value = false } } },
      tree.set
    )
    assert.are.same({ { path = { kind = "path", "b" } } }, tree.remove)
    assert.are.same(
      { { path = { kind = "path", "c" }, operand = { kind = "value", value = 1 } } },
      tree.add
    )
  end)

  local cases = {
    {
      function()
        dynamo.UpdateExpression()
      end,
      "a list of actions expected, got nil",
    },
    {
      function()
        dynamo.UpdateExpression(removal)
      end,
      "a list of actions expected",
    },
    {
      function()
        dynamo.UpdateExpression { 5 }
      end,
      "an action such as dynamo.SetAction{...}",
    },
    {
      function()
        dynamo.UpdateExpression { attr "a" }
      end,
      "got another expression",
    },
    {
      function()
        dynamo.UpdateExpression {}:add_action()
      end,
      "got nil",
    },
    {
      function()
        dynamo.UpdateExpression {}:actions(5)
      end,
      "UpdateExpression:actions: a list",
    },
    {
      function()
        dynamo.UpdateExpression {}:merge(update())
      end,
      "dynamo.update():merge(expr",
    },
    {
      function()
        dynamo.UpdateExpression {}:merge(attr "a")
      end,
      "got another expression",
    },
    {
      function()
        dynamo.UpdateExpression {}.convert()
      end,
      "use UpdateExpression:convert(...), w",
    },
    {
      function()
        dynamo.UpdateExpression { removal, nil, removal }
      end,
      "a list has no holes",
    },
    {
      function()
        dynamo.UpdateExpression { removal, x = removal }
      end,
      "other keys",
    },
    {
      function()
        dynamo.UpdateExpression({}, removal)
      end,
      "one argument too many, a table",
    },
    {
      function()
        dynamo.UpdateExpression {}:add_action(removal, 1)
      end,
      "one argument too many",
    },
    {
      function()
        dynamo.UpdateExpression.builder(1)
      end,
      "builder: one argument too many",
    },
    {
      function()
        dynamo.UpdateExpression.bilder()
      end,
      'did you mean "builder"?',
    },
    {
      function()
        dynamo.UpdateExpression {}:addAction(removal)
      end,
      'did you mean "add_action"?',
    },
    {
      function()
        dynamo.UpdateExpression {}:add(removal)
      end,
      "no method or field",
    },
  }
  for i, case in ipairs(cases) do
    it("raises at the line of misuse, case " .. i, function()
      local done, message = pcall(case[1])
      assert.is_false(done)
      assert.is_truthy(message:find(case[2], 1, true), message)
      assert.is_truthy(message:find("expression_update_spec.lua:%d+: "), message)
    end)
  end
end)
