-- SPDX-License-Identifier: MIT
-- Calls of the table verbs with every kind of expression and option that shapes a request, right
-- ones and wrong ones: what each sends, returns and raises is for comparing.
local dynamo = require "dynamo"

local attr = dynamo.attr
local KEY = { id = "x" }

-- Name -> function(users) -> what a verb returns.
local M = {}

-- ---- updates -------------------------------------------------------------------------------

-- Texts of updates, each with the values of its ?.
local TEXTS = {
  { "SET a = ?, b = b + ?", 1, 2 },
  { "SET a = ?, b = b + ?", 3, 4 },
  { "SET visits = if_not_exists(visits, 0) + 1, seen = ? REMOVE tmp ADD total ?", 5, 6 },
  { "SET l = list_append(if_not_exists(l, []), ?), m.x[2].`a b` = 'text'", { "a" } },
  { "SET a = {a: 1, b: [true, null]}, b = 5 - c DELETE s ?", dynamo.set { "old" } },
  { "SET a.b = ?, a.c = ?", "same", "same" },
  { "REMOVE a, b[1], c.d ADD n 1" },
  { "SET a = ?" },
  { "SET a = ?", 1, 2 },
  { "SET a = ?, a.b = ?", 1, 2 },
  { "SET a = a + ?", "text" },
  { "SET a = list_append(a, ?)", 5 },
  { "ADD a 'text'" },
  { "SET id = ?", "y" },
  { "SET a = " },
}
for i, text in ipairs(TEXTS) do
  M["text " .. i] = function(users)
    return users:update(KEY, (table.unpack or unpack)(text))
  end
end

-- Texts of updates with their tokens.
local TOKENS = {
  { "SET #v = :v, #w = #v + :v", { ["#v"] = "visits", ["#w"] = "w" }, { [":v"] = 1 } },
  { "SET #n0 = :v0, other = ?", { ["#n0"] = "name" }, { [":v0"] = "Ann" }, { 5 } },
  { "SET a = :v", nil, { [":v"] = 1, [":unused"] = 2 } },
  { "SET #missing = :v", nil, { [":v"] = 1 } },
}
for i, case in ipairs(TOKENS) do
  M["tokens " .. i] = function(users)
    local o = { names = case[2], values = case[3] }
    if case[4] then return users:update(KEY, case[1], case[4][1], o) end
    return users:update(KEY, case[1], o)
  end
end

-- Updates made of objects.
local BUILT = {
  function()
    return dynamo.update():set("profile.name", "Ann"):increment("visits"):append("log", { "login" })
  end,
  function()
    return dynamo.update():remove("tmp", "l[1]"):delete("tags", dynamo.set { "old" }):add("n", 2)
  end,
  function()
    return dynamo.update():set("a", attr "b" + 1):set_if_absent("c", 5):increment("d", 2, 10)
  end,
  function()
    return dynamo.update():prepend("l", { 1, 2 }):set("e", attr("f"):or_else(0) - attr "g")
  end,
  function()
    return dynamo.update():set(dynamo.path { "a.b", 2 }, dynamo.null):set("x", {})
  end,
  function()
    return dynamo.update():merge(dynamo.update():set("a", 1)):merge(dynamo.update():set("b", 1))
  end,
  function()
    local names, values = { ["#a"] = "attr1" }, { [":v"] = 5 }
    return dynamo.UpdateExpression {
      dynamo.SetAction { path = "#a", value = ":v", names = names, values = values },
      dynamo.RemoveAction { path = "old" },
    }
  end,
  function()
    return { dynamo.AddAction { path = "n", value = ":n", values = { [":n"] = 1 } } }
  end,
  function()
    return dynamo.update():ensure("profile"):set("profile.theme", "dark")
  end,
  function()
    return dynamo.update():set("a", 1):set("a.b", 2)
  end,
  function()
    return dynamo.update()
  end,
}
for i, build in ipairs(BUILT) do
  M["built " .. i] = function(users)
    return users:update(KEY, build())
  end
end

-- ---- conditions ----------------------------------------------------------------------------

local CONDITIONS = {
  "a = 1 AND (b < 2 OR NOT attribute_exists(c.d[1]))",
  { "version = ? AND size(l) > ? AND a IN (1, ?)", 3, 4, 5 },
  { "#a = :v", ["#a"] = "x", [":v"] = 5 },
  "begins_with(a, 'x') AND contains(s, 'y') AND attribute_type(b, 'S') AND a BETWEEN 'a' AND 'b'",
  attr("version"):eq(3),
  dynamo.all(attr("visits"):lt(3), dynamo.negate(attr("locked"):exists())),
  dynamo.any(attr("a"):between(1, 5), attr("b"):within { 1, 2 }, attr("c"):missing()),
  dynamo.all(attr("a"):begins_with "x", attr("b"):contains "y", attr("c"):size():ge(2)),
  attr("a"):type("S"),
  attr("a"):ne(attr "b"),
  "a = a",
  { "a BETWEEN ? AND ?", 5, 1 },
}

-- Writes that take a condition.
local WRITES = {
  put = { { id = "x", a = 1 } },
  insert = { { id = "x", a = 1 } },
  patch = { { id = "x", b = 1, name = "Ann" } },
  update = { KEY, "SET a = a + ?", 1 },
  delete = { KEY },
}
for i, condition in ipairs(CONDITIONS) do
  for verb, arguments in pairs(WRITES) do
    M[("condition %02d of %s"):format(i, verb)] = function(users)
      local all = { (table.unpack or unpack)(arguments) }
      all[#all + 1] = { condition = condition }
      return users[verb](users, (table.unpack or unpack)(all))
    end
  end
end

-- ---- options -------------------------------------------------------------------------------

local ITEM =
  { id = "x", name = "Ann", updatedAt = 5, gone = dynamo.null, m = { a = 1, b = dynamo.null } }

-- Options of upsert.
local OPTIONS = {
  { return_values = "ALL_NEW", return_consumed_capacity = "TOTAL" },
  { if_newer = "updatedAt" },
  { if_newer = "updatedAt", condition = attr("locked"):missing() },
  { update = "ADD visits 1" },
  { update = dynamo.update():increment("visits"), return_values = "UPDATED_NEW" },
  { update = "SET name = 'Bob'" },
  { once = true },
  { once = true, condition = "a = 1" },
  { ignore_nulls = "remove" },
  { ignore_nulls = "ignore" },
  { ignore_nulls = "maps" },
  { ignore_nulls = "scalars" },
  { return_values_on_condition_check_failure = "NONE", condition = "a = 1" },
  { retur_values = "ALL_NEW" },
}
for i, o in ipairs(OPTIONS) do
  M[("option %02d"):format(i)] = function(users)
    return users:upsert(ITEM, o)
  end
end

M["upsert of a key alone"] = function(users)
  return users:upsert(KEY)
end
M["patch of a key alone"] = function(users)
  return users:patch(KEY)
end
M["replace"] = function(users)
  return users:replace(ITEM, { if_newer = "updatedAt" })
end
M["get with a projection"] = function(users)
  return users:get("x", { projection = "a, b.c[1], `d e`", consistent_read = true })
end
M["get with a built projection"] = function(users)
  return users:get("x", { projection = dynamo.projection("a", "b.c") })
end
M["get of another key"] = function(users)
  return users:get { other = "x" }
end
M["a key too many"] = function(users)
  return users:update({ id = "x", more = 1 }, "SET a = 1")
end

return M
