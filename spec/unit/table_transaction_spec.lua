-- SPDX-License-Identifier: MIT
local core = require "dynamo.core"
local dynamo = require "dynamo"
local fake_client = require "support.fake_client"

local OK = { status = 200, body = "{}" }
local LOST = { kind = "transport", sent = "complete" }
local TOKEN = "ffffffff-ffff-4fff-bfff-ffffffffffff"

-- Returns a client, its transport, and two of its tables.
local function world(steps, more)
  local db, fake = fake_client.new(steps or { OK }, more)
  local users = db:table("Users", { key = { "userId" } })
  return db, fake, users, db:table("Orders", { key = { "userId", "at" } })
end

-- Returns the parameters that the nth request carries, wire-typed.
local function sent(fake, n)
  return assert(core.document(fake.requests[n or #fake.requests].body))
end

local function cancelled(...)
  return {
    status = 400,
    body = '{"__type":"TransactionCanceledException","Message":"cancelled",'
      .. '"CancellationReasons":['
      .. table.concat({ ... }, ",")
      .. "]}",
  }
end

-- Returns the message of what must raise.
local function misuse(f, ...)
  local ok, message = pcall(f, ...)
  assert.is_false(ok)
  return message
end

describe("a transaction", function()
  it("is sent whole, in order, under a token", function()
    local db, fake, users, orders = world()
    local done, message, info = db:transaction()
      :put(users, { userId = "1" })
      :insert(users, { userId = "2" })
      :replace(users, { userId = "3" })
      :upsert(users, { userId = "4", a = 1 })
      :patch(users, { userId = "5", a = 1 }, { condition = { "b = ?", 2 } })
      :update(users, "6", "SET a = ?, b = b + ?", 1, 2, { condition = "b > 0" })
      :delete(orders, { userId = "7", at = 1 })
      :check(orders, { userId = "8", at = 1 }, "open = ?", true)
      :commit()
    assert.is_nil(message)
    assert.is_true(done)
    assert.are.equal(1, info.attempts)
    local request, kinds = sent(fake), {}
    for i, item in ipairs(request.TransactItems) do
      local name, action = next(item)
      kinds[i] = ("%s %s %s"):format(
        name,
        action.TableName,
        action.ConditionExpression or action.UpdateExpression or "-"
      )
    end
    assert.are.equal("DynamoDB_20120810.TransactWriteItems", fake:header(1, "x-amz-target"))
    assert.are.equal(TOKEN, request.ClientRequestToken)
    assert.are.same({
      "Put Users -",
      "Put Users attribute_not_exists(#n0)",
      "Put Users attribute_exists(#n0)",
      "Update Users SET #n0 = :v0",
      "Update Users #n1 = :v1 AND attribute_exists(#n2)",
      "Update Users #n1 > :v2",
      "Delete Orders -",
      "ConditionCheck Orders #n0 = :v0",
    }, kinds)
    assert.are.same({ userId = { S = "6" } }, request.TransactItems[6].Update.Key)
  end)

  it("has members of its own", function()
    local db, fake, users = world()
    assert(db:transaction():put(users, { userId = "1" }):commit {
      token = "mine",
      return_consumed_capacity = "TOTAL",
      return_item_collection_metrics = "SIZE",
    })
    local request = sent(fake)
    assert.are.equal("mine", request.ClientRequestToken)
    assert.are.equal("TOTAL", request.ReturnConsumedCapacity)
    assert.are.equal("SIZE", request.ReturnItemCollectionMetrics)
  end)

  it("tells what was consumed, and what extensions say of each action", function()
    local db = fake_client.new {
      { status = 200, body = '{"ConsumedCapacity":[{"TableName":"Versioned","CapacityUnits":4}]}' },
    }
    local plain = db:table("Plain", { key = { "id" } })
    local versioned = db:table("Versioned", {
      key = { "id" },
      extensions = { dynamo.extension.version { attribute = "v" } },
    })
    local transaction = db:transaction():put(plain, { id = "1" }):put(versioned, { id = "1" })
    local done, message, info = transaction:commit { return_consumed_capacity = "TOTAL" }
    assert.is_nil(message)
    assert.is_true(done)
    assert.are.equal(4, info.consumed_capacity[1].CapacityUnits)
    assert.is_nil(info.actions[1])
    assert.is_truthy(next(info.actions[2]))
  end)

  it("is explained, and then sent as it was shown", function()
    local db, fake, users = world()
    local transaction = db:transaction():insert(users, { userId = "1" })
    local request = assert(transaction:explain())
    assert.are.equal(0, #fake.requests)
    assert.is_true(transaction:commit())
    assert.are.equal(fake.requests[1].body, request.body)
    assert.matches("attribute_not_exists", request.body, 1, true)
  end)

  it("prints", function()
    local db, _, users = world()
    local transaction = db:transaction()
    assert.are.equal("dynamo transaction (0 actions)", tostring(transaction))
    transaction:put(users, { userId = "1" })
    assert.are.equal("dynamo transaction (1 action)", tostring(transaction))
  end)
end)

describe("the token of a transaction", function()
  it("stays when it is sent again", function()
    local db, fake, users = world { LOST, { status = 500, body = "" }, OK }
    local done, _, info = db:transaction():update(users, "1", "ADD n ?", 1):commit()
    assert.is_true(done)
    assert.are.equal(3, info.attempts)
    assert.is_true(info.replayed)
    assert.are.equal(fake.requests[1].body, fake.requests[3].body)
  end)

  it("stays for another commit", function()
    local n = 0
    local db, fake, users = world({ LOST, OK }, {
      max_attempts = 1,
      random = function(count)
        n = n + 1
        return string.char(n):rep(count)
      end,
    })
    local transaction = db:transaction():update(users, "1", "ADD n ?", 1)
    local done, _, err = transaction:commit()
    assert.is_nil(done)
    assert.are.equal("unknown", err.maybe_applied)
    assert.is_true(transaction:commit())
    assert.are.equal(fake.requests[1].body, fake.requests[2].body)
  end)

  it("is not changed", function()
    local db, _, users = world { LOST }
    local transaction = db:transaction():put(users, { userId = "1" })
    transaction:commit { token = "a" }
    assert.matches("keeps its token", misuse(transaction.commit, transaction, { token = "b" }))
  end)

  it("is not trusted beyond its time", function()
    local db, fake, users = world({ LOST, OK }, { max_attempts = 1 })
    local transaction = db:transaction():update(users, "1", "ADD n ?", 1)
    transaction:commit()
    fake:sleep(600)
    local done, message, err = transaction:commit()
    assert.is_nil(done)
    assert.are.same(
      { "validation", "token_expired", "unknown" },
      { err.kind, err.code, err.maybe_applied }
    )
    assert.matches("read the items", message)
    assert.are.equal(1, #fake.requests)
  end)

  it("does not expire where nothing can have been done", function()
    local db, fake, users = world({ { kind = "transport", sent = "none" }, OK }, {
      max_attempts = 1,
    })
    local transaction = db:transaction():update(users, "1", "ADD n ?", 1)
    assert.is_nil((transaction:commit()))
    fake:sleep(600)
    assert.is_true(transaction:commit())
  end)

  it("remembers what an earlier commit may have done", function()
    local db, _, users = world({ LOST, { kind = "transport", sent = "none" } }, {
      max_attempts = 1,
    })
    local transaction = db:transaction():update(users, "1", "ADD n ?", 1)
    transaction:commit()
    local _, _, err = transaction:commit()
    assert.are.equal("unknown", err.maybe_applied)
  end)

  it("is of 1 to 36 characters", function()
    for _, token in ipairs { "", ("x"):rep(37) } do
      local db, fake, users = world()
      local done, message, err =
        db:transaction():put(users, { userId = "1" }):commit { token = token }
      assert.is_nil(done)
      assert.are.equal("validation", err.kind)
      assert.are.equal("token", err.path)
      assert.are.equal(1, (message:find("token: ", 1, true)), message)
      assert.are.equal(0, #fake.requests)
    end
  end)
end)

describe("what is wrong with the data of a transaction", function()
  -- Adds to a transaction of the tables; what must be in message and path; { explain = true }: told by
  -- explain too.
  local cases = {
    {
      function(t, users)
        t:put(users, { userId = "2", x = 0 / 0 })
      end,
      "actions[2].Item.x",
    },
    {
      function(t, users)
        t:put(users, { userId = "2", list = { 1, { a = print } } })
      end,
      "actions[2].Item.list[2].a",
    },
    {
      function(t, users)
        t:put(users, { x = 1 })
      end,
      "actions[2].Item.userId",
    },
    {
      function(t, users)
        t:delete(users, { userId = "2", more = 1 })
      end,
      "actions[2].Key.more",
    },
    {
      function(t, users)
        t:update(users, "2", "SET a = ?", print)
      end,
      "actions[2].arguments[1]",
    },
    {
      function(t, users)
        t:update(users, "2", "SET a = a + ?", "text")
      end,
      "actions[2].arguments[1]",
    },
    {
      function(t, users)
        t:upsert(users, { userId = "2", [("x"):rep(70)] = print })
      end,
      "actions[2].Item." .. ("x"):rep(70),
    },
    {
      function(t, users)
        t:check(users, "2", { "a = ?", 0 / 0 })
      end,
      "actions[2].condition[2]",
    },
    {
      function(t, users)
        t:patch(users, { userId = "2" })
      end,
      "actions[2].Item",
    },
    {
      function(t, users)
        t:upsert(users, { userId = "2" })
      end,
      "actions[2].Item",
    },
    {
      function(t, users)
        t:upsert(users, { userId = "2", a = dynamo.null }, { ignore_nulls = "remove" })
      end,
      "actions[2].Item",
    },
    {
      function(t, users)
        t:put(users, { userId = "1" })
      end,
      "actions[2]",
    },
    {
      function(t, _, orders)
        t:put(orders, { userId = "1", at = 1 })
        t:delete(orders, { userId = "1", at = dynamo.number "1.0" })
      end,
      "actions[3]",
    },
    {
      function(t, users)
        t:check(users, "1", "a = 1")
      end,
      "actions[2]",
    },
    {
      function(t, users)
        for i = 2, 101 do
          t:put(users, { userId = tostring(i) })
        end
      end,
      "actions",
    },
    {
      function(t, users)
        for i = 2, 12 do
          t:put(users, { userId = tostring(i), text = ("x"):rep(390000) })
        end
      end,
      "actions",
    },
  }
  for i, case in ipairs(cases) do
    it(("is returned by commit, case %d: %s"):format(i, case[2]:sub(1, 40)), function()
      local db, fake, users, orders = world()
      local transaction = db:transaction():put(users, { userId = "1" })
      case[1](transaction, users, orders)
      local number = tonumber(case[2]:match "^actions%[(%d)%]%.")
      for _ = 1, 2 do
        local done, message, err = transaction:commit()
        assert.is_nil(done)
        assert.are.equal("validation", err.kind)
        assert.are.equal(case[2], err.path)
        assert.are.equal(1, (message:find(case[2]:match "^actions[%[%d%]]*", 1, true)), message)
        assert.are.equal(number, err.action)
        assert.are.equal("transact_write_items", err.operation)
        assert.are.equal("no", err.maybe_applied)
      end
      assert.are.equal(0, #fake.requests)
    end)
  end

  it("may be that there is no action", function()
    local db, fake = world()
    local done, message, err = db:transaction():commit()
    assert.is_nil(done)
    assert.are.equal("actions: there are 0; a transaction takes 1 to 100", message)
    assert.are.equal("action_count", err.code)
    assert.are.equal(0, #fake.requests)
  end)

  it("may be an extension's", function()
    local db, fake = world()
    local refusing = {
      name = "refusing",
      before_write = function()
        return nil, "not today"
      end,
    }
    local users = db:table("Users", { key = { "id" }, extensions = { refusing } })
    local _, message, err = db:transaction():put(users, { id = "1" }):commit()
    assert.are.equal("actions[1]: not today", message)
    assert.are.equal(1, err.action)
    assert.are.equal(0, #fake.requests)
  end)

  it("is told by explain too", function()
    local db, _, users = world()
    local _, _, err = db:transaction():put(users, { userId = "1", x = 0 / 0 }):explain()
    assert.are.equal("actions[1].Item.x", err.path)
  end)
end)

describe("the keys of a transaction's tables", function()
  local DESCRIPTION = {
    status = 200,
    body = '{"Table":{"KeySchema":[{"AttributeName":"id","KeyType":"HASH"}]}}',
  }

  local function targets(fake)
    local names = {}
    for i = 1, #fake.requests do
      names[i] = fake:header(i, "x-amz-target"):match "%.(%w+)$"
    end
    return names
  end

  it("are looked up by commit, where they are needed", function()
    local db, fake = fake_client.new { DESCRIPTION, OK }
    local things = db:table "Things"
    assert(
      db:transaction():insert(things, { id = "1" }):upsert(things, { id = "2", a = 1 }):commit()
    )
    assert.are.same({ "DescribeTable", "TransactWriteItems" }, targets(fake))
  end)

  it("are not looked up where they are not", function()
    local db, fake = fake_client.new { OK }
    local things, others = db:table "Things", db:table "Others"
    assert(db:transaction():put(things, { id = "1" }):delete(others, { id = "2" }):commit())
    assert.are.same({ "TransactWriteItems" }, targets(fake))
  end)

  it("tell whether two actions are about one item", function()
    local db, fake = fake_client.new { DESCRIPTION, OK }
    local things = db:table "Things"
    local _, message =
      db:transaction():put(things, { id = 1, a = 1 }):delete(things, { id = 1.0 }):commit()
    assert.are.equal(
      "actions[2]: the same item as actions[1]; a transaction takes each item once",
      message
    )
    assert.are.same({ "DescribeTable" }, targets(fake))
  end)

  it("can be looked up again after a failure", function()
    local denied = { status = 400, body = '{"__type":"AccessDeniedException","message":"no"}' }
    local db, fake = fake_client.new { denied, DESCRIPTION, OK }
    local transaction = db:transaction():insert(db:table "Things", { id = "1" })
    local _, _, err = transaction:commit()
    assert.are.equal("AccessDeniedException", err.code)
    assert.are.equal("describe_table", err.operation)
    assert.is_true(transaction:commit())
    assert.are.equal(3, #fake.requests)
  end)

  it("are looked up within the time of the whole", function()
    local slow = { status = 200, body = DESCRIPTION.body, seconds = 1 }
    local db, fake = fake_client.new { slow, slow, OK }
    local things, others = db:table "Things", db:table "Others"
    local transaction = db:transaction():insert(things, { id = "1" }):insert(others, { id = "1" })
    assert(transaction:commit { timeout = 3 })
    assert.are.same({ 103, 103, 103 }, fake.deadlines) -- it began at 100
  end)

  it("are not looked up by explain", function()
    local db, fake = fake_client.new { OK }
    local request, _, err = db:transaction():insert(db:table "Things", { id = "1" }):explain()
    assert.is_nil(request)
    assert.are.equal("no_key", err.code)
    assert.are.equal(0, #fake.requests)
  end)
end)

describe("a cancelled transaction", function()
  local NONE = '{"Code":"None"}'
  local CONDITION = '{"Code":"ConditionalCheckFailed","Message":"The conditional request failed"%s}'
  local ITEM = ',"Item":{"userId":{"S":"2"},"a":{"N":"7"}}'

  -- Returns the error of a transaction of an insert, a replace with a condition and a check.
  local function failure(...)
    local db, _, users = world { cancelled(...) }
    local done, _, err = db:transaction()
      :insert(users, { userId = "1" })
      :replace(users, { userId = "2" }, { condition = "a = 1" })
      :check(users, "3", "a = 1")
      :commit()
    assert.is_nil(done)
    assert.are.equal("TransactionCanceledException", err.code)
    assert.are.equal("no", err.maybe_applied)
    return err
  end

  it("says of each reason whose it is", function()
    local err = failure(NONE, CONDITION:format(ITEM), '{"Code":"ThrottlingError","Message":"slow"}')
    assert.are.same({ code = "None", verb = "insert", table = "Users" }, err.reasons[1])
    assert.are.same({
      code = "ConditionalCheckFailed",
      message = "The conditional request failed",
      item = { userId = "2", a = 7 },
      verb = "replace",
      table = "Users",
    }, err.reasons[2])
    assert.are.same(
      { code = "ThrottlingError", message = "slow", verb = "check", table = "Users" },
      err.reasons[3]
    )
    assert.are.equal(2, err.action)
    assert.are.same({ userId = "2", a = 7 }, err.item)
    assert.are.equal(
      "TransactionCanceledException: the transaction was cancelled: "
        .. "actions[2] (replace, table Users): The conditional request failed; "
        .. "actions[3] (check, table Users): slow",
      err.message
    )
  end)

  it("says in the verb's own words what its own condition found", function()
    local err = failure(CONDITION:format(ITEM), CONDITION:format "", NONE)
    assert.are.equal("there is an item with this key already", err.reasons[1].message)
    assert.are.equal("there is no item with this key", err.reasons[2].message)
    err = failure(CONDITION:format "", NONE, CONDITION:format "")
    assert.are.equal("The conditional request failed", err.reasons[1].message)
    assert.are.equal("The conditional request failed", err.reasons[3].message)
  end)

  it("says no more than it knows where no item is returned", function()
    local db, _, users = world { cancelled(CONDITION:format "") }
    local o = { return_values_on_condition_check_failure = "NONE" }
    local _, _, err = db:transaction():replace(users, { userId = "1" }, o):commit()
    assert.are.equal("The conditional request failed", err.reasons[1].message)
  end)

  it("hands the item on as extensions do", function()
    local marks = {
      name = "marks",
      after_read = function(context)
        context.item.read_by = context.operation
        return { item = context.item }
      end,
    }
    local db = fake_client.new { cancelled(NONE, CONDITION:format(ITEM)) }
    local users = db:table("Users", { key = { "userId" }, extensions = { marks } })
    local _, _, err =
      db:transaction():put(users, { userId = "1" }):check(users, "2", "a = 1"):commit()
    assert.are.equal("check", err.reasons[2].item.read_by)
    assert.are.equal("check", err.item.read_by)
  end)

  it("tells of many reasons in few words", function()
    local reasons = {}
    for i = 1, 5 do
      reasons[i] = CONDITION:format ""
    end
    local db, _, users = world { cancelled((table.unpack or unpack)(reasons)) }
    local transaction = db:transaction()
    for i = 1, 5 do
      transaction:delete(users, tostring(i), { condition = "a = 1" })
    end
    local _, message = transaction:commit()
    assert.matches("actions%[3%] %(delete, table Users%): [%w ]+; and 2 more$", message)
  end)

  local CONFLICT = '{"Code":"TransactionConflict","Message":"m"}'
  local THROTTLE = '{"Code":"ProvisionedThroughputExceeded","Message":"m"}'
  local retried = {
    { { CONFLICT, NONE }, { retry_conflicts = true }, 3 },
    { { CONFLICT, THROTTLE }, { retry_conflicts = true }, 3 },
    { { CONFLICT, NONE }, nil, 1 },
    { { NONE, THROTTLE }, nil, 3 },
    { { CONFLICT, CONDITION:format "" }, { retry_conflicts = true }, 1 },
    { { CONFLICT, '{"Code":"ValidationError","Message":"m"}' }, { retry_conflicts = true }, 1 },
  }
  for i, case in ipairs(retried) do
    it(("is sent again as its reasons allow, case %d"):format(i), function()
      local again = cancelled((table.unpack or unpack)(case[1]))
      local db, fake, users = world { again, again, OK }
      local done =
        db:transaction():update(users, "1", "ADD n ?", 1):check(users, "2", "a = 1"):commit(case[2])
      assert.are.equal(case[3] == 3 or nil, done)
      assert.are.equal(case[3], #fake.requests)
      assert.are.equal(fake.requests[1].body, fake.requests[#fake.requests].body)
    end)
  end

  it("can be committed again", function()
    local db, fake, users = world { cancelled(CONFLICT), OK }
    local transaction = db:transaction():update(users, "1", "ADD n ?", 1)
    assert.is_nil((transaction:commit()))
    assert.is_true(transaction:commit())
    assert.are.equal(fake.requests[1].body, fake.requests[2].body)
  end)
end)

describe("misuse of a transaction", function()
  local NOT_HERE = "is not available in a transaction: "
  local cases = {
    { "put", { false, {} }, "transaction:put: the first argument must be a table of db:table" },
    { "put", { "Users", {} }, "transaction:put: the first argument must be a table of db:table" },
    { "put", { true }, "bad argument to 'put' (item must be a table, not nil)" },
    { "put", { true, {}, {}, 1 }, "transaction:put: one argument too many, a number" },
    { "put", { true, {}, { conditon = "a = 1" } }, 'did you mean "condition"?' },
    { "put", { true, {}, { once = true } }, "option once " .. NOT_HERE .. "a transaction is" },
    { "put", { true, {}, { once = false } }, "option once " .. NOT_HERE },
    { "put", { true, {}, { timeout = 1 } }, "option timeout " .. NOT_HERE .. "it is said once" },
    { "put", { true, {}, { retry_unsafe = true } }, "option retry_unsafe " .. NOT_HERE },
    { "put", { true, {}, { return_values = "ALL_OLD" } }, "option return_values " .. NOT_HERE },
    { "put", { true, {}, { return_values = "NONE" } }, "option return_values " .. NOT_HERE },
    {
      "delete",
      { true, "1", { return_consumed_capacity = "TOTAL" } },
      "option return_consumed_capacity " .. NOT_HERE,
    },
    {
      "delete",
      { true, "1", { return_item_collection_metrics = "SIZE" } },
      "option return_item_collection_metrics " .. NOT_HERE,
    },
    {
      "update",
      { true, "1", dynamo.update():ensure("a"):set("a.b", 1) },
      "transaction:update: ensure " .. NOT_HERE,
    },
    { "update", { true, "1", "SET a = ?" }, "no value for ? number 1 of 1" },
    { "update", { true, "1" }, "bad argument to 'update' (expression must be a string" },
    { "check", { true, "1" }, "bad argument to 'check' (condition must be a string" },
    {
      "commit",
      { { tokn = "a" } },
      'transaction:commit: unknown option "tokn", did you mean "token"',
    },
    { "commit", { { token = 1 } }, "transaction:commit: token must be a string, not a number" },
    { "commit", { { retry_unsafe = true } }, 'unknown option "retry_unsafe"' },
    { "commit", { 1 }, "transaction:commit: the options must be a table, not a number" },
    { "commit", { {}, 1 }, "transaction:commit: one argument too many, a number" },
    { "commit", { { return_consumed_capacity = "ALL" } }, "return_consumed_capacity" },
    { "explain", { {}, 1 }, "transaction:explain: one argument too many, a number" },
  }
  for i, case in ipairs(cases) do
    it(("raises, case %d: %s"):format(i, case[1]), function()
      local db, fake, users = world()
      local transaction, arguments = db:transaction(), { (table.unpack or unpack)(case[2]) }
      if arguments[1] == true then arguments[1] = users end
      local message = misuse(function()
        transaction[case[1]](transaction, (table.unpack or unpack)(arguments))
      end)
      assert.matches(case[3], message, 1, true)
      assert.are.equal(1, (message:find("spec/unit/table_transaction_spec.lua:", 1, true)))
      assert.are.equal(0, #fake.requests)
    end)
  end

  it("is a table of another client", function()
    local db, _, users = world()
    local other = fake_client.new { OK }
    assert.matches(
      "transaction:put: the table Users is of another client",
      misuse(function()
        other:transaction():put(users, { userId = "1" })
      end),
      1,
      true
    )
    assert.is_truthy(db)
  end)

  it("is a dot for a colon", function()
    local db = world()
    local transaction = db:transaction()
    for _, name in ipairs { "insert", "check", "commit", "explain" } do
      assert.matches("use transaction:" .. name .. "(...)", misuse(transaction[name]), 1, true)
    end
    assert.matches("use db:transaction(...)", misuse(db.transaction), 1, true)
    assert.matches("one argument too many", misuse(db.transaction, db, 1), 1, true)
  end)

  it("is a verb that it does not have", function()
    local db = world()
    assert.matches(
      'a transaction has no method "get"',
      misuse(function()
        return db:transaction().get
      end)
    )
  end)

  it("is what comes after commit", function()
    local db, _, users = world()
    local transaction = db:transaction():put(users, { userId = "1" })
    assert(transaction:commit())
    assert.matches(
      "transaction:put: it was committed; begin another",
      misuse(transaction.put, transaction, users, { userId = "2" })
    )
    assert.matches("it is done; begin another", misuse(transaction.commit, transaction))
  end)

  it("is what comes after the client's end", function()
    local db, _, users = world()
    local transaction = db:transaction():put(users, { userId = "1" })
    db:close()
    assert.matches("the client is closed", misuse(transaction.put, transaction, users, {}))
    assert.matches("the client is closed", misuse(transaction.commit, transaction))
    assert.matches("the client is closed", misuse(db.transaction, db))
  end)
end)
