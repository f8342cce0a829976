-- SPDX-License-Identifier: MIT
local core = require "dynamo.core"
local fake_client = require "support.fake_client"

local OK = { status = 200, body = '{"Responses":[{"Item":{"userId":{"S":"1"}}},{}]}' }

-- Returns a client, its transport, and two of its tables.
local function world(steps)
  local db, fake = fake_client.new(steps or { OK })
  return db, fake, db:table("Users", { key = { "userId" } }), db:table("Plans", { key = { "id" } })
end

describe("transact_get", function()
  it("reads items of whatever tables", function()
    local db, fake, users, plans = world()
    local items, message, info = db:transact_get({
      { users, { userId = "1" } },
      { plans, "free", { projection = "open, #s", names = { ["#s"] = "seats" } } },
    }, { return_consumed_capacity = "TOTAL" })
    assert.is_nil(message)
    assert.are.equal(1, info.attempts)
    assert.are.same({ 2, { userId = "1" } }, { items.n, items[1], items[2] })
    assert.are.equal("DynamoDB_20120810.TransactGetItems", fake:header(1, "x-amz-target"))
    assert.are.same({
      ReturnConsumedCapacity = "TOTAL",
      TransactItems = {
        { Get = { TableName = "Users", Key = { userId = { S = "1" } } } },
        {
          Get = {
            TableName = "Plans",
            Key = { id = { S = "free" } },
            ProjectionExpression = "#n0, #n1",
            ExpressionAttributeNames = { ["#n0"] = "open", ["#n1"] = "seats" },
          },
        },
      },
    }, (core.document(fake.requests[1].body)))
  end)

  it("keeps the places of what is not there", function()
    local body = '{"Responses":[{},{"Item":{"id":{"S":"a"}}},{"Item":{}},{}]}'
    local db, _, _, plans = world { { status = 200, body = body } }
    local items =
      assert(db:transact_get { { plans, "1" }, { plans, "a" }, { plans, "3" }, { plans, "4" } })
    assert.is_nil(items[1])
    assert.are.same({ id = "a" }, items[2])
    assert.are.same({}, items[3]) -- there, with nothing that was asked for
    assert.is_nil(items[4])
    assert.are.equal(4, items.n)
  end)

  it("is explained", function()
    local db, fake, users = world()
    local gets = { { users, "1" }, { users, "2", { projection = "a" } } }
    local request = assert(db:explain("transact_get", gets))
    assert.are.equal(0, #fake.requests)
    assert(db:transact_get(gets))
    assert.are.equal(fake.requests[1].body, request.body)
    local _, _, err = db:explain("transact_get", { { users, { id = "1" } } })
    assert.are.equal("actions[1].Key.userId", err.path)
  end)

  it("hands items on as extensions do", function()
    local db = fake_client.new { OK }
    local hides = {
      name = "hides",
      after_read = function()
        return { hidden = true }
      end,
    }
    local users = db:table("Users", { key = { "userId" }, extensions = { hides } })
    local items = assert(db:transact_get { { users, "1" } })
    assert.are.same({ 1 }, { items.n, items[1] })
  end)

  it("says which of them failed", function()
    local db, _, users, plans = world {
      {
        status = 400,
        body = '{"__type":"TransactionCanceledException","Message":"cancelled",'
          .. '"CancellationReasons":[{"Code":"None"},{"Code":"TransactionConflict","Message":"m"}]}',
      },
    }
    local items, message, err = db:transact_get { { users, "1" }, { plans, "free" } }
    assert.is_nil(items)
    assert.matches("actions[2] (get, table Plans): m", message, 1, true)
    assert.are.equal(2, err.action)
    assert.are.equal("Plans", err.reasons[2].table)
    assert.is_nil(err.maybe_applied)
  end)

  it("is sent again on request where another transaction was in the way", function()
    local conflict = {
      status = 400,
      body = '{"__type":"TransactionCanceledException","Message":"cancelled",'
        .. '"CancellationReasons":[{"Code":"TransactionConflict","Message":"m"}]}',
    }
    local db, fake, users = world { conflict, OK }
    assert(db:transact_get({ { users, "1" } }, { retry_conflicts = true }))
    assert.are.equal(2, #fake.requests)
  end)

  local bad = {
    { {}, "actions", "actions: there are 0; a transaction takes 1 to 100" },
    { { { "users", { userId = 1 / 0 } } }, "actions[1].Key.userId" },
    { { { "users", { userId = "1" } }, { "users", { id = "1" } } }, "actions[2].Key.userId" },
    { { { "users", "1" }, { "plans", "1" }, { "users", "1" } }, "actions[3]" },
  }
  for i, case in ipairs(bad) do
    it(("returns what is wrong with data, case %d"):format(i), function()
      local db, fake, users, plans = world()
      local named = { users = users, plans = plans }
      for _, get in ipairs(case[1]) do
        get[1] = named[get[1]]
      end
      local items, message, err = db:transact_get(case[1])
      assert.is_nil(items)
      assert.are.equal("validation", err.kind)
      assert.are.equal(case[2], err.path)
      assert.are.equal(1, (message:find(case[3] or case[2], 1, true)), message)
      assert.are.equal(0, #fake.requests)
    end)
  end

  it("takes 100 gets", function()
    local db, fake, users = world()
    local gets = {}
    for i = 1, 101 do
      gets[i] = { users, tostring(i) }
    end
    local _, message = db:transact_get(gets)
    assert.are.equal("actions: there are 101; a transaction takes 1 to 100", message)
    gets[101] = nil
    assert(db:transact_get(gets))
    assert.are.equal(1, #fake.requests)
  end)

  local misuses = {
    { { nil }, "a list of { table, key, options } expected, got nil" },
    { { { [2] = {} } }, "a list has no holes" },
    { { { a = {} } }, "a list has no holes and no other keys" },
    { { { "x" } }, "actions[1]: must be { table, key, options }, not a string" },
    { { { "users" } }, "actions[1]: must be { table, key, options }, not a table of db:table" },
    { { { {} } }, "actions[1]: the first argument must be a table of db:table" },
    { { { { "Users", "1" } } }, "actions[1]: the first argument must be a table of db:table" },
    { { { { "users" } } }, "actions[1]: bad argument to 'get' (key must be a table, not nil" },
    { { { { "users", "1", {}, 1 } } }, "actions[1]: is { table, key, options }; it has no [4]" },
    { { { { "users", "1", key = 1 } } }, "it has no [key]" },
    { { { { "users", "1", { projction = "a" } } } }, 'did you mean "projection"?' },
    { { { { "users", "1", { consistent_read = true } } } }, "a transaction always reads so" },
    { { { { "users", "1", { required = true } } } }, "an item that is not there is nil" },
    { { { { "users", "1", { timeout = 1 } } } }, "it is said once for all" },
    { { {}, { timeout = -1 } }, "timeout must be a number of seconds" },
    { { {}, { token = "a" } }, 'unknown option "token"' },
    { { {}, nil, 1 }, "one argument too many, a number" },
  }
  for i, case in ipairs(misuses) do
    it(("raises what is wrong with the code, case %d"):format(i), function()
      local db, fake, users = world()
      local list = case[1][1]
      for _, get in ipairs(type(list) == "table" and list or {}) do
        if type(get) == "table" and get[1] == "users" then get[1] = users end
      end
      if type(list) == "table" and list[1] == "users" then list[1] = users end
      local ok, message = pcall(function()
        local items = db:transact_get(list, case[1][2], case[1][3])
        return items
      end)
      assert.is_false(ok)
      assert.matches("db:transact_get: ", message, 1, true)
      assert.matches(case[2], message, 1, true)
      assert.are.equal(1, (message:find("spec/unit/table_transact_get_spec.lua:", 1, true)))
      assert.are.equal(0, #fake.requests)
    end)
  end
end)
