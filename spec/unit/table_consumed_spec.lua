-- SPDX-License-Identifier: MIT
local consumed = require "dynamo.table.consumed"

describe("consumed capacity", function()
  it("is summed at every depth", function()
    local first = { TableName = "T", CapacityUnits = 0.5, Table = { CapacityUnits = 0.5 } }
    local more = {
      TableName = "T",
      CapacityUnits = 2,
      Table = { CapacityUnits = 1.5 },
      GlobalSecondaryIndexes = { byDate = { CapacityUnits = 0.5 } },
    }
    local sum = consumed.sum(nil, first)
    for _ = 1, 2 do
      assert.equal(sum, consumed.sum(sum, more))
    end
    assert.same({
      TableName = "T",
      CapacityUnits = 4.5,
      Table = { CapacityUnits = 3.5 },
      GlobalSecondaryIndexes = { byDate = { CapacityUnits = 1 } },
    }, sum)
    assert.same({ 0.5, 0.5, 0.5 }, {
      first.CapacityUnits,
      first.Table.CapacityUnits,
      more.GlobalSecondaryIndexes.byDate.CapacityUnits,
    })
  end)

  it("is nil where none is told", function()
    assert.is_nil(consumed.sum(nil, nil))
    local sum = { CapacityUnits = 1 }
    assert.equal(sum, consumed.sum(sum, nil))
  end)
end)
