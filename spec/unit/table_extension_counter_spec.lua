-- SPDX-License-Identifier: MIT
local counter = require "dynamo.table.extension.counter"
local show = require "dynamo.expression.show"

local function write(operation, item, o)
  return counter(o).before_write { operation = operation, item = item, options = {} }
end

describe("extension.counter", function()
  local cases = {
    { { attribute = "n" }, "SET n = if_not_exists(n, -1) + 1", 0 },
    { { attribute = "n", start = 1 }, "SET n = if_not_exists(n, 0) + 1", 1 },
    { { attribute = "n", delta = 5, start = 100 }, "SET n = if_not_exists(n, 95) + 5", 100 },
    { { attribute = "n", delta = -1 }, "SET n = if_not_exists(n, 1) + -1", 0 },
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
        assert.are.same({ item = { id = "1", [name] = case[3] } },
          write(operation, { id = "1", [name] = 77 }, case[1]))
      end
    end)
  end

  it("leaves a delete alone", function()
    assert.is_nil(write("delete", { id = "1" }, { attribute = "n" }))
  end)
end)
