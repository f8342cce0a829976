-- SPDX-License-Identifier: MIT
local codec = require "dynamo.codec"
local core = require "dynamo.core"
local show = require "dynamo.expression.display"
local version = require "dynamo.table.extension.version"

-- Runs the extension on a write.
local function write(operation, item, o, options)
  return version(o).before_write {
    operation = operation,
    item = item,
    key = { "id" },
    options = options or {},
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

  local large = {
    -- version read, condition, version written
    { core.number "9007199254740991", "version = 9007199254740991", "9007199254740992" },
    { core.number "9007199254740993", "version = 9007199254740993", "9007199254740994" },
    { core.number "9223372036854775807", "version = 9223372036854775807", "9223372036854775808" },
    {
      core.number "12345678901234567890123456789012345678",
      "version = 12345678901234567890123456789012345678",
      "12345678901234567890123456789012345679",
    },
  }
  for _, case in ipairs(large) do
    it("counts on from " .. tostring(case[1]), function()
      local result = assert(write("put", { id = "1", version = case[1] }))
      assert.are.equal(case[2], (show(result.condition)))
      assert.are.equal(case[3], core.digits(result.item.version))
      assert.are.equal(case[3], core.digits(result.info.version))
      assert.is_string(codec.encode(result.item.version))
    end)
  end

  it("counts on from a version as it was read, on every runtime", function()
    for _, text in ipairs { "1", "9007199254740992", "9223372036854775807", "1E22" } do
      for _, mode in ipairs { "auto", "exact" } do
        local read = codec.decode('{"N":"' .. text .. '"}', mode)
        local result = assert(write("put", { id = "1", version = read }))
        assert.are.equal(tostring(core.number(text) + 1), core.digits(result.item.version))
      end
    end
  end)

  it("counts on from an FFI integer", function()
    if not rawget(_G, "jit") then return pending "no FFI on this runtime" end
    local result = assert(write("put", { id = "1", version = loadstring "return 7LL"() }))
    assert.are.equal(8, result.item.version)
    local huge = loadstring "return 9007199254740993LL"()
    result = assert(write("put", { id = "1", version = huge }))
    assert.are.equal("9007199254740994", core.digits(result.item.version))
  end)

  it("refuses a version that is not whole, and one that cannot be counted on", function()
    for _, bad in ipairs { 1.5, core.number "1.5", "7", {}, true, 0 / 0 } do
      local result, message = write("put", { id = "1", version = bad })
      assert.is_nil(result)
      assert.matches("Item.version must be a whole number", message, 1, true)
    end
    local _, message = write("put", { id = "1", version = 2 ^ 53 })
    assert.matches("Item.version: ", message, 1, true)
    assert.matches('use dynamo.number("...")', message, 1, true)
  end)

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
    assert.are.equal(
      "version = 4",
      (show(assert(write("delete", { id = "1" }, nil, { version = 4 })).condition))
    )
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
