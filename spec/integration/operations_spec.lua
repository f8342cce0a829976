-- SPDX-License-Identifier: MIT
-- The low-level operations against emulators: AWS's own names in, the whole response out.
local dynamo = require "dynamo"
local emulator = require "support.emulator"

local FAILED = "ConditionalCheckFailedException"

-- Returns the `member` of each element.
local function pluck(list, member)
  local values = {}
  for i, element in ipairs(list) do
    values[i] = element[member]
  end
  return values
end

local function sorted(list)
  table.sort(list)
  return list
end

emulator.each("tables", function(host)
  local db = host.db

  host:it("are created, described, listed, updated and deleted", function()
    local definition = host.definition({ { "pk", "S" }, { "sk", "N" } }, {
      BillingMode = "PROVISIONED",
      ProvisionedThroughput = { ReadCapacityUnits = 1, WriteCapacityUnits = 1 },
    })
    local name = definition.TableName
    local created, message, info = db:create_table(definition)
    assert.is_nil(message)
    assert.matches("^%w+$", info.request_id)
    assert.equal(name, created.TableDescription.TableName)
    host:await(name)

    local table_ = assert(db:describe_table { TableName = name }).Table
    assert.same(definition.KeySchema, table_.KeySchema)
    assert.same(definition.AttributeDefinitions, table_.AttributeDefinitions)
    assert.is_number(table_.CreationDateTime)
    assert.is_true(math.abs(table_.CreationDateTime - os.time()) < 3600)
    assert.equal(":table/" .. name, table_.TableArn:match(":table/.*$"))

    local throughput = { ReadCapacityUnits = 3, WriteCapacityUnits = 2 }
    assert(db:update_table { TableName = name, ProvisionedThroughput = throughput })
    host:await(name)
    table_ = assert(db:describe_table { TableName = name }).Table
    assert.equal(3, table_.ProvisionedThroughput.ReadCapacityUnits)
    assert.equal(2, table_.ProvisionedThroughput.WriteCapacityUnits)

    assert(db:delete_table { TableName = name })
    local response, _, err = db:put_item { TableName = name, Item = { pk = "a", sk = 1 } }
    assert.is_nil(response)
    assert.equal("ResourceNotFoundException", err.code)
  end)

  host:it("are listed page by page", function()
    local wanted = {}
    for i = 1, 3 do
      wanted[i] = host:create { { "pk", "S" } }
    end
    local seen, start = {}, nil
    repeat
      local page = assert(db:list_tables { Limit = 1, ExclusiveStartTableName = start })
      assert.is_true(#page.TableNames <= 1)
      for _, name in ipairs(page.TableNames) do
        seen[name] = (seen[name] or 0) + 1
      end
      start = page.LastEvaluatedTableName
    until not start
    for _, name in ipairs(wanted) do
      assert.equal(1, seen[name])
    end
  end)

  host:it("have tags", function()
    local name = host:create { { "pk", "S" } }
    local arn = assert(db:describe_table { TableName = name }).Table.TableArn
    local tags = { { Key = "owner", Value = "Ann" }, { Key = "stage", Value = "" } }
    assert.same({}, db:tag_resource { ResourceArn = arn, Tags = tags })
    local listed = assert(db:list_tags_of_resource { ResourceArn = arn }).Tags
    assert.same({ "owner", "stage" }, sorted(pluck(listed, "Key")))
    assert.same({}, db:untag_resource { ResourceArn = arn, TagKeys = { "owner" } })
    assert.same(
      { { Key = "stage", Value = "" } },
      assert(db:list_tags_of_resource { ResourceArn = arn }).Tags
    )
  end)

  host:it("say how long items live", function()
    local name = host:create { { "pk", "S" } }
    local response = assert(db:describe_time_to_live { TableName = name })
    assert.equal("DISABLED", response.TimeToLiveDescription.TimeToLiveStatus)
  end)

  host:it("let items expire", "update_ttl", function()
    local name = host:create { { "pk", "S" } }
    local wanted = { AttributeName = "expires", Enabled = true }
    local response = assert(db:update_time_to_live {
      TableName = name,
      TimeToLiveSpecification = wanted,
    })
    assert.same(wanted, response.TimeToLiveSpecification)
    assert.same(
      { AttributeName = "expires", TimeToLiveStatus = "ENABLED" },
      assert(db:describe_time_to_live { TableName = name }).TimeToLiveDescription
    )
  end)

  host:it("have a policy", "resource_policies", function()
    local name = host:create { { "pk", "S" } }
    local arn = assert(db:describe_table { TableName = name }).Table.TableArn
    local policy = '{"Version":"2012-10-17","Statement":[]}'
    local put = assert(db:put_resource_policy { ResourceArn = arn, Policy = policy })
    assert.same(
      { Policy = policy, RevisionId = put.RevisionId },
      db:get_resource_policy { ResourceArn = arn }
    )
    assert(db:delete_resource_policy { ResourceArn = arn })
    local _, _, err = db:get_resource_policy { ResourceArn = arn }
    assert.equal("PolicyNotFoundException", err.code)
  end)

  host:it("are backed up continuously", "backups", function()
    local name = host:create { { "pk", "S" } }
    local function status(response)
      return response.ContinuousBackupsDescription.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus
    end
    assert.equal("DISABLED", status(assert(db:describe_continuous_backups { TableName = name })))
    assert.equal(
      "ENABLED",
      status(assert(db:update_continuous_backups {
        TableName = name,
        PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled = true },
      }))
    )
  end)

  host:it("are backed up and restored", "backups", function()
    local name = host:create { { "pk", "S" } }
    assert(db:put_item { TableName = name, Item = { pk = "a", n = 1 } })
    local made = assert(db:create_backup { TableName = name, BackupName = "first" }).BackupDetails
    assert.equal("first", made.BackupName)
    local listed = assert(db:list_backups { TableName = name }).BackupSummaries
    assert.same({ made.BackupArn }, pluck(listed, "BackupArn"))
    local described = assert(db:describe_backup { BackupArn = made.BackupArn }).BackupDescription
    assert.equal(name, described.SourceTableDetails.TableName)

    local copy = host.definition({}).TableName
    assert(db:restore_table_from_backup { BackupArn = made.BackupArn, TargetTableName = copy })
    host:await(copy)
    assert.same(
      { Item = { pk = "a", n = 1 } },
      db:get_item { TableName = copy, Key = { pk = "a" } }
    )
    assert(db:delete_table { TableName = copy })

    local deleted = assert(db:delete_backup { BackupArn = made.BackupArn }).BackupDescription
    assert.equal("DELETED", deleted.BackupDetails.BackupStatus)
    local _, _, err = db:describe_backup { BackupArn = made.BackupArn }
    assert.equal("BackupNotFoundException", err.code)
  end)

  host:it("have streams of changes", "streams", function()
    local name = host:create({ { "pk", "S" } }, {
      StreamSpecification = { StreamEnabled = true, StreamViewType = "NEW_AND_OLD_IMAGES" },
    })
    assert(db:put_item { TableName = name, Item = { pk = "a", tags = dynamo.set { "x" } } })
    assert(db:put_item { TableName = name, Item = { pk = "a", n = dynamo.number "0.10" } })
    assert(db:delete_item { TableName = name, Key = { pk = "a" } })

    local streams = assert(db:list_streams { TableName = name }).Streams
    assert.same({ name }, pluck(streams, "TableName"))
    local arn = streams[1].StreamArn
    local stream = assert(db:describe_stream { StreamArn = arn }).StreamDescription
    assert.equal("NEW_AND_OLD_IMAGES", stream.StreamViewType)
    local iterator = assert(db:get_shard_iterator {
      StreamArn = arn,
      ShardId = stream.Shards[1].ShardId,
      ShardIteratorType = "TRIM_HORIZON",
    }).ShardIterator
    local records = assert(db:get_records { ShardIterator = iterator }).Records
    assert.same({ "INSERT", "MODIFY", "REMOVE" }, pluck(records, "eventName"))
    local second = records[2].dynamodb
    assert.same({ pk = "a" }, second.Keys)
    assert.same({ pk = "a", tags = dynamo.set { "x" } }, second.OldImage)
    assert.is_true(second.OldImage.tags:has "x")
    assert.same({ pk = "a", n = 0.1 }, second.NewImage)
  end)
end)

emulator.each("the account", function(host)
  local db = host.db

  host:it("has limits", "limits", function()
    local limits = assert(db:describe_limits())
    for _, member in ipairs {
      "AccountMaxReadCapacityUnits",
      "AccountMaxWriteCapacityUnits",
      "TableMaxReadCapacityUnits",
      "TableMaxWriteCapacityUnits",
    } do
      assert.is_true(limits[member] > 0)
    end
  end)

  host:it("has endpoints", "endpoints", function()
    local endpoints = assert(db:describe_endpoints()).Endpoints
    assert.is_string(endpoints[1].Address)
    assert.is_number(endpoints[1].CachePeriodInMinutes)
  end)
end)

emulator.each("PutItem", function(host)
  local db = host.db
  local name, count

  setup(function()
    name = host:create { { "pk", "S" } }
    count = 0
  end)

  local function fresh_key()
    count = count + 1
    return "item-" .. count
  end

  -- Puts { pk, a = "new" } with more parameters over what is there.
  local function put(pk, more)
    local params = { TableName = name, Item = { pk = pk, a = "new" } }
    for member, value in pairs(more) do
      params[member] = value
    end
    return db:put_item(params)
  end

  local function read(pk)
    return assert(db:get_item { TableName = name, Key = { pk = pk }, ConsistentRead = true }).Item
  end

  -- Returns the key of an item { pk, a = "old" } that is written.
  local function stored()
    local pk = fresh_key()
    assert(db:put_item { TableName = name, Item = { pk = pk, a = "old" } })
    return pk
  end

  -- Asserts that the parameters let the put through, or that they stop it.
  local function assert_put(pk, more)
    assert(put(pk, more))
    assert.same({ pk = pk, a = "new" }, read(pk))
  end

  local function assert_stopped(pk, more)
    local before = read(pk)
    local response, message, err = put(pk, more)
    assert.is_nil(response)
    assert.equal(FAILED .. ": The conditional request failed", message)
    assert.equal(FAILED, err.code)
    assert.same(before, read(pk))
  end

  host:it("sends every parameter as it is given", function()
    local body = assert(db:explain("put_item", {
      TableName = "Users",
      Item = { userId = "1", n = 1 },
      ConditionExpression = "#n < :n",
      ExpressionAttributeNames = { ["#n"] = "n" },
      ExpressionAttributeValues = { [":n"] = 1 },
      ReturnConsumedCapacity = "INDEXES",
      ReturnItemCollectionMetrics = "SIZE",
      ReturnValues = "ALL_OLD",
      ReturnValuesOnConditionCheckFailure = "ALL_OLD",
    })).body
    assert.equal(
      '{"ConditionExpression":"#n < :n","ExpressionAttributeNames":{"#n":"n"},'
        .. '"ExpressionAttributeValues":{":n":{"N":"1"}},"Item":{"n":{"N":"1"},"userId":{"S":"1"}},'
        .. '"ReturnConsumedCapacity":"INDEXES","ReturnItemCollectionMetrics":"SIZE",'
        .. '"ReturnValues":"ALL_OLD","ReturnValuesOnConditionCheckFailure":"ALL_OLD",'
        .. '"TableName":"Users"}',
      body
    )
  end)

  host:it("sends every legacy parameter as it is given", function()
    local body = assert(db:explain("PutItem", {
      TableName = "arn:aws:dynamodb:us-east-1:123456789012:table/Users",
      Item = { userId = "1" },
      Expected = {
        a = { ComparisonOperator = "BETWEEN", AttributeValueList = { 1, 2 } },
        b = { Exists = true, Value = "x" },
        c = { Exists = false },
      },
      ConditionalOperator = "OR",
    })).body
    assert.equal(
      '{"ConditionalOperator":"OR","Expected":{'
        .. '"a":{"AttributeValueList":[{"N":"1"},{"N":"2"}],"ComparisonOperator":"BETWEEN"},'
        .. '"b":{"Exists":true,"Value":{"S":"x"}},"c":{"Exists":false}},"Item":{"userId":{"S":"1"}},'
        .. '"TableName":"arn:aws:dynamodb:us-east-1:123456789012:table/Users"}',
      body
    )
  end)

  host:it("takes all that go together", function()
    local pk = stored()
    local response, message, info = put(pk, {
      ConditionExpression = "#a = :a",
      ExpressionAttributeNames = { ["#a"] = "a" },
      ExpressionAttributeValues = { [":a"] = "old" },
      ReturnConsumedCapacity = "TOTAL",
      ReturnItemCollectionMetrics = "SIZE",
      ReturnValues = "ALL_OLD",
      ReturnValuesOnConditionCheckFailure = "ALL_OLD",
    })
    assert.is_nil(message)
    assert.same({ pk = pk, a = "old" }, response.Attributes)
    assert.equal(name, response.ConsumedCapacity.TableName)
    assert.same(response.ConsumedCapacity, info.consumed_capacity)
    assert.same({ pk = pk, a = "new" }, read(pk))
  end)

  host:it("takes a table's ARN", "table_arn", function()
    local arn = assert(db:describe_table { TableName = name }).Table.TableArn
    assert_put(fresh_key(), { TableName = arn })
  end)

  host:it("obeys ConditionExpression", function()
    local absent = { ConditionExpression = "attribute_not_exists(pk)" }
    local pk = fresh_key()
    assert_put(pk, absent)
    assert_stopped(pk, absent)
  end)

  host:it("obeys Expected and Exists", function()
    local absent = { Expected = { pk = { Exists = false } } }
    local pk = fresh_key()
    assert_put(pk, absent)
    assert_stopped(pk, absent)
  end)

  host:it("obeys Expected and Value", function()
    local pk = stored()
    assert_stopped(pk, { Expected = { a = { Value = "other" } } })
    assert_put(pk, { Expected = { a = { Value = "old" } } })
  end)

  local OPERATORS = {
    { "EQ", { "old" }, { "new" } },
    { "NE", { "new" }, { "old" } },
    { "GE", { "old" }, { "older" } },
    { "BEGINS_WITH", { "ol" }, { "ne" } },
    { "BETWEEN", { "oa", "oz" }, { "pa", "pz" } },
    { "IN", { "x", "old" }, { "x", "y" } },
    { "CONTAINS", { "ld" }, { "xx" } },
  }
  for _, row in ipairs(OPERATORS) do
    host:it("obeys Expected and " .. row[1], function()
      local function expecting(values)
        return { Expected = { a = { ComparisonOperator = row[1], AttributeValueList = values } } }
      end
      local pk = stored()
      assert_stopped(pk, expecting(row[3]))
      assert_put(pk, expecting(row[2]))
    end)
  end

  host:it("obeys ConditionalOperator", "conditional_operator", function()
    local pk = stored()
    local expected = { a = { Value = "old" }, b = { Value = "nothing" } }
    assert_stopped(pk, { Expected = expected })
    assert_stopped(pk, { Expected = expected, ConditionalOperator = "AND" })
    assert_put(pk, { Expected = expected, ConditionalOperator = "OR" })
  end)

  host:it("obeys ReturnValues", function()
    local pk = stored()
    assert.is_nil(assert(put(pk, { ReturnValues = "NONE" })).Attributes)
    assert.same({ pk = pk, a = "new" }, assert(put(pk, { ReturnValues = "ALL_OLD" })).Attributes)
  end)

  host:it("obeys ReturnConsumedCapacity", function()
    local pk = stored()
    assert.is_nil(assert(put(pk, { ReturnConsumedCapacity = "NONE" })).ConsumedCapacity)
    local total = assert(put(pk, { ReturnConsumedCapacity = "TOTAL" })).ConsumedCapacity
    assert.same({ CapacityUnits = 1, TableName = name }, total)
    local indexes = assert(put(pk, { ReturnConsumedCapacity = "INDEXES" })).ConsumedCapacity
    assert.same({ CapacityUnits = 1, TableName = name, Table = { CapacityUnits = 1 } }, indexes)
  end)

  host:it("accepts every word of ReturnItemCollectionMetrics", function()
    for _, word in ipairs { "NONE", "SIZE" } do
      assert_put(fresh_key(), { ReturnItemCollectionMetrics = word })
    end
  end)

  host:it("obeys ReturnValuesOnConditionCheckFailure", "failed_item", function()
    local pk = stored()
    local function fail(word)
      local _, _, err = put(pk, {
        ConditionExpression = "attribute_not_exists(pk)",
        ReturnValuesOnConditionCheckFailure = word,
      })
      assert.equal(FAILED, err.code)
      return err.item
    end
    assert.same({ pk = pk, a = "old" }, fail "ALL_OLD")
    assert.is_nil(fail "NONE")
    assert.is_nil(fail(nil))
  end)
end)

emulator.each("UpdateItem", function(host)
  local db = host.db
  local name

  setup(function()
    name = host:create { { "pk", "S" } }
  end)

  local WORDS = {
    { "NONE", nil },
    { "ALL_OLD", { pk = "k", n = 1, kept = true } },
    { "UPDATED_OLD", { n = 1 } },
    { "ALL_NEW", { pk = "k", n = 2, kept = true, s = "x" } },
    { "UPDATED_NEW", { n = 2, s = "x" } },
  }
  for _, row in ipairs(WORDS) do
    host:it("returns " .. row[1], function()
      assert(db:put_item { TableName = name, Item = { pk = "k", n = 1, kept = true } })
      local response = assert(db:update_item {
        TableName = name,
        Key = { pk = "k" },
        UpdateExpression = "SET n = n + :one, #s = :s",
        ExpressionAttributeNames = { ["#s"] = "s" },
        ExpressionAttributeValues = { [":one"] = 1, [":s"] = "x" },
        ConditionExpression = "attribute_exists(pk)",
        ReturnValues = row[1],
      })
      assert.same(row[2], response.Attributes)
    end)
  end

  host:it("takes the parameters that expressions replaced", function()
    assert(db:put_item { TableName = name, Item = { pk = "k", n = 1, gone = true } })
    local response = assert(db:update_item {
      TableName = name,
      Key = { pk = "k" },
      AttributeUpdates = {
        n = { Action = "ADD", Value = 4 },
        s = { Action = "PUT", Value = "x" },
        gone = { Action = "DELETE" },
      },
      Expected = { n = { Value = 1 } },
      ReturnValues = "ALL_NEW",
    })
    assert.same({ pk = "k", n = 5, s = "x" }, response.Attributes)
  end)

  host:it("is DeleteItem's and GetItem's neighbour", function()
    local key = { TableName = name, Key = { pk = "gone" } }
    assert.same({}, db:get_item(key))
    assert(db:update_item {
      TableName = name,
      Key = { pk = "gone" },
      UpdateExpression = "SET n = :n",
      ExpressionAttributeValues = { [":n"] = 1 },
    })
    assert.same({ pk = "gone", n = 1 }, assert(db:get_item(key)).Item)
    local deleted = assert(db:delete_item {
      TableName = name,
      Key = { pk = "gone" },
      ReturnValues = "ALL_OLD",
      ConditionExpression = "n = :n",
      ExpressionAttributeValues = { [":n"] = 1 },
    })
    assert.same({ pk = "gone", n = 1 }, deleted.Attributes)
    assert.is_nil(assert(db:get_item(key)).Item)
  end)
end)

emulator.each("reading many items", function(host)
  local db = host.db
  local name
  local ITEMS = 25

  setup(function()
    name = host:create({ { "pk", "S" }, { "sk", "N" } }, {
      AttributeDefinitions = {
        { AttributeName = "pk", AttributeType = "S" },
        { AttributeName = "sk", AttributeType = "N" },
        { AttributeName = "colour", AttributeType = "S" },
      },
      GlobalSecondaryIndexes = {
        {
          IndexName = "by_colour",
          KeySchema = { { AttributeName = "colour", KeyType = "HASH" } },
          Projection = { ProjectionType = "ALL" },
        },
      },
    })
    local requests = {}
    for sk = 1, ITEMS do
      local item = { pk = "p", sk = sk, colour = sk % 5 == 0 and "red" or nil }
      requests[sk] = { PutRequest = { Item = item } }
    end
    local response = assert(db:batch_write_item { RequestItems = { [name] = requests } })
    assert.is_nil(next(response.UnprocessedItems))
  end)

  -- Calls `operation` until there is no LastEvaluatedKey; returns the sort keys and the page count.
  local function all(operation, params)
    local seen, pages = {}, 0
    repeat
      local page = assert(db[operation](db, params))
      assert.equal(#page.Items, page.Count)
      for _, item in ipairs(page.Items) do
        seen[#seen + 1] = item.sk
      end
      params.ExclusiveStartKey, pages = page.LastEvaluatedKey, pages + 1
    until not params.ExclusiveStartKey
    return seen, pages
  end

  local function range(first, last, step)
    local numbers = {}
    for n = first, last, step do
      numbers[#numbers + 1] = n
    end
    return numbers
  end

  host:it("Query goes page by page", function()
    local seen, pages = all("query", {
      TableName = name,
      Limit = 10,
      KeyConditionExpression = "pk = :p",
      ExpressionAttributeValues = { [":p"] = "p" },
    })
    assert.same(range(1, ITEMS, 1), seen)
    assert.equal(3, pages)
  end)

  host:it("Query goes backwards, between bounds, filtered", function()
    local response = assert(db:query {
      TableName = name,
      ScanIndexForward = false,
      ConsistentRead = true,
      KeyConditionExpression = "pk = :p AND sk BETWEEN :low AND :high",
      FilterExpression = "attribute_not_exists(colour)",
      ExpressionAttributeValues = { [":p"] = "p", [":low"] = 4, [":high"] = 7 },
    })
    assert.same({ 7, 6, 4 }, pluck(response.Items, "sk"))
    assert.equal(4, response.ScannedCount)
  end)

  host:it("Query reads an index", function()
    local response = assert(db:query {
      TableName = name,
      IndexName = "by_colour",
      KeyConditionExpression = "colour = :c",
      ExpressionAttributeValues = { [":c"] = "red" },
    })
    assert.same({ 5, 10, 15, 20, 25 }, sorted(pluck(response.Items, "sk")))
  end)

  host:it("Query counts", function()
    local response = assert(db:query {
      TableName = name,
      Select = "COUNT",
      KeyConditions = { pk = { ComparisonOperator = "EQ", AttributeValueList = { "p" } } },
    })
    assert.equal(ITEMS, response.Count)
    assert.is_nil(response.Items)
  end)

  host:it("Scan goes page by page", function()
    local seen, pages = all("scan", { TableName = name, Limit = 10 })
    assert.same(range(1, ITEMS, 1), sorted(seen))
    assert.equal(3, pages)
  end)

  host:it("Scan goes segment by segment", function()
    local seen = {}
    for segment = 0, 2 do
      local part = all("scan", { TableName = name, Segment = segment, TotalSegments = 3 })
      for _, sk in ipairs(part) do
        seen[#seen + 1] = sk
      end
    end
    assert.same(range(1, ITEMS, 1), sorted(seen))
  end)

  host:it("BatchGetItem finds those that are there", function()
    local response = assert(db:batch_get_item {
      RequestItems = {
        [name] = {
          Keys = { { pk = "p", sk = 3 }, { pk = "p", sk = 99 }, { pk = "p", sk = 5 } },
          ProjectionExpression = "sk, #c",
          ExpressionAttributeNames = { ["#c"] = "colour" },
        },
      },
    })
    assert.same({ 3, 5 }, sorted(pluck(response.Responses[name], "sk")))
    assert.is_nil(next(response.UnprocessedKeys))
  end)

  host:it("BatchWriteItem puts and deletes in many tables", function()
    local other = host:create { { "id", "N" } }
    assert(db:put_item { TableName = other, Item = { id = 1 } })
    assert(db:batch_write_item {
      RequestItems = {
        [name] = { { PutRequest = { Item = { pk = "batch", sk = 1 } } } },
        [other] = {
          { DeleteRequest = { Key = { id = 1 } } },
          { PutRequest = { Item = { id = 2 } } },
        },
      },
    })
    assert.same({ 2 }, pluck(assert(db:scan { TableName = other }).Items, "id"))
    local key = { pk = "batch", sk = 1 }
    assert.same(key, assert(db:get_item { TableName = name, Key = key }).Item)
    assert(db:delete_item { TableName = name, Key = key })
  end)
end)

emulator.each("transactions", function(host)
  local db = host.db
  local name

  setup(function()
    name = host:create { { "pk", "S" } }
  end)

  local function read(pk)
    return assert(db:get_item { TableName = name, Key = { pk = pk } }).Item
  end

  host:it("write all", "transactions", function()
    assert(db:put_item { TableName = name, Item = { pk = "old" } })
    assert(db:transact_write_items {
      TransactItems = {
        { Put = { TableName = name, Item = { pk = "t1", n = 1 } } },
        {
          Update = {
            TableName = name,
            Key = { pk = "t2" },
            UpdateExpression = "ADD n :n",
            ExpressionAttributeValues = { [":n"] = 2 },
          },
        },
        { Delete = { TableName = name, Key = { pk = "old" } } },
        {
          ConditionCheck = {
            TableName = name,
            Key = { pk = "t3" },
            ConditionExpression = "attribute_not_exists(pk)",
          },
        },
      },
    })
    assert.same({ pk = "t1", n = 1 }, read "t1")
    assert.same({ pk = "t2", n = 2 }, read "t2")
    assert.is_nil(read "old")
  end)

  host:it("write none, and say why for each action", "transactions", function()
    assert(db:put_item { TableName = name, Item = { pk = "there", tags = dynamo.set { "x" } } })
    local response, message, err = db:transact_write_items {
      TransactItems = {
        { Put = { TableName = name, Item = { pk = "never" } } },
        {
          ConditionCheck = {
            TableName = name,
            Key = { pk = "there" },
            ConditionExpression = "attribute_exists(nope)",
            ReturnValuesOnConditionCheckFailure = "ALL_OLD",
          },
        },
        { Put = { TableName = name, Item = { pk = "neither" } } },
      },
    }
    assert.is_nil(response)
    assert.equal(
      "TransactionCanceledException: Transaction cancelled, please refer cancellation "
        .. "reasons for specific reasons [None, ConditionalCheckFailed, None]",
      message
    )
    assert.equal(3, #err.reasons)
    assert.same({ code = "None" }, err.reasons[1])
    assert.same({
      code = "ConditionalCheckFailed",
      message = "The conditional request failed",
      item = { pk = "there", tags = dynamo.set { "x" } },
    }, err.reasons[2])
    assert.is_true(err.reasons[2].item.tags:has "x")
    assert.same({ code = "None" }, err.reasons[3])
    assert.is_nil(read "never")
    assert.is_nil(read "neither")
  end)

  host:it("read in the order asked", "transactions", function()
    assert(db:put_item { TableName = name, Item = { pk = "a", n = 1 } })
    assert(db:put_item { TableName = name, Item = { pk = "b", n = 2 } })
    local response = assert(db:transact_get_items {
      TransactItems = {
        { Get = { TableName = name, Key = { pk = "b" } } },
        { Get = { TableName = name, Key = { pk = "missing" } } },
        { Get = { TableName = name, Key = { pk = "a" } } },
      },
    })
    assert.same(
      { { Item = { pk = "b", n = 2 } }, {}, { Item = { pk = "a", n = 1 } } },
      response.Responses
    )
  end)
end)

emulator.each("PartiQL", function(host)
  local db = host.db
  local name

  setup(function()
    name = host:create { { "pk", "S" } }
  end)

  local function statement(text, parameters)
    return { Statement = text:format(name), Parameters = parameters }
  end

  host:it("runs one statement", "partiql", function()
    assert(db:put_item { TableName = name, Item = { pk = "a", n = 1 } })
    local response =
      assert(db:execute_statement(statement('SELECT * FROM "%s" WHERE pk = ?', { "a" })))
    assert.same({ { pk = "a", n = 1 } }, response.Items)
    assert(db:execute_statement(statement("INSERT INTO \"%s\" VALUE {'pk': 'b', 'v': 'x'}")))
    assert(db:execute_statement(statement("UPDATE \"%s\" SET v = 'y' WHERE pk = 'b'")))
    assert.same(
      { pk = "b", v = "y" },
      assert(db:get_item { TableName = name, Key = { pk = "b" } }).Item
    )
    assert(db:execute_statement(statement("DELETE FROM \"%s\" WHERE pk = 'b'")))
    assert.same({}, db:get_item { TableName = name, Key = { pk = "b" } })
  end)

  host:it("runs a batch of statements", "partiql", function()
    local response = assert(db:batch_execute_statement {
      Statements = {
        statement "INSERT INTO %s VALUE {'pk': 'c', 'v': 'x'}",
        statement "INSERT INTO %s VALUE {'pk': 'd', 'v': 'x'}",
      },
    })
    assert.same({ name, name }, pluck(response.Responses, "TableName"))
    assert.same(
      { pk = "d", v = "x" },
      assert(db:get_item { TableName = name, Key = { pk = "d" } }).Item
    )
  end)

  host:it("says which statements of a batch failed", "partiql", function()
    local responses = assert(db:batch_execute_statement {
      Statements = { { Statement = "SELECT * FROM missing_table WHERE pk = 'a'" } },
    }).Responses
    assert.same(
      { Code = "ResourceNotFound", Message = "Requested resource not found" },
      responses[1].Error
    )
  end)

  host:it("runs a transaction", "partiql", function()
    assert(db:put_item { TableName = name, Item = { pk = "e", bytes = dynamo.binary "\0\255" } })
    local response = assert(db:execute_transaction {
      TransactStatements = { statement('SELECT * FROM "%s" WHERE pk = ?', { "e" }) },
    })
    assert.same({ { Item = { pk = "e", bytes = dynamo.binary "\0\255" } } }, response.Responses)
  end)
end)

emulator.each("db.typed", function(host)
  local db = host.db
  local name

  setup(function()
    name = host:create { { "pk", "S" }, { "sk", "N" } }
  end)

  host:it("takes and gives wire-typed values", function()
    local item = {
      pk = { S = "typed" },
      sk = { N = "1" },
      bytes = { B = "AP8=" },
      yes = { BOOL = true },
      nothing = { NULL = true },
      list = { L = { { S = "a" }, { L = {} }, { M = {} } } },
      map = { M = { inner = { N = "12345678901234567890123456789012345678" } } },
      strings = { SS = { "a", "b" } },
      numbers = { NS = { "1", "2.5" } },
      binaries = { BS = { "eA==" } },
    }
    assert(db.typed:put_item { TableName = name, Item = item })
    local key = { pk = item.pk, sk = item.sk }
    local back = assert(db.typed:get_item { TableName = name, Key = key }).Item
    table.sort(back.strings.SS)
    table.sort(back.numbers.NS)
    assert.same(item, back)

    local plain = assert(db:get_item { TableName = name, Key = { pk = "typed", sk = 1 } }).Item
    assert.equal(dynamo.null, plain.nothing)
    assert.equal("\0\255", tostring(plain.bytes))
    assert.same({ "a", {}, {} }, plain.list)
    assert.equal("12345678901234567890123456789012345678", tostring(plain.map.inner))
  end)

  host:it("takes a member that is null for absent", function()
    local null = dynamo.null
    local item = { pk = { S = "null", N = null }, sk = { S = null, N = "1" } }
    assert(db.typed:put_item {
      TableName = name,
      Item = item,
      ConditionExpression = null,
      Expected = null,
      ReturnValues = null,
    })
    local key = { pk = "null", sk = 1 }
    assert.same(
      key,
      assert(db:get_item {
        TableName = name,
        Key = key,
        ConsistentRead = null,
        ProjectionExpression = null,
        ExpressionAttributeNames = null,
      }).Item
    )
    assert(db:batch_write_item {
      ReturnConsumedCapacity = null,
      RequestItems = { [name] = { { PutRequest = null, DeleteRequest = { Key = key } } } },
    })
    assert.is_nil(assert(db:get_item { TableName = name, Key = key }).Item)
  end)

  host:it("takes an example of AWS as it is", function()
    assert(db.typed:update_item {
      TableName = name,
      Key = { pk = { S = "aws" }, sk = { N = "1" } },
      UpdateExpression = "SET #Y = :y, #AT = :t",
      ExpressionAttributeNames = { ["#AT"] = "AlbumTitle", ["#Y"] = "Year" },
      ExpressionAttributeValues = { [":t"] = { S = "Louder Than Ever" }, [":y"] = { N = "2015" } },
      ReturnValues = "ALL_NEW",
    })
    local response = assert(db.typed:query {
      TableName = name,
      KeyConditionExpression = "pk = :p",
      ExpressionAttributeValues = { [":p"] = { S = "aws" } },
    })
    assert.same({
      {
        pk = { S = "aws" },
        sk = { N = "1" },
        AlbumTitle = { S = "Louder Than Ever" },
        Year = { N = "2015" },
      },
    }, response.Items)
  end)

  host:it("gives wire-typed values in errors", "failed_item", function()
    assert(db:put_item { TableName = name, Item = { pk = "failed", sk = 1 } })
    local _, _, err = db.typed:put_item {
      TableName = name,
      Item = { pk = { S = "failed" }, sk = { N = "1" } },
      ConditionExpression = "attribute_not_exists(pk)",
      ReturnValuesOnConditionCheckFailure = "ALL_OLD",
    }
    assert.same({ pk = { S = "failed" }, sk = { N = "1" } }, err.item)
  end)
end)
