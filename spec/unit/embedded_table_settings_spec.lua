-- SPDX-License-Identifier: MIT
if not pcall(require, "dynamo.sqlite") then
  return pending "dynamo/sqlite.so is not built: SQLite's header is not here"
end

local services = require "support.embedded_service"

describe("a table of the store inside the process", function()
  local service

  before_each(function()
    service = services.new()
    service:create("Users", { { "id", "S" } })
    for i = 1, 3 do
      service:must("PutItem", {
        TableName = "Users",
        Item = { id = { S = tostring(i) }, city = { S = i < 3 and "Rome" or "Oslo" } },
      })
    end
  end)

  local function update(more)
    local request = { TableName = "Users" }
    for member, value in pairs(more) do
      request[member] = value
    end
    return service:must("UpdateTable", request).TableDescription
  end

  local INDEX = {
    AttributeDefinitions = { { AttributeName = "city", AttributeType = "S" } },
    GlobalSecondaryIndexUpdates = {
      {
        Create = {
          IndexName = "by_city",
          KeySchema = { { AttributeName = "city", KeyType = "HASH" } },
          Projection = { ProjectionType = "ALL" },
        },
      },
    },
  }

  it("gets an index of what is there, and loses it", function()
    local index = update(INDEX).GlobalSecondaryIndexes[1]
    assert.same({ "by_city", "ACTIVE", 3 }, { index.IndexName, index.IndexStatus, index.ItemCount })
    local found = service:must("Query", {
      TableName = "Users",
      IndexName = "by_city",
      KeyConditionExpression = "city = :c",
      ExpressionAttributeValues = { [":c"] = { S = "Rome" } },
    })
    assert.equal(2, found.Count)
    local code, message = service:fails("UpdateTable", {
      TableName = "Users",
      AttributeDefinitions = INDEX.AttributeDefinitions,
      GlobalSecondaryIndexUpdates = INDEX.GlobalSecondaryIndexUpdates,
    })
    assert.same(
      { "ValidationException", "Attempting to create an index which already exists" },
      { code, message }
    )
    local after =
      update { GlobalSecondaryIndexUpdates = { { Delete = { IndexName = "by_city" } } } }
    assert.is_nil(after.GlobalSecondaryIndexes)
    assert.equal(1, #after.AttributeDefinitions)
    code = service:fails("UpdateTable", {
      TableName = "Users",
      GlobalSecondaryIndexUpdates = { { Delete = { IndexName = "by_city" } } },
    })
    assert.equal("ResourceNotFoundException", code)
  end)

  it("is paid for another way", function()
    local throughput = { ReadCapacityUnits = 5, WriteCapacityUnits = 6 }
    local after = update { BillingMode = "PROVISIONED", ProvisionedThroughput = throughput }
    assert.same({ 5, 6 }, {
      after.ProvisionedThroughput.ReadCapacityUnits,
      after.ProvisionedThroughput.WriteCapacityUnits,
    })
    after = update { BillingMode = "PAY_PER_REQUEST" }
    assert.same(
      { 0, "PAY_PER_REQUEST" },
      { after.ProvisionedThroughput.ReadCapacityUnits, after.BillingModeSummary.BillingMode }
    )
  end)

  for name, request in pairs {
    ["the same throughput"] = {
      BillingMode = "PROVISIONED",
      ProvisionedThroughput = { ReadCapacityUnits = 5, WriteCapacityUnits = 6 },
    },
    ["throughput on demand"] = {
      BillingMode = "PAY_PER_REQUEST",
      ProvisionedThroughput = { ReadCapacityUnits = 1, WriteCapacityUnits = 1 },
    },
    ["throughput of none"] = {
      ProvisionedThroughput = { ReadCapacityUnits = 0, WriteCapacityUnits = 1 },
    },
  } do
    it("is not paid for by " .. name, function()
      update {
        BillingMode = "PROVISIONED",
        ProvisionedThroughput = { ReadCapacityUnits = 5, WriteCapacityUnits = 6 },
      }
      request.TableName = "Users"
      assert.equal("ValidationException", (service:fails("UpdateTable", request)))
    end)
  end

  it("is protected", function()
    assert.is_true(update({ DeletionProtectionEnabled = true }).DeletionProtectionEnabled)
    assert.equal("ValidationException", (service:fails("DeleteTable", { TableName = "Users" })))
    update { DeletionProtectionEnabled = false }
    service:must("DeleteTable", { TableName = "Users" })
  end)

  it("gets a stream, once, and loses it", function()
    local on = { StreamEnabled = true, StreamViewType = "KEYS_ONLY" }
    local arn = update({ StreamSpecification = on }).LatestStreamArn
    assert.truthy(arn:find("table/Users/stream/", 1, true))
    local _, message =
      service:fails("UpdateTable", { TableName = "Users", StreamSpecification = on })
    assert.equal("Table already has an enabled stream: TableName: Users", message)
    assert.is_nil(update({ StreamSpecification = { StreamEnabled = false } }).StreamSpecification)
    _, message = service:fails("UpdateTable", {
      TableName = "Users",
      StreamSpecification = { StreamEnabled = false },
    })
    assert.equal("Table has no stream to disable: TableName: Users", message)
  end)

  it("is not changed by nothing", function()
    local code, message = service:fails("UpdateTable", { TableName = "Users" })
    assert.equal("ValidationException", code)
    assert.truthy(message:find("At least one of", 1, true))
  end)

  it("lets items expire", function()
    local function describe_ttl()
      return service:must("DescribeTimeToLive", { TableName = "Users" }).TimeToLiveDescription
    end
    assert.same({ TimeToLiveStatus = "DISABLED" }, describe_ttl())
    local request = {
      TableName = "Users",
      TimeToLiveSpecification = { Enabled = true, AttributeName = "ends" },
    }
    service:must("UpdateTimeToLive", request)
    assert.same({ TimeToLiveStatus = "ENABLED", AttributeName = "ends" }, describe_ttl())
    local _, message = service:fails("UpdateTimeToLive", request)
    assert.equal("TimeToLive is already enabled", message)
    service:must("PutItem", {
      TableName = "Users",
      Item = { id = { S = "soon" }, ends = { N = ("%d"):format(service.time + 5) } },
    })
    service.time = service.time + 4
    assert.equal(4, service:must("Scan", { TableName = "Users" }).Count)
    service.time = service.time + 10
    assert.equal(3, service:must("Scan", { TableName = "Users" }).Count)
    request.TimeToLiveSpecification.Enabled = false
    service:must("UpdateTimeToLive", request)
    assert.same({ TimeToLiveStatus = "DISABLED" }, describe_ttl())
  end)

  it("has tags", function()
    local arn = service:must("DescribeTable", { TableName = "Users" }).Table.TableArn
    local function tags()
      return service:must("ListTagsOfResource", { ResourceArn = arn }).Tags
    end
    assert.same({}, tags())
    service:must("TagResource", {
      ResourceArn = arn,
      Tags = { { Key = "b", Value = "2" }, { Key = "a", Value = "1" } },
    })
    service:must("UntagResource", { ResourceArn = arn, TagKeys = { "b" } })
    assert.same({ { Key = "a", Value = "1" } }, tags())
    local code = service:fails("ListTagsOfResource", { ResourceArn = arn .. "x" })
    assert.equal("AccessDeniedException", code)
    code =
      service:fails("TagResource", { ResourceArn = "Users", Tags = { { Key = "a", Value = "" } } })
    assert.equal("ValidationException", code)
  end)

  it("is one of an account", function()
    assert.equal(80000, service:must("DescribeLimits", {}).AccountMaxReadCapacityUnits)
    assert.equal("embedded", service:must("DescribeEndpoints", {}).Endpoints[1].Address)
  end)
end)
