-- SPDX-License-Identifier: MIT
-- Rules between members of one request, which no shape can say. Each check is given parameters
-- that have been encoded, so every member has the type the model gives it.
local core = require "dynamo.core"
local errors = require "dynamo.error"
local operations = require "dynamo.operations"
local tables = require "dynamo.tables"

local M = {}

local NONE = tables.NONE

-- Returns a text that two keys share if and only if they are one to the service; nil for what is none.
local function identity(key, typed)
  local json = core.encode(operations.model, "Key", key, typed)
  if not (json and typed) then return json end
  local plain = core.decode(operations.model, "Key", json, false, true) -- its numbers may be 1.0
  return plain and core.encode(operations.model, "Key", plain, false) or json
end

-- Returns nil, or an error if two of `keys` (a list at `path`) are the same primary key.
local function duplicates(keys, path, typed)
  local seen = {}
  for i, key in ipairs(keys) do
    local json = identity(key, typed)
    if seen[json] then
      local here = ("%s[%d]"):format(path, i)
      return errors.validation(
        "duplicate",
        here,
        ("%s: the same key as %s[%d]"):format(here, path, seen[json])
      )
    end
    seen[json] = i
  end
end

-- Returns a text for the item that an action is about, nil where its key is not known. A table may be
-- named by its ARN.
local function target_of(action, key, typed)
  local own = key and identity(key, typed)
  return own and action.TableName:match "[^/]*$" .. "\n" .. own
end

--- Returns nil, or an error if two actions of a transaction are about one item.
-- @tparam {table,...} items of its TransactItems
-- @tparam boolean typed
-- @tparam table put_keys number -> the key of what that Put puts, where it is known
-- @tparam string word what messages call the list of actions
function M.one_action_each(items, typed, put_keys, word)
  local seen = {}
  for i, item in ipairs(items) do
    local _, action = next(item)
    local target = action and target_of(action, action.Key or put_keys[i], typed)
    if target and seen[target] then
      local path = ("%s[%d]"):format(word, i)
      local form = "%s: the same item as %s[%d]; a transaction takes each item once"
      return errors.validation("duplicate", path, form:format(path, word, seen[target]))
    end
    if target then seen[target] = i end
  end
end

local function transaction(params, typed)
  return M.one_action_each(params.TransactItems, typed, NONE, "TransactItems")
end

local BY_METHOD = { transact_get_items = transaction, transact_write_items = transaction }

-- What a batch takes of all its tables together; the model has the same number for each alone.
local MOST_KEYS, MOST_WRITES = 100, 25

-- Returns nil, or the error of a batch that has too much in all its tables together.
local function too_many(count, most, what)
  if count <= most then return nil end
  local text = "RequestItems: there are %d %s; a batch takes %d in all its tables together"
  return errors.validation("range", "RequestItems", text:format(count, what, most))
end

function BY_METHOD.batch_get_item(params, typed)
  local count = 0
  for name, request in next, params.RequestItems do
    local path = ("RequestItems.%s"):format(name)
    local err = duplicates(request.Keys, path .. ".Keys", typed)
    if err then return err end
    count = count + #request.Keys
  end
  return too_many(count, MOST_KEYS, "keys")
end

function BY_METHOD.batch_write_item(params)
  local count = 0
  for _, writes in next, params.RequestItems do
    count = count + #writes
  end
  return too_many(count, MOST_WRITES, "writes")
end

function BY_METHOD.scan(params)
  local segment, total = params.Segment, params.TotalSegments
  if segment == nil and total == nil then return nil end
  if segment == nil or total == nil then
    local missing = segment == nil and "Segment" or "TotalSegments"
    return errors.validation(
      "segments",
      missing,
      missing .. ": a parallel scan needs both Segment and TotalSegments"
    )
  elseif segment >= total then
    return errors.validation(
      "segments",
      "Segment",
      ("Segment: %d is not below TotalSegments, %d (segments count from 0)"):format(segment, total)
    )
  end
end

-- Bytes that the items of a transaction may have together.
-- https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
local MAX_TRANSACTION_BYTES = 4 * 1024 * 1024
local ITEM = operations.shapes.Put.members.Item

-- Returns how many bytes the items have that a transaction puts.
local function put_bytes(items, typed)
  local bytes = 0
  for _, item in ipairs(items or NONE) do
    local json = item.Put and core.encode(operations.model, ITEM, item.Put.Item, typed)
    bytes = bytes + (json and core.size(json) or 0)
  end
  return bytes
end

--- Returns nil, or the validation error of a transaction that puts too much. An item is no larger than
-- what is sent of it, so that most are known to be small enough by the length of the whole.
-- @tparam table params encodable ones of an operation with a token
-- @tparam boolean typed
-- @tparam integer body_bytes
function M.transaction_size(params, typed, body_bytes)
  if body_bytes <= MAX_TRANSACTION_BYTES then return nil end
  local bytes = put_bytes(params.TransactItems, typed)
  if bytes <= MAX_TRANSACTION_BYTES then return nil end
  return errors.validation(
    "too_large",
    "TransactItems",
    ("TransactItems: the items to put have %d bytes; a transaction may have %d"):format(
      bytes,
      MAX_TRANSACTION_BYTES
    )
  )
end

--- Returns nil, or the validation error of encodable `params` of an operation.
function M.params(operation, params, typed)
  local special = BY_METHOD[operation.method]
  return special and special(params, typed) or nil
end

return M
