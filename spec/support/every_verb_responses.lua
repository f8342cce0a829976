-- SPDX-License-Identifier: MIT
-- The responses of DynamoDB to the requests of support.every_verb, in their order, for an item "x".
local M = {}

local SERVICE = "com.amazonaws.dynamodb.v20120810#"

local function response(body)
  return { status = 200, body = body }
end

local function failure(code, more)
  return { status = 400, body = ('{"__type":"%s%s"%s}'):format(SERVICE, code, more or "") }
end

-- Returns the response with an item whose attributes are as given.
local function item(attributes)
  return response(('{"Item":{%s}}'):format(attributes))
end

local CONDITION_FAILED = failure "ConditionalCheckFailedException"
local CANCELLED = failure(
  "TransactionCanceledException",
  ',"CancellationReasons":[{"Code":"None"},{"Code":"ConditionalCheckFailed"}]'
)

--- Returns the steps for support.fake_transport.
function M.steps()
  return {
    response "{}", -- put and get
    item(
      '"id":{"S":"x"},"name":{"S":"Ann"},"n":{"N":"1"},"text":{"S":"a\\u0000é"},'
        .. '"list":{"L":[{"N":"1"},{"M":{"a":{"S":"b"}}}]}'
    ),
    response "{}", -- get of nothing
    CONDITION_FAILED, -- insert
    response "{}",
    response "{}", -- replace
    CONDITION_FAILED,
    response '{"Attributes":{"id":{"S":"x"},"visits":{"N":"1"},"name":{"S":"Cy"}}}', -- upsert
    response '{"Attributes":{"visits":{"N":"3"}}}', -- update
    response "{}", -- patch
    CONDITION_FAILED,
    response '{"Items":[{"id":{"S":"x"},"visits":{"N":"3"},"name":{"S":"Di"}}]}', -- Query
    response '{"UnprocessedItems":{}}', -- BatchWriteItem
    item '"id":{"S":"x-7"},"n":{"N":"7"}',
    response '{"Responses":{"Users":[{"id":{"S":"x-1"}},{"id":{"S":"x-25"}}]}}', -- BatchGetItem
    response "{}", -- TransactWriteItems
    CANCELLED,
    item '"id":{"S":"x"},"visits":{"N":"4"}',
    response "{}", -- a transaction
    CANCELLED,
    response '{"Responses":[{"Item":{"visits":{"N":"5"}}},{},{"Item":{"id":{"S":"xother"}}}]}',
    response '{"Items":[{"id":{"S":"x-3"},"n":{"N":"3"}}]}', -- PartiQL
    response '{"Attributes":{"id":{"S":"x"},"name":{"S":"Di"}}}', -- delete
    response "{}",
  }
end

return M
