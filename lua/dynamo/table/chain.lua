-- SPDX-License-Identifier: MIT
-- The extensions of a table, run one after the other: what each may be, and what they make of a
-- write and of an item that was read. See dynamo.extension for the contract.
local errors = require "dynamo.error"
local expression = require "dynamo.expression"
local given = require "dynamo.given"
local options_check = require "dynamo.options_check"
local write = require "dynamo.table.merge"
local tables = require "dynamo.tables"

local M = {}

local a_table, callable = options_check.of_type "table", options_check.callable

-- The fields of an extension.
local FIELDS = {
  name = options_check.of_type "string",
  before_write = callable,
  after_read = callable,
  options = a_table,
  lock = options_check.of_type "string",
}

-- How messages speak of an extension, and of what its functions return.
local WORDS = { no_table = "must be a table, not a %s", unknown = "unknown field" }

-- Returns nil, or what is wrong with one extension.
local function extension_problem(extension)
  local problem = options_check.problem(extension, FIELDS, WORDS)
  if problem then return problem end
  if not extension.name then return "has no name" end
  if not extension.before_write and not extension.after_read then
    return "has neither before_write nor after_read"
  end
end

--- Returns nil, or what the `extensions` option must be.
function M.problem(extensions)
  if type(extensions) ~= "table" then
    return ("extensions must be a list, not a %s"):format(type(extensions))
  end
  local problem = given.list_problem(extensions)
  if problem then return "extensions: " .. problem end
  for i, extension in ipairs(extensions) do
    problem = extension_problem(extension)
    if problem then return ("extensions[%d] %s"):format(i, problem) end
  end
end

-- Returns the tree of an expression that an extension gave: one already, or what an option is.
local function tree_of(kind, value)
  if type(value) == "table" and rawget(value, "kind") then return value end
  return expression[kind](value)
end

local function refusal(source, message, err)
  if type(message) ~= "string" or err ~= nil and type(err) ~= "table" then
    error(
      ("%s: before_write must refuse with nil, message, err: a string and, if any, a table"):format(
        source
      ),
      0
    )
  end
  return err or errors.validation("extension", source, message or source .. ": refused")
end

-- Returns the tree of what the extension gave, nil for nothing; or nil, error.
local function expression_of(kind, value, source)
  if value == nil then return nil end
  local tree, message = tree_of(kind, value)
  if tree then return tree end
  return nil, refusal(source, ("%s: %s"):format(source, message))
end

-- Notes which attributes an extension changed: messages say so.
local function note_sources(sources, before, after, source)
  for name, value in next, after do
    if not rawequal(rawget(before, name), value) then sources[name] = source end
  end
end

-- Adds what one extension returned to what the write has become; returns an error if it is no good.
local function add(changed, result, source)
  local condition, err = expression_of("condition", result.condition, source)
  if err then return err end
  local update
  update, err = expression_of("update", result.update, source)
  if err then return err end
  if update and update.ensure then error(source .. ": only a request can ensure parents", 0) end
  if result.item then
    note_sources(changed.sources, changed.item, result.item, source)
    changed.item = result.item
  end
  changed.conditions[#changed.conditions + 1] = condition
  changed.updates[#changed.updates + 1] = update and { update, source }
  for name, value in next, result.info or {} do
    changed.info[name] = value
  end
end

-- What the functions of an extension may return.
local function any() end
local BEFORE = { item = a_table, condition = any, update = any, info = a_table }
local AFTER = { item = a_table, hidden = options_check.boolean }

-- Raises if a function of an extension returned what it may not.
local function check_result(source, name, result, checks)
  if type(result) ~= "table" then
    error(("%s: %s must return a table or nil, not a %s"):format(source, name, type(result)), 0)
  end
  local problem = options_check.problem(result, checks, WORDS)
  if problem then error(("%s: what %s returned: %s"):format(source, name, problem), 0) end
end

-- Runs one extension on a write; returns an error if it refuses.
local function run(extension, changed, context)
  local source = "extension " .. extension.name
  context.item = tables.copy(changed.item)
  local result, message, err = extension.before_write(context)
  if result == nil then return message and refusal(source, message, err) end
  check_result(source, "before_write", result, BEFORE)
  return add(changed, result, source)
end

--- Returns what the extensions make of a write, or nil, error.
-- @tparam table ask see dynamo.table.ask
-- @tparam ?table names the key attributes
-- @tparam table item left as it is
-- @tparam ?table update the tree of the request's own expression
-- @treturn table item, sources (attribute -> the extension that wrote it), conditions (trees),
--   update (one tree), info (nil for none)
function M.before(ask, names, item, update)
  local changed = { item = item, sources = {}, conditions = {}, updates = {}, info = {} }
  for _, extension in ipairs(ask.noun.extensions) do
    if extension.before_write then
      local err = run(extension, changed, {
        operation = ask.verb.name,
        table = ask.noun.name,
        key = names and tables.copy(names),
        update = update,
        options = tables.copy(ask.options),
      })
      if err then return nil, err end
    end
  end
  changed.update = write.concatenated(changed.updates)
  return changed
end

--- Returns the first extension whose `lock` tells whether an item has changed since it was read; nil for
-- none.
function M.lock(extensions)
  for _, extension in ipairs(extensions) do
    if extension.lock then return extension end
  end
end

--- Returns an item that was read as the extensions hand it on, the last one first; nil if one of them
-- hides it from whoever reads.
function M.after(ask, item)
  local extensions = ask.noun.extensions
  for i = #extensions, 1, -1 do
    local after_read = extensions[i].after_read
    local result = after_read
      and after_read {
        operation = ask.verb.name,
        table = ask.noun.name,
        key = ask.noun.key and tables.copy(ask.noun.key),
        item = tables.copy(item),
      }
    if result ~= nil then
      check_result("extension " .. extensions[i].name, "after_read", result, AFTER)
    end
    if result and result.hidden and ask.verb.operation.read then return nil end
    item = result and result.item or item
  end
  return item
end

return M
