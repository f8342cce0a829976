-- SPDX-License-Identifier: MIT
local dynamo = require "dynamo"
local operations = require "dynamo.operations"
local replay = require "dynamo.call.replay_class"
local request = require "dynamo.call.request"

local KEY = { userId = "1" }
local TAGS = dynamo.set { "x" }

-- The class of a request made of the members in `more`.
local function class(method, more, typed)
  local operation = operations.by_method[method]
  local params = {}
  for name, value in pairs(more) do
    params[name] = value
  end
  if operation.members.TableName and params.TableName == nil then params.TableName = "Users" end
  local body, err = request.body(operation, params, typed or false, function(n)
    return ("\255"):rep(n)
  end)
  return replay.class(operation, assert(body, tostring(err)))
end

local function update(text, values, condition)
  return class("update_item", {
    Key = KEY,
    UpdateExpression = text,
    ExpressionAttributeValues = values,
    ConditionExpression = condition,
  })
end

describe("replay.class", function()
  it("is READ for reads, a SELECT among them", function()
    assert.are.equal("READ", class("get_item", { Key = KEY }))
    assert.are.equal("READ", class("query", { KeyConditionExpression = "a = b" }))
    assert.are.equal("READ", class("execute_statement", { Statement = " select * from Users" }))
    assert.are.equal(
      "READ",
      class(
        "batch_execute_statement",
        { Statements = { { Statement = "SELECT a FROM b" }, { Statement = "SELECT a\nFROM c" } } }
      )
    )
  end)

  it("is TOKEN for what carries a token", function()
    assert.are.equal(
      "TOKEN",
      class(
        "transact_write_items",
        { TransactItems = { { Delete = { TableName = "Users", Key = KEY } } } }
      )
    )
    assert.are.equal(
      "TOKEN",
      class(
        "execute_transaction",
        { TransactStatements = { { Statement = "DELETE FROM Users WHERE a = 1" } } }
      )
    )
  end)

  it("is IDEMPOTENT or CONDITIONAL for whole items", function()
    assert.are.equal("IDEMPOTENT", class("put_item", { Item = KEY }))
    assert.are.equal("IDEMPOTENT", class("delete_item", { Key = KEY, ReturnValues = "ALL_OLD" }))
    assert.are.equal(
      "CONDITIONAL",
      class("put_item", { Item = KEY, ConditionExpression = "attribute_not_exists(userId)" })
    )
    assert.are.equal(
      "CONDITIONAL",
      class("delete_item", { Key = KEY, Expected = { a = { Exists = false } } })
    )
    assert.are.equal(
      "IDEMPOTENT",
      class("batch_write_item", { RequestItems = { Users = { { PutRequest = { Item = KEY } } } } })
    )
  end)

  it("is that of an update's expression", function()
    assert.are.equal("IDEMPOTENT", class("update_item", { Key = KEY }))
    assert.are.equal(
      "IDEMPOTENT",
      update("SET a = :a REMOVE b ADD tags :t", { [":a"] = 5, [":t"] = TAGS })
    )
    assert.are.equal("UNSAFE", update("ADD a :a", { [":a"] = 5 }))
    assert.are.equal("UNSAFE", update("SET a = a - :a", { [":a"] = 5 }))
    assert.are.equal("UNSAFE", update("SET l = list_append(l, :a)", { [":a"] = { 1 } }))
    assert.are.equal("UNSAFE", update("SET a = b"))
    assert.are.equal(
      "CONDITIONAL",
      update("SET a = :a", { [":a"] = 5 }, "attribute_exists(userId)")
    )
  end)

  it("is UNSAFE for an update that a condition does not keep from being done twice", function()
    assert.are.equal("UNSAFE", update("ADD a :a", { [":a"] = 5 }, "attribute_exists(userId)"))
    assert.are.equal("CONDITIONAL", update("SET v = v + :a ADD n :a", { [":a"] = 5 }, "v = :a"))
  end)

  it("is UNSAFE for an update that is guarded at a list's index only", function()
    assert.are.equal("UNSAFE", update("REMOVE l[0]", { [":a"] = "job" }, "l[0] = :a"))
    assert.are.equal(
      "UNSAFE",
      update("REMOVE l[0] SET n = n + :a", { [":a"] = 1 }, "attribute_exists(l[0])")
    )
    assert.are.equal("CONDITIONAL", update("REMOVE l[0] SET v = v + :a", { [":a"] = 1 }, "v = :a"))
  end)

  it("is UNSAFE for an expression that is not understood", function()
    assert.are.equal("UNSAFE", update("SET a = future_function(:a)", { [":a"] = 5 }))
  end)

  it("is that of what AttributeUpdates do", function()
    local function legacy(entry)
      return class("update_item", { Key = KEY, AttributeUpdates = { a = entry } })
    end
    assert.are.equal("IDEMPOTENT", legacy { Value = 1 })
    assert.are.equal("IDEMPOTENT", legacy { Value = 1, Action = "PUT" })
    assert.are.equal("IDEMPOTENT", legacy { Action = "DELETE" })
    assert.are.equal("IDEMPOTENT", legacy { Value = TAGS, Action = "ADD" })
    assert.are.equal("UNSAFE", legacy { Value = 1, Action = "ADD" })
    assert.are.equal("UNSAFE", legacy { Value = { 1 }, Action = "ADD" })
  end)

  it("is the same for wire-typed values", function()
    local function typed(value)
      return class("update_item", {
        Key = { userId = { S = "1" } },
        UpdateExpression = "ADD a :a",
        ExpressionAttributeValues = { [":a"] = value },
      }, true)
    end
    assert.are.equal("UNSAFE", typed { N = "5" })
    assert.are.equal("IDEMPOTENT", typed { SS = { "x" } })
  end)

  it(
    "is UNSAFE for PartiQL that computes, CONDITIONAL for what a second arrival finds done",
    function()
      local statements = {
        { "UPDATE Users SET n = n + 1 WHERE a = 1", "UNSAFE" },
        { "UPDATE Users SET n = ? WHERE a = 1", "CONDITIONAL" },
        { "INSERT INTO Users VALUE {'a': 1}", "CONDITIONAL" },
        { "DELETE FROM Users WHERE a = 1", "CONDITIONAL" },
      }
      for _, case in ipairs(statements) do
        assert.are.equal(case[2], class("execute_statement", { Statement = case[1] }))
      end
    end
  )

  it("is UNSAFE for a batch of PartiQL that writes", function()
    assert.are.equal(
      "UNSAFE",
      class(
        "batch_execute_statement",
        { Statements = { { Statement = "SELECT a FROM b" }, { Statement = "DELETE FROM b" } } }
      )
    )
  end)

  it("is UNSAFE for an operation that nobody has judged", function()
    local unsafe = {}
    for method, operation in pairs(operations.by_method) do
      local is_partiql = method:find "execute_"
      if not is_partiql and replay.class(operation, "{}") == "UNSAFE" then
        unsafe[#unsafe + 1] = method
      end
    end
    assert.are.same({ "create_backup" }, unsafe)
    assert.are.equal("CONDITIONAL", class("delete_table", {}))
    assert.are.equal(
      "IDEMPOTENT",
      class("untag_resource", { ResourceArn = "arn:x", TagKeys = { "a" } })
    )
  end)
end)

describe("what became of an attempt", function()
  local cases = {
    -- error, maybe_applied, harmless
    { {}, "no", false }, -- never left: validation, credentials, config
    { { sent = "none" }, "no", true },
    { { sent = "partial" }, "no", true },
    { { sent = "complete" }, "unknown", false },
    { { status = 200, request_id = "A1" }, "yes", false },
    { { status = 200, request_id = "A1", sent = "complete" }, "yes", false },
    { { status = 200 }, "unknown", false }, -- whoever said so
    { { status = 200, sent = "complete" }, "unknown", false },
    { { status = 400 }, "no", true },
    { { status = 429 }, "no", true },
    { { status = 403, foreign = true }, "unknown", false }, -- whoever said so
    { { status = 429, foreign = true, sent = "complete" }, "unknown", false },
    { { status = 307 }, "unknown", false },
    { { status = 500 }, "unknown", false },
    { { status = 503 }, "unknown", false },
  }
  for i, case in ipairs(cases) do
    it(("is told: %s, case %d"):format(case[2], i), function()
      assert.are.equal(case[2], replay.maybe_applied(case[1]))
      assert.are.equal(case[3], replay.is_harmless(case[1]))
    end)
  end

  it("adds up over the attempts of a call", function()
    assert.are.equal("no", replay.worse(nil, "no"))
    assert.are.equal("unknown", replay.worse("no", "unknown"))
    assert.are.equal("unknown", replay.worse("unknown", "no"))
    assert.are.equal("yes", replay.worse("yes", "unknown"))
    assert.are.equal("yes", replay.worse("unknown", "yes"))
  end)
end)
