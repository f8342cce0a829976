-- SPDX-License-Identifier: MIT
-- Rules between members of one request, which no shape can say. Each check is given parameters
-- that have been encoded, so every member has the type the model gives it.
local core = require "dynamo.core"
local errors = require "dynamo.error"
local operations = require "dynamo.operations"

local M = {}

-- What a member is to the rule "expressions and the parameters they replaced do not mix".
-- https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LegacyConditionalParameters.html
local KINDS = {
  ConditionExpression = "expression",
  FilterExpression = "expression",
  KeyConditionExpression = "expression",
  ProjectionExpression = "expression",
  SearchConditionExpression = "expression",
  UpdateExpression = "expression",
  AttributesToGet = "legacy",
  AttributeUpdates = "legacy",
  ConditionalOperator = "legacy",
  Expected = "legacy",
  KeyConditions = "legacy",
  QueryFilter = "legacy",
  ScanFilter = "legacy",
  ExpressionAttributeNames = "tokens",
  ExpressionAttributeValues = "tokens",
}

-- Returns "Path.Member", or the member alone at the top.
local function at(path, member)
  return path == "" and member or path .. "." .. member
end

-- Returns nil, or an error if `members` (found at `path`) mixes expressions with what they
-- replaced, or defines tokens that no expression can use.
local function expressions(members, path)
  local expression, legacy, tokens
  for member in next, members do
    local kind = KINDS[member]
    if kind == "expression" then
      expression = member
    elseif kind == "legacy" then
      legacy = member
    elseif kind == "tokens" then
      tokens = member
    end
  end
  if legacy and (expression or tokens) then
    return errors.validation(
      "legacy_parameters",
      at(path, legacy),
      ("%s: cannot be used together with %s"):format(at(path, legacy), expression or tokens)
    )
  elseif tokens and not expression then
    return errors.validation(
      "unused_tokens",
      at(path, tokens),
      at(path, tokens) .. ": there is no expression to use it"
    )
  end
end

-- Returns nil, or an error if two of `keys` (a list at `path`) are the same primary key.
local function duplicates(keys, path, typed)
  local seen = {}
  for i, key in ipairs(keys) do
    local json = core.encode(operations.model, "Key", key, typed)
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

-- Returns the table, the encoded key and the name of one action of a transaction.
local function target_of(item, typed)
  local name, action = next(item)
  if not name then return nil end
  local key = action.Key and core.encode(operations.model, "Key", action.Key, typed)
  return action, name, key and action.TableName .. "\n" .. key
end

-- Checks each action of a transaction, and that no item is in two of them.
local function transaction(params, typed)
  local seen = {}
  for i, item in ipairs(params.TransactItems) do
    local path = ("TransactItems[%d]"):format(i)
    local action, name, target = target_of(item, typed)
    local err = action and expressions(action, at(path, name))
    if err then return err end
    if target and seen[target] then
      return errors.validation(
        "duplicate",
        path,
        ("%s: the same item as TransactItems[%d]; a transaction takes each item once"):format(
          path,
          seen[target]
        )
      )
    end
    if target then seen[target] = i end
  end
end

local BY_METHOD = { transact_get_items = transaction, transact_write_items = transaction }

function BY_METHOD.batch_get_item(params, typed)
  for name, request in next, params.RequestItems do
    local path = ("RequestItems.%s"):format(name)
    local err = expressions(request, path) or duplicates(request.Keys, path .. ".Keys", typed)
    if err then return err end
  end
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

--- Returns nil, or the validation error of encodable `params` of an operation.
function M.params(operation, params, typed)
  local err = expressions(params, "")
  local special = BY_METHOD[operation.method]
  return err or special and special(params, typed) or nil
end

return M
