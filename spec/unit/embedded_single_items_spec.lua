-- SPDX-License-Identifier: MIT
if not pcall(require, "dynamo.sqlite") then
  return pending "dynamo/sqlite.so is not built: SQLite's header is not here"
end

local services = require "support.embedded_service"

local INVALID = "One or more parameter values were invalid: "

describe("items in the store inside the process", function()
  local service

  before_each(function()
    service = services.new()
    service:create("Users", { { "id", "S" } })
    service:create("Log", { { "id", "S" }, { "at", "N" } })
  end)

  local function put(item, more)
    local request = { TableName = "Users", Item = item }
    for name, value in pairs(more or {}) do
      request[name] = value
    end
    return service:must("PutItem", request)
  end

  local function get(key, more)
    local request = { TableName = "Users", Key = key }
    for name, value in pairs(more or {}) do
      request[name] = value
    end
    return service:must("GetItem", request).Item
  end

  local ID = { id = { S = "1" } }

  it("are put, got and deleted", function()
    assert.same({}, put { id = { S = "1" }, n = { N = "1.0" }, l = { L = {} } })
    assert.same({ id = { S = "1" }, n = { N = "1" }, l = { L = {} } }, get(ID))
    assert.same({ n = { N = "1" } }, get(ID, { ProjectionExpression = "n, gone" }))
    local old = put({ id = { S = "1" } }, { ReturnValues = "ALL_OLD" }).Attributes
    assert.same({ N = "1" }, old.n)
    local request = { TableName = "Users", Key = ID, ReturnValues = "ALL_OLD" }
    assert.same({ Attributes = ID }, service:must("DeleteItem", request))
    assert.same({}, service:must("DeleteItem", request))
    assert.is_nil(get(ID))
  end)

  it("are found by the table's ARN, too", function()
    put { id = { S = "1" } }
    local arn = service:must("DescribeTable", { TableName = "Users" }).Table.TableArn
    assert.same({ Item = ID }, service:must("GetItem", { TableName = arn, Key = ID }))
  end)

  it("are written only if a condition holds", function()
    put { id = { S = "1" }, n = { N = "1" } }
    local request = {
      TableName = "Users",
      Item = ID,
      ConditionExpression = "attribute_not_exists(id)",
      ReturnValuesOnConditionCheckFailure = "ALL_OLD",
    }
    local code, message, answer = service:fails("PutItem", request)
    assert.same(
      { "ConditionalCheckFailedException", "The conditional request failed" },
      { code, message }
    )
    assert.same({ id = { S = "1" }, n = { N = "1" } }, answer.Item)
    request.ReturnValuesOnConditionCheckFailure = nil
    assert.is_nil(select(3, service:fails("PutItem", request)).Item)
    assert.same({ N = "1" }, get(ID).n)
  end)

  it("are updated, with each word of ReturnValues", function()
    local VALUES = { [":n"] = { N = "2" } }
    local function update(text, word)
      return service:must("UpdateItem", {
        TableName = "Users",
        Key = ID,
        UpdateExpression = text,
        ExpressionAttributeValues = text:find ":n" and VALUES or nil,
        ReturnValues = word,
      }).Attributes
    end
    assert.is_nil(update("SET n = :n, m = :n", "ALL_OLD"))
    assert.same({ n = { N = "2" } }, update("SET n = n + :n", "UPDATED_OLD"))
    assert.same({ n = { N = "6" } }, update("ADD n :n", "UPDATED_NEW"))
    assert.same(
      { id = { S = "1" }, n = { N = "6" }, m = { N = "2" } },
      update("REMOVE x", "ALL_OLD")
    )
    assert.same({ id = { S = "1" }, n = { N = "6" } }, update("REMOVE m", "ALL_NEW"))
    assert.is_nil(update("REMOVE n", "UPDATED_NEW"))
    assert.is_nil(update("SET n = :n", "NONE"))
    assert.same({ id = { S = "1" }, n = { N = "2" } }, get(ID))
  end)

  it("are made of their key by an update without an expression", function()
    service:must("UpdateItem", { TableName = "Users", Key = ID })
    assert.same(ID, get(ID))
  end)

  it("say what they cost", function()
    local item = { id = { S = "1" }, text = { S = ("x"):rep(1500) } }
    local units = put(item, { ReturnConsumedCapacity = "TOTAL" }).ConsumedCapacity
    assert.same({ TableName = "Users", CapacityUnits = 2 }, units)
    local function read(more)
      local request = { TableName = "Users", Key = ID, ReturnConsumedCapacity = "INDEXES" }
      request.ConsistentRead = more
      return service:must("GetItem", request).ConsumedCapacity
    end
    assert.same(
      { TableName = "Users", CapacityUnits = 0.5, Table = { CapacityUnits = 0.5 } },
      read(nil)
    )
    assert.equal(1, read(true).CapacityUnits)
  end)

  local LONG = ("x"):rep(2049)
  for name, row in pairs {
    ["a key with too little"] = {
      "GetItem",
      { TableName = "Log", Key = ID },
      "The provided key element does not match the schema",
    },
    ["a key with too much"] = {
      "GetItem",
      { TableName = "Users", Key = { id = { S = "1" }, x = { S = "1" } } },
      "The provided key element does not match the schema",
    },
    ["a key of another type"] = {
      "DeleteItem",
      { TableName = "Users", Key = { id = { N = "1" } } },
      "The provided key element does not match the schema",
    },
    ["an item without its key"] = {
      "PutItem",
      { TableName = "Users", Item = { n = { N = "1" } } },
      INVALID .. "Missing the key id in the item",
    },
    ["an item whose key has another type"] = {
      "PutItem",
      { TableName = "Users", Item = { id = { N = "1" } } },
      INVALID .. "Type mismatch for key id expected: S actual: N",
    },
    ["an empty key"] = {
      "PutItem",
      { TableName = "Users", Item = { id = { S = "" } } },
      "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
        .. "contain an empty string value. Key: id",
    },
    ["a long key"] = {
      "PutItem",
      { TableName = "Users", Item = { id = { S = LONG } } },
      INVALID .. "Size of hashkey has exceeded the maximum size limit of2048 bytes",
    },
    ["a large item"] = {
      "PutItem",
      { TableName = "Users", Item = { id = { S = "1" }, x = { S = ("x"):rep(400 * 1024) } } },
      "Item size has exceeded the maximum allowed size",
    },
    ["a word that PutItem has not"] = {
      "PutItem",
      { TableName = "Users", Item = ID, ReturnValues = "ALL_NEW" },
      "Return values set to invalid value",
    },
    ["an update of the key"] = {
      "UpdateItem",
      {
        TableName = "Users",
        Key = ID,
        UpdateExpression = "SET id = :x",
        ExpressionAttributeValues = { [":x"] = { S = "2" } },
      },
      INVALID .. "Cannot update attribute id. This attribute is part of the key",
    },
    ["a member that is missing"] = {
      "GetItem",
      { TableName = "Users" },
      "1 validation error detected: Value null at 'key' failed to satisfy constraint: Member must "
        .. "not be null",
    },
  } do
    it("refuse " .. name, function()
      local code, message = service:fails(row[1], row[2])
      assert.same({ "ValidationException", row[3] }, { code, message })
    end)
  end

  it("are in a table that is there", function()
    local code, message = service:fails("GetItem", { TableName = "Gone", Key = ID })
    assert.same({ "ResourceNotFoundException", "Requested resource not found" }, { code, message })
  end)

  it("have the types of their indexes' keys", function()
    service:create("Indexed", { { "id", "S" }, { "x", "N" } }, {
      KeySchema = { { AttributeName = "id", KeyType = "HASH" } },
      GlobalSecondaryIndexes = {
        {
          IndexName = "by_x",
          KeySchema = { { AttributeName = "x", KeyType = "HASH" } },
          Projection = { ProjectionType = "ALL" },
        },
      },
    })
    local request = { TableName = "Indexed", Item = { id = { S = "1" }, x = { S = "no" } } }
    local _, message = service:fails("PutItem", request)
    assert.equal(
      INVALID .. "Type mismatch for Index Key x Expected: N Actual: S IndexName: by_x",
      message
    )
  end)

  it("are not written when the rest of the request is refused", function()
    local request = {
      TableName = "Users",
      Item = ID,
      ConditionExpression = "attribute_not_exists(id)",
      ExpressionAttributeNames = { ["#unused"] = "x" },
    }
    assert.equal("ValidationException", (service:fails("PutItem", request)))
    request.ConditionExpression = nil
    assert.equal(
      "ExpressionAttributeNames can only be specified when using expressions: ConditionExpression is "
        .. "null",
      (select(2, service:fails("PutItem", request)))
    )
    assert.is_nil(get(ID))
  end)

  it("tell what the store does not have", function()
    assert.equal("NotEmbedded", (service:fails("CreateBackup", {
      TableName = "Users",
      BackupName = "b",
    })))
    assert.equal("SerializationException", (service:fails("GetItem", "[]x")))
  end)
end)
