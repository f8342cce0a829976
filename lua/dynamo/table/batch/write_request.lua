-- SPDX-License-Identifier: MIT
-- One write of a batch: prepared as the verb of its name is, and written down at once, so that its
-- owner may change the item and memory holds it once. A write is made here alone:
--   target   of dynamo.table.batch.batch_table: which table it is of
--   kind     "put" or "delete"
--   json     the item, or the key, as the extensions left it: text, or of core.written
--   bytes    how much it takes of a request
--   key      text that is the same for the same key of the same table: numbers by value
-- and what dynamo.table.batch.write_queue notes.
local core = require "dynamo.core"
local errors = require "dynamo.error"
local operations = require "dynamo.operations"
local problems = require "dynamo.problem"
local asks = require "dynamo.table.ask"
local error_path = require "dynamo.table.error_path"
local verbs = require "dynamo.table.verbs"

local M = {}

-- https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
local MOST_ITEM_BYTES = 400 * 1024

local KINDS = {
  put = {
    verb = verbs.put,
    argument = "Item",
    shape = "PutItemInputAttributeMap",
    opening = '{"PutRequest":{"Item":',
  },
  delete = {
    verb = verbs.delete,
    argument = "Key",
    shape = "Key",
    opening = '{"DeleteRequest":{"Key":',
  },
}
local CLOSING = "}}"

-- Returns the error of an item that is too large, or nil. Its JSON is never shorter than it is.
local function size_problem(json, place)
  if #json <= MOST_ITEM_BYTES then return nil end
  local bytes = core.size(json)
  if bytes <= MOST_ITEM_BYTES then return nil end
  local text = "%s is %d bytes large; an item may have %d (400 KB)"
  return errors.validation("item_size", place, text:format(place, bytes, MOST_ITEM_BYTES))
end

-- Returns the error of an extension that guards a write.
local function condition_problem(kind, place)
  local text = "%s: an extension of the table guards this %s by a condition, and a batch has none; "
    .. "use table:%s or a transaction"
  return errors.validation("condition", place, text:format(place, kind, kind))
end

-- Returns the JSON of a map of attribute values; or nil, error.
local function encoded(shape, map, place)
  local json, problem = core.encode(operations.model, shape, map, false, core.written())
  if json then return json end
  local err = problems.to_error(problem, place)
  error_path.put_under(err, place)
  return nil, err
end

-- Returns the item or the key that a verb would write; or nil, error; or nil, what is wrong with the
-- code.
local function prepared(target, own, subject, place)
  local ask, given = asks.of(target.noun, own.verb, subject)
  if not ask then return nil, given end
  local operation, params = own.verb.prepare(ask, target.names, given)
  if not operation then return nil, error_path.relocate(params, own.argument, place) end
  if params.ConditionExpression then return nil, condition_problem(own.verb.name, place) end
  return params[own.argument]
end

--- Returns the key's part of an item.
-- @tparam {string,...} names
-- @tparam table item
function M.key_of(names, item)
  local key = { [names[1]] = rawget(item, names[1]) }
  if names[2] then key[names[2]] = rawget(item, names[2]) end
  return key
end

--- Returns the text of a key by which a write is found; nil for what is no key.
-- @tparam table target
-- @tparam table item the key, or more
function M.identity(target, item)
  local key = M.key_of(target.names, item)
  local json = core.encode(operations.model, "Key", key, false)
  return json and target.short_name .. "\n" .. json
end

--- Makes a write.
-- @tparam table target
-- @tparam string kind "put" or "delete"
-- @param subject the item, or the key
-- @tparam string place what the user calls it
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] table the error of what data made wrong; or a text, if the code is wrong
function M.make(target, kind, subject, place)
  local own = KINDS[kind]
  local map, problem = prepared(target, own, subject, place)
  if not map then return nil, problem end
  local json, err = encoded(own.shape, map, place)
  err = err or size_problem(json, place)
  if err then return nil, err end
  return {
    target = target,
    kind = kind,
    json = json,
    bytes = #own.opening + #json + #CLOSING + 1,
    key = M.identity(target, map),
    number = nil, -- room for what the queue notes
    place = nil,
    is_flying = false,
    is_doubtful = false,
    next = nil,
  }
end

--- Appends the texts of a write, as a request has it, to a list of texts.
function M.append(texts, write)
  local count = #texts
  texts[count + 1] = KINDS[write.kind].opening
  texts[count + 2] = write.json
  texts[count + 3] = CLOSING
end

--- Returns the item or the key of a write, made anew.
function M.subject(write)
  return (core.decode(operations.model, "AttributeMap", write.json, false, write.target.is_exact))
end

return M
