-- SPDX-License-Identifier: MIT
local operations = require "dynamo.operations"

describe("operations", function()
  it("are all 62, each found under both names", function()
    local count = 0
    for method, operation in pairs(operations.by_method) do
      count = count + 1
      assert.are.equal(operation, operations.find(method))
      assert.are.equal(operation, operations.find(operation.name))
      assert.matches("^DynamoDB[Streams]*_20120810%." .. operation.name .. "$", operation.target[2])
    end
    assert.are.equal(62, count)
    assert.is_nil(operations.find("get_itm"))
  end)

  local cases = {
    get_item = { read = true, resource = "TableName" },
    transact_get_items = {
      read = true,
      resource_path = { list = "TransactItems", actions = { "Get" }, member = "TableName" },
    },
    get_shard_iterator = { read = true, service = "streams" },
    update_item = { resource = "TableName" },
    execute_statement = {},
    transact_write_items = {
      token = "ClientRequestToken",
      resource_path = {
        list = "TransactItems",
        actions = { "ConditionCheck", "Put", "Delete", "Update" },
        member = "TableName",
      },
    },
    execute_transaction = { token = "ClientRequestToken" },
    export_table_to_point_in_time = { token = "ClientToken", resource = "TableArn" },
    import_table = {
      token = "ClientToken",
      resource_path = { structure = "TableCreationParameters", member = "TableName" },
    },
    search_vectors = { read = true, search = true, resource = "TableName" },
    batch_get_item = { read = true, resource_path = { keys = "RequestItems" } },
    list_tables = { read = true },
  }
  for method, expected in pairs(cases) do
    it("know what matters of " .. method, function()
      local operation = operations.by_method[method]
      assert.are.equal(expected.read or false, operation.read)
      assert.are.equal(expected.token, operation.token)
      assert.are.equal(expected.service or "dynamodb", operation.service)
      assert.are.equal(expected.resource, operation.resource)
      assert.are.same(expected.resource_path, operation.resource_path)
      assert.are.equal(expected.search or false, operation.search)
    end)
  end
end)
