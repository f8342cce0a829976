-- SPDX-License-Identifier: MIT
-- What modify returns where it wrote nothing; what it writes is in table_modify_spec.lua.
local write_back = require "dynamo.table.write_back"

describe("write_back.nothing", function()
  local item = { id = "1", n = 1 }
  for wanted, expected in pairs {
    NONE = true,
    ALL_NEW = item,
    ALL_OLD = item,
    UPDATED_NEW = {},
    UPDATED_OLD = {},
  } do
    it("is what return_values = " .. wanted .. " means of an item that stays", function()
      local info = {}
      local asked = { params = { ReturnValues = wanted } }
      local result, message, told = write_back.nothing(asked, { seen = item }, info)
      assert.same(expected, result)
      assert.is_nil(message)
      assert.equal(info, told)
      assert.is_false(info.written)
    end)
  end

  it("is true where nothing was asked for", function()
    assert.is_true((write_back.nothing({ params = {} }, { seen = item }, {})))
  end)
end)
