-- SPDX-License-Identifier: MIT
local core = require "dynamo.core"
local expression = require "dynamo.expression"
local ttl = require "dynamo.table.extension.ttl"

local NOW = 1700000000

local function write(operation, item, o, update)
  local all = {
    attribute = "expires",
    seconds = 60,
    clock = function()
      return NOW + 0.5
    end,
  }
  for name, value in pairs(o or {}) do
    all[name] = value
  end
  return ttl(all).before_write {
    operation = operation,
    item = item,
    options = {},
    update = update and assert(expression.update(update)),
  }
end

describe("extension.ttl", function()
  it("counts from now", function()
    for _, operation in ipairs { "put", "upsert", "update" } do
      assert.are.same({ item = { id = "1", expires = NOW + 60 } }, write(operation, { id = "1" }))
    end
  end)

  it("counts from an attribute", function()
    local o = { base = "at" }
    assert.are.equal(1060, write("put", { at = 1000 }, o).item.expires)
    assert.are.equal(1060, write("put", { at = core.number "1000.9" }, o).item.expires)
    local late = core.number "1000.9999999999999999999999999999" -- 1001 as a double
    assert.are.equal(1060, write("put", { at = late }, o).item.expires)
    assert.are.equal(60, write("put", { at = core.number "0" }, o).item.expires)
    assert.is_nil(write("put", { id = "1" }, o))
    assert.is_nil(write("put", { at = core.null }, o))
  end)

  it("keeps what the write brings", function()
    assert.is_nil(write("put", { expires = 5 }))
    assert.is_nil(write("put", { expires = core.null }))
    assert.is_nil(write("update", { id = "1" }, nil, "SET expires = 5"))
    assert.is_nil(write("update", { id = "1" }, nil, "REMOVE expires"))
    assert.is_table(write("update", { id = "1" }, nil, "SET other = 5"))
  end)

  it("leaves a delete alone", function()
    assert.is_nil(write("delete", { id = "1" }))
  end)

  local MILLISECONDS = " looks like milliseconds; time to live is in seconds since the epoch"
  local bad = {
    { { expires = 1700000000000 }, nil, nil, "Item.expires" .. MILLISECONDS },
    { { expires = 1e11 }, nil, nil, "Item.expires" .. MILLISECONDS },
    { { expires = core.number "1700000000000" }, nil, nil, "Item.expires" .. MILLISECONDS },
    {
      { expires = "2030-01-01" },
      nil,
      nil,
      "Item.expires must be a number of seconds since the epoch, not a string",
    },
    { { at = 1700000000000 }, { base = "at" }, nil, "Item.at" .. MILLISECONDS },
    { { at = "x" }, { base = "at" }, nil, "Item.at must be a number of seconds" },
    { {}, nil, "SET expires = 1700000000000", "expires" .. MILLISECONDS },
    { {}, nil, "SET expires = 'soon'", "expires must be a number of seconds" },
  }
  for i, case in ipairs(bad) do
    it("refuses, case " .. i, function()
      local result, message = write("update", case[1], case[2], case[3])
      assert.is_nil(result)
      assert.are.equal(1, (message:find(case[4], 1, true)))
    end)
  end

  it("takes the last second before milliseconds", function()
    assert.is_nil((select(2, write("put", { expires = 99999999999 }))))
  end)
end)
