-- SPDX-License-Identifier: MIT
-- From an operation and the body of its request to the status and the body of the response, as the
-- service would give it.
local codec = require "dynamo.codec"
local core = require "dynamo.core"
local request_check = require "dynamo.embedded.request_check"
local expiry = require "dynamo.embedded.expiry"
local parts = require "dynamo.embedded.request_parts"
local refusal = require "dynamo.service_refusal"
local operations = require "dynamo.operations"

local M = {}

local NAMESPACE = "com.amazonaws.dynamodb.v20120810#" -- that of Streams' errors, too

-- Operation -> f(store, request, now) -> body.
local HANDLERS = {}
for _, room in ipairs {
  "batches",
  "partiql",
  "queries",
  "single_items",
  "streams",
  "table_control",
  "table_settings",
  "transactions",
} do
  for name, handler in pairs(require("dynamo.embedded." .. room)) do
    HANDLERS[name] = handler
  end
end

-- Returns the request's members, without those that were null; or raises. One that is as the model has
-- it is read at once; what else there may be is read as plain JSON, for the handlers to refuse.
local function read(operation, body)
  local fine = core.decode(operations.model, operation.input, body, true, false)
  if fine then return fine end
  local request = codec.from_json(body)
  if type(request) ~= "table" then
    refusal.raise("SerializationException", "the body is no JSON object")
  end
  for name, value in next, request do
    if value == core.null then request[name] = nil end
  end
  return request
end

local function run(store, operation, body, now)
  local handler = HANDLERS[operation.name]
  if not handler then
    refusal.raise("NotEmbedded", ("the embedded store has no %s"):format(operation.name))
  end
  local request = read(operation, body)
  request_check.check(operation, request)
  expiry.tick(store, now)
  return handler(store, request, now)
end

-- Returns the JSON of why an action of a transaction was not done.
local function reason_json(reason)
  return parts.object(
    "Code",
    parts.json(reason.Code),
    "Message",
    parts.json(reason.Message),
    "Item",
    parts.item(reason.Item)
  )
end

-- Returns the JSON of the reasons of a cancelled transaction, nil for nil.
local function reasons_json(reasons)
  if not reasons then return nil end
  local texts = {}
  for i, reason in ipairs(reasons) do
    texts[i] = reason_json(reason)
  end
  return "[" .. table.concat(texts, ",") .. "]"
end

-- Returns the body of an error's response. Items nest deeper than plain JSON may.
local function error_body(refused)
  local extra = refused.extra or {}
  return parts.object(
    "__type",
    parts.json(NAMESPACE .. refused.code),
    "message",
    parts.json(refused.message),
    "Item",
    parts.item(extra.Item),
    "CancellationReasons",
    reasons_json(extra.CancellationReasons)
  )
end

--- Answers a request. What goes wrong with the store itself is raised on (dynamo.embedded.trouble).
-- @tparam table store
-- @tparam table operation a record of dynamo.operations
-- @tparam string body JSON
-- @tparam number now seconds since 1970
-- @treturn integer status
-- @treturn string body
function M.answer(store, operation, body, now)
  local ok, result = pcall(run, store, operation, body, now)
  if ok then return 200, result end
  if refusal.is(result) then return 400, error_body(result) end
  error(result, 0)
end

return M
