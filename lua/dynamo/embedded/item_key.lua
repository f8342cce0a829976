-- SPDX-License-Identifier: MIT
-- The key attributes of an item, checked against its table's and its indexes'.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.CoreComponents.html
local core = require "dynamo.core"
local refusal = require "dynamo.service_refusal"

local M = {}

local NO_MATCH = "The provided key element does not match the schema"
local INVALID = "One or more parameter values were invalid: "
local MAX_BYTES = { partition = 2048, sort = 1024 }
local ROLES = { "partition", "sort" }

-- Refuses a key attribute that is empty or too long.
local function check_length(attribute, value, role)
  local text = value[attribute.type]
  if attribute.type == "N" then return end
  if text == "" then
    refusal.validation(
      "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
        .. "contain an empty %s value. Key: %s",
      attribute.type == "S" and "string" or "binary",
      attribute.name
    )
  end
  local length = attribute.type == "B" and #core.base64_decode(text) or #text
  if length <= MAX_BYTES[role] then return end
  if role == "partition" then
    refusal.validation(
      "%sSize of hashkey has exceeded the maximum size limit of2048 bytes",
      INVALID
    )
  end
  refusal.validation(
    "%sAggregated size of all range keys has exceeded the size limit of 1024 bytes",
    INVALID
  )
end

--- Checks the `Key` of a request: its attributes are those of the table's key, and no other.
-- @tparam table record of the store
-- @tparam table key wire-typed, checked
-- @treturn table the key
function M.check_key(record, key)
  local count = 0
  for _ in next, key do
    count = count + 1
  end
  if count ~= (record.sort and 2 or 1) then refusal.validation(NO_MATCH) end
  for _, role in ipairs(ROLES) do
    local attribute = record[role]
    local value = attribute and key[attribute.name]
    if attribute and not (value and value[attribute.type]) then refusal.validation(NO_MATCH) end
    if attribute then check_length(attribute, value, role) end
  end
  return key
end

-- Refuses an item whose key attribute is missing or of another type.
local function check_own(record, item)
  for _, role in ipairs(ROLES) do
    local attribute = record[role]
    local value = attribute and item[attribute.name]
    if attribute and not value then
      refusal.validation("%sMissing the key %s in the item", INVALID, attribute.name)
    elseif attribute and not value[attribute.type] then
      refusal.validation(
        "%sType mismatch for key %s expected: %s actual: %s",
        INVALID,
        attribute.name,
        attribute.type,
        (next(value))
      )
    end
    if attribute then check_length(attribute, value, role) end
  end
end

-- Refuses an item that has a key attribute of an index with another type.
local function check_index(index, item)
  for _, role in ipairs(ROLES) do
    local attribute = index[role]
    local value = attribute and item[attribute.name]
    if value and not value[attribute.type] then
      refusal.validation(
        "%sType mismatch for Index Key %s Expected: %s Actual: %s IndexName: %s",
        INVALID,
        attribute.name,
        attribute.type,
        next(value),
        index.name
      )
    elseif value and value[attribute.type] == "" then
      refusal.validation(
        "One or more parameter values are not valid. A value specified for a secondary index key "
          .. "is not supported. The AttributeValue for a key attribute cannot contain an empty "
          .. "string value. IndexName: %s, IndexKey: %s",
        index.name,
        attribute.name
      )
    end
  end
end

--- Checks the key attributes of an item that is to be written.
function M.check_item(record, item)
  check_own(record, item)
  for _, index in ipairs(record.index_list) do
    if index.partition then check_index(index, item) end
  end
end

--- Returns the key attributes of an item.
function M.of_item(record, item)
  local key = { [record.partition.name] = item[record.partition.name] }
  if record.sort then key[record.sort.name] = item[record.sort.name] end
  return key
end

return M
