-- SPDX-License-Identifier: MIT
-- Items as lines of JSON: DynamoDB's own, {"Item":{...}} as its exports to S3 have it, which keeps every
-- type and digit; or plain JSON.
local dynamo = require "dynamo"
local mistake = require "dynamo.prompt.mistake"

local M = {}

-- Returns what a function gave; raises its failure.
local function sure(text, message, err)
  if not text then mistake.fail(message, err) end
  return text
end

--- Format -> the line of an item.
M.ENCODE = {
  ["dynamodb-json"] = function(item)
    return '{"Item":' .. sure(dynamo.encode_item(item)) .. "}"
  end,
  jsonl = function(item)
    return sure(dynamo.to_json(item))
  end,
}

-- Returns the byte of the name of an attribute in a line of JSON, 1 if it is not found.
local function byte_of(text, path)
  local name = path and path:match "^[%w_]+"
  return name and text:find('"' .. name .. '"', 1, true) or 1
end

-- Returns what is wrong with a line, and its byte: as JSON, if it is none; else as an item.
-- @tparam string text
-- @tparam integer from the byte at which the item begins
-- @tparam string message of its reader
-- @param err what that returned behind it
local function problem_of(text, from, message, err)
  local value, wrong = dynamo.from_json(text)
  local at, words = (value == nil and wrong or ""):match "^byte (%d+): (.*)$"
  if at then return words, tonumber(at) + 1 end
  message = message:gsub("^%l+: ", "")
  at, words = message:match "^byte (%d+): (.*)$"
  if at then return words, tonumber(at) + from end
  return message, byte_of(text, type(err) == "table" and err.path)
end

local WRAPPED = '^%s*{%s*"Item"%s*:'

--- Format -> the item of a line; or nil, what is wrong, its byte.
M.DECODE = {
  ["dynamodb-json"] = function(text)
    local from = text:match(WRAPPED .. "()") or 1
    local inner = from > 1 and text:match("^(.*)}%s*$", from) or text
    local item, message, err = dynamo.decode_item(inner)
    if item then return item end
    return nil, problem_of(text, from, message, err)
  end,
  jsonl = function(text)
    local item, message, err = dynamo.from_json(text)
    if item == nil then return nil, problem_of(text, 1, message, err) end
    if type(item) == "table" and not dynamo.is_list(item) then return item end
    return nil, 'an item is an object, {"name": value, ...}', 1
  end,
}

--- Returns the format of a line: no item has a key that is an object, so that it can be told.
-- @tparam string text
-- @tparam table keys the key attributes of the table
function M.guess(text, keys)
  if text:find(WRAPPED .. "%s*{") then return "dynamodb-json" end
  local item = dynamo.from_json(text)
  local key = type(item) == "table" and item[keys[1].name]
  return type(key) == "table" and "dynamodb-json" or "jsonl"
end

return M
