-- SPDX-License-Identifier: MIT
local core = require "dynamo.core"
local show = require "dynamo.expression.display"
local uuid = require "dynamo.table.extension.uuid"

local MADE = "ffffffff-ffff-4fff-bfff-ffffffffffff"

local function write(operation, item, o)
  local all = {
    attribute = "ref",
    random = function(n)
      return ("\255"):rep(n)
    end,
  }
  for name, value in pairs(o or {}) do
    all[name] = value
  end
  return uuid(all).before_write { operation = operation, item = item, key = { "id" }, options = {} }
end

describe("extension.uuid", function()
  it("fills what a put lacks", function()
    for _, missing in ipairs { "nothing", core.null, "" } do
      local item = { id = "1", ref = missing ~= "nothing" and missing or nil }
      assert.are.same(
        { item = { id = "1", ref = MADE }, info = { uuid = MADE } },
        write("put", item)
      )
    end
    assert.is_nil(write("put", { id = "1", ref = "mine" }))
  end)

  it("keeps what is stored on an update", function()
    local result = write("upsert", { id = "1" })
    assert.are.same({ id = "1" }, result.item)
    assert.matches("^SET ref = if_not_exists%(ref, ", (show(result.update)))
    assert.is_nil(write("upsert", { id = "1", ref = "mine" }))
  end)

  it("is new in every write when asked", function()
    for _, operation in ipairs { "put", "upsert", "update" } do
      assert.are.equal(
        MADE,
        write(operation, { id = "1", ref = "old" }, { write = "always" }).item.ref
      )
    end
  end)

  it("makes a missing key, and never another", function()
    local KEY = { attribute = "id" }
    for _, operation in ipairs { "put", "insert", "upsert" } do
      assert.are.same({ item = { id = MADE }, info = { uuid = MADE } }, write(operation, {}, KEY))
      local always = { attribute = "id", write = "always" }
      assert.is_nil(write(operation, { id = "1" }, always))
    end
    for _, operation in ipairs { "update", "patch", "replace", "delete" } do
      assert.is_nil(write(operation, {}, KEY))
    end
  end)

  it("hands on that there is no randomness", function()
    local result, message = write("put", {}, {
      random = function()
        return nil, "no bytes"
      end,
    })
    assert.is_nil(result)
    assert.are.equal("no bytes", message)
  end)
end)
