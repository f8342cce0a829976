-- SPDX-License-Identifier: MIT
local operations = require("dynamo.operations").by_method
local resource = require "dynamo.call.resource"

local function arn(name)
  return "arn:aws:dynamodb:eu-west-1:111122223333:table/" .. name
end

describe("resource.arn", function()
  local cases = {
    { "get_item", { TableName = "Users" } },
    { "get_item", { TableName = arn "A" }, arn "A" },
    { "get_item", { TableName = "arn" } },
    { "list_tables", { TableName = arn "A" } },
    { "list_backups", {} },
    { "describe_backup", { BackupArn = arn "A/backup/1" }, arn "A/backup/1" },
    { "tag_resource", { ResourceArn = arn "A" }, arn "A" },
    {
      "restore_table_to_point_in_time",
      { TargetTableName = arn "A", SourceTableName = arn "B" },
      arn "A",
    },
    { "import_table", { TableCreationParameters = { TableName = arn "A" } }, arn "A" },
    { "import_table", { TableCreationParameters = { TableName = "A" } } },
    { "batch_get_item", { RequestItems = { [arn "A"] = {} } }, arn "A" },
    {
      "batch_get_item",
      { RequestItems = { [arn "B"] = {}, [arn "C"] = {}, [arn "A"] = {} } },
      arn "A",
    },
    { "batch_write_item", { RequestItems = { Users = {}, [arn "A"] = {} } } },
    { "batch_write_item", { RequestItems = {} } },
    { "transact_get_items", { TransactItems = { { Get = { TableName = arn "A" } } } }, arn "A" },
    {
      "transact_get_items",
      {
        TransactItems = {
          { Get = { TableName = "Users" } },
          { Get = { TableName = arn "A" } },
        },
      },
    },
    {
      "transact_write_items",
      {
        TransactItems = {
          { Delete = { TableName = arn "B" } },
          { Put = { TableName = arn "A" } },
        },
      },
      arn "B",
    },
    {
      "transact_write_items",
      { TransactItems = { {}, { Update = { TableName = arn "A" } } } },
      arn "A",
    },
    {
      "transact_write_items",
      { TransactItems = { { ConditionCheck = { TableName = arn "A" } } } },
      arn "A",
    },
    { "transact_write_items", { TransactItems = {} } },
    { "describe_stream", { StreamArn = arn "A/stream/1" } },
  }
  for i, case in ipairs(cases) do
    it(("of %s, case %d, is %s"):format(case[1], i, tostring(case[3])), function()
      assert.are.equal(case[3], resource.arn(operations[case[1]], case[2]))
    end)
  end

  it("runs no metamethod of the user's tables", function()
    local function armed(content)
      return setmetatable(content, { __index = error, __len = error, __pairs = error })
    end
    local params = armed { TransactItems = armed { armed { Put = armed {} } } }
    assert.is_nil(resource.arn(operations.transact_write_items, params))
    assert.is_nil(resource.arn(operations.batch_get_item, armed { RequestItems = armed {} }))
    assert.is_nil(resource.arn(operations.get_item, armed {}))
  end)
end)
