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
    get_item = { read = true },
    transact_get_items = { read = true },
    get_shard_iterator = { read = true, service = "streams" },
    update_item = {},
    execute_statement = {},
    transact_write_items = { token = "ClientRequestToken" },
    execute_transaction = { token = "ClientRequestToken" },
    export_table_to_point_in_time = { token = "ClientToken" },
    import_table = { token = "ClientToken" },
  }
  for method, expected in pairs(cases) do
    it("know what matters of " .. method, function()
      local operation = operations.by_method[method]
      assert.are.equal(expected.read or false, operation.read)
      assert.are.equal(expected.token, operation.token)
      assert.are.equal(expected.service or "dynamodb", operation.service)
    end)
  end
end)
