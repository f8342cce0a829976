-- SPDX-License-Identifier: MIT
-- ExecuteStatement, BatchExecuteStatement and ExecuteTransaction. Each is f(store, request, now) -> the
-- body of the response, JSON, and raises a refusal (dynamo.service_refusal).
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html
local codec = require "dynamo.codec"
local core = require "dynamo.core"
local keys = require "dynamo.embedded.keys"
local one_page = require "dynamo.embedded.one_page"
local parts = require "dynamo.embedded.request_parts"
local requests = require "dynamo.embedded.partiql_request"
local single_items = require "dynamo.embedded.single_items"
local statements = require "dynamo.embedded.partiql_statement"
local transactions = require "dynamo.embedded.transactions"
local evaluate = require "dynamo.expression.evaluate"
local strict = require "dynamo.expression.strict"
local operations = require "dynamo.operations"
local refusal = require "dynamo.service_refusal"

local M = {}

local MOST_STATEMENTS = 25

-- Reads a statement and its parameters.
local function read(asked)
  return statements.read(asked.Statement, asked.Parameters)
end

-- ---- SELECT ------------------------------------------------------------------------------------

-- Narrows a reading to the partition, or the item, that the statement tells.
local function narrow(reading, statement)
  local key = reading.key
  local partition = requests.equal_to(statement, key.partition)
  local sort = partition and key.sort and requests.equal_to(statement, key.sort)
  if sort then
    reading.lower, reading.upper = keys.range(partition, "=", sort)
  elseif partition then
    reading.lower, reading.upper = keys.range(partition)
  elseif statement.order then
    refusal.validation("Must have WHERE clause in the statement when using ORDER BY clause.")
  end
end

-- Returns what shows of an item what is selected: each value under the last name of its path.
local function show_of(projection)
  return function(tree)
    local item = {}
    for _, path in ipairs(projection) do
      local last = #path
      while type(path[last]) == "number" do
        last = last - 1
      end
      item[path[last]] = evaluate.at(tree, path)
    end
    return item
  end
end

-- Returns what a SELECT reads: see dynamo.embedded.one_page.
local function reading_of(store, statement)
  local record = parts.table(store, statement.table_name)
  local index = parts.index(record, statement.index)
  local expressions = strict.new(statement.names, statement.values)
  local where, projection = statement.where, statement.projection
  local reading = {
    record = record,
    index = index,
    key = index or record,
    filter = where and expressions:condition(where, "WHERE"),
    projection = projection and expressions:projection(projection, "SELECT"),
    backward = statement.order == "DESC",
  }
  reading.show = reading.projection and show_of(reading.projection)
  narrow(reading, statement)
  return reading
end

-- Returns the key that a NextToken is of.
local function start_of(token)
  local text = token and core.base64_decode(token)
  local key = text and codec.from_json(text)
  if token and type(key) ~= "table" then refusal.validation "Invalid NextToken" end
  return key
end

local function select(store, request, statement)
  local asked = {
    ExclusiveStartKey = start_of(request.NextToken),
    Limit = request.Limit,
    ConsistentRead = request.ConsistentRead,
    ReturnConsumedCapacity = request.ReturnConsumedCapacity,
  }
  local page = one_page.page(store, asked, reading_of(store, statement))
  return parts.object(
    "Items",
    page:json_items(),
    "NextToken",
    page.end_key and parts.json(core.base64_encode(page.end_key)),
    "LastEvaluatedKey",
    page.end_key,
    "ConsumedCapacity",
    page:consumed(asked)
  )
end

-- ---- writes ------------------------------------------------------------------------------------

-- Returns the body of an operation's response as a table, its values wire-typed, however deep.
local function decoded(name, body)
  local operation = operations.find(name)
  return assert(core.decode(operations.model, operation.output, body, true, false))
end

-- Carries a write out by the API's own operation; returns its response.
local function write(store, statement, more, now)
  local operation, asked = requests.write(store, statement)
  for name, value in pairs(more) do
    asked[name] = value
  end
  local ok, result = pcall(single_items[operation], store, asked, now)
  if ok then return decoded(operation, result) end
  local is_double = statement.verb == "INSERT"
    and refusal.is(result)
    and result.code == "ConditionalCheckFailedException"
  if not is_double then error(result, 0) end
  return refusal.raise("DuplicateItemException", "Duplicate primary key exists in table")
end

local function execute(store, request, statement, now)
  if statement.verb == "SELECT" then
    return store:read(select, store, request, statement)
  elseif statement.verb == "EXISTS" then
    refusal.validation "EXISTS is a part of transactions alone"
  end
  local asked = {
    ReturnConsumedCapacity = request.ReturnConsumedCapacity,
    ReturnValuesOnConditionCheckFailure = request.ReturnValuesOnConditionCheckFailure,
  }
  local done = write(store, statement, asked, now)
  return parts.object(
    "Items",
    ("[%s]"):format(parts.item(done.Attributes) or ""),
    "ConsumedCapacity",
    parts.json(done.ConsumedCapacity)
  )
end

--- Carries out a statement.
function M.ExecuteStatement(store, request, now)
  return execute(store, request, read(request), now)
end

-- ---- batches -----------------------------------------------------------------------------------

local CODES = {
  ValidationException = "ValidationError",
  DuplicateItemException = "DuplicateItem",
}

-- Returns the JSON of what a refusal is in the response of a batch.
local function error_json(refused)
  return parts.object(
    "Code",
    parts.json(CODES[refused.code] or (refused.code:gsub("Exception$", ""))),
    "Message",
    parts.json(refused.message),
    "Item",
    parts.item(refused.extra and refused.extra.Item)
  )
end

-- Carries out one statement of a batch; returns the JSON of its response.
local function one_of(store, asked, now)
  local statement = read(asked)
  if statement.verb == "SELECT" then requests.key(store, statement) end
  local done = decoded("ExecuteStatement", execute(store, asked, statement, now))
  local name = parts.json(statement.table_name)
  return parts.object("TableName", name, "Item", parts.item(done.Items[1]))
end

-- Refuses a list of statements that is too long, or none.
local function check_count(list, member, most)
  if list[1] and #list <= most then return end
  refusal.validation(
    "1 validation error detected: Value at '%s' failed to satisfy constraint: Member must have "
      .. "length %s than or equal to %d",
    member,
    list[1] and "less" or "greater",
    list[1] and most or 1
  )
end

--- Carries out statements one by one; each has a response of its own.
function M.BatchExecuteStatement(store, request, now)
  check_count(request.Statements, "statements", MOST_STATEMENTS)
  local responses = {}
  for i, asked in ipairs(request.Statements) do
    local ok, result = pcall(one_of, store, asked, now)
    if not ok and not refusal.is(result) then error(result, 0) end
    responses[i] = ok and result or parts.object("Error", error_json(result))
  end
  return parts.object("Responses", "[" .. table.concat(responses, ",") .. "]")
end

-- ---- transactions ------------------------------------------------------------------------------

--- Carries out statements all or none: reads alone, or writes alone.
function M.ExecuteTransaction(store, request, now)
  check_count(request.TransactStatements, "transactStatements", 100)
  local actions, reads = {}, 0
  for i, asked in ipairs(request.TransactStatements) do
    local action = requests.action(store, read(asked))
    if action.Get then reads = reads + 1 end
    actions[i] = action
  end
  if reads > 0 and reads < #actions then
    refusal.validation "Transaction request cannot include both read and write statements"
  end
  local asked = {
    TransactItems = actions,
    ClientRequestToken = request.ClientRequestToken,
    ReturnConsumedCapacity = request.ReturnConsumedCapacity,
  }
  local operation = reads > 0 and "TransactGetItems" or "TransactWriteItems"
  return transactions[operation](store, asked, now)
end

return M
