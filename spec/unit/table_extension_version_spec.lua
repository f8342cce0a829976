-- SPDX-License-Identifier: MIT
local core = require "dynamo.core"
local show = require "dynamo.expression.show"
local version = require "dynamo.table.extension.version"

-- Runs the extension on a write.
local function write(operation, item, o, options)
  return version(o).before_write {
    operation = operation, item = item, key = { "id" }, options = options or {},
  }
end

local ABSENT = "attribute_not_exists(version)"

describe("extension.version", function()
  local cases = {
    -- settings, version read, condition, version written
    { nil, nil, ABSENT, 1 },
    { nil, core.null, ABSENT, 1 },
    { nil, 0, ABSENT .. " OR version = 0", 1 },
    { nil, 1, "version = 1", 2 },
    { nil, 7, "version = 7", 8 },
    { { start = 10, step = 5 }, nil, ABSENT, 15 },
    { { start = 10, step = 5 }, 10, ABSENT .. " OR version = 10", 15 },
    { { start = 10, step = 5 }, 0, "version = 0", 5 },
    { { start = -1 }, nil, ABSENT, 0 },
    { nil, core.number "3", "version = 3", 4 },
  }
  for i, case in ipairs(cases) do
    for _, operation in ipairs { "put", "replace", "upsert", "patch" } do
      it(("guards %s, case %d"):format(operation, i), function()
        local result = assert(write(operation, { id = "1", version = case[2] }, case[1]))
        assert.are.equal(case[3], (show(result.condition)))
        assert.are.equal(case[4], result.item.version)
        assert.are.same({ version = case[4] }, result.info)
      end)
    end
  end

  it("takes the version from the options", function()
    local result = assert(write("update", { id = "1" }, { attribute = "v" }, { version = 4 }))
    assert.are.equal("v = 4", (show(result.condition)))
    assert.are.same({ id = "1", v = 5 }, result.item)
  end)

  it("moves on what an update that knows no version writes", function()
    local result = assert(write("update", { id = "1" }))
    assert.is_nil(result.condition)
    assert.are.equal("SET version = if_not_exists(version, 0) + 1", (show(result.update)))
  end)

  it("guards a delete that knows the version", function()
    local result = assert(write("delete", { id = "1", version = 4 }))
    assert.are.equal("version = 4", (show(result.condition)))
    assert.are.same({ id = "1" }, result.item)
    assert.are.equal("version = 4",
      (show(assert(write("delete", { id = "1" }, nil, { version = 4 })).condition)))
    assert.is_nil(assert(write("delete", { id = "1" })).condition)
  end)

  for i, bad in ipairs { "1", 1.5, true, {} } do
    it("refuses what is no version, case " .. i, function()
      local result, message = write("put", { id = "1", version = bad })
      assert.is_nil(result)
      assert.are.equal("Item.version must be a whole number: it is the item's version", message)
      result, message = write("put", { id = "1" }, nil, { version = bad })
      assert.is_nil(result)
      assert.matches("^version must be a whole number", message)
    end)
  end
end)
