-- SPDX-License-Identifier: MIT
-- What was done with a token is known for its time.
if not pcall(require, "dynamo.sqlite") then
  return pending "dynamo/sqlite.so is not built: SQLite's header is not here"
end

local databases = require "dynamo.embedded.database"
local tokens = require "dynamo.embedded.tokens"

local function memory()
  return assert(databases.open { path = ":memory:", where = "memory:", wait = 1 })
end

describe("a token", function()
  it("has what was asked and answered with it, byte for byte", function()
    local database = memory()
    tokens.keep(database, "t\0", 100, "print\255", "answer\0")
    assert.same({ "print\255", "answer\0" }, { tokens.find(database, "t\0", 100) })
    assert.is_nil(tokens.find(database, "t", 100))
  end)

  it("of another time is not known, and takes the place of the old one", function()
    local database = memory()
    tokens.keep(database, "t", 100, "print", "answer")
    assert.is_nil(tokens.find(database, "t", 100.5))
    tokens.keep(database, "t", 200, "other", "new")
    assert.same({ "other", "new" }, { tokens.find(database, "t", 150) })
  end)

  it("goes when it is old", function()
    local database = memory()
    tokens.keep(database, "old", 100, "print", "answer")
    tokens.keep(database, "new", 200, "print", "answer")
    tokens.trim(database, 200)
    assert.is_nil(tokens.find(database, "old", 0))
    assert.is_truthy(tokens.find(database, "new", 0))
  end)
end)
