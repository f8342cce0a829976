-- SPDX-License-Identifier: MIT
if not pcall(require, "dynamo.sqlite") then
  return pending "dynamo/sqlite.so is not built: SQLite's header is not here"
end

local dynamo = require "dynamo"

describe("a client of the store inside the process", function()
  -- Returns a client that has nothing of AWS: no region, no credentials, no network.
  local function client(endpoint, variables)
    return dynamo.new {
      endpoint = endpoint,
      getenv = function(name)
        return (variables or {})[name]
      end,
      read_file = function()
        return nil, "no such file"
      end,
    }
  end

  local function with_table(db)
    assert(db:create_table {
      TableName = "Users",
      KeySchema = { { AttributeName = "userId", KeyType = "HASH" } },
      AttributeDefinitions = { { AttributeName = "userId", AttributeType = "S" } },
      BillingMode = "PAY_PER_REQUEST",
    })
    return db:table("Users", { key = { "userId" } })
  end

  it("needs no region and no credentials", function()
    local db = client "memory:"
    local users = with_table(db)
    assert(users:upsert { userId = "1", name = "Ann", pi = dynamo.number "3.14159265358979323846" })
    local item, _, info = users:get { userId = "1" }
    assert.equal("Ann", item.name)
    assert.equal("3.14159265358979323846", tostring(item.pi))
    assert.truthy(info.request_id)
    local after =
      assert(users:update({ userId = "1" }, "SET visits = if_not_exists(visits, 0) + 1", {
        return_values = "ALL_NEW",
      }))
    assert.equal(1, after.visits)
    db:close()
  end)

  it("is told by the environment, too", function()
    local db = client(nil, { AWS_ENDPOINT_URL_DYNAMODB = "memory:" })
    assert.is_true(with_table(db):put { userId = "1" })
    db:close()
  end)

  it("has a store of its own, or shares one by its name", function()
    local first, second = client "memory:", client "memory:"
    with_table(first)
    assert.same({}, assert(second:list_tables {}).TableNames)
    local one, other = client "memory:shared_name", client "memory:shared_name"
    with_table(one)
    assert.same({ "Users" }, assert(other:list_tables {}).TableNames)
    for _, db in ipairs { first, second, one, other } do
      db:close()
    end
  end)

  it("keeps what is in a file", function()
    local path = os.tmpname()
    os.remove(path)
    local db = client("file:" .. path)
    assert(with_table(db):put { userId = "1", n = 5 })
    db:close()
    local again = client("file:" .. path)
    assert.same({ userId = "1", n = 5 }, assert(again:table("Users"):get { userId = "1" }))
    again:close()
    for _, ending in ipairs { "", "-wal", "-shm" } do
      os.remove(path .. ending)
    end
  end)

  it("says which file it cannot have", function()
    local db = client "file:/nowhere/at/all.db"
    local tables, message, err = db:list_tables {}
    assert.is_nil(tables)
    assert.same({ "config", "StoreNotOpened" }, { err.kind, err.code })
    assert.truthy(message:find("file:/nowhere/at/all.db", 1, true))
  end)

  it("fails as the service would", function()
    local db = client "memory:"
    local users = with_table(db)
    assert(users:put { userId = "1", n = 1 })
    local ok, _, err = users:insert { userId = "1" }
    assert.is_nil(ok)
    assert.equal("ConditionalCheckFailedException", err.code)
    assert.equal("no", err.maybe_applied)
    assert.same({ userId = "1", n = 1 }, err.item)
    local _, message, not_there = db:create_backup { TableName = "Users", BackupName = "one" }
    assert.equal("NotEmbedded", not_there.code)
    assert.truthy(message:find("CreateBackup", 1, true))
    db:close()
  end)

  it("gives and tells items as deep as they may be, wherever they are in a response", function()
    local db = client "memory:"
    local users, deep = with_table(db), "x"
    for _ = 1, 31 do
      deep = { deep }
    end
    local item = { userId = "1", deep = deep }
    assert(users:put(item))
    assert.same(item, assert(users:get { userId = "1" }))
    local function fails(...)
      local ok, _, err = ...
      assert.is_nil(ok)
      return err
    end
    assert.same(item, fails(users:insert { userId = "1" }).item)
    local cancelled = fails(db:transaction():insert(users, { userId = "1" }):commit())
    assert.same(item, cancelled.reasons[1].item)
    local insert = "INSERT INTO Users VALUE {'userId': '2', 'deep': ?}"
    assert(db:execute(insert, deep))
    local update = "UPDATE Users SET n = 1 WHERE userId = '2' RETURNING ALL OLD *"
    assert.same({ userId = "2", deep = deep }, assert(assert(db:execute(update)):one()))
    local answer = assert(db:batch_execute_statement {
      Statements = { { Statement = "SELECT * FROM Users WHERE userId = '1'" } },
    })
    assert.same(item, answer.Responses[1].Item)
    db:close()
  end)

  it("explains a request, which is signed there", function()
    local db = client "memory:"
    local explained = assert(db:explain("list_tables", {}))
    assert.equal("http://embedded/", explained.url)
    db:close()
  end)

  it("is refused with a name that is none", function()
    for _, endpoint in ipairs { "memory:a b", "file:", "memory", "file:a\nb" } do
      assert.is_false(pcall(dynamo.new, { endpoint = endpoint }), endpoint)
    end
  end)
end)
