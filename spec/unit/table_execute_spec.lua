-- SPDX-License-Identifier: MIT
local core = require "dynamo.core"
local dynamo = require "dynamo"
local fake_client = require "support.fake_client"

local EMPTY = { status = 200, body = "{}" }

-- Returns the response with items of these numbers, and the token of the next page.
local function page(numbers, token)
  local items = {}
  for i, number in ipairs(numbers) do
    items[i] = ('{"n":{"N":"%d"}}'):format(number)
  end
  local next_token = token and (',"NextToken":"%s"'):format(token) or ""
  return { status = 200, body = ('{"Items":[%s]%s}'):format(table.concat(items, ","), next_token) }
end

-- Returns the parameters that the nth request carries, wire-typed.
local function sent(fake, n)
  return assert(core.document(fake.requests[n].body))
end

local function numbers_of(result)
  local numbers = {}
  for item in result:items() do
    numbers[#numbers + 1] = item.n
  end
  return numbers
end

describe("execute", function()
  it("sends a statement at once, with its values", function()
    local db, fake = fake_client.new { EMPTY }
    local result, message, info = db:execute(
      "INSERT INTO Users VALUE {'id': ?, 'n': ?, 'tags': ?, 'map': ?}",
      "1",
      dynamo.number "1.50",
      dynamo.set { "a" },
      { limit = 1 },
      { timeout = 3, return_consumed_capacity = "TOTAL", page_size = 7 }
    )
    assert.is_nil(message)
    assert.are.equal(1, info.attempts)
    assert.are.equal("DynamoDB_20120810.ExecuteStatement", fake:header(1, "x-amz-target"))
    assert.are.same({
      Statement = "INSERT INTO Users VALUE {'id': ?, 'n': ?, 'tags': ?, 'map': ?}",
      Parameters = { { S = "1" }, { N = "1.5" }, { SS = { "a" } }, { M = { limit = { N = "1" } } } },
      ReturnConsumedCapacity = "TOTAL",
      Limit = 7,
    }, sent(fake, 1))
    assert.are.same({}, (assert(result:all())))
    assert.are.equal(1, #fake.requests)
  end)

  it("sends no list of values where there is none", function()
    local db, fake = fake_client.new { EMPTY }
    assert(db:execute "SELECT * FROM Users")
    assert.are.same({ Statement = "SELECT * FROM Users" }, sent(fake, 1))
  end)

  it("asks for more as it is used", function()
    local db, fake = fake_client.new { page({ 1, 2 }, "t1"), page({}, "t2"), page { 3 } }
    local result =
      assert(db:execute("SELECT * FROM Users WHERE a = ?", 1, { consistent_read = true }))
    assert.are.equal(1, #fake.requests)
    assert.are.equal(1, result:next().n)
    assert.are.equal(1, #fake.requests)
    assert.are.same({ 2, 3 }, numbers_of(result))
    assert.are.equal(3, #fake.requests)
    assert.are.same({
      Statement = "SELECT * FROM Users WHERE a = ?",
      Parameters = { { N = "1" } },
      ConsistentRead = true,
      NextToken = "t2",
    }, sent(fake, 3))
    local info = result:info()
    assert.are.same({ 3, 3, 3 }, { info.pages, info.count, info.attempts })
  end)

  it("hands out no more than limit, and reads no more than max_pages", function()
    local db, fake = fake_client.new { page({ 1, 2 }, "t1"), page({ 3, 4 }, "t2") }
    assert.are.same({ 1 }, numbers_of(assert(db:execute("SELECT * FROM Users", { limit = 1 }))))
    assert.are.equal(1, #fake.requests)
    db = fake_client.new { page({ 1, 2 }, "t1"), page({ 3, 4 }, "t2") }
    local result = assert(db:execute("SELECT * FROM Users", { max_pages = 2 }))
    assert.are.same({ 1, 2, 3, 4 }, numbers_of(result))
  end)

  it("returns the failure of the first page", function()
    local refused = { status = 400, body = '{"__type":"ValidationException","message":"m"}' }
    local db = fake_client.new { refused }
    local result, message, err = db:execute "SELECT * FROM Users"
    assert.is_nil(result)
    assert.are.equal("ValidationException: m", message)
    assert.are.equal("execute_statement", err.operation)
    assert.is_nil(err.maybe_applied)
  end)

  it("tells the failure of a later page where that is asked for", function()
    local refused = { status = 400, body = '{"__type":"ValidationException","message":"m"}' }
    local db = fake_client.new { page({ 1 }, "t1"), refused }
    local result = assert(db:execute "SELECT * FROM Users")
    assert.are.equal(1, result:next().n)
    local item, message, err = result:next()
    assert.is_nil(item)
    assert.are.equal("ValidationException: m", message)
    assert.are.equal(err, result:failure())
  end)

  it("tells how far it is", function()
    local db = fake_client.new { page({ 1, 2 }, "t1"), page { 3 } }
    local told = {}
    local result = assert(db:execute("SELECT * FROM Users", {
      progress = function(done, _, _, is_over)
        told[#told + 1] = ("%d %s"):format(done, tostring(is_over))
      end,
    }))
    assert.are.equal(3, #assert(result:all()))
    assert.are.equal("3 true", told[#told])
  end)

  it("is explained", function()
    local db, fake = fake_client.new { EMPTY }
    local request =
      assert(db:explain("execute", "SELECT * FROM T WHERE a = ?", 1, { page_size = 2 }))
    assert.are.equal(0, #fake.requests)
    assert(db:execute("SELECT * FROM T WHERE a = ?", 1, { page_size = 2 }))
    assert.are.equal(fake.requests[1].body, request.body)
    local nothing, _, err = db:explain("execute", "SELECT * FROM T WHERE a = ?", 0 / 0)
    assert.is_nil(nothing)
    assert.are.equal("arguments[1]", err.path)
    nothing, _, err = db:explain("execute", "SELECT * FROM T WHERE a = ?", nil)
    assert.is_nil(nothing)
    assert.are.equal("arguments[1]", err.path)
  end)

  it("has no cursor", function()
    local db = fake_client.new { page { 1 } }
    local result = assert(db:execute "SELECT * FROM Users")
    local ok, message = pcall(result.cursor, result)
    assert.is_false(ok)
    assert.matches("execute has no cursors", message, 1, true)
  end)

  local LOST = { kind = "transport", sent = "complete" }
  local classes = {
    { "SELECT * FROM Users", 2 },
    { "INSERT INTO Users VALUE {'id': 'a'}", 2, "unknown" },
    { "DELETE FROM Users WHERE id = 'a'", 2, "unknown" },
    { "UPDATE Users SET a = 1 WHERE id = 'a'", 2, "unknown" },
    { "UPDATE Users SET a = a + 1 WHERE id = 'a'", 1, "unknown" },
  }
  for i, case in ipairs(classes) do
    it(("is sent again where that does no harm, case %d"):format(i), function()
      local db, fake = fake_client.new { LOST, EMPTY }
      assert.are.equal(case[2] == 2, db:execute(case[1]) ~= nil)
      assert.are.equal(case[2], #fake.requests)
      db = fake_client.new({ LOST }, { max_attempts = 1 })
      local _, _, err = db:execute(case[1])
      assert.are.equal(case[3], err.maybe_applied)
    end)
  end

  it("says that a duplicate may be its own", function()
    local duplicate =
      { status = 400, body = '{"__type":"DuplicateItemException","message":"there is one"}' }
    local db = fake_client.new { LOST, duplicate }
    local _, message, err = db:execute "INSERT INTO Users VALUE {'id': 'a'}"
    assert.are.same({ "DuplicateItemException", "unknown" }, { err.code, err.maybe_applied })
    assert.matches("there is one; an earlier attempt .* may have done the write", message)
  end)

  it("is sent again on request", function()
    local db, fake = fake_client.new { LOST, EMPTY }
    assert(db:execute("UPDATE Users SET a = a + 1 WHERE id = 'a'", { retry_unsafe = true }))
    assert.are.equal(2, #fake.requests)
  end)

  local bad = {
    { { "SELECT * FROM T WHERE a = ? AND b = ?", 1, 0 / 0 }, "arguments[2]" },
    { { "SELECT * FROM T WHERE a = ?", { x = { print } } }, "arguments[1].x[1]" },
    { { n = 2, "SELECT * FROM T WHERE a = ?", nil }, "arguments[1]" },
    { { n = 3, "SELECT * FROM T WHERE a = ? AND b = ?", nil, 1 }, "arguments[1]" },
    { { "" }, "statement" },
    { { ("x"):rep(8193) }, "statement" },
    { { "SELECT \255" }, "statement" },
  }
  for i, case in ipairs(bad) do
    it(("returns what is wrong with data, case %d"):format(i), function()
      local db, fake = fake_client.new { EMPTY }
      local arguments = case[1]
      local result, message, err =
        db:execute((table.unpack or unpack)(arguments, 1, arguments.n or #arguments))
      assert.is_nil(result)
      assert.are.equal("validation", err.kind)
      assert.are.equal(case[2], err.path)
      assert.are.equal(1, (message:find(case[2], 1, true)), message)
      assert.are.equal(0, #fake.requests)
    end)
  end

  local misuses = {
    { {}, "statement must be a string, not a nil" },
    { { { "SELECT" } }, "statement must be a string, not a table" },
    { { "SELECT * FROM T WHERE a = ?" }, "no value for ? number 1 of 1" },
    { { "SELECT * FROM T WHERE a = ?", { limit = 1 } }, "the options stand there" },
    { { "SELECT * FROM T", {}, 1 }, "2 arguments behind 0 ?" },
    { { "SELECT * FROM T", "a" }, "the options must be a table, not a string" },
    { { "SELECT * FROM T", { lmit = 1 } }, 'did you mean "limit"?' },
    { { "SELECT * FROM T", { limit = 0 } }, "limit must be" },
    { { "SELECT * FROM T", { page_size = 1.5 } }, "page_size must be" },
    { { "SELECT * FROM T", { once = true } }, 'unknown option "once"' },
    { { "SELECT * FROM T", { consistent_read = 1 } }, "consistent_read" },
  }
  for i, case in ipairs(misuses) do
    it(("raises what is wrong with the code, case %d"):format(i), function()
      local db, fake = fake_client.new { EMPTY }
      local ok, message = pcall(function()
        local result = db:execute((table.unpack or unpack)(case[1]))
        return result
      end)
      assert.is_false(ok)
      assert.matches("db:execute: ", message, 1, true)
      assert.matches(case[2], message, 1, true)
      assert.are.equal(1, (message:find("spec/unit/table_execute_spec.lua:", 1, true)))
      assert.are.equal(0, #fake.requests)
    end)
  end
end)
