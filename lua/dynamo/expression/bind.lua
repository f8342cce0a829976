-- SPDX-License-Identifier: MIT
-- Templates: parsed texts with holes, and the trees they become when the holes are filled.
local place = require "dynamo.expression.caret"
local literal = require "dynamo.expression.literal"
local refusal = require "dynamo.expression.refusal"
local nodes = require "dynamo.expression.tree"

local M = {}

local HOLES = { placeholder = true, token = true, list = true, map = true }

-- Notes in `open` each node that is a hole or leads to one, and tells whether this one is.
local function mark(node, open)
  if node.kind == "value" then return false end
  local leads = HOLES[node.kind] or node.token ~= nil
  for _, child in next, node do
    if type(child) == "table" and mark(child, open) then leads = true end
  end
  if leads then open[node] = true end
  return leads
end

--- Makes a template.
-- @tparam string kind "update" "condition" "projection"
-- @tparam string text
-- @tparam table tree owned from now on
-- @tparam table holes in the order of the text, from cursor.read
-- @treturn table { kind, text, tree, holes, placeholders (count of ?), has_names (whether one of the
--   holes is a name), open }
function M.template(kind, text, tree, holes)
  local template = { kind = kind, text = text, tree = tree, holes = holes, placeholders = 0 }
  for _, hole in ipairs(holes) do
    if hole.n then template.placeholders = hole.n end
    if hole.type == "name token" then template.has_names = true end
  end
  template.open = {}
  if holes[1] then mark(tree, template.open) end
  return template
end

-- ---- what may be wrong with the fillings ---------------------------------------------------

local CHECKS = {}

CHECKS["name token"] = function(hole, given)
  local name = rawget(given.names, hole.text)
  local path = "names." .. hole.text
  if name == nil then return ("%s is not in names"):format(hole.text), path end
  if type(name) ~= "string" or name == "" then
    local got = name == "" and "an empty string" or "a " .. type(name)
    return ("%s must stand for an attribute name, not for %s"):format(hole.text, got), path
  end
end

CHECKS["value token"] = function(hole, given)
  if rawget(given.values, hole.text) ~= nil then return nil end
  return ("%s is not in values"):format(hole.text), "values." .. hole.text
end

CHECKS["?"] = function(hole, given)
  if given.arguments[hole.n] ~= nil then return nil end
  local path = ("arguments[%d]"):format(hole.n)
  if hole.n <= given.count then
    return ("the value for this ? is nil (value %d of %d); dynamo.null is DynamoDB's NULL"):format(
      hole.n,
      given.count
    ),
      path
  end
  return ("no value for this ?: %d given"):format(given.count), path
end

-- Returns nil, or a message and the place among the fillings of what is wrong with them.
local function problem_of(template, given)
  for _, hole in ipairs(template.holes) do
    local problem, path = CHECKS[hole.type](hole, given)
    if problem then return place.message(template.kind, template.text, hole.at, problem), path end
  end
  if given.count > template.placeholders then
    local problem = ("%d values for %d ?"):format(given.count, template.placeholders)
    return place.message(template.kind, template.text, #template.text + 1, problem),
      ("arguments[%d]"):format(template.placeholders + 1)
  end
end

-- ---- what the service refuses of the fillings ----------------------------------------------

-- Whether a node that is filled begins with a hole.
local function begins_with(node, hole)
  if node.kind == "placeholder" then return hole.n == node.n end
  if node.kind == "token" then return hole.text == node.name end
  for _, segment in ipairs(node) do
    if type(segment) == "table" and segment.token == hole.text then return true end
  end
  return false
end

-- Where a node has holes, the one to blame first.
local CHILDREN = { "left", "right", 1, 2, "low", "high", "subject", "operand" }

-- Returns the hole to blame: that of the child `key`, or of another one if that has none.
local function hole_of(template, node, key)
  local child, open = node[key], template.open
  for _, other in ipairs(CHILDREN) do
    if not open[child] and node[other] then child = node[other] end
  end
  for _, hole in ipairs(template.holes) do
    if begins_with(child, hole) then return hole end
  end
  return template.holes[1]
end

local PLACES = { ["name token"] = "names.", ["value token"] = "values." }

-- Keeps in `given` the first thing that the service refuses about what was filled: a message and
-- the place among the fillings.
local function note(template, given, node, problem, key)
  if not problem or given.problem then return end
  local hole = hole_of(template, node, key)
  given.problem = place.message(template.kind, template.text, hole.at, problem)
  given.place = hole.n and ("arguments[%d]"):format(hole.n) or PLACES[hole.type] .. hole.text
end

-- ---- filling -------------------------------------------------------------------------------

local FILLERS = {}

local fill

-- Returns a copy of a node, its children filled.
local function filled(node, template, given)
  local copy = {}
  for key, child in next, node do
    copy[key] = type(child) == "table" and fill(child, template, given) or child
  end
  return copy
end

function fill(node, template, given)
  if not template.open[node] then return node end
  if given.value_node and HOLES[node.kind] then return given.value_node(node) end
  local filler = FILLERS[node.kind]
  if filler then return filler(node, template, given) end
  local copy = filled(node, template, given)
  note(template, given, node, refusal.problem(copy))
  return copy
end

function FILLERS.between(node, template, given)
  local copy = filled(node, template, given)
  note(template, given, node, refusal.problem(copy))
  note(template, given, node, given.problem == nil and refusal.range_problem(copy), "low")
  return copy
end

function FILLERS.update(node, template, given)
  local update = filled(node, template, given)
  for _, clause in ipairs { "delete", "add" } do
    for i, action in ipairs(update[clause]) do
      if template.open[node[clause][i]] then
        note(template, given, node[clause][i], refusal.action_problem(clause, action))
      end
    end
  end
  return update
end

function FILLERS.placeholder(node, _, given)
  return nodes.value(given.arguments[node.n])
end

function FILLERS.token(node, _, given)
  return nodes.value(rawget(given.values, node.name))
end

function FILLERS.path(node, _, given)
  local path = nodes.path()
  for i, segment in ipairs(node) do
    path[i] = type(segment) == "table" and rawget(given.names, segment.token) or segment
  end
  return path
end

local function fill_document(node, template, given)
  local items = {}
  for i, item in ipairs(node.items) do
    items[i] = fill(item, template, given)
  end
  return literal.document(node.names, items)
end
FILLERS.list, FILLERS.map = fill_document, fill_document

--- Sets the tokens that occur in a template to true in `used`.
function M.note_tokens(template, used)
  for _, hole in ipairs(template.holes) do
    if not hole.n then used[hole.text] = true end
  end
end

--- Fills the holes of a template. Without holes the tree is the template's own.
-- @tparam table template
-- @tparam ?table names "#n" -> attribute name
-- @tparam ?table values ":v" -> value
-- @tparam ?table arguments the values of the ?, { n = count, ... }
-- @tparam ?table used the tokens that occur are set to true in it
-- @treturn[1] table tree
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] string path "names.#n", "values.:v" or "arguments[2]"
function M.bind(template, names, values, arguments, used)
  local given = { names = names or {}, values = values or {}, arguments = arguments or {} }
  given.count = given.arguments.n or #given.arguments
  local problem, path = problem_of(template, given)
  if problem then return nil, problem, path end
  if used then M.note_tokens(template, used) end
  local tree = fill(template.tree, template, given)
  if given.problem then return nil, given.problem, given.place end
  return tree
end

--- Returns the tree of a template whose names are known and fine, as `bind` found.
-- @tparam table template
-- @tparam table names
-- @tparam function value_node node of a ? or :v, or of a document with such -> what stands there
-- @treturn table tree
function M.tree(template, names, value_node)
  return fill(template.tree, template, { names = names, value_node = value_node })
end

--- Returns the value of a list or map with holes in it.
-- @tparam table template
-- @tparam table node of that list or map
-- @tparam table values
-- @tparam table arguments
function M.document(template, node, values, arguments)
  return fill(node, template, { values = values, arguments = arguments }).value
end

-- Adds the keys of `map` that are not used, sorted, to `left`.
local function add_unused(left, word, map, used)
  local tokens = {}
  for token in next, map or {} do
    if not used[token] then tokens[#tokens + 1] = tostring(token) end
  end
  table.sort(tokens)
  for _, token in ipairs(tokens) do
    left[#left + 1] = ("%s.%s"):format(word, token)
  end
end

--- Returns nil, or a message about the tokens that no expression of a request used, which the
-- service refuses.
-- @tparam ?table names
-- @tparam ?table values
-- @tparam table used filled by bind
-- @treturn ?string message
-- @treturn ?string path the first of them
function M.unused(names, values, used)
  local left = {}
  add_unused(left, "names", names, used)
  add_unused(left, "values", values, used)
  if not left[1] then return nil end
  return ("%s: not used by any expression"):format(table.concat(left, ", ")), left[1]
end

return M
