-- SPDX-License-Identifier: MIT
-- What db:table is told of a table: checked, and copied.
local nearest = require "dynamo.nearest"
local chain = require "dynamo.table.chain"
local write = require "dynamo.table.merge"
local schema = require "dynamo.table.schema"
local tables = require "dynamo.tables"

local M = {}

local CHECKS = { key = schema.problem, extensions = chain.problem }

function CHECKS.merge(value)
  for _, strategy in ipairs(write.STRATEGIES) do
    if value == strategy then return nil end
  end
  return ('merge must be "%s"'):format(table.concat(write.STRATEGIES, '", "'))
end

-- Returns nil, or what is wrong with the entry of one attribute.
local function attribute_problem(name, entry)
  if type(name) ~= "string" or type(entry) ~= "table" then
    return "attributes must map a name to { write = ... }"
  end
  for field, value in next, entry do
    if field ~= "write" then
      return ('attributes.%s: unknown field "%s"'):format(name, tostring(field))
    elseif value ~= "always" and value ~= "if_absent" then
      return ('attributes.%s: write must be "always" or "if_absent"'):format(name)
    end
  end
end

function CHECKS.attributes(value)
  if type(value) ~= "table" then return "attributes must be a table, not " .. type(value) end
  for name, entry in next, value do
    local problem = attribute_problem(name, entry)
    if problem then return problem end
  end
end

--- Returns nil, or what is wrong with the arguments of db:table.
function M.problem(name, o)
  if type(name) ~= "string" then
    return ("the table's name must be a string, not %s"):format(type(name))
  elseif type(o) ~= "table" then
    return ("the options must be a table, not %s"):format(type(o))
  end
  for option, value in next, o do
    local check = CHECKS[option]
    if not check then
      local hint = nearest.hint(option, tables.sorted_keys(CHECKS))
      return ('unknown option "%s"%s'):format(nearest.word(option), hint)
    end
    local problem = check(value)
    if problem then return problem end
  end
end

-- Returns the attributes' entries as the table keeps them.
local function attributes_of(given)
  local entries = {}
  for name, entry in next, given or {} do
    entries[name] = { write = entry.write }
  end
  return entries
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
-- @treturn table client, name, key (nil until it is known), told (the option key), attributes (name -> { write }),
--   extensions (a list), options (those that the extensions bring: name -> true), merge
function M.noun(client, name, o)
  local extensions, options = extensions_of(client.extensions, o.extensions)
  return {
    client = client,
    name = name,
    key = o.key and { o.key[1], o.key[2] },
    told = o.key and { o.key[1], o.key[2] },
    attributes = attributes_of(o.attributes),
    extensions = extensions,
    options = options,
    merge = o.merge or "strict",
  }
end

return M
