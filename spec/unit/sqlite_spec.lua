-- SPDX-License-Identifier: MIT
-- The C module dynamo.sqlite: values there and back, failures, and what ends before what.
local has_sqlite, sqlite = pcall(require, "dynamo.sqlite")
if not has_sqlite then
  return pending "dynamo/sqlite.so is not built: SQLite's header is not here"
end

local function memory()
  return assert(sqlite.open ":memory:")
end

describe("a statement", function()
  it("gives back what was bound, byte for byte", function()
    local statement = memory():prepare "SELECT ?, ?, ?, ?, ?, ?"
    local bytes = "a\0b\255"
    assert.same({ bytes, "", 2 ^ 52, 0.5, 1, n = 6 }, {
      n = select("#", statement:row(bytes, "", 2 ^ 52, 0.5, true, nil)),
      statement:row(bytes, "", 2 ^ 52, 0.5, true),
    })
  end)

  it("has no row, or the first", function()
    local database = memory()
    assert.is_true(database:run "CREATE TABLE t(a, b)")
    assert.is_false(database:prepare("SELECT a, b FROM t"):row())
    assert.is_false(database:prepare("INSERT INTO t VALUES(?, ?)"):row(1, "x"))
    assert.equal(1, database:changes())
    assert.same({ 1, "x" }, { database:prepare("SELECT a, b FROM t"):row() })
  end)

  it("lists rows up to a limit of either kind", function()
    local database = memory()
    database:run "CREATE TABLE t(a); INSERT INTO t VALUES('xx'), (NULL), ('yy'), ('zz')"
    local all = database:prepare "SELECT a FROM t ORDER BY rowid"
    local function listed(...)
      local rows, count, is_more = all:list(...)
      return { rows, count, is_more }
    end
    assert.same({ { "xx", false, "yy", "zz" }, 4, false }, listed(10, 100))
    assert.same({ { "xx", false, "yy", "zz" }, 4, false }, listed(4, 100))
    assert.same({ { "xx", false }, 2, true }, listed(2, 100))
    assert.same({ { "xx", false, "yy" }, 3, true }, listed(10, 3))
  end)

  it("is one, of few values", function()
    local database = memory()
    assert.error_matches(function()
      database:prepare ""
    end, "not one statement")
    assert.error_matches(function()
      database:prepare("SELECT " .. ("?,"):rep(20) .. "1")
    end, "not one statement")
    assert.error_matches(function()
      database:prepare("SELECT 1"):row(1)
    end, "more values")
    assert.error_matches(function()
      database:prepare("SELECT ?"):row {}
    end, "no value")
  end)

  it("works again after a raise in its middle", function()
    local database = memory()
    local statement = database:prepare "SELECT ?"
    pcall(statement.row, statement, print)
    assert.equal(7, statement:row(7))
  end)
end)

describe("a failure", function()
  it("has a word", function()
    local database = memory()
    assert.same(
      { nil, "failed" },
      { (select(1, database:prepare "nonsense")), (select(2, database:prepare "nonsense")) }
    )
    assert.equal("failed", (select(2, database:run "nonsense")))
    database:run "CREATE TABLE t(a UNIQUE)"
    local insert = database:prepare "INSERT INTO t VALUES(1)"
    assert.is_false(insert:row())
    assert.equal("constraint", (select(2, insert:row())))
    assert.equal("unopened", (select(2, sqlite.open "/nowhere/at/all")))
  end)

  it("is what a file that is none gives", function()
    local path = os.tmpname()
    local file = io.open(path, "wb")
    file:write(("no database "):rep(1000))
    file:close()
    local database = assert(sqlite.open(path))
    assert.equal("damaged", (select(2, database:run "SELECT * FROM sqlite_master")))
    os.remove(path)
  end)

  it("is another's lock", function()
    local path = os.tmpname()
    local one, other = assert(sqlite.open(path)), assert(sqlite.open(path))
    assert(one:run "BEGIN IMMEDIATE")
    assert.is_true(one:is_in_transaction())
    assert.equal("busy", (select(2, other:run "BEGIN IMMEDIATE")))
    assert.is_false(other:is_in_transaction())
    one:close()
    other:close()
    os.remove(path)
  end)
end)

describe("the end", function()
  it("of a database is that of its statements", function()
    local database = memory()
    local statement = database:prepare "SELECT 1"
    database:close()
    database:close()
    assert.error_matches(function()
      statement:row()
    end, "closed")
    assert.error_matches(function()
      database:run ""
    end, "closed")
    statement:close()
  end)

  it("comes in any order", function()
    for _ = 1, 50 do
      local database = memory()
      local kept = {}
      for i = 1, 5 do
        kept[i] = database:prepare("SELECT " .. i)
      end
      kept[3]:close()
      kept[2] = nil
    end
    collectgarbage()
    collectgarbage()
  end)

  it("leaves no memory behind", function()
    local database = memory()
    local statement = database:prepare "SELECT ?"
    local text = ("x"):rep(1000)
    for _ = 1, 100 do
      statement:row(text)
    end
    collectgarbage()
    local before = collectgarbage "count"
    for _ = 1, 2000 do
      statement:row(text)
    end
    collectgarbage()
    assert.is_true(collectgarbage "count" < before + 50)
  end)
end)

it("sleeps", function()
  sqlite.sleep(0.001)
  assert.error_matches(function()
    sqlite.sleep(-1)
  end, "seconds")
end)

it("knows its version", function()
  assert.is_truthy(sqlite.version():find "^3%.")
end)
