-- SPDX-License-Identifier: MIT
-- Every verb of a table, and the low-level operations that carry many items, each with what it must
-- do. It runs wherever a client does: inside nginx too, where there is no busted.
local M = {}

-- The steps, in order: { what, the emulator's feature it needs or nil, function(ask) }. An ask is
-- { db, users (the noun), table (its name), id (of an item nobody else uses) }.
local STEPS = {}

local function step(what, feature, body)
  if type(feature) == "function" then
    feature, body = nil, feature
  end
  STEPS[#STEPS + 1] = { what, feature, body }
end

-- Raises unless two values are the same: tables by their elements.
local function expect(expected, actual)
  if type(expected) ~= "table" then
    assert(expected == actual, ("%s expected, got %s"):format(tostring(expected), tostring(actual)))
    return
  end
  assert(type(actual) == "table", "a table expected, got " .. tostring(actual))
  for key, value in pairs(expected) do
    expect(value, actual[key])
  end
  for key in pairs(actual) do
    assert(expected[key] ~= nil, "not expected: " .. tostring(key))
  end
end

local function failed_condition(done, _, err)
  expect(nil, done)
  expect("ConditionalCheckFailedException", err.code)
end

step("put and get", function(ask)
  local item = { id = ask.id, name = "Ann", n = 1, list = { 1, { a = "b" } }, text = "a\0\195\169" }
  assert(ask.users:put(item))
  expect(item, assert(ask.users:get({ id = ask.id }, { consistent_read = true })))
end)

step("get of nothing", function(ask)
  local item, message, info = ask.users:get { id = ask.id .. "none" }
  expect(nil, item)
  expect(nil, message)
  expect(1, info.attempts)
end)

step("insert", function(ask)
  failed_condition(ask.users:insert { id = ask.id, name = "Bob" })
  assert(ask.users:insert { id = ask.id .. "b", name = "Bob" })
end)

step("replace", function(ask)
  assert(ask.users:replace { id = ask.id, visits = 1 })
  failed_condition(ask.users:replace { id = ask.id .. "none" })
end)

step("upsert", function(ask)
  expect(
    { id = ask.id, visits = 1, name = "Cy" },
    ask.users:upsert({ id = ask.id, name = "Cy" }, { return_values = "ALL_NEW" })
  )
end)

step("update", function(ask)
  expect(
    { visits = 3 },
    ask.users:update(
      { id = ask.id },
      "SET visits = visits + ?",
      2,
      { return_values = "UPDATED_NEW" }
    )
  )
end)

step("patch", function(ask)
  assert(ask.users:patch { id = ask.id, name = "Di" })
  failed_condition(ask.users:patch { id = ask.id .. "none", name = "Di" })
end)

step("Query", function(ask)
  local response = assert(ask.db:query {
    TableName = ask.table,
    KeyConditionExpression = "id = :id",
    ExpressionAttributeValues = { [":id"] = ask.id },
  })
  expect({ { id = ask.id, visits = 3, name = "Di" } }, response.Items)
end)

step("BatchWriteItem", function(ask)
  local requests = {}
  for i = 1, 25 do
    requests[i] = { PutRequest = { Item = { id = ask.id .. "-" .. i, n = i } } }
  end
  local response = assert(ask.db:batch_write_item { RequestItems = { [ask.table] = requests } })
  expect(nil, next(response.UnprocessedItems or {}))
  expect(7, ask.users:get({ id = ask.id .. "-7" }, { consistent_read = true }).n)
end)

step("BatchGetItem", function(ask)
  local keys = { { id = ask.id .. "-1" }, { id = ask.id .. "-25" } }
  local response =
    assert(ask.db:batch_get_item { RequestItems = { [ask.table] = { Keys = keys } } })
  expect(2, #response.Responses[ask.table])
end)

step("TransactWriteItems", "transactions", function(ask)
  local update = {
    TableName = ask.table,
    Key = { id = ask.id },
    UpdateExpression = "ADD visits :n",
    ExpressionAttributeValues = { [":n"] = 1 },
  }
  assert(ask.db:transact_write_items { TransactItems = { { Update = update } } })
  local check = {
    TableName = ask.table,
    Key = { id = ask.id .. "none" },
    ConditionExpression = "attribute_exists(id)",
  }
  local done, _, err = ask.db:transact_write_items {
    TransactItems = { { Update = update }, { ConditionCheck = check } },
  }
  expect(nil, done)
  expect("TransactionCanceledException", err.code)
  expect(4, ask.users:get({ id = ask.id }, { consistent_read = true }).visits)
end)

step("a transaction", "transactions", function(ask)
  local other = { id = ask.id .. "other" }
  assert(
    ask.db
      :transaction()
      :insert(ask.users, other)
      :update(ask.users, { id = ask.id }, "ADD visits ?", 1)
      :check(ask.users, ask.id .. "-7", "n = ?", 7)
      :commit()
  )
  local done, _, err =
    ask.db:transaction():delete(ask.users, { id = ask.id }):insert(ask.users, other):commit()
  expect(nil, done)
  expect({ "None", "ConditionalCheckFailed" }, { err.reasons[1].code, err.reasons[2].code })
  local items = assert(
    ask.db:transact_get { { ask.users, ask.id }, { ask.users, "none" }, { ask.users, other } }
  )
  expect({ 3, 5, other }, { items.n, items[1].visits, items[3] })
end)

step("PartiQL", "partiql", function(ask)
  local select = ('SELECT * FROM "%s" WHERE id = ?'):format(ask.table)
  local result = assert(ask.db:execute(select, ask.id .. "-3"))
  expect({ { id = ask.id .. "-3", n = 3 } }, (assert(result:all())))
end)

step("a wrong parameter", function(ask)
  local response, message, err = ask.db:query { TableName = ask.table, KeyCondition = "id = :id" }
  expect(nil, response)
  expect("validation", err.kind)
  assert(message:find("KeyCondition", 1, true))
end)

step("delete", function(ask)
  local old = assert(ask.users:delete({ id = ask.id }, { return_values = "ALL_OLD" }))
  expect("Di", old.name)
  expect(nil, (ask.users:get({ id = ask.id }, { consistent_read = true })))
end)

--- The names of the steps that an emulator can do.
-- @tparam table lacks feature -> reason
function M.steps(lacks)
  local names = {}
  for _, entry in ipairs(STEPS) do
    if not lacks[entry[2] or ""] then names[#names + 1] = entry[1] end
  end
  return names
end

--- Goes through the steps.
-- @tparam table db a client
-- @tparam string name a table with the partition key id, a string
-- @tparam string id of items nobody else uses
-- @tparam table lacks
-- @treturn table step -> "ok", or what went wrong
function M.run(db, name, id, lacks)
  local users = db:table(name, { key = { "id" } })
  local ask, outcome = { db = db, users = users, table = name, id = id }, {}
  for _, entry in ipairs(STEPS) do
    if not lacks[entry[2] or ""] then
      local ok, problem = pcall(entry[3], ask)
      outcome[entry[1]] = ok and "ok" or tostring(problem)
    end
  end
  return outcome
end

return M
