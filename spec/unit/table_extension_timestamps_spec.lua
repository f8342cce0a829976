-- SPDX-License-Identifier: MIT
local core = require "dynamo.core"
local show = require "dynamo.expression.display"
local timestamps = require "dynamo.table.extension.timestamps"

local NOW = 1700000000
local TEXT = "2023-11-14T22:13:20Z"

local function write(operation, item, o)
  local all = {
    clock = function()
      return NOW + 0.9
    end,
  }
  for name, value in pairs(o or {}) do
    all[name] = value
  end
  return timestamps(all).before_write { operation = operation, item = item, options = {} }
end

describe("extension.timestamps", function()
  it("sets both on a put", function()
    assert.are.same(
      { item = { id = "1", createdAt = TEXT, updatedAt = TEXT } },
      write("put", { id = "1" })
    )
    assert.are.same(
      { item = { id = "1", createdAt = TEXT, updatedAt = TEXT } },
      write("insert", { id = "1", createdAt = core.null, updatedAt = 5 })
    )
  end)

  it("keeps the creation that a put brings", function()
    assert.are.equal("then", write("replace", { id = "1", createdAt = "then" }).item.createdAt)
  end)

  it("keeps the creation that is stored on an update", function()
    for _, operation in ipairs { "upsert", "patch", "update" } do
      local result = write(operation, { id = "1" }, { format = "epoch" })
      assert.are.same({ id = "1", updatedAt = NOW }, result.item)
      assert.are.equal(
        "SET createdAt = if_not_exists(createdAt, 1700000000)",
        (show(result.update))
      )
    end
    local result = write("upsert", { id = "1", createdAt = "then" })
    assert.are.equal(
      'SET createdAt = if_not_exists(createdAt, "then")',
      ((show(result.update)):gsub("'", '"'))
    )
  end)

  it("has other names", function()
    local result = write("put", { id = "1" }, { created = "c", updated = "u" })
    assert.are.same({ id = "1", c = TEXT, u = TEXT }, result.item)
  end)

  it("leaves a delete alone", function()
    assert.is_nil(write("delete", { id = "1" }))
  end)

  it("asks the clock each time", function()
    local now = 0
    local function clock()
      now = now + 1
      return now
    end
    local extension = timestamps { format = "epoch", clock = clock }
    for expected = 1, 2 do
      local context = { operation = "put", item = {}, options = {} }
      assert.are.equal(expected, extension.before_write(context).item.updatedAt)
    end
  end)
end)
