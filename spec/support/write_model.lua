-- SPDX-License-Identifier: MIT
-- What DynamoDB makes of an item: updates and conditions carried out in memory, on wire-typed values,
-- without a line of the library. Numbers are those that doubles hold exactly.
--
--   path       { "m", "l", 0 }
--   operand    { path = path } | { value = typed } | { op = "+" | "-", operand, operand }
--              | { call = "if_not_exists" | "list_append", operand, operand }
--   update     { set = { { path, operand }, ... }, remove = { { path }, ... },
--                add = { { path, { value = typed } }, ... }, delete = as add }
--   condition  { test = "=" ..., operand, operand } | { test = "between", operand, low, high }
--              | { test = "in", operand, operand, ... } | { test = "attribute_exists" ..., operands }
--              | { join = "and" | "or" | "not", condition, ... }; an operand may be { size = path }
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
local M = {}

local CLAUSES = { "set", "remove", "add", "delete" }
local SETS = { SS = true, NS = true, BS = true }

-- ---- values --------------------------------------------------------------------------------

local function type_of(value)
  return (next(value))
end

local function number_of(text)
  return assert(tonumber(text))
end

local function copy(value)
  if type(value) ~= "table" then return value end
  local fresh = {}
  for key, part in next, value do
    fresh[key] = copy(part)
  end
  return fresh
end

-- What two elements of sets of one type share if they are the same.
local function element_key(kind, element)
  return kind == "NS" and number_of(element) or element
end

local function keys_of(kind, elements)
  local keys, count = {}, 0
  for _, element in ipairs(elements) do
    local key = element_key(kind, element)
    if not keys[key] then count = count + 1 end
    keys[key] = true
  end
  return keys, count
end

local function same_set(kind, a, b)
  local one, count = keys_of(kind, a)
  local other, other_count = keys_of(kind, b)
  for key in next, one do
    if not other[key] then return false end
  end
  return count == other_count
end

--- Tells whether two values, or nothing and nothing, are equal.
function M.same(a, b)
  if a == nil or b == nil then return a == b end
  local kind = type_of(a)
  local one, other = a[kind], b[kind]
  if other == nil then return false end
  if kind == "N" then return number_of(one) == number_of(other) end
  if SETS[kind] then return same_set(kind, one, other) end
  if kind == "L" and #one ~= #other then return false end
  return kind == "L" and M.same_item(one, other)
    or kind == "M" and M.same_item(one, other)
    or one == other
end

--- Tells whether two items (or the contents of two lists) are equal.
function M.same_item(a, b)
  for name, value in next, a do
    if not M.same(value, b[name]) then return false end
  end
  for name in next, b do
    if a[name] == nil then return false end
  end
  return true
end

-- ---- places --------------------------------------------------------------------------------

-- Returns what a value, or an item, holds under a segment; lists count from 0.
local function child(container, segment)
  if container == nil then return nil end
  if type(segment) == "number" then return container.L and container.L[segment + 1] end
  return container.M and container.M[segment]
end

--- Returns what is at a path of an item, or nil.
function M.get(item, path)
  local value = { M = item }
  for _, segment in ipairs(path) do
    value = child(value, segment)
  end
  return value
end

local function is_prefix(a, b)
  for i, segment in ipairs(a) do
    if segment ~= b[i] then return false end
  end
  return true
end

-- Whether an update writes a place twice, or a place and what it lies in.
local function overlaps(update)
  local paths = {}
  for _, clause in ipairs(CLAUSES) do
    for _, action in ipairs(update[clause] or {}) do
      paths[#paths + 1] = action[1]
    end
  end
  for i = 1, #paths do
    for k = i + 1, #paths do
      if is_prefix(paths[i], paths[k]) or is_prefix(paths[k], paths[i]) then return true end
    end
  end
  return false
end

-- ---- operands ------------------------------------------------------------------------------

local REFUSED = {} -- raised where the service answers with a ValidationException

local function refuse()
  error(REFUSED, 0)
end

local function present(value)
  return value or refuse()
end

local function demand(kind, value)
  if present(value)[kind] == nil then refuse() end
  return value[kind]
end

local function number(value)
  return { N = ("%.17g"):format(value) }
end

local evaluate

local CALLS = {
  if_not_exists = function(item, operand)
    return M.get(item, operand[1].path) or evaluate(item, operand[2])
  end,
  list_append = function(item, operand)
    local joined = {}
    for i = 1, 2 do
      for _, element in ipairs(demand("L", evaluate(item, operand[i]))) do
        joined[#joined + 1] = copy(element)
      end
    end
    return { L = joined }
  end,
}

-- Returns the value of a right-hand side.
function evaluate(item, operand)
  if operand.value then return operand.value end
  if operand.path then return present(M.get(item, operand.path)) end
  if operand.call then return CALLS[operand.call](item, operand) end
  local left = number_of(demand("N", evaluate(item, operand[1])))
  local right = number_of(demand("N", evaluate(item, operand[2])))
  return number(operand.op == "+" and left + right or left - right)
end

-- ---- updates -------------------------------------------------------------------------------

local GONE = {} -- stands for a removed element until all places are written

-- Returns the container that an action's path ends in.
local function container_of(item, path)
  local parent = { M = item }
  for i = 1, #path - 1 do
    parent = present(child(parent, path[i]))
  end
  return parent
end

-- A write to a place of `after`; what goes behind a list's end waits in `tails`.
local function write(after, tails, path, value)
  local parent, last = container_of(after, path), path[#path]
  if type(last) == "string" then
    demand("M", parent)[last] = value
    return
  end
  local list = demand("L", parent)
  if last < #list then
    list[last + 1] = value
  elseif value ~= GONE then
    tails[#tails + 1] = { list = list, index = last, value = value }
  end
end

local function union(old, new, kind)
  local known, joined = keys_of(kind, old), copy(old)
  for _, element in ipairs(new) do
    if not known[element_key(kind, element)] then joined[#joined + 1] = element end
  end
  return joined
end

local function without(old, taken, kind)
  local gone, left = keys_of(kind, taken), {}
  for _, element in ipairs(old) do
    if not gone[element_key(kind, element)] then left[#left + 1] = element end
  end
  return left
end

-- Each returns what a clause makes of the value at a path.
local RESULT = {
  set = function(item, action)
    return copy(evaluate(item, action[2]))
  end,
  remove = function()
    return GONE
  end,
}

function RESULT.add(item, action)
  local old, added = M.get(item, action[1]), action[2].value
  local kind = type_of(added)
  if kind ~= "N" and not SETS[kind] then refuse() end
  if old == nil then return copy(added) end
  local before = demand(kind, old)
  if kind == "N" then return number(number_of(before) + number_of(added.N)) end
  return { [kind] = union(before, added[kind], kind) }
end

function RESULT.delete(item, action)
  local old, taken = M.get(item, action[1]), action[2].value
  local kind = type_of(taken)
  if not SETS[kind] then refuse() end
  if old == nil then return GONE end
  local left = without(demand(kind, old), taken[kind], kind)
  return #left > 0 and { [kind] = left } or GONE
end

-- Appends what was written behind the ends of lists, lower indexes first.
local function append(tails)
  for i, tail in ipairs(tails) do
    tail.order = i
  end
  table.sort(tails, function(a, b)
    if a.index ~= b.index then return a.index < b.index end
    return a.order < b.order
  end)
  for _, tail in ipairs(tails) do
    tail.list[#tail.list + 1] = tail.value
  end
end

-- Takes out what was removed: by the indexes that elements had before.
local function sweep(container, is_list)
  local kept = {}
  for key, value in next, container do
    if value == GONE then
      if not is_list then container[key] = nil end
    else
      if value.L then sweep(value.L, true) end
      if value.M then sweep(value.M, false) end
    end
  end
  if not is_list then return end
  for _, value in ipairs(container) do
    if value ~= GONE then kept[#kept + 1] = value end
  end
  for i = 1, #container do
    container[i] = kept[i]
  end
end

local function carry_out(item, update)
  if overlaps(update) then refuse() end
  local after, tails, results = copy(item), {}, {}
  for _, clause in ipairs(CLAUSES) do
    for _, action in ipairs(update[clause] or {}) do
      results[#results + 1] = { action[1], RESULT[clause](item, action) }
    end
  end
  for _, result in ipairs(results) do
    write(after, tails, result[1], result[2])
  end
  append(tails)
  sweep(after, false)
  return after
end

--- Returns the item after an update, all of whose operands see the item as it was; nil if the service
-- refuses it. The item given stays as it is.
function M.apply(item, update)
  local fine, after = pcall(carry_out, item, update)
  if fine then return after end
  if after ~= REFUSED then error(after, 0) end
end

-- ---- conditions ----------------------------------------------------------------------------

local function size_of(value)
  local kind, content = next(value)
  if kind == "S" then return #content end
  if kind == "M" then
    local count = 0
    for _ in next, content do
      count = count + 1
    end
    return count
  end
  return (kind == "L" or SETS[kind]) and #content or nil
end

-- Returns the value of an operand of a condition; nil if there is none.
local function look(item, operand)
  if operand.value then return operand.value end
  if operand.path then return M.get(item, operand.path) end
  local value = M.get(item, operand.size)
  local size = value and size_of(value)
  return size and number(size)
end

-- Returns -1, 0 or 1 for two numbers or two strings; nil for what has no order.
local function order(a, b)
  if not a or not b then return nil end
  local one, other = a.S, b.S
  if a.N and b.N then
    one, other = number_of(a.N), number_of(b.N)
  end
  if one == nil or other == nil then return nil end
  return one == other and 0 or one < other and -1 or 1
end

local TESTS = {
  ["="] = function(a, b)
    return a ~= nil and b ~= nil and M.same(a, b)
  end,
  ["<>"] = function(a, b)
    return a == nil or b == nil or not M.same(a, b)
  end,
  ["<"] = function(a, b)
    return order(a, b) == -1
  end,
  ["<="] = function(a, b)
    return (order(a, b) or 1) <= 0
  end,
  [">"] = function(a, b)
    return order(a, b) == 1
  end,
  [">="] = function(a, b)
    return (order(a, b) or -1) >= 0
  end,
  attribute_exists = function(a)
    return a ~= nil
  end,
  attribute_not_exists = function(a)
    return a == nil
  end,
  attribute_type = function(a, b)
    return a ~= nil and type_of(a) == b.S
  end,
  begins_with = function(a, b)
    return a ~= nil and a.S ~= nil and a.S:sub(1, #b.S) == b.S
  end,
}

function TESTS.between(a, low, high)
  return TESTS[">="](a, low) and TESTS["<="](a, high)
end

TESTS["in"] = function(a, ...)
  for _, b in ipairs { ... } do
    if TESTS["="](a, b) then return true end
  end
  return false
end

function TESTS.contains(a, b)
  if a == nil then return false end
  if a.S then return b.S ~= nil and a.S:find(b.S, 1, true) ~= nil end
  if a.SS then return b.S ~= nil and keys_of("SS", a.SS)[b.S] == true end
  for _, element in ipairs(a.L or {}) do
    if M.same(element, b) then return true end
  end
  return false
end

local ORDERED = { S = true, N = true, B = true }
local ORDERS = { ["<"] = true, ["<="] = true, [">"] = true, [">="] = true, between = true }

-- Whether two operands are one path.
local function is_one_path(a, b)
  if not a.path or not b.path or #a.path ~= #b.path then return false end
  return is_prefix(a.path, b.path)
end

-- Whether a range's ends are values of two types, or the wrong way round.
local function is_no_range(low, high)
  if not low.value or not high.value then return false end
  return type_of(low.value) ~= type_of(high.value) or order(low.value, high.value) == 1
end

-- Whether the service refuses a test whatever item there is.
local function is_refused_test(condition)
  local test, first, second = condition.test, condition[1], condition[2]
  for _, operand in ipairs(condition) do
    local value = operand.value
    if value and ORDERS[test] and not ORDERED[type_of(value)] then return true end
  end
  if test == "between" then return is_no_range(second, condition[3]) end
  return test ~= "in" and second ~= nil and is_one_path(first, second)
end

--- Tells whether the service refuses a condition whatever item there is.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
function M.is_refused(condition)
  if not condition then return false end
  if condition.test then return is_refused_test(condition) end
  for _, part in ipairs(condition) do
    if M.is_refused(part) then return true end
  end
  return false
end

--- Tells whether a condition holds for an item; nil is a condition that always does.
function M.holds(item, condition)
  if not condition then return true end
  if condition.test then
    local values = {}
    for i = 1, 3 do
      values[i] = condition[i] and look(item, condition[i])
    end
    return TESTS[condition.test](values[1], values[2], values[3])
  elseif condition.join == "not" then
    return not M.holds(item, condition[1])
  end
  for _, part in ipairs(condition) do
    local held = M.holds(item, part)
    if held ~= (condition.join == "and") then return held end
  end
  return condition.join == "and"
end

return M
