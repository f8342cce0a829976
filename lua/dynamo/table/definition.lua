-- SPDX-License-Identifier: MIT
-- What db:table is told of a table: checked, and copied.
local options_check = require "dynamo.options_check"
local chain = require "dynamo.table.chain"
local item_update = require "dynamo.table.item_update"
local write = require "dynamo.table.merge"
local schema = require "dynamo.table.schema"
local tables = require "dynamo.tables"

local M = {}

local ENTRY = { write = options_check.one_of { "always", "if_absent" } }

local CHECKS = {
  key = schema.problem,
  indexes = schema.indexes_problem,
  merge = options_check.one_of(write.STRATEGIES, ", "),
}

function CHECKS.extensions(value)
  return chain.problem(value), true
end

-- Returns nil, or what is wrong with the entry of one attribute.
local function attribute_problem(name, entry)
  if type(name) ~= "string" or type(entry) ~= "table" then
    return "attributes must map a name to { write = ... }"
  end
  local problem = options_check.problem(entry, ENTRY, { unknown = "unknown field" })
  return problem and ("attributes.%s: %s"):format(name, problem)
end

function CHECKS.attributes(value)
  if type(value) ~= "table" then return "must be a table, not " .. type(value) end
  for name, entry in next, value do
    local problem = attribute_problem(name, entry)
    if problem then return problem, true end
  end
end

--- Returns the options of db:table, checked and copied; or nil, what is wrong with its arguments.
function M.checked(name, o)
  if type(name) ~= "string" then
    return nil, ("the table's name must be a string, not %s"):format(type(name))
  end
  return options_check.checked(o, CHECKS, { no_table = "the options must be a table, not %s" })
end

-- Returns the attributes' entries as the table keeps them.
local function attributes_of(given)
  local entries = {}
  for name, entry in next, given or {} do
    entries[name] = { write = entry.write }
  end
  return entries
end

-- Returns what was told of the indexes' keys: index -> the names of their attributes.
local function indexes_of(given)
  local indexes = {}
  for name, names in next, given or {} do
    indexes[name] = tables.copy(names)
  end
  return indexes
end

-- Returns the list of the client's extensions and the table's own, and the options that they bring
-- to the verbs.
local function extensions_of(...)
  local list, options = {}, {}
  for i = 1, select("#", ...) do
    for _, extension in ipairs((select(i, ...)) or {}) do
      list[#list + 1] = extension
      for _, option in ipairs(extension.options or {}) do
        options[option] = true
      end
    end
  end
  return list, options
end

--- Returns what a table object knows.
-- @tparam table client its state
-- @tparam string name
-- @tparam table o the options, checked
-- @treturn table client, name, key (nil until it is known), told (the option key), indexes (index
--   -> the names of its key attributes, as far as they are known), attributes (name -> { write }),
--   extensions (a list), options (those that the extensions bring: name -> true), merge, tests (of the partition key,
--   prepared: function -> condition), updates (of dynamo.table.item_update)
function M.noun(client, name, o)
  local extensions, options = extensions_of(client.extensions, o.extensions)
  return {
    client = client,
    name = name,
    key = o.key and { o.key[1], o.key[2] },
    told = o.key and { o.key[1], o.key[2] },
    indexes = indexes_of(o.indexes),
    attributes = attributes_of(o.attributes),
    extensions = extensions,
    options = options,
    merge = o.merge or "strict",
    tests = {},
    updates = item_update.kept(),
  }
end

return M
