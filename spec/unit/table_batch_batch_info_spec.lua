-- SPDX-License-Identifier: MIT
-- What the calls of many batches told, summed up.
local infos = require "dynamo.table.batch.batch_info"

describe("the info of many calls", function()
  it("counts them and what they took", function()
    local info = infos.new()
    assert.are.same({ requests = 0, attempts = 0, replayed = false }, info)
    infos.add(info, { attempts = 1, replayed = false })
    infos.add(info, { attempts = 3, replayed = true, hook_failures = 2 })
    infos.add(info, { attempts = 1, replayed = false, hook_failures = 1 })
    assert.are.same({ requests = 3, attempts = 5, replayed = true, hook_failures = 3 }, info)
    assert.matches("attempts = 5", tostring(info))
  end)

  it("sums capacity by table, and leaves what it was given alone", function()
    local info = infos.new()
    local first = { TableName = "A", CapacityUnits = 1, Table = { CapacityUnits = 1 } }
    for _, list in ipairs {
      { first, { TableName = "B", CapacityUnits = 5 } },
      { { TableName = "A", CapacityUnits = 0.5, Table = { CapacityUnits = 0.5 } } },
    } do
      infos.add(info, { attempts = 1, replayed = false, consumed_capacity = list })
    end
    assert.are.same({
      { TableName = "A", CapacityUnits = 1.5, Table = { CapacityUnits = 1.5 } },
      { TableName = "B", CapacityUnits = 5 },
    }, info.consumed_capacity)
    assert.are.equal(1, first.CapacityUnits)
  end)

  it("joins the collections that were written to", function()
    local info = infos.new()
    for n = 1, 2 do
      local metrics = { A = { { n } }, ["B" .. n] = { { n } } }
      infos.add(info, { attempts = 1, replayed = false, item_collection_metrics = metrics })
    end
    assert.are.same(
      { A = { { 1 }, { 2 } }, B1 = { { 1 } }, B2 = { { 2 } } },
      info.item_collection_metrics
    )
  end)
end)
