-- SPDX-License-Identifier: MIT
-- The attributes that say where an item stands in a table or an index: those of the table's key, and
-- those of the index's.
local errors = require "dynamo.error"
local schema = require "dynamo.table.schema"
local tables = require "dynamo.tables"

local M = {}

-- Returns the names of two lists, each once.
local function union(names, more)
  local all, seen = {}, {}
  for _, list in ipairs { names, more } do
    for _, name in ipairs(list) do
      if not seen[name] then all[#all + 1] = name end
      seen[name] = true
    end
  end
  return all
end

--- Returns the names as far as they are known without asking: nil where they are not.
function M.known(ask)
  local noun, index = ask.noun, ask.params.IndexName
  local of_index = index and noun.indexes[index]
  if not noun.key or index and not of_index then return nil end
  return union(noun.key, of_index or tables.NONE)
end

--- Returns the names; or nil, message, err. Where they are not known, the table is described, but not to
-- `explain` what would be sent.
function M.find(ask, explain)
  local noun, index, options = ask.noun, ask.params.IndexName, ask.options
  local names, message, err = schema.find(noun, options, explain)
  if not names then return nil, message, err end
  local of_index = tables.NONE
  if index then
    of_index, message, err = schema.index_names(noun, index, options, explain)
    if not of_index then return nil, message, err end
  end
  return union(names, of_index)
end

--- Returns the names in a position of the service's.
function M.of_position(position)
  return tables.sorted_keys(position)
end

--- Copies the key of an item into a table; returns it.
function M.copy(names, item, key)
  for i = 1, #names do
    key[names[i]] = item[names[i]]
  end
  return key
end

--- Returns the key of an item; or nil, message, err where it lacks one of the attributes.
function M.key_of(names, item)
  for _, name in ipairs(names) do
    if item[name] == nil then
      return errors.fail {
        kind = "config",
        code = "wrong_key",
        operation = "cursor",
        message = ("the item has no attribute %s: what db:table was told of the key is not so"):format(
          name
        ),
      }
    end
  end
  return M.copy(names, item, {})
end

return M
