-- SPDX-License-Identifier: MIT
-- Makes an item what it is to be, if it is still what it was: what differs is written, as table:modify
-- writes it; a new item is inserted, one that is to be none is deleted.
local dynamo = require "dynamo"
local item_difference = require "dynamo.prompt.item_difference"
local key_parts = require "dynamo.prompt.key_parts"
local layout_tree = require "dynamo.prompt.layout_tree"
local mistake = require "dynamo.prompt.mistake"

local M = {}

local unpack = rawget(table, "unpack") or rawget(_G, "unpack")

local CONDITION = "ConditionalCheckFailedException"

--- Returns the names of the attributes that differ between two items, in order.
function M.differing(from, to)
  local all, names = {}, {}
  for _, item in ipairs { from, to } do
    for name in next, item do
      all[name] = true
    end
  end
  for _, name in ipairs(layout_tree.ordered(all)) do
    local old, new = from[name], to[name]
    local is_same = old ~= nil and new ~= nil and dynamo.equal(old, new)
    if not is_same then names[#names + 1] = name end
  end
  return names
end

-- Raises that somebody else has written; the item as it is now is shown.
local function refuse(record, key, item)
  local name = ("%s %s"):format(record.name, key_parts.text(record.keys, key))
  local text = item and "%s was changed since; nothing was written"
    or "%s was deleted since; nothing was written"
  mistake.fail(text:format(name), { code = CONDITION, item = item })
end

local function options_of(session, o)
  o.return_consumed_capacity = session.timing and "TOTAL" or nil
  return o
end

-- Writes what differs of an item that is there.
local function change(session, record, key, from, to)
  local names, seen = M.differing(from, to), nil
  local done, message, err = record.noun:modify(key, function(item)
    seen = { item = item }
    for _, name in ipairs(item and names or {}) do
      local is_same = item[name] == nil and from[name] == nil
        or item[name] ~= nil and from[name] ~= nil and dynamo.equal(item[name], from[name])
      if not is_same then return nil, "changed since" end
    end
    if not item then return nil, "deleted since" end
    seen = nil
    for _, name in ipairs(names) do
      item[name] = to[name]
    end
    return item
  end, options_of(session, {}))
  if not done and seen then refuse(record, key, seen.item) end
  if not done then mistake.fail(message, err) end
end

local function insert(session, record, key, to)
  local done, message, err = record.noun:insert(to, options_of(session, {}))
  if done then return end
  local is_there = err.code == CONDITION and err.maybe_applied == "no"
  if is_there then refuse(record, key, err.item or {}) end
  mistake.fail(message, err)
end

-- Returns the condition that an item has all of its attributes as they were.
local function is_as_it_was(from, keys)
  local tests, is_key = {}, {}
  for _, key in ipairs(keys) do
    is_key[key.name] = true
  end
  for _, name in ipairs(layout_tree.ordered(from, keys)) do
    local operand = dynamo.attr(item_difference.path(name))
    tests[#tests + 1] = is_key[name] and operand:exists() or operand:eq(from[name])
  end
  return #tests == 1 and tests[1] or dynamo.all(unpack(tests))
end

-- Deletes an item. That it has no more attributes than it had is known of the moment before: no condition
-- can say it.
local function delete(session, record, key, from)
  local item, message, err = record.noun:get(key, options_of(session, { consistent_read = true }))
  if not item and message then mistake.fail(message, err) end
  if not item or M.differing(from, item)[1] then refuse(record, key, item) end
  local done
  done, message, err =
    record.noun:delete(key, options_of(session, { condition = is_as_it_was(from, record.keys) }))
  if done then return end
  if err.code == CONDITION and err.maybe_applied == "no" then refuse(record, key, err.item) end
  mistake.fail(message, err)
end

--- Writes; raises a failure where the item is not as it was, and shows it as it is.
-- @tparam table session
-- @tparam table record of the table
-- @tparam table key
-- @tparam table from the item as it was, {} for none
-- @tparam table to the item as it is to be, {} for none
function M.write(session, record, key, from, to)
  session.asked = { record = record, key = key }
  if next(from) == nil then
    insert(session, record, key, to)
  elseif next(to) == nil then
    delete(session, record, key, from)
  else
    change(session, record, key, from, to)
  end
end

return M
