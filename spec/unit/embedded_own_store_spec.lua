-- SPDX-License-Identifier: MIT
-- dynamo.embedded: a store of its user's own, with faults on purpose.
if not pcall(require, "dynamo.sqlite") then
  return pending "dynamo/sqlite.so is not built: SQLite's header is not here"
end

local dynamo = require "dynamo"

local TABLE = {
  TableName = "Users",
  KeySchema = { { AttributeName = "id", KeyType = "HASH" } },
  AttributeDefinitions = { { AttributeName = "id", AttributeType = "S" } },
  BillingMode = "PAY_PER_REQUEST",
}

-- Returns a store, a client of it that does not try again, and a table.
local function open(options)
  local store = assert(dynamo.embedded(options))
  local db = dynamo.new { transport = store, retry_mode = "off" }
  assert(db:create_table(TABLE))
  return store, db, db:table("Users", { key = { "id" } })
end

-- Returns how often a function fails with a code in so many calls, and which calls did.
local function failures(calls, code, call)
  local count, which = 0, {}
  for i = 1, calls do
    local ok, _, err = call(i)
    if not ok then
      assert.equal(code, err.code)
      count = count + 1
      which[#which + 1] = i
    end
  end
  return count, which
end

describe("a store of one's own", function()
  it("needs neither region nor credentials, and is for many clients", function()
    local store, db, users = open()
    assert(users:put { id = "1", n = 1 })
    db:close()
    local other = dynamo.new { transport = store }
    assert.equal(1, other:table("Users", { key = { "id" } }):get({ id = "1" }).n)
  end)

  it("throttles before anything is done", function()
    local _, _, users = open { faults = { throttle = 0.3, seed = 7 } }
    local count = failures(100, "ThrottlingException", function()
      return users:update({ id = "1" }, "ADD n 1")
    end)
    assert.is_true(count > 10 and count < 60)
    local item
    repeat
      item = users:get { id = "1" }
    until item
    assert.equal(100 - count, item.n)
  end)

  it("loses answers of what was done, each seed its own, and after a reset the same", function()
    local store, db, users = open { faults = { lose_response = 0.3, seed = 7 } }
    local function run()
      return failures(100, "ConnectionLost", function()
        local ok, message, err = users:update({ id = "1" }, "ADD n 1")
        if not ok then assert.equal("unknown", err.maybe_applied) end
        return ok, message, err
      end)
    end
    local count, which = run()
    assert.is_true(count > 10 and count < 60)
    local item
    repeat
      item = users:get { id = "1" }
    until item
    assert.equal(100, item.n)
    store:reset()
    assert(db:create_table(TABLE))
    assert.same(which, (select(2, run())))
  end)

  it("hands back entries of batches, which the verbs do in the end", function()
    local store, db = open { faults = { unprocessed = 0.5, seed = 7 } }
    local requests = {}
    for i = 1, 20 do
      requests[i] = { PutRequest = { Item = { id = tostring(i) } } }
    end
    local answer = assert(db:batch_write_item { RequestItems = { Users = requests } })
    local left = #answer.UnprocessedItems.Users
    assert.is_true(left > 2 and left < 18)
    assert.equal(20 - left, #db:table("Users", { key = { "id" } }):scan():all())
    assert.is_truthy(store)
  end)

  it("takes its time from its user", function()
    local now = 1764268000
    local _, db = open {
      clock = function()
        return now
      end,
    }
    local created = db:describe_table({ TableName = "Users" }).Table.CreationDateTime
    assert.equal(now, created)
  end)

  it("is backed up into a file that is a store", function()
    local store, _, users = open()
    assert(users:put { id = "1" })
    local path = os.tmpname()
    os.remove(path)
    assert.is_true(store:backup(path))
    local done, message, err = store:backup(path)
    assert.is_nil(done)
    assert.equal("config", err.kind)
    assert.is_truthy(message:find(path, 1, true))
    local copy = assert(dynamo.embedded { path = path })
    local db = dynamo.new { transport = copy }
    assert.is_truthy(db:table("Users", { key = { "id" } }):get { id = "1" })
    copy:close()
    for _, suffix in ipairs { "", "-wal", "-shm" } do
      os.remove(path .. suffix)
    end
  end)

  it("that cannot be opened says why", function()
    local store, message, err = dynamo.embedded { path = "/nowhere/at/all.db" }
    assert.is_nil(store)
    assert.equal("StoreNotOpened", err.code)
    assert.is_truthy(message:find("/nowhere/at/all.db", 1, true))
  end)

  it("refuses misuse at its caller's line", function()
    local CASES = {
      { 1, "dynamo.embedded: the options must be a table" },
      { { pth = "x" }, 'dynamo.embedded: unknown option "pth", did you mean "path"' },
      { { path = 1 }, "dynamo.embedded: path must be a string" },
      { { clock = 1 }, "dynamo.embedded: clock must be a function" },
      { { faults = { delay = -1 } }, "dynamo.embedded: faults.delay must be" },
    }
    for _, case in ipairs(CASES) do
      local ok, message = pcall(dynamo.embedded, case[1])
      assert.is_false(ok)
      assert.is_truthy(message:find(case[2], 1, true), message)
    end
    local store = open()
    assert.error_matches(function()
      store:backup()
    end, "store:backup: the path must be a string")
    assert.error_matches(function()
      store:reset(1)
    end, "store:reset: ")
  end)
end)

describe("docs/testing.md", function()
  it("runs", function()
    local page = assert(io.open("docs/testing.md", "rb")):read "*a"
    local code = page:match "```lua\n(.-)```"
    assert((loadstring or load)(code, "=docs/testing.md"))()
  end)
end)
