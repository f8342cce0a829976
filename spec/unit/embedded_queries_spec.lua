-- SPDX-License-Identifier: MIT
if not pcall(require, "dynamo.sqlite") then
  return pending "dynamo/sqlite.so is not built: SQLite's header is not here"
end

local services = require "support.embedded_service"

describe("queries and scans of the store inside the process", function()
  local service

  -- Twelve items in two partitions; those with `x` are in the index, in the order of x.
  setup(function()
    service = services.new()
    service:create("Log", { { "id", "S" }, { "pos", "N" } }, {
      AttributeDefinitions = {
        { AttributeName = "id", AttributeType = "S" },
        { AttributeName = "pos", AttributeType = "N" },
        { AttributeName = "x", AttributeType = "S" },
      },
      GlobalSecondaryIndexes = {
        {
          IndexName = "by_x",
          KeySchema = {
            { AttributeName = "id", KeyType = "HASH" },
            { AttributeName = "x", KeyType = "RANGE" },
          },
          Projection = { ProjectionType = "INCLUDE", NonKeyAttributes = { "even" } },
        },
      },
    })
    for i = -5, 6 do
      local item = {
        id = { S = i % 3 == 0 and "b" or "a" },
        pos = { N = tostring(i) },
        even = { BOOL = i % 2 == 0 },
        said = { S = "t" .. i },
      }
      if i > 0 then item.x = { S = ("x"):rep(7 - i) } end
      service:must("PutItem", { TableName = "Log", Item = item })
    end
  end)

  local function ask(name, more)
    local request = { TableName = "Log" }
    for member, value in pairs(more or {}) do
      request[member] = value
    end
    if name == "Query" then
      request.KeyConditionExpression = request.KeyConditionExpression or "id = :id"
      request.ExpressionAttributeValues = request.ExpressionAttributeValues or {}
      request.ExpressionAttributeValues[":id"] = { S = "a" }
    end
    return request
  end

  -- Returns the attribute of all items of an answer, as one text.
  local function shown(answer, attribute)
    local parts = {}
    for i, item in ipairs(answer.Items) do
      parts[i] = select(2, next(item[attribute or "pos"]))
    end
    return table.concat(parts, " ")
  end

  local function query(more)
    return service:must("Query", ask("Query", more))
  end

  for text, wanted in pairs {
    ["id = :id"] = "-5 -4 -2 -1 1 2 4 5",
    [":id = id"] = "-5 -4 -2 -1 1 2 4 5",
    ["id = :id AND pos = :n"] = "1",
    ["id = :id AND pos < :n"] = "-5 -4 -2 -1",
    ["pos <= :n AND id = :id"] = "-5 -4 -2 -1 1",
    ["(id = :id) AND (pos > :n)"] = "2 4 5",
    ["id = :id AND :n <= pos"] = "1 2 4 5",
  } do
    it("find " .. text, function()
      local values = text:find ":n" and { [":n"] = { N = "1.0" } } or nil
      local answer = query { KeyConditionExpression = text, ExpressionAttributeValues = values }
      assert.equal(wanted, shown(answer))
      assert.same({ #answer.Items, #answer.Items }, { answer.Count, answer.ScannedCount })
      assert.is_nil(answer.LastEvaluatedKey)
    end)
  end

  it("find a range, forwards and backwards", function()
    local values = { [":a"] = { N = "-2" }, [":b"] = { N = "4" } }
    local text = "id = :id AND pos BETWEEN :a AND :b"
    assert.equal(
      "4 2 1 -1 -2",
      shown(query {
        KeyConditionExpression = text,
        ExpressionAttributeValues = values,
        ScanIndexForward = false,
      })
    )
  end)

  it("go on where a page ended, with and without an index, in both directions", function()
    for index, wanted in pairs { [false] = "-5 -4 -2 -1 1 2 4 5", by_x = "5 4 2 1" } do
      for _, forward in ipairs { true, false } do
        local parts, start, pages = {}, nil, 0
        repeat
          local answer = query {
            IndexName = index or nil,
            ScanIndexForward = forward,
            Limit = 3,
            ExclusiveStartKey = start,
          }
          parts[#parts + 1] = answer.Items[1] and shown(answer)
          start, pages = answer.LastEvaluatedKey, pages + 1
        until not start
        local list = {}
        for word in table.concat(parts, " "):gmatch "%S+" do
          table.insert(list, forward and #list + 1 or 1, word)
        end
        assert.equal(wanted, table.concat(list, " "))
        assert.equal(index and 2 or 3, pages)
      end
    end
  end)

  it("show of an index what it has", function()
    local answer = query {
      IndexName = "by_x",
      KeyConditionExpression = "id = :id AND begins_with(x, :x)",
      ExpressionAttributeValues = { [":x"] = { S = "xxxxx" } },
    }
    assert.equal("2 1", shown(answer))
    local item = answer.Items[1]
    assert.same({ true, nil, "xxxxx" }, { item.even.BOOL, item.said, item.x.S })
  end)

  it("leave out what a filter leaves out, and count it", function()
    local answer = query {
      FilterExpression = "even = :yes",
      ProjectionExpression = "#t",
      ExpressionAttributeNames = { ["#t"] = "said" },
      ExpressionAttributeValues = { [":yes"] = { BOOL = true } },
    }
    assert.equal("t-4 t-2 t2 t4", shown(answer, "said"))
    assert.is_nil(answer.Items[1].pos)
    assert.same({ 4, 8 }, { answer.Count, answer.ScannedCount })
    local count = query {
      FilterExpression = "even = :yes",
      ExpressionAttributeValues = { [":yes"] = { BOOL = true } },
      Select = "COUNT",
    }
    assert.same({ 4, 8, nil }, { count.Count, count.ScannedCount, count.Items })
  end)

  it("scan each item once, in segments as well", function()
    local function scan(more)
      return service:must("Scan", ask("Scan", more))
    end
    local all = scan()
    assert.equal(12, all.Count)
    for _, total in ipairs { 1, 2, 5 } do
      local seen = 0
      for segment = 0, total - 1 do
        local start
        repeat
          local answer =
            scan { Segment = segment, TotalSegments = total, Limit = 2, ExclusiveStartKey = start }
          seen, start = seen + answer.Count, answer.LastEvaluatedKey
        until not start
      end
      assert.equal(12, seen)
    end
    assert.equal(6, scan({ IndexName = "by_x" }).Count)
  end)

  it("end a page at a megabyte", function()
    service:create("Big", { { "id", "S" } })
    for i = 1, 4 do
      service:must("PutItem", {
        TableName = "Big",
        Item = { id = { S = tostring(i) }, text = { S = ("x"):rep(390 * 1024) } },
      })
    end
    local answer = service:must("Scan", { TableName = "Big" })
    assert.equal(3, answer.Count)
    local rest = service:must("Scan", {
      TableName = "Big",
      ExclusiveStartKey = answer.LastEvaluatedKey,
    })
    assert.same({ 1, nil }, { rest.Count, rest.LastEvaluatedKey })
  end)

  for name, row in pairs {
    ["a query without its partition key"] = {
      "Query",
      { KeyConditionExpression = "pos = :id" },
      "Query condition missed key schema element: id",
    },
    ["a range of partitions"] = {
      "Query",
      { KeyConditionExpression = "id > :id" },
      "Query key condition not supported",
    },
    ["a condition on another attribute"] = {
      "Query",
      { KeyConditionExpression = "id = :id AND said = :id" },
      "Query condition missed key schema element: pos",
    },
    ["a value of another type"] = {
      "Query",
      { KeyConditionExpression = "id = :id AND pos = :id" },
      "One or more parameter values were invalid: Condition parameter type does not match schema type",
    },
    ["an OR"] = {
      "Query",
      { KeyConditionExpression = "id = :id OR pos = :id" },
      "Invalid KeyConditionExpression: Invalid operator used in KeyConditionExpression: OR",
    },
    ["an index that is not there"] = {
      "Query",
      { IndexName = "by_y" },
      "The table does not have the specified index: by_y",
    },
    ["a filter on the key"] = {
      "Query",
      { FilterExpression = "NOT pos = :id" },
      "Filter Expression can only contain non-primary key attributes: Primary key attribute: pos",
    },
    ["a start that is no key"] = {
      "Scan",
      { ExclusiveStartKey = { id = { S = "a" } } },
      "The provided starting key is invalid",
    },
    ["a limit of none"] = {
      "Scan",
      { Limit = 0 },
      "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have "
        .. "value greater than or equal to 1",
    },
    ["a segment without their number"] = {
      "Scan",
      { Segment = 0 },
      "The TotalSegments parameter is required but was not present in the request when Segment "
        .. "parameter is present",
    },
    ["a segment behind the last"] = {
      "Scan",
      { Segment = 2, TotalSegments = 2 },
      "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: "
        .. "2 is not less than TotalSegments: 2",
    },
    ["a query of none"] = {
      "Query",
      { Limit = 0 },
      "1 validation error detected: Value at 'Limit' failed to satisfy constraint: Member must have "
        .. "value greater than or equal to 1",
    },
    ["segments without one"] = {
      "Scan",
      { TotalSegments = 2 },
      "The Segment parameter is required but was not present in the request when parameter "
        .. "TotalSegments is present",
    },
    ["a consistent read of a global index"] = {
      "Query",
      { IndexName = "by_x", ConsistentRead = true },
      "Consistent reads are not supported on global secondary indexes",
    },
    ["a word that is none of Select"] = {
      "Scan",
      { Select = "ALL" },
      "1 validation error detected: Value 'ALL' at 'select' failed to satisfy constraint: Member must "
        .. "satisfy enum value set: [SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, "
        .. "ALL_PROJECTED_ATTRIBUTES]",
    },
    ["a projection of a count"] = {
      "Scan",
      { Select = "COUNT", ProjectionExpression = "said" },
      "Cannot specify the ProjectionExpression when choosing to get COUNT",
    },
  } do
    it("refuse " .. name, function()
      local code, message = service:fails(row[1], ask(row[1], row[2]))
      assert.same({ "ValidationException", row[3] }, { code, message })
    end)
  end
end)
