-- SPDX-License-Identifier: MIT
local core = require "dynamo.core"
local counter = require "dynamo.table.extension.counter"
local show = require "dynamo.expression.display"

local function write(operation, item, o)
  return counter(o).before_write { operation = operation, item = item, options = {} }
end

describe("extension.counter", function()
  local cases = {
    { { attribute = "n" }, "SET n = if_not_exists(n, -1) + 1", 0 },
    { { attribute = "n", start = 1 }, "SET n = if_not_exists(n, 0) + 1", 1 },
    { { attribute = "n", delta = 5, start = 100 }, "SET n = if_not_exists(n, 95) + 5", 100 },
    { { attribute = "n", delta = -1 }, "SET n = if_not_exists(n, 1) + -1", 0 },
    { { attribute = "n", delta = 0.1, start = 1 }, "SET n = if_not_exists(n, 0.9) + 0.1", 1 },
    { { attribute = "n", delta = 0.7, start = 1 }, "SET n = if_not_exists(n, 0.3) + 0.7", 1 },
    {
      { attribute = "n", delta = core.number "0.3", start = core.number "1" },
      "SET n = if_not_exists(n, 0.7) + 0.3",
      core.number "1",
    },
    { { attribute = "a.b" }, "SET `a.b` = if_not_exists(`a.b`, -1) + 1", 0 },
  }
  for i, case in ipairs(cases) do
    it("counts, case " .. i, function()
      local name = case[1].attribute
      for _, operation in ipairs { "upsert", "patch", "update" } do
        local result = write(operation, { id = "1", [name] = 77 }, case[1])
        assert.are.same({ id = "1" }, result.item)
        assert.are.equal(case[2], (show(result.update)))
      end
      for _, operation in ipairs { "put", "insert", "replace" } do
        assert.are.same(
          { item = { id = "1", [name] = case[3] } },
          write(operation, { id = "1", [name] = 77 }, case[1])
        )
      end
    end)
  end

  it("raises for settings that it cannot count with", function()
    for _, o in ipairs {
      { start = 1.5 },
      { delta = 0 },
      { delta = core.number "0" },
      { delta = 2 ^ 53 },
      { start = "1" },
      { delta = 0 / 0 },
    } do
      o.attribute = "n"
      assert.has_error(function()
        counter(o)
      end)
    end
    local _, message = pcall(function()
      return (counter { attribute = "n", start = core.number "1E38", delta = 0.1 })
    end)
    assert.matches(
      "extension_counter_spec.lua:%d+: dynamo.extension.counter: start %- delta: .*38",
      message
    )
  end)

  it("leaves a delete alone", function()
    assert.is_nil(write("delete", { id = "1" }, { attribute = "n" }))
  end)
end)
