-- SPDX-License-Identifier: MIT
-- lua/dynamo/model.lua and what generates it. That the two are in step is `make check-model`'s business,
-- that it says what the API says is spec/oracle's.
local model = require "dynamo.model"
local generate = require "tools.model.generate"
local compiler = require "tools.model.compile"
local renderer = require "tools.model.render"

local function read_file(path)
  local file, message = io.open(path, "rb")
  if not file then return nil, message end
  local text = file:read("*a")
  file:close()
  return text
end

local function sorted(list)
  local copy = {}
  for index, item in ipairs(list) do
    copy[index] = item
  end
  table.sort(copy)
  return copy
end

local function keys(map)
  local list = {}
  for key in pairs(map) do
    list[#list + 1] = key
  end
  return sorted(list)
end

local by_name, count = {}, 0
for method, operation in pairs(model.operations) do
  by_name[operation.name] = { method = method, operation = operation }
  count = count + 1
end

describe("dynamo.model", function()
  it("has DynamoDB's 58 operations and the streams' 4", function()
    local per_service = { dynamodb = 0, streams = 0 }
    for _, operation in pairs(model.operations) do
      per_service[operation.service] = per_service[operation.service] + 1
    end
    assert.same({ dynamodb = 58, streams = 4 }, per_service)
    assert.equal(62, count)
  end)

  local methods = {
    UpdateItem = "update_item",
    Query = "query",
    BatchGetItem = "batch_get_item",
    DescribeTableReplicaAutoScaling = "describe_table_replica_auto_scaling",
    ExportTableToPointInTime = "export_table_to_point_in_time",
    GetRecords = "get_records",
    SearchVectors = "search_vectors",
    UntagResource = "untag_resource",
  }
  for name, method in pairs(methods) do
    it("calls " .. name .. " " .. method, function()
      assert.equal(method, by_name[name].method)
    end)
  end

  it("knows which operations only read", function()
    local reading = {}
    for _, operation in pairs(model.operations) do
      assert.is_true(operation.read == nil or operation.read == true)
      if operation.read then reading[#reading + 1] = operation.name end
    end
    assert.same({
      "BatchGetItem",
      "DescribeBackup",
      "DescribeContinuousBackups",
      "DescribeContributorInsights",
      "DescribeEndpoints",
      "DescribeExport",
      "DescribeGlobalTable",
      "DescribeGlobalTableSettings",
      "DescribeImport",
      "DescribeKinesisStreamingDestination",
      "DescribeLimits",
      "DescribeStream",
      "DescribeTable",
      "DescribeTableReplicaAutoScaling",
      "DescribeTimeToLive",
      "GetItem",
      "GetRecords",
      "GetResourcePolicy",
      "GetShardIterator",
      "ListBackups",
      "ListContributorInsights",
      "ListExports",
      "ListGlobalTables",
      "ListImports",
      "ListStreams",
      "ListTables",
      "ListTagsOfResource",
      "Query",
      "Scan",
      "SearchVectors",
      "TransactGetItems",
    }, sorted(reading))
  end)

  it("marks the places that need more than a type", function()
    local shapes = model.shapes
    assert.same({ type = "attribute_value" }, shapes.AttributeValue)
    assert.equal("table_name", shapes.TableName.format)
    assert.equal("table_arn", shapes.TableArn.format)
    assert.equal("#", shapes.ExpressionAttributeNameMap.prefix)
    assert.equal(":", shapes.ExpressionAttributeValueMap.prefix)
    assert.is_true(shapes.Key.is_key)
    assert.is_nil(shapes.AttributeMap.is_key)
    for member, shape in pairs {
      UpdateExpression = "UpdateItemInput",
      ConditionExpression = "PutItemInput",
      FilterExpression = "ScanInput",
      KeyConditionExpression = "QueryInput",
      ProjectionExpression = "GetItemInput",
    } do
      assert.equal("expression", shapes[shapes[shape].members[member]].format, member)
    end
  end)

  it("keeps what an error's body may carry", function()
    local shapes = model.shapes
    assert.equal("AttributeMap", shapes.ConditionalCheckFailedException.members.Item)
    assert.equal(
      "CancellationReasonList",
      shapes.TransactionCanceledException.members.CancellationReasons
    )
    assert.equal("ErrorMessage", shapes.TransactionCanceledException.members.Message)
    assert.equal("ThrottlingReasonList", shapes.ThrottlingException.members.throttlingReasons)
  end)

  it("refers only to shapes it has, and has no others", function()
    local reached = {}
    local function reach(name)
      if not name or reached[name] then return end
      reached[name] = true
      local shape = assert(model.shapes[name], name)
      for _, member in pairs(shape.members or {}) do
        reach(member)
      end
      reach(shape.member)
      reach(shape.key)
      reach(shape.value)
    end
    for _, operation in pairs(model.operations) do
      reach(operation.input)
      reach(operation.output)
    end
    for name in pairs(model.shapes) do
      if name:find "Exception$" or name:find "Error$" or name:find "Exceeded$" then reach(name) end
    end
    assert.same(keys(model.shapes), keys(reached))
  end)

  it("says which operations name tables deeper in their parameters, and which search", function()
    local deep, searching = {}, {}
    for method, operation in pairs(model.operations) do
      deep[method] = operation.resource_path
      if operation.search then searching[#searching + 1] = method end
      assert.is_nil(operation.resource and operation.resource_path)
    end
    assert.same({
      batch_get_item = { keys = "RequestItems" },
      batch_write_item = { keys = "RequestItems" },
      import_table = { structure = "TableCreationParameters", member = "TableName" },
      transact_get_items = { list = "TransactItems", actions = { "Get" }, member = "TableName" },
      transact_write_items = {
        list = "TransactItems",
        member = "TableName",
        actions = { "ConditionCheck", "Put", "Delete", "Update" },
      },
    }, deep)
    assert.same({ "search_vectors" }, searching)
  end)

  it("holds nothing that needs a line of more than 100 columns", function()
    for _, path in ipairs { "model", "endpoint/rule_sets", "endpoint/partition_table" } do
      local text = assert(read_file(("lua/dynamo/%s.lua"):format(path)))
      for line in text:gmatch("[^\n]+") do
        assert.is_true(#line <= 100, line)
      end
    end
  end)
end)

describe("tools.model.generate", function()
  it("says which model cannot be read", function()
    local api, message = generate.read("spec/no-such-directory", "dynamodb-service")
    assert.is_nil(api)
    assert.matches("spec/no-such-directory/dynamodb-service.json", message, 1, true)
  end)
end)

describe("tools.model.compile", function()
  local function api_with(shapes, operations)
    return {
      metadata = { targetPrefix = "Test" },
      shapes = shapes,
      operations = operations or {
        DoIt = { input = { shape = "DoItInput" } },
      },
    }
  end

  it("drops what no operation reaches, documentation and patterns", function()
    local compiled = compiler.compile(
      api_with {
        DoItInput = {
          type = "structure",
          documentation = "text",
          members = { Name = { shape = "Text", documentation = "text" } },
        },
        Text = { type = "string", pattern = "a*", max = 9 },
        Orphan = { type = "string" },
      },
      "dynamodb"
    )
    assert.same({
      DoItInput = { type = "structure", members = { Name = "Text" }, required = {} },
      Text = { type = "string", max = 9 },
    }, compiled.shapes)
    assert.same({
      do_it = {
        name = "DoIt",
        service = "dynamodb",
        target = "Test.DoIt",
        input = "DoItInput",
      },
    }, compiled.operations)
  end)

  it("refuses a way to a resource that it does not know", function()
    local shapes = { DoItInput = { type = "structure", members = {} } }
    local operations = {
      DoIt = {
        input = { shape = "DoItInput" },
        operationContextParams = { ResourceArn = { path = "Tables[0]" } },
      },
    }
    assert.error_matches(function()
      compiler.compile(api_with(shapes, operations), "dynamodb")
    end, "Tables[0]", 1, true)
  end)

  it("stops at a reference to itself", function()
    local compiled = compiler.compile(
      api_with {
        DoItInput = { type = "structure", members = { Inner = { shape = "DoItInput" } } },
      },
      "dynamodb"
    )
    assert.same({ Inner = "DoItInput" }, compiled.shapes.DoItInput.members)
  end)

  it("refuses an operation whose shape is missing", function()
    assert.error_matches(function()
      compiler.compile(api_with {}, "dynamodb")
    end, "DoItInput")
  end)

  it("renames a clash on merging, and what refers to it", function()
    local function service(name, limit)
      return compiler.compile(
        api_with({
          Request = { type = "structure", members = { Inner = { shape = "Inner" } } },
          Inner = { type = "structure", members = { Text = { shape = "Text" } } },
          Text = { type = "string", max = limit },
          Same = { type = "string" },
          Other = { type = "structure", members = { Same = { shape = "Same" } } },
        }, { [name] = { input = { shape = "Request" }, output = { shape = "Other" } } }),
        "streams"
      )
    end
    local merged = compiler.merge(service("First", 1), service("Second", 2), "Streams")
    assert.same({
      "Inner",
      "Other",
      "Request",
      "Same",
      "StreamsInner",
      "StreamsRequest",
      "StreamsText",
      "Text",
    }, keys(merged.shapes))
    assert.equal("Request", merged.operations.first.input)
    assert.equal("StreamsRequest", merged.operations.second.input)
    assert.same({ Inner = "StreamsInner" }, merged.shapes.StreamsRequest.members)
    assert.equal(2, merged.shapes.StreamsText.max)
    assert.equal("Other", merged.operations.second.output)
  end)
end)

describe("tools.model.render", function()
  it("writes what reads back as the same data", function()
    local data = {
      list = { "a", 'b\n"c"' },
      empty = {},
      flag = true,
      number = -5,
      ["odd key"] = 1,
      name = "first",
      nested = { deeper = { at = ("long "):rep(50) } },
      both = { "x", { "y" }, at = 1 },
      url = ("a.b/c{d}"):rep(20),
      solid = ("x"):rep(250),
    }
    local text = renderer.module(data)
    assert.same(data, assert((loadstring or load)(text))())
    assert.equal(text, renderer.module(data))
    assert.matches('^return {\n  name = "first"', text)
    for line in text:gmatch("[^\n]+") do
      assert.is_true(#line <= 100, line)
    end
  end)
end)
