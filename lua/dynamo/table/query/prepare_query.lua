-- SPDX-License-Identifier: MIT
-- What queries and scans send, prepared and not sent: the expressions are read once, and stored in the
-- parameters of each page's request.
local errors = require "dynamo.error"
local expression = require "dynamo.expression"
local aliases = require "dynamo.expression.aliases"
local object = require "dynamo.expression.object"
local parse = require "dynamo.expression.parse"
local prepared = require "dynamo.expression.prepared"
local nodes = require "dynamo.expression.tree"
local nearest = require "dynamo.nearest"
local arguments = require "dynamo.table.arguments"
local prepare = require "dynamo.table.prepare"
local tables = require "dynamo.tables"

local M = {}

-- The expressions: what the user calls each, its grammar, and its member of the request.
local PARTS = {
  { word = "condition", grammar = "condition", member = "KeyConditionExpression" },
  { word = "filter", grammar = "condition", member = "FilterExpression" },
  { word = "projection", grammar = "projection", member = "ProjectionExpression" },
}

-- ---- reading -------------------------------------------------------------------------------

-- Whether a condition is a table of key attributes, and no expression.
local function is_key(condition)
  return type(condition) == "table"
    and not getmetatable(condition)
    and not object.tree(condition)
    and type(rawget(condition, 1)) ~= "string"
    and not object.tree(rawget(condition, 1))
end

--- Returns nil, or what is wrong with a condition that is none whatever its content.
-- @tparam table noun
-- @tparam table verb
-- @param condition
function M.condition_problem(noun, verb, condition)
  if condition == nil then
    return "a condition expected, got nil; users:scan reads a whole table, users:count(nil) counts it"
  elseif not is_key(condition) then
    local problem = arguments.expression_problem(condition)
    return problem and ("condition %s, or a table of key attributes"):format(problem)
  elseif next(condition) == nil then
    return "condition: there is no key attribute in it (one that is nil is none)"
  elseif arguments.are_options(noun, verb.options, condition) then
    return "condition: these are options, which stand behind it; key attributes with such names are "
      .. "written as text"
  end
  for name in next, condition do
    if type(name) ~= "string" then
      return ("condition: [%s] is no name of a key attribute"):format(nearest.word(name))
    end
  end
end

-- Returns the prepared expression that key attributes equal values; or nil, error.
local function equalities(key)
  local conditions = {}
  for _, name in ipairs(tables.sorted_keys(key)) do
    local problem = prepare.missing({ name }, key, "condition")
    if problem then return nil, problem end
    conditions[#conditions + 1] =
      nodes.compare("=", nodes.path(name), nodes.value(rawget(key, name)))
  end
  return prepared.of_tree("condition", nodes.all(conditions))
end

-- Returns what is wrong with an expression that could not be prepared: an error if a value is, which
-- data may cause, else a text.
local function refusal(part, message, path)
  if message:sub(1, #part.grammar + 1) == part.grammar .. ":" then
    message = part.word .. message:sub(#part.grammar + 1)
  end
  return path and errors.validation("expression", path, message) or message
end

-- Returns a prepared expression and its values; or nil, what is wrong.
local function read(ask, part, given, used)
  if part.word == "condition" and is_key(given) then
    local own, problem = equalities(given)
    if not own then return nil, problem end
    return own, own.values
  end
  local options, values = ask.options, part.word == "condition" and ask.arguments or nil
  local own, found, path =
    expression.prepare(part.grammar, given, options.names, options.values, values, used)
  if not own then return nil, refusal(part, found, path) end
  return own, found
end

-- Notes what a key condition compares key attributes with; returns nil, or what is wrong with it as one.
local function note_equals(ask, own, values)
  local tree = prepared.tree(own, values)
  local _, problem = parse.key_condition(tree)
  if problem then return problem end
  for _, node in ipairs(tree.kind == "and" and tree or { tree }) do
    if node.op == "=" and node.left.kind == "path" then
      ask.equals[node.left[1]] = node.right.value
    end
  end
end

--- Reads the expressions into an ask; returns nil, or what is wrong: an error if a value is, which data
-- may cause; a text if the code is. The ask gets
--   parts     "condition", "filter", "projection" -> { own, values }: prepared expressions
--   equals    attribute -> the value that it equals, as the key condition says
-- @tparam table ask
-- @param condition nil for a scan
function M.read(ask, condition)
  local options = ask.options
  local used = (options.names or options.values) and {} or nil
  ask.parts, ask.equals = {}, {}
  for _, part in ipairs(PARTS) do
    local given = options[part.word]
    if part.word == "condition" then given = condition end
    if given ~= nil then
      local own, values = read(ask, part, given, used)
      if not own then return values end
      local problem = part.word == "condition" and note_equals(ask, own, values)
      if problem then return problem end
      ask.parts[part.word] = { own, values }
    end
  end
  return used and parse.unused(options.names, options.values, used) or nil
end

-- ---- the projection ------------------------------------------------------------------------

--- Returns those of some names that the projection of an ask leaves out.
function M.left_out(ask, names)
  local projection, has, missing = ask.parts.projection, {}, {}
  for _, path in ipairs(prepared.tree(projection[1], projection[2])) do
    if #path == 1 then has[path[1]] = true end
  end
  for _, name in ipairs(names) do
    if not has[name] then missing[#missing + 1] = name end
  end
  return missing
end

--- Adds attributes at the top of the item to the projection of an ask.
function M.project(ask, names)
  local projection = ask.parts.projection
  local tree = nodes.projection()
  for i, path in ipairs(prepared.tree(projection[1], projection[2])) do
    tree[i] = path
  end
  for _, name in ipairs(names) do
    tree[#tree + 1] = nodes.path(name)
  end
  local own = prepared.of_tree("projection", tree)
  ask.parts.projection = { own, own.values }
end

-- ---- storing -------------------------------------------------------------------------------

-- Returns the error of an expression whose text is beyond the limits, in the user's words.
local function limit_problem(part, own, text)
  local _, _, err = prepared.check(own, text)
  err.path, err.message = part.word, part.word .. err.message:sub(#own.kind + 1)
  return err
end

--- Puts an ask's expressions and their tokens into its parameters; returns nil, or an error.
function M.store(ask)
  local space, params = aliases.new(), ask.params
  for _, part in ipairs(PARTS) do
    local found = ask.parts[part.word]
    local text = found and prepared.text_in(found[1], found[2], space)
    if found and not prepared.check(found[1], text) then
      return limit_problem(part, found[1], text)
    end
    params[part.member] = text or nil
  end
  space:store(params)
  ask.places = space.places
end

return M
