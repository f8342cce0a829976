-- SPDX-License-Identifier: MIT
-- Random items, updates and conditions of support.write_model's kind, and their texts. Names and
-- values are few, so that a condition often looks at what the update writes, and is often true.
local tree = require "support.expression_tree"
local write_model = require "support.write_model"

local M = {}

local chance, several = tree.chance, tree.several

local TOP = { "n", "v", "n", "v", "state", "done", "l", "m", "s" }

-- ---- values --------------------------------------------------------------------------------

local NUMBERS = { "0", "1", "2", "3", "3.0", "4", "-1", "2.5" }
local STRINGS = { "job", "done", "a", "b", "3" }
local SETS = { { SS = { "a" } }, { SS = { "b", "a" } }, { NS = { "1", "2" } }, { SS = { "c" } } }

local function number(random)
  return { N = random.pick(NUMBERS) }
end

local function scalar(random)
  local roll = random.upto(10)
  if roll <= 6 then return number(random) end
  if roll <= 9 then return { S = random.pick(STRINGS) } end
  return { BOOL = chance(random, 50) }
end

local function list(random, element)
  return { L = several(random, 0, 4, element) }
end

local function element(random)
  local roll = random.upto(10)
  if roll <= 4 then return { S = "job" } end
  if roll <= 6 then return { M = { v = number(random) } } end
  return scalar(random)
end

local function map(random)
  local content = {}
  if chance(random, 70) then content.x = scalar(random) end
  if chance(random, 70) then content.l = list(random, element) end
  return { M = content }
end

local function set(random)
  return random.pick(SETS)
end

local MAKE = {
  n = number,
  v = number,
  state = scalar,
  done = scalar,
  m = map,
  s = set,
  l = function(random)
    return list(random, element)
  end,
}

local function any_value(random)
  local roll = random.upto(12)
  if roll <= 8 then return scalar(random) end
  return roll == 9 and set(random)
    or roll == 10 and map(random)
    or list(random, chance(random, 50) and element or scalar)
end

--- Returns an item, without a key.
function M.item(random)
  local item = {}
  for _, name in ipairs { "n", "v", "state", "done", "l", "m", "s" } do
    item[name] = chance(random, 75) and MAKE[name](random) or nil
  end
  return item
end

-- ---- updates -------------------------------------------------------------------------------

local NESTED = {
  { "m", "x" },
  { "m", "x" },
  { "m", "y" },
  { "m", "l" },
  { "l", 0 },
  { "l", 1 },
  { "l", 99 },
  { "l", 0, "v" },
  { "l", 1, "v" },
  { "m", "l", 0 },
  { "m", "l", 1 },
  { "m", "l", 99 },
  { "m", "l", 1, "v" },
}

local function path_of(random)
  if chance(random, 50) then return { random.pick(TOP) } end
  return random.pick(NESTED)
end

local function constant(random, path)
  local make = #path == 1 and chance(random, 60) and MAKE[path[1]] or any_value
  return { value = make(random) }
end

local function absent_or(random, path)
  return { call = "if_not_exists", { path = path }, constant(random, path) }
end

local function counted(random, path)
  local left = chance(random, 30) and absent_or(random, path) or { path = path }
  return { op = random.pick { "+", "-" }, left, { value = number(random) } }
end

local function appended(random, path)
  local sides = { { path = path }, { value = list(random, element) } }
  if chance(random, 50) then sides = { sides[2], sides[1] } end
  return { call = "list_append", sides[1], sides[2] }
end

-- Right-hand sides, the constants more often.
local SIDES = {
  constant,
  constant,
  constant,
  constant,
  absent_or,
  absent_or,
  counted,
  counted,
  appended,
  function(random)
    return { path = path_of(random) }
  end,
  function(random, path)
    return { call = "if_not_exists", { path = path_of(random) }, constant(random, path) }
  end,
}

local function set_action(random, path)
  return { path, random.pick(SIDES)(random, path) }
end
local function remove_action(_, path)
  return { path }
end
local function add_action(random, path)
  return { path, { value = chance(random, 60) and number(random) or set(random) } }
end
local function delete_action(random, path)
  return { path, { value = set(random) } }
end

-- Adds an action on a path to a random clause.
local function act(random, update, path)
  local roll, clause, make = random.upto(10), "set", set_action
  if path[1] == "s" and roll > 3 then
    clause, make = "delete", delete_action
    if roll > 6 then
      clause, make = "add", add_action
    end
  elseif roll > 8 then
    clause, make = "remove", remove_action
  elseif roll > 7 then
    clause, make = "add", add_action
  end
  local actions = update[clause]
  actions[#actions + 1] = make(random, path)
end

--- Returns an update of one to three actions; `path`, if given, is written by the first.
function M.update(random, path)
  local update = { set = {}, remove = {}, add = {}, delete = {} }
  act(random, update, path or path_of(random))
  for _ = 2, random.upto(3) do
    act(random, update, path_of(random))
  end
  return update
end

-- ---- conditions ----------------------------------------------------------------------------

local OPERATORS = { "=", "=", "=", "<>", "<", "<=", ">", ">=" }
local TYPES = { "S", "N", "BOOL", "L", "M", "SS", "NS" }

-- Returns a value to compare a path with: mostly the one that is there.
local function likely(random, item, path)
  local there = write_model.get(item, path)
  if there and chance(random, 70) then return { value = there } end
  return constant(random, path)
end

local function comparison(random, item, path)
  local left, right = { path = path }, likely(random, item, path)
  if chance(random, 20) then
    left, right = right, left
  end
  return { test = random.pick(OPERATORS), left, right }
end

local function presence(_, item, path)
  local there = write_model.get(item, path) ~= nil
  return { test = there and "attribute_exists" or "attribute_not_exists", { path = path } }
end

local TESTS = {
  comparison,
  comparison,
  comparison,
  comparison,
  presence,
  presence,
  presence,
  function(random, item, path)
    return { test = "in", { path = path }, likely(random, item, path), constant(random, path) }
  end,
  function(random, _, path)
    return {
      test = "between",
      { path = path },
      { value = number(random) },
      { value = { N = "9" } },
    }
  end,
  function(random, _, path)
    return { test = random.pick(OPERATORS), { size = path }, { value = number(random) } }
  end,
  function(random, _, path)
    return { test = "attribute_type", { path = path }, { value = { S = random.pick(TYPES) } } }
  end,
  function(random, _, path)
    return {
      test = random.pick { "begins_with", "contains" },
      { path = path },
      { value = { S = random.pick(STRINGS) } },
    }
  end,
  function(random, _, path)
    return { test = random.pick(OPERATORS), { path = path }, { path = path_of(random) } }
  end,
}

-- Returns the path of one of the update's actions, or any.
local function path_to_test(random, update)
  local written = {}
  for _, clause in ipairs { "set", "remove", "add", "delete" } do
    for _, action in ipairs(update[clause]) do
      written[#written + 1] = action[1]
    end
  end
  return chance(random, 70) and random.pick(written) or path_of(random)
end

--- Returns a condition with AND, OR and NOT up to `depth` deep.
function M.condition(random, item, update, depth)
  if depth == 0 or chance(random, 60) then
    return random.pick(TESTS)(random, item, path_to_test(random, update))
  end
  local join = random.pick { "and", "and", "or", "or", "not" }
  local node = { join = join }
  for i = 1, join == "not" and 1 or 2 do
    node[i] = M.condition(random, item, update, depth - 1)
  end
  return node
end

-- Actions that do more the second time, people's reason to guard an update.
local COMPANIONS = {
  function()
    return "add", { { "n" }, { value = { N = "1" } } }
  end,
  function()
    return "set", { { "n" }, { op = "+", { path = { "n" } }, { value = { N = "1" } } } }
  end,
  function()
    return "remove", { { "l", 0 } }
  end,
  function()
    return "remove", { { "m", "l", 0 } }
  end,
  function(random)
    return "set", { { "l", 99 }, { value = scalar(random) } }
  end,
  function(random)
    return "set", { { "l" }, appended(random, { "l" }) }
  end,
}

-- "Not there, or still new": after an ADD to nothing the second half holds.
local function fresh(path, added)
  return {
    join = "or",
    { test = "attribute_not_exists", { path = path } },
    { test = "=", { path = path }, added },
  }
end

-- Returns an update of a path and a companion, and a condition that looks at the path.
local function guarded_pair(random, item)
  local path = path_of(random)
  local update = { set = {}, remove = {}, add = {}, delete = {} }
  act(random, update, path)
  local clause, action = random.pick(COMPANIONS)(random)
  update[clause][#update[clause] + 1] = action
  local added = update.add[1]
  if added and added[1] == path and chance(random, 50) then return update, fresh(path, added[2]) end
  local test = chance(random, 60) and comparison or presence
  local condition = test(random, item, path)
  if chance(random, 70) then return update, condition end
  local other = chance(random, 50) and comparison(random, item, path)
    or M.condition(random, item, update, 1)
  return update, { join = random.pick { "and", "or" }, condition, other }
end

--- Returns an item, an update and a condition: of half of them any, and nil in one of five, of the
-- others as people guard an update.
function M.triple(random)
  if chance(random, 50) then
    local guarded = M.item(random)
    return guarded, guarded_pair(random, guarded)
  end
  local item, update = M.item(random), M.update(random)
  return item, update, not chance(random, 20) and M.condition(random, item, update, 2) or nil
end

-- ---- the older AttributeUpdates --------------------------------------------------------------

-- Each returns the entry of a name, and the clause and the action that say the same.
local ENTRIES = {
  function(random, path)
    local operand = constant(random, path)
    return { Action = "PUT", Value = operand.value }, "set", { path, operand }
  end,
  function(_, path)
    return { Action = "DELETE" }, "remove", { path }
  end,
  function(random, path)
    local operand = { value = set(random) }
    return { Action = "DELETE", Value = operand.value }, "delete", { path, operand }
  end,
  function(random, path)
    local operand = { value = chance(random, 50) and number(random) or set(random) }
    return { Action = "ADD", Value = operand.value }, "add", { path, operand }
  end,
  function(random, path)
    local operand = { value = list(random, element) }
    return { Action = "ADD", Value = operand.value },
      "set",
      {
        path,
        {
          call = "list_append",
          { call = "if_not_exists", { path = path }, { value = { L = {} } } },
          operand,
        },
      }
  end,
}

--- Returns AttributeUpdates, wire-typed, and the update that they are.
function M.attribute_updates(random)
  local entries, update = {}, { set = {}, remove = {}, add = {}, delete = {} }
  for _ = 1, random.upto(3) do
    local name = random.pick(TOP)
    if not entries[name] then
      local entry, clause, action = random.pick(ENTRIES)(random, { name })
      entries[name] = entry
      update[clause][#update[clause] + 1] = action
    end
  end
  return entries, update
end

-- ---- texts ---------------------------------------------------------------------------------

-- Writes expressions with a token for each name and value.
local Writer = {}
Writer.__index = Writer

function Writer:name(name)
  self.names["#" .. name] = name
  return "#" .. name
end

function Writer:path(path)
  local parts = {}
  for i, segment in ipairs(path) do
    parts[i] = type(segment) == "number" and ("[%d]"):format(segment)
      or (i > 1 and "." or "") .. self:name(segment)
  end
  return table.concat(parts)
end

function Writer:value(value)
  self.count = self.count + 1
  local token = ":v" .. self.count
  self.values[token] = value
  return token
end

function Writer:operand(operand)
  if operand.value then return self:value(operand.value) end
  if operand.path then return self:path(operand.path) end
  if operand.size then return "size(" .. self:path(operand.size) .. ")" end
  local left, right = self:operand(operand[1]), self:operand(operand[2])
  if operand.call then return ("%s(%s, %s)"):format(operand.call, left, right) end
  return ("%s %s %s"):format(left, operand.op, right)
end

function Writer:update(update)
  local clauses = {}
  for _, clause in ipairs { "set", "remove", "add", "delete" } do
    local actions = {}
    for i, action in ipairs(update[clause]) do
      local equals = clause == "set" and " = " or " "
      actions[i] = self:path(action[1]) .. (action[2] and equals .. self:operand(action[2]) or "")
    end
    if actions[1] then
      clauses[#clauses + 1] = clause:upper() .. " " .. table.concat(actions, ", ")
    end
  end
  return table.concat(clauses, " ")
end

local INFIX =
  { ["="] = true, ["<>"] = true, ["<"] = true, ["<="] = true, [">"] = true, [">="] = true }

function Writer:test(node)
  local operands = {}
  for i, operand in ipairs(node) do
    operands[i] = self:operand(operand)
  end
  if INFIX[node.test] then
    return table.concat(operands, " " .. node.test .. " ")
  elseif node.test == "between" then
    return ("%s BETWEEN %s AND %s"):format(operands[1], operands[2], operands[3])
  elseif node.test == "in" then
    return ("%s IN (%s)"):format(operands[1], table.concat(operands, ", ", 2))
  end
  return ("%s(%s)"):format(node.test, table.concat(operands, ", "))
end

function Writer:condition(node)
  if node.test then return self:test(node) end
  local parts = {}
  for i, part in ipairs(node) do
    parts[i] = "(" .. self:condition(part) .. ")"
  end
  if node.join == "not" then return "NOT " .. parts[1] end
  return table.concat(parts, " " .. node.join:upper() .. " ")
end

--- Returns the members of an UpdateItem, wire-typed.
function M.members(update, condition)
  local writer = setmetatable({ names = {}, values = {}, count = 0 }, Writer)
  local members = { UpdateExpression = writer:update(update) }
  members.ConditionExpression = condition and writer:condition(condition) or nil
  members.ExpressionAttributeNames = writer.names
  members.ExpressionAttributeValues = next(writer.values) and writer.values or nil
  return members
end

return M
