-- SPDX-License-Identifier: MIT
if not pcall(require, "dynamo.sqlite") then
  return pending "dynamo/sqlite.so is not built: SQLite's header is not here"
end

local services = require "support.embedded_service"

local INVALID = "One or more parameter values were invalid: "

describe("tables in the store inside the process", function()
  local service

  before_each(function()
    service = services.new()
  end)

  it("are made, described, listed and deleted", function()
    local made = service:create("Users", { { "id", "S" } }).TableDescription
    assert.same({ "ACTIVE", "Users", 0 }, { made.TableStatus, made.TableName, made.ItemCount })
    assert.equal("PAY_PER_REQUEST", made.BillingModeSummary.BillingMode)
    service:must("PutItem", { TableName = "Users", Item = { id = { S = "12" } } })
    local described = service:must("DescribeTable", { TableName = "Users" }).Table
    assert.same({ 1, 4 }, { described.ItemCount, described.TableSizeBytes })
    assert.equal(made.TableId, described.TableId)
    assert.same({ TableNames = { "Users" } }, service:must("ListTables", {}))
    local gone = service:must("DeleteTable", { TableName = "Users" }).TableDescription
    assert.equal("DELETING", gone.TableStatus)
    assert.same({ TableNames = {} }, service:must("ListTables", {}))
    assert.equal(
      "ResourceNotFoundException",
      (service:fails("DeleteTable", { TableName = "Users" }))
    )
  end)

  it("are listed page by page", function()
    for _, name in ipairs { "ccc", "aaa", "bbb" } do
      service:create(name, { { "id", "S" } })
    end
    assert.same(
      { TableNames = { "aaa", "bbb" }, LastEvaluatedTableName = "bbb" },
      service:must("ListTables", { Limit = 2 })
    )
    assert.same(
      { TableNames = { "ccc" } },
      service:must("ListTables", { Limit = 2, ExclusiveStartTableName = "bbb" })
    )
    assert.equal("ValidationException", (service:fails("ListTables", { Limit = 0 })))
    assert.equal("ValidationException", (service:fails("ListTables", { Limit = 101 })))
  end)

  it("are there once, and as long as they are protected", function()
    service:create("Users", { { "id", "S" } }, { DeletionProtectionEnabled = true })
    local code, message = service:fails("DeleteTable", { TableName = "Users" })
    assert.equal("ValidationException", code)
    assert.truthy(message:find("protected against deletion", 1, true))
    local ok, said = pcall(service.create, service, "Users", { { "id", "S" } })
    assert.is_false(ok)
    assert.truthy(said:find("ResourceInUseException: Table already exists: Users", 1, true))
  end)

  it("have a stream from the beginning", function()
    local view = { StreamEnabled = true, StreamViewType = "NEW_IMAGE" }
    local made = service:create("Users", { { "id", "S" } }, { StreamSpecification = view })
    local arn = made.TableDescription.LatestStreamArn
    assert.equal(view.StreamViewType, made.TableDescription.StreamSpecification.StreamViewType)
    service:must("PutItem", { TableName = "Users", Item = { id = { S = "1" } } })
    local shard = service:must("DescribeStream", { StreamArn = arn }).StreamDescription.Shards[1]
    local iterator = service:must("GetShardIterator", {
      StreamArn = arn,
      ShardId = shard.ShardId,
      ShardIteratorType = "TRIM_HORIZON",
    }).ShardIterator
    local records = service:must("GetRecords", { ShardIterator = iterator }).Records
    assert.same({ 1, "INSERT" }, { #records, records[1].eventName })
  end)

  local HASH = { { AttributeName = "id", KeyType = "HASH" } }
  local ID = { { AttributeName = "id", AttributeType = "S" } }
  local function index(more)
    local one = {
      IndexName = "by_id",
      KeySchema = HASH,
      Projection = { ProjectionType = "ALL" },
    }
    for name, value in pairs(more or {}) do
      one[name] = value
    end
    return { one }
  end

  for name, row in pairs {
    ["a short name"] = {
      { TableName = "ab" },
      "1 validation error detected: Value 'ab' at 'tableName' failed to satisfy constraint: Member "
        .. "must have length greater than or equal to 3",
    },
    ["a name with blanks"] = {
      { TableName = "a b c" },
      "1 validation error detected: Value 'a b c' at 'tableName' failed to satisfy constraint: "
        .. "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
    },
    ["throughput on demand"] = {
      { ProvisionedThroughput = { ReadCapacityUnits = 1, WriteCapacityUnits = 1 } },
      INVALID
        .. "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when "
        .. "BillingMode is PAY_PER_REQUEST",
    },
    ["no throughput"] = {
      { BillingMode = "PROVISIONED" },
      INVALID
        .. "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode "
        .. "is PROVISIONED",
    },
    ["a key that begins with its second part"] = {
      { KeySchema = { { AttributeName = "id", KeyType = "RANGE" } } },
      "Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
    },
    ["a key that is not defined"] = {
      { KeySchema = { { AttributeName = "other", KeyType = "HASH" } } },
      INVALID
        .. "Some index key attributes are not defined in AttributeDefinitions. Keys: "
        .. "[other], AttributeDefinitions: [id]",
    },
    ["a definition that no key uses"] = {
      {
        AttributeDefinitions = {
          { AttributeName = "id", AttributeType = "S" },
          { AttributeName = "x", AttributeType = "S" },
        },
      },
      INVALID
        .. "Some AttributeDefinitions are not used. AttributeDefinitions: [id, x], keys "
        .. "used: [x]",
    },
    ["an empty list of indexes"] = {
      { GlobalSecondaryIndexes = {} },
      INVALID .. "List of GlobalSecondaryIndexes is empty",
    },
    ["an index that includes nothing"] = {
      { GlobalSecondaryIndexes = index { Projection = { ProjectionType = "INCLUDE" } } },
      INVALID .. "ProjectionType is INCLUDE, but NonKeyAttributes is not specified",
    },
    ["a local index without a sort key"] = {
      { LocalSecondaryIndexes = index() },
      INVALID
        .. "Table KeySchema does not have a range key, which is required when specifying a "
        .. "LocalSecondaryIndex",
    },
  } do
    it("refuse " .. name, function()
      local request = {
        TableName = "Users",
        BillingMode = "PAY_PER_REQUEST",
        KeySchema = HASH,
        AttributeDefinitions = ID,
      }
      for member, value in pairs(row[1]) do
        request[member] = value
      end
      local code, message = service:fails("CreateTable", request)
      assert.same({ "ValidationException", row[2] }, { code, message })
    end)
  end
end)
