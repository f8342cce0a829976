-- SPDX-License-Identifier: MIT
local item_keys = require "dynamo.table.query.item_keys"

local function ask_of(key, index, indexes)
  return {
    noun = { key = key, indexes = indexes or {} },
    params = { IndexName = index },
    options = {},
  }
end

describe("the keys of an item", function()
  it("are known as far as they were told", function()
    assert.are.same({ "id", "at" }, item_keys.known(ask_of { "id", "at" }))
    assert.is_nil(item_keys.known(ask_of(nil)))
    assert.is_nil(item_keys.known(ask_of({ "id" }, "byAt")))
    assert.are.same(
      { "id", "at", "day" },
      item_keys.known(ask_of({ "id", "at" }, "byAt", { byAt = { "day", "at" } }))
    )
    assert.are.same(
      { "id", "at", "day" },
      item_keys.find(ask_of({ "id", "at" }, "byAt", { byAt = { "day", "at" } }))
    )
  end)

  it("are copied", function()
    assert.are.same({ id = 1 }, item_keys.key_of({ "id" }, { id = 1, n = 2 }))
    assert.are.same({ "at", "id" }, item_keys.of_position { id = 1, at = 2 })
  end)

  it("are missed", function()
    local key, message, err = item_keys.key_of({ "id", "at" }, { id = 1 })
    assert.is_nil(key)
    assert.matches("the item has no attribute at: what db:table was told", message, 1, true)
    assert.are.same({ "config", "wrong_key" }, { err.kind, err.code })
    for _, ask in ipairs { ask_of(nil), ask_of({ "id" }, "byAt") } do
      key, message, err = item_keys.find(ask, true)
      assert.is_nil(key)
      assert.matches(
        "is not known, and explain sends nothing: give db:table the option",
        message,
        1,
        true
      )
      assert.are.equal("no_key", err.code)
    end
  end)
end)
