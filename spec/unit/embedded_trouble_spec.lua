-- SPDX-License-Identifier: MIT
local trouble = require "dynamo.embedded.trouble"

describe("a trouble", function()
  it("says where, what to do and SQLite's own words", function()
    local made = trouble.of("file:a.db", "full", "database or disk is full")
    assert.same({ "transport", "StoreFull", "none" }, { made.kind, made.code, made.sent })
    assert.is_truthy(made.message:find("^file:a.db: there is no room"))
    assert.is_truthy(made.message:find("(database or disk is full)", 1, true))
    assert.equal("StoreFull: " .. made.message, tostring(made))
    assert.is_true(trouble.is(made))
    assert.is_false(trouble.is {})
    assert.is_false(trouble.is "StoreFull")
  end)

  it("has a code for each word of dynamo.sqlite's", function()
    local codes = {}
    for _, word in ipairs {
      "busy",
      "full",
      "read_only",
      "damaged",
      "unopened",
      "io",
      "memory",
      "else",
    } do
      codes[#codes + 1] = trouble.of("x", word, "y").code
    end
    assert.equal(
      "StoreBusy StoreFull StoreReadOnly StoreDamaged StoreNotOpened StoreFailed StoreFailed StoreFailed",
      table.concat(codes, " ")
    )
  end)
end)
