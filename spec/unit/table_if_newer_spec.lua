-- SPDX-License-Identifier: MIT
local core = require "dynamo.core"
local expression = require "dynamo.expression"
local newer = require "dynamo.table.if_newer"
local show = require "dynamo.expression.display"

local function text(tree)
  return (show(tree))
end

describe("if_newer", function()
  it("compares with what an item brings", function()
    local item = { at = 5, meta = { at = 7 }, kind = "update", ["a.b"] = 1 }
    assert.are.equal("attribute_not_exists(at) OR at < 5", text(newer.than_item("at", item)))
    assert.are.equal(
      "attribute_not_exists(meta.at) OR meta.at < 7",
      text(newer.than_item("meta.at", item))
    )
    assert.are.equal(
      "attribute_not_exists(`a.b`) OR `a.b` < 1",
      text(newer.than_item("`a.b`", item))
    )
  end)

  it("compares with what an update sets", function()
    local update = assert(expression.update("SET at = 5, meta = {at: 7}, l[1] = 3"))
    assert.are.equal("attribute_not_exists(at) OR at < 5", text(newer.than_update("at", update)))
    assert.are.equal(
      "attribute_not_exists(meta.at) OR meta.at < 7",
      text(newer.than_update("meta.at", update))
    )
    assert.are.equal(
      "attribute_not_exists(l[1]) OR l[1] < 3",
      text(newer.than_update("l[1]", update))
    )
  end)

  local refused = {
    { "other", "SET at = 5", "the write brings no value for other to compare with" },
    { "at", "SET at = if_not_exists(at, 5)", "the write brings no value for at" },
    { "at", "SET at = b", "the write brings no value for at" },
    { "at.x", "SET at = 5", "the write brings no value for at.x" },
    { "a b", "SET at = 5", "column" },
  }
  for i, case in ipairs(refused) do
    it("refuses an update that does not bring it, case " .. i, function()
      local condition, err = newer.than_update(case[1], assert(expression.update(case[2])))
      assert.is_nil(condition)
      assert.are.equal("if_newer", err.path)
      assert.matches(case[3], err.message, 1, true)
    end)
  end

  it("refuses an item without it", function()
    for _, item in ipairs { {}, { at = core.null } } do
      local condition, err = newer.than_item("at", item)
      assert.is_nil(condition)
      assert.are.equal("if_newer: the write brings no value for at to compare with", err.message)
    end
  end)
end)
