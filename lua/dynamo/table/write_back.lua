-- SPDX-License-Identifier: MIT
-- How modify writes what a function made of an item: as an insert where there was none, as a patch where
-- there was one.
local spans = require "dynamo.call.span"
local errors = require "dynamo.error"
local operations = require "dynamo.operations"
local asks = require "dynamo.table.ask"
local chain = require "dynamo.table.chain"
local differences = require "dynamo.table.difference"
local prepare = require "dynamo.table.prepare"
local send = require "dynamo.table.send"
local vocabulary = require "dynamo.table.verbs"
local tables = require "dynamo.tables"

local M = {}

local update_item = operations.by_method.update_item

-- Returns the ask of a write of an item, which is given its key; or nil, error.
local function ask_of(asked, verb, item, without_return_values)
  local o, problem = spans.options(asked.span, tables.copy(asked.given))
  if not o then return nil, problem end
  o.attempts = nil
  if without_return_values then o.return_values = nil end
  for _, name in ipairs(asked.names) do
    item[name] = asked.key[name]
  end
  return asks.of(asked.noun, verb, item, o)
end

-- Returns what return_values asked for of an item that was not there, and was written.
local function inserted(asked, ask, ok, message, info)
  local wanted = asked.params.ReturnValues
  if not ok or wanted == nil or wanted == "NONE" then return ok, message, info end
  local item = tables.copy(ask.item)
  for _, name in ipairs(wanted == "UPDATED_NEW" and asked.names or tables.NONE) do
    item[name] = nil
  end
  return wanted:find "NEW$" and chain.after(ask, item) or {}, message, info
end

-- Writes an item where there is none, or in place of one that is hidden, and as it was read.
local function write_whole(asked, verb, made, lock_value, guard)
  local item = tables.copy(made)
  if asked.lock then item[asked.lock] = lock_value end
  local ask, problem = ask_of(asked, verb, item, true)
  if not ask then return send.fail(update_item, problem) end
  if guard then prepare.set_tree(ask, "condition", guard) end
  return inserted(asked, ask, send.run(ask, item))
end

local TOO_LONG = { expression_size = true, expression_operators = true }

-- Returns the results of a write; of a guard that is too long, with what to do.
local function advised(ok, message, err)
  if ok or err.path ~= "condition" or not TOO_LONG[err.code] then return ok, message, err end
  local text = errors.text_of(err):gsub("^condition", "the guard of what has changed")
  errors.rename(err, err.code, text .. "; with the extension version it is one comparison")
  return errors.give(err)
end

-- Writes the difference to the item that is there.
local function patch(asked, difference, lock_value, guard)
  local item = tables.copy(difference.set)
  if asked.lock then item[asked.lock] = lock_value end
  local ask, problem = ask_of(asked, vocabulary.patch, item)
  if not ask then return send.fail(update_item, problem) end
  local removal = differences.removal(difference)
  if removal then prepare.set_tree(ask, "update", removal) end
  if guard then prepare.set_tree(ask, "condition", guard) end
  return send.run(ask, item)
end

--- Writes what differs, under the condition that it is as it was read; returns what the verb does.
-- @tparam table asked of dynamo.table.modify
-- @tparam table read_item
-- @tparam table made what the function returned
-- @tparam table difference of dynamo.table.difference
function M.write(asked, read_item, made, difference)
  if not read_item.is_there then return write_whole(asked, vocabulary.insert, made) end
  local stored, lock = read_item.stored, asked.lock
  local value = lock and rawget(stored, lock)
  local guard = not lock and differences.guard(difference, stored) or nil
  if read_item.is_hidden then
    return advised(write_whole(asked, vocabulary.replace, made, value, guard))
  end
  return advised(patch(asked, difference, value, guard))
end

--- Returns what return_values asked for of an item that stays as it is.
function M.nothing(asked, read_item, info)
  local wanted = asked.params.ReturnValues
  info.written = false
  if wanted == nil or wanted == "NONE" then return true, nil, info end
  return wanted:find "^ALL" and read_item.seen or {}, nil, info
end

return M
