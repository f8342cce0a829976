-- SPDX-License-Identifier: MIT
-- The log of changes: each stream's in the order in which they were written.
if not pcall(require, "dynamo.sqlite") then
  return pending "dynamo/sqlite.so is not built: SQLite's header is not here"
end

local change_log = require "dynamo.embedded.change_log"
local databases = require "dynamo.embedded.database"

local database

before_each(function()
  database = assert(databases.open { path = ":memory:", where = "memory:", wait = 1 })
end)

-- Returns the records of changes as one text.
local function records(changes)
  local found = {}
  for i, change in ipairs(changes) do
    found[i] = change[3]
  end
  return table.concat(found)
end

describe("the log", function()
  it("gives a stream's changes page by page, by count and by bytes", function()
    for i = 1, 9 do
      change_log.append(database, i % 2 == 0 and "even" or "odd", i, tostring(i))
    end
    assert.equal("13579", records(change_log.read(database, "odd", 0, 100)))
    assert.equal("13", records(change_log.read(database, "odd", 0, 2)))
    assert.equal("579", records(change_log.read(database, "odd", 3, 100)))
    assert.equal("135", records(change_log.read(database, "odd", 0, 100, 3)))
    assert.equal("", records(change_log.read(database, "none", 0, 100)))
  end)

  it("counts on after all was trimmed", function()
    assert.same({ 0, 0 }, { change_log.last(database), change_log.trimmed(database) })
    for i = 1, 3 do
      assert.equal(i, change_log.append(database, "s", i, "x"))
    end
    change_log.trim(database, 10)
    assert.same({ 3, 3 }, { change_log.last(database), change_log.trimmed(database) })
    assert.equal(4, change_log.append(database, "s", 4, "x"))
  end)

  it("is trimmed from its beginning, some at a time, up to the first that is young", function()
    for i = 1, 150 do
      change_log.append(database, "s", i == 120 and 1000 or 1, "x")
    end
    change_log.trim(database, 500)
    assert.equal(100, change_log.trimmed(database))
    change_log.trim(database, 500)
    assert.equal(119, change_log.trimmed(database))
    change_log.trim(database, 500)
    assert.equal(119, change_log.trimmed(database))
  end)
end)

describe("streams", function()
  it("are found and listed by their ARNs, and written over", function()
    for i, arn in ipairs { "b", "c", "a" } do
      change_log.open(database, arn, i == 1 and "T" or "U", { number = i })
    end
    change_log.open(database, "a", "U", { number = 9 })
    assert.equal(9, change_log.find(database, "a").document.number)
    assert.is_nil(change_log.find(database, "z"))
    local function arns(...)
      local found = {}
      for i, stream in ipairs(change_log.list(database, ...)) do
        found[i] = stream.arn
      end
      return table.concat(found)
    end
    assert.equal("abc", arns(nil, nil, 10))
    assert.equal("ac", arns("U", nil, 10))
    assert.equal("c", arns("U", "a", 10))
    assert.equal("ab", arns(nil, nil, 2))
  end)
end)
