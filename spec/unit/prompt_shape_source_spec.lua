-- SPDX-License-Identifier: MIT
-- The Lua that is written for the shape of lines.
local dynamo = require "dynamo"
local shape_source = require "dynamo.prompt.shape_source"

-- Returns the function for lines of "a b" with words of these kinds.
local function reader(kinds, asked, shared)
  local notes, captures = {}, {}
  for i, kind in ipairs(kinds) do
    notes[i], captures[i] = { kind = kind }, "(%S+)"
  end
  return shape_source.reader("^" .. table.concat(captures, " ") .. "$", notes, asked, 100, shared)
end

describe("the function of a shape", function()
  it("makes what is asked anew, with a line's values at their places", function()
    local constant, options = { "x" }, {}
    local item = { a = 101, b = dynamo.list { 102, { ["c d"] = 103 } }, e = constant, f = false }
    local read = reader({ "word", "number", "boolean" }, {
      item = item,
      key = { a = "101" },
      arguments = { item, options },
    }, { method = "put" })
    local asked = read "x 7 true"
    assert.same(
      { a = "x", b = dynamo.list { 7, { ["c d"] = true } }, e = { "x" }, f = false },
      asked.item
    )
    assert.is_true(dynamo.is_list(asked.item.b))
    assert.equal(constant, asked.item.e)
    assert.same({ a = "x" }, asked.key)
    assert.equal(asked.item, asked.arguments[1])
    assert.equal(options, asked.arguments[2])
    assert.equal("x 7 true", asked.text)
    assert.equal("put", asked.method)
    assert.not_equal(asked.item, read("x 7 true").item)
  end)

  it("gives nothing for what does not fit", function()
    local read = reader({ "word", "number", "boolean" }, { item = { 101, 102, 103 } }, {})
    assert.is_table(read "x -1.5 false")
    for _, text in ipairs {
      "x 7",
      "dynamo.x 7 true",
      "x 1.2.3 true",
      "x 1234567890123456 true",
      "x 7 null",
    } do
      assert.is_nil(read(text), text)
    end
  end)

  it("is not made where a value goes nowhere, or into what is more than a table", function()
    assert.is_nil(reader({ "number", "number" }, { item = { 101 } }, {}))
    assert.is_nil(reader({ "number" }, { item = dynamo.set { 101 } }, {}))
  end)
end)
