-- SPDX-License-Identifier: MIT
-- Errors of a server as the user sees them: nil, a plain message, and an error that says the rest.
local emulator = require "support.emulator"

local unpack = rawget(table, "unpack") or rawget(_G, "unpack")

local NOT_FOUND = "ResourceNotFoundException: Requested resource not found"
local FAILED = "ConditionalCheckFailedException"

-- An operation of each feature that an emulator may lack as a whole.
local OPERATIONS = {
  { "backups", "list_backups", {} },
  { "endpoints", "describe_endpoints", {} },
  { "limits", "describe_limits", {} },
  { "partiql", "execute_statement", { Statement = "SELECT * FROM t" } },
  { "resource_policies", "get_resource_policy", { ResourceArn = "arn:aws:dynamodb:::table/t" } },
  { "streams", "list_streams", {} },
  {
    "transactions",
    "transact_get_items",
    { TransactItems = { { Get = { TableName = "ttt", Key = { a = 1 } } } } },
  },
  {
    "update_ttl",
    "update_time_to_live",
    { TableName = "ttt", TimeToLiveSpecification = { AttributeName = "a", Enabled = true } },
  },
}

-- Asserts that a call failed with what any refusal of a server has and `expected` says more.
-- @tparam table expected { operation, code, message = the whole text or nil, maybe_applied }
local function assert_refused(expected, response, message, err)
  assert.is_nil(response)
  assert.equal("string", type(message))
  assert.matches(expected.code .. ": ", message, 1, true)
  assert.same({ message, message }, { err.message, tostring(err) })
  assert.equal(expected.message or message, message)
  assert.matches("^%w+$", err.request_id)
  assert.same({
    kind = "service",
    code = expected.code,
    operation = expected.operation,
    maybe_applied = expected.maybe_applied,
    status = 400,
    attempts = 1,
    retryable = false,
    throttled = false,
  }, {
    kind = err.kind,
    code = err.code,
    operation = err.operation,
    maybe_applied = err.maybe_applied,
    status = err.status,
    attempts = err.attempts,
    retryable = err.retryable,
    throttled = err.throttled,
  })
  return err
end

emulator.each("errors", function(host)
  local db = host.db
  local name

  setup(function()
    name = host:create { { "pk", "S" } }
    assert(db:put_item { TableName = name, Item = { pk = "there", n = 1 } })
  end)

  local READ, WRITE = nil, "no"
  local ABSENT = "no_such_table"

  local ROWS = {
    {
      "reading a table that is not there",
      "get_item",
      READ,
      { TableName = ABSENT, Key = { pk = "a" } },
      "ResourceNotFoundException",
      NOT_FOUND,
    },
    {
      "writing to a table that is not there",
      "put_item",
      WRITE,
      { TableName = ABSENT, Item = { pk = "a" } },
      "ResourceNotFoundException",
      NOT_FOUND,
    },
    {
      "describing a table that is not there",
      "describe_table",
      READ,
      { TableName = ABSENT },
      "ResourceNotFoundException",
      NOT_FOUND .. ": Table: no_such_table not found",
    },
    {
      "deleting a table that is not there",
      "delete_table",
      WRITE,
      { TableName = ABSENT },
      "ResourceNotFoundException",
    },
    {
      "an item without its key",
      "put_item",
      WRITE,
      { TableName = "", Item = { other = 1 } },
      "ValidationException",
      "ValidationException: One or more parameter values were invalid: "
        .. "Missing the key pk in the item",
    },
    {
      "a key of another type",
      "put_item",
      WRITE,
      { TableName = "", Item = { pk = 1 } },
      "ValidationException",
      "ValidationException: One or more parameter values were invalid: "
        .. "Type mismatch for key pk expected: S actual: N",
    },
    {
      "a key of another name",
      "get_item",
      READ,
      { TableName = "", Key = { other = "a" } },
      "ValidationException",
    },
    {
      "an expression that is none",
      "update_item",
      WRITE,
      { TableName = "", Key = { pk = "there" }, UpdateExpression = "SET n" },
      "ValidationException",
    },
    {
      "an operand of the wrong type",
      "update_item",
      WRITE,
      {
        TableName = "",
        Key = { pk = "there" },
        UpdateExpression = "SET n = n + :s",
        ExpressionAttributeValues = { [":s"] = "text" },
      },
      "ValidationException",
    },
    {
      "a token that is not defined",
      "query",
      READ,
      {
        TableName = "",
        KeyConditionExpression = "pk = :p",
        ExpressionAttributeValues = { [":q"] = "x" },
      },
      "ValidationException",
    },
    {
      "a failed condition of PutItem",
      "put_item",
      WRITE,
      { TableName = "", Item = { pk = "there" }, ConditionExpression = "attribute_not_exists(pk)" },
      FAILED,
      FAILED .. ": The conditional request failed",
    },
    {
      "a failed condition of UpdateItem",
      "update_item",
      WRITE,
      {
        TableName = "",
        Key = { pk = "there" },
        UpdateExpression = "REMOVE n",
        ConditionExpression = "attribute_not_exists(pk)",
      },
      FAILED,
      FAILED .. ": The conditional request failed",
    },
    {
      "a failed condition of DeleteItem",
      "delete_item",
      WRITE,
      { TableName = "", Key = { pk = "there" }, ConditionExpression = "attribute_not_exists(n)" },
      FAILED,
      FAILED .. ": The conditional request failed",
    },
  }
  for _, row in ipairs(ROWS) do
    local what, operation, maybe_applied, params, code, message = unpack(row, 1, 6)
    host:it("of " .. what, function()
      if params.TableName == "" then params.TableName = name end
      local expected =
        { operation = operation, code = code, message = message, maybe_applied = maybe_applied }
      assert_refused(expected, db[operation](db, params))
    end)
  end

  host:it("of a table that is there already", function()
    assert_refused({
      operation = "create_table",
      code = "ResourceInUseException",
      maybe_applied = "no",
    }, db:create_table(host.definition({ { "pk", "S" } }, { TableName = name })))
  end)

  host:it("of a failed condition hold the item", "failed_item", function()
    local err = assert_refused(
      {
        operation = "delete_item",
        code = FAILED,
        maybe_applied = "no",
      },
      db:delete_item {
        TableName = name,
        Key = { pk = "there" },
        ConditionExpression = "attribute_not_exists(n)",
        ReturnValuesOnConditionCheckFailure = "ALL_OLD",
      }
    )
    assert.same({ pk = "there", n = 1 }, err.item)
  end)

  host:it("of a transaction hold its reasons", "transactions", function()
    local err = assert_refused(
      {
        operation = "transact_write_items",
        code = "TransactionCanceledException",
        maybe_applied = "no",
        message = "TransactionCanceledException: Transaction cancelled, please refer cancellation "
          .. "reasons for specific reasons [ConditionalCheckFailed, None]",
      },
      db:transact_write_items {
        TransactItems = {
          {
            Delete = {
              TableName = name,
              Key = { pk = "there" },
              ConditionExpression = "n > :n",
              ExpressionAttributeValues = { [":n"] = 1 },
              ReturnValuesOnConditionCheckFailure = "ALL_OLD",
            },
          },
          { Put = { TableName = name, Item = { pk = "other" } } },
        },
      }
    )
    assert.same({
      {
        code = "ConditionalCheckFailed",
        message = "The conditional request failed",
        item = { pk = "there", n = 1 },
      },
      { code = "None" },
    }, err.reasons)
  end)

  host:it("of a table verb name its operation", function()
    local users = db:table("no_such_table", { key = { "pk" } })
    local key = { pk = "a" }
    local expected = { code = "ResourceNotFoundException", message = NOT_FOUND }
    local function refused(operation, maybe_applied, ...)
      expected.operation, expected.maybe_applied = operation, maybe_applied
      assert_refused(expected, ...)
    end
    refused("get_item", nil, users:get(key))
    refused("put_item", "no", users:put(key))
    refused("put_item", "no", users:insert(key))
    refused("update_item", "no", users:upsert { pk = "a", n = 1 })
    refused("delete_item", "no", users:delete(key))
  end)

  host:it("read well when they are asserted", function()
    local output, status = host:run(
      "-e",
      [[
      local db = require("dynamo").new {}
      assert(db:get_item { TableName = "no_such_table", Key = { pk = "a" } })
    ]]
    )
    local first = output:match("^[^\n]*"):gsub("%(command line%):2: ", "")
    assert.equal(emulator.RUNTIME .. ": " .. NOT_FOUND, first)
    assert.equal(1, status)
  end)

  host:it("leave the client as it was", function()
    assert.is_nil(db:get_item { TableName = "no_such_table", Key = { pk = "a" } })
    assert.same(
      { pk = "there", n = 1 },
      assert(db:get_item { TableName = name, Key = { pk = "there" } }).Item
    )
  end)

  for _, row in ipairs(OPERATIONS) do
    local feature, operation, params = unpack(row)
    if host.name == "dynalite" and host.lacks[feature] then
      host:it(("of %s, which it does not know"):format(operation), function()
        local response, message, err = db[operation](db, params)
        assert.is_nil(response)
        assert.equal("UnknownOperationException: HTTP 400 without a message", message)
        assert.equal("UnknownOperationException", err.code)
        assert.is_false(err.retryable)
      end)
    end
  end

  if host.name == "moto" then
    -- moto answers HTTP 500 and a page of HTML to what it does not know.
    host:it("of a server that breaks down, reading", function()
      local client, sent = host:recorded_client { max_attempts = 2 }
      local response, message, err = client:list_global_tables()
      assert.is_nil(response)
      assert.matches("^HTTP500: HTTP 500: <!doctype html> <html lang=en> <title>500 ", message)
      assert.matches("%.%.%.$", message)
      assert.equal("HTTP500", err.code)
      assert.equal(500, err.status)
      assert.is_true(err.retryable)
      assert.equal(2, err.attempts)
      assert.same({ "ListGlobalTables", "ListGlobalTables" }, sent)
    end)

    host:it("of a server that breaks down, writing", function()
      local client, sent = host:recorded_client { max_attempts = 2 }
      local response, _, err = client:update_contributor_insights {
        TableName = name,
        ContributorInsightsAction = "ENABLE",
      }
      assert.is_nil(response)
      assert.equal("HTTP500", err.code)
      assert.equal(2, err.attempts) -- it sets what is then set
      assert.equal("unknown", err.maybe_applied)
      assert.same({ "UpdateContributorInsights", "UpdateContributorInsights" }, sent)
    end)
  end
end)
