-- SPDX-License-Identifier: MIT
-- What the prompt's statements send, say and give back, over a service that answers from a script.
local dynamo = require "dynamo"
local prompt_world = require "support.prompt_world"

local ANN = '{"Item":{"userId":{"S":"123"},"name":{"S":"Ann"},"visits":{"N":"1"}}}'
local OLD = '{"Attributes":{"userId":{"S":"123"},"name":{"S":"Ann"},"visits":{"N":"1"}}}'

local function failed_condition()
  return '{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",'
    .. '"message":"The conditional request failed","Item":{"userId":{"S":"123"},"v":{"N":"3"}}}',
    400
end

-- Runs a statement that is fine; returns what it printed, and the last request's parameters.
local function run(world, text)
  local code, out, err = world:run(text)
  assert.equal("", err)
  assert.equal(0, code)
  return out, (world.sent[#world.sent] or {})[2]
end

describe("get", function()
  it("shows the item as a tree", function()
    local world = prompt_world.new { answers = { GetItem = ANN } }
    local out, sent = run(world, "get 123")
    assert.equal('userId  S     "123"\nname    S     "Ann"\nvisits  N     1\n', out)
    assert.same({ userId = { S = "123" } }, sent.Key)
    assert.is_nil(sent.ConsistentRead)
    out, sent = run(world, "get 123 CONSISTENT")
    assert.truthy(out:find "Ann")
    assert.is_true(sent.ConsistentRead)
  end)

  it("says that there is none", function()
    local world = prompt_world.new()
    assert.equal("no such item\n", (run(world, "get 123")))
  end)

  it("takes keys by their types, in order or by name", function()
    local world = prompt_world.new { table_name = "Events" }
    for _, text in ipairs { "get d-1 7", "get 'd-1' 7;", 'get { at = 7, device = "d-1" }' } do
      local _, sent = run(world, text)
      assert.same({ device = { S = "d-1" }, at = { N = "7" } }, sent.Key)
    end
  end)
end)

describe("a write", function()
  it("says created, or replaced, and asks for no more than that", function()
    local world = prompt_world.new()
    local out, sent = run(world, "put 123 { a = 1 }")
    assert.equal("created: Users 123\n", out)
    assert.same({ userId = { S = "123" }, a = { N = "1" } }, sent.Item)
    assert.equal("ALL_OLD", sent.ReturnValues)
    world.answers.PutItem = OLD
    assert.equal("replaced: Users 123\n", (run(world, 'put { userId = "123" }')))
    assert.same({ "DescribeTable", "PutItem", "PutItem" }, world:operations())
  end)

  it("says updated, deleted, or that nothing was there", function()
    local world = prompt_world.new { answers = { UpdateItem = OLD } }
    assert.equal("updated: Users 123\n", (run(world, "upsert 123 { a = 1 }")))
    assert.equal("updated: Users 123\n", (run(world, "update 123 SET a = 1")))
    assert.equal("nothing was there: Users 'a b'\n", (run(world, "delete 'a b'")):gsub('"', "'"))
    world.answers.DeleteItem = OLD
    assert.equal("deleted: Users 123\n", (run(world, "delete 123")))
  end)

  it("is done under a condition", function()
    local world = prompt_world.new()
    local _, sent =
      run(world, "update 123 SET a = 'IF', b = b + 1 REMOVE c IF d = 3 AND e = ' IF '")
    assert.equal("SET #n0 = :v0, #n1 = #n1 + :v1 REMOVE #n2", sent.UpdateExpression)
    assert.equal("#n3 = :v2 AND #n4 = :v3", sent.ConditionExpression)
    assert.equal("IF", sent.ExpressionAttributeValues[":v0"].S)
    _, sent = run(world, "insert 123 { a = 1 } IF b = 2")
    assert.truthy(sent.ConditionExpression:find "attribute_not_exists")
    _, sent = run(world, "delete 123 IF a = 1")
    assert.equal("#n0 = :v0", sent.ConditionExpression)
  end)

  it("shows what changed, where that is asked for", function()
    local new = '{"Item":{"userId":{"S":"123"},"name":{"S":"Ann"},"visits":{"N":"2"}}}'
    local world = prompt_world.new {
      tells_changes = true,
      answers = { UpdateItem = OLD, GetItem = new, PutItem = OLD, DeleteItem = OLD },
    }
    local out, sent = run(world, "update 123 SET visits = visits + 1")
    assert.equal("updated: Users 123\n  visits  1 -> 2\n  (as read after the write)\n", out)
    assert.is_true(sent.ConsistentRead)
    out = run(world, 'put 123 { name = "Bo" }')
    assert.equal('replaced: Users 123\n  name    "Ann" -> "Bo"\n- visits  1\n', out)
    out = run(world, 'put 123 { name = "Ann", visits = 1 }')
    assert.equal("replaced: Users 123\n  nothing differs\n", out)
  end)

  it("shows the item that failed the condition, and ends with 1", function()
    local world = prompt_world.new { answers = { UpdateItem = failed_condition } }
    local code, out, err = world:run "update 123 SET a = 1 IF v = 4"
    assert.equal(1, code)
    assert.equal("", out)
    assert.equal(
      "ConditionalCheckFailedException: The conditional request failed\n"
        .. 'the item that failed the condition:\n  userId  S     "123"\n  v       N     3\n',
      err
    )
  end)

  it("that may have happened says so, and what to run", function()
    local world = prompt_world.new {
      answers = {
        UpdateItem = function()
          return { kind = "transport", code = "ConnectionLost", sent = "complete" }
        end,
      },
    }
    local code, _, err = world:run "update 123 ADD visits 1"
    assert.equal(2, code)
    assert.truthy(
      err:find(
        "It may have happened all the same, or not: nobody answered. "
          .. "To find out: get 123 CONSISTENT\n",
        1,
        true
      )
    )
    local again, _, refused = world:run "again"
    assert.equal(64, again)
    assert.truthy(refused:find("may have happened already", 1, true))
    assert.same({ "DescribeTable", "UpdateItem" }, world:operations())
  end)

  it("is refused in a read-only session, as Lua too, before anything is sent", function()
    local world = prompt_world.new { read_only = true, answers = { GetItem = ANN } }
    for _, text in ipairs {
      "put 123 { a = 1 }",
      "update 123 SET a = 1",
      "delete 123",
      "drop Users",
      'Users:put { userId = "1" }',
      'tables.Users:delete "1"',
      'db:put_item { TableName = "Users", Item = { userId = "1" } }',
      'db.typed:put_item { TableName = "Users", Item = { userId = { S = "1" } } }',
      'db:table("Users", { key = { "userId" } }):put { userId = "1" }',
      "db:execute_statement { Statement = \"DELETE FROM Users WHERE userId = '1'\" }",
    } do
      local code, _, err = world:run(text)
      assert.equal(64, code, text)
      assert.truthy(err:find("read-only", 1, true), err)
    end
    for _, name in ipairs(world:operations()) do
      assert.is_true(name == "DescribeTable" or name == "ListTables", name)
    end
    assert.truthy((run(world, "get 123")):find "Ann")
    assert.truthy((run(world, 'Users:get "123"')):find "Ann")
    assert.truthy((run(world, "explain put 123 { a = 1 }")):find "PutItem")
  end)
end)

describe("Lua", function()
  it("has the tables by name, and prints values as they read back", function()
    local world = prompt_world.new { answers = { GetItem = ANN } }
    local shown = '{ name = "Ann", userId = "123", visits = 1 }\n'
    assert.equal(shown, (run(world, 'Users:get { userId = "123" }')))
    assert.equal(shown, (run(world, 'tables["Users"]:get "123"')))
    assert.equal(shown, (run(world, 'db:table("Users", { key = { "userId" } }):get "123"')))
    assert.equal('2\n"x"\n', (run(world, '1 + 1, "x"')))
    run(world, "x = dynamo.set { 1 }")
    assert.equal("dynamo.set { 1 }\n", (run(world, "x")))
    assert.equal("nil\n", (run(world, "tostring and nil")))
  end)

  it("prefers its own globals to tables", function()
    local world = prompt_world.new {
      answers = { ListTables = '{"TableNames":["print","string"]}' },
    }
    assert.equal('"X"\n', (run(world, 'string.upper("x")')))
  end)

  it("fails where a call returns nil and a message", function()
    local world = prompt_world.new { answers = { UpdateItem = failed_condition } }
    local code, _, err = world:run 'Users:update("123", "SET a = 1", { condition = "v = 4" })'
    assert.equal(1, code)
    assert.truthy(err:find "the item that failed the condition")
    code, _, err = world:run "error 'oops'"
    assert.equal(2, code)
    assert.equal("oops\n", err)
  end)

  it("names the nearest table", function()
    local world = prompt_world.new()
    local code, _, err = world:run "Usres:get '1'"
    assert.equal(64, code)
    assert.equal(
      'column 1: "Usres" is no verb, table or variable, did you mean "Users"?',
      err:match "[^\n]*"
    )
    code, _, err = world:run "Evnets"
    assert.equal(64, code)
    assert.truthy(err:find('did you mean "Events"?', 1, true))
    code, _, err = world:run "use Evnets"
    assert.equal(64, code)
    assert.truthy(err:find('column 5: there is no table "Evnets", did you mean "Events"?', 1, true))
  end)
end)

describe("the other verbs", function()
  it("tell of tables", function()
    local world = prompt_world.new()
    assert.equal("Blobs\nEvents\nUsers\n", (run(world, "tables")))
    world.answers.ListTables = '{"TableNames":[]}'
    assert.equal("there are no tables: create TABLE KEY:S\n", (run(world, "tables")))
    world.answers.ListTables = nil
    assert.equal(
      "Users: userId (S); index byEmail: email (S); about 1,204 items\n",
      (run(world, "use Users"))
    )
    assert.truthy((run(world, "desc")):find 'TableName +S +"Users"')
    assert.truthy((run(world, "desc Events")):find 'TableName +S +"Events"')
  end)

  it("delete a table only after its name was typed", function()
    local asked, answer
    local world = prompt_world.new {
      ask = function(question)
        asked = question
        return answer
      end,
    }
    local code, _, err = world:run "drop Users"
    assert.equal(64, code)
    assert.equal("nothing was done\n", err)
    assert.equal("delete the table Users with about 1,204 items? Type Users: ", asked)
    answer = "Users"
    assert.equal("deleted: table Users\n", (run(world, "drop Users")))
  end)

  it("are refused at once where nobody can be asked, but with --yes", function()
    local world = prompt_world.new()
    local code, _, err = world:run "drop Users"
    assert.equal(64, code)
    assert.truthy(err:find("--yes", 1, true))
    assert.same({ "DescribeTable" }, world:operations())
    world = prompt_world.new { yes = true }
    assert.equal("deleted: table Users\n", (run(world, "drop Users")))
  end)

  it("show a request, and send nothing", function()
    local world = prompt_world.new()
    local out = run(world, "explain update 123 ADD visits 1")
    assert.equal(
      "POST https://dynamodb.eu-west-1.amazonaws.com\nDynamoDB_20120810.UpdateItem\n",
      out:match "^.-\n.-\n"
    )
    assert.truthy(out:find '"UpdateExpression":"ADD #n0 :v0"')
    assert.same({ "DescribeTable" }, world:operations())
  end)

  it("do the last one again", function()
    local world = prompt_world.new()
    run(world, "update 123 ADD visits 1")
    run(world, "again 2")
    assert.same({ "DescribeTable", "UpdateItem", "UpdateItem", "UpdateItem" }, world:operations())
  end)

  it("help with every verb", function()
    local world = prompt_world.new()
    local _, all = world:run "help"
    for _, name in ipairs(world.session:verb_names()) do
      assert.truthy(all:find("\n" .. name, 1, true) or all:sub(1, #name) == name, name)
      local code, out = world:run("help " .. name)
      assert.equal(0, code)
      assert.truthy(out:find("^" .. name))
    end
    local code, _, err = world:run "help udpate"
    assert.equal(64, code)
    assert.truthy(err:find('did you mean "update"?', 1, true))
  end)

  it("need a table", function()
    local world = prompt_world.new()
    world.session.table_name = nil
    local code, _, err = world:run "get 1"
    assert.equal(64, code)
    assert.truthy(err:find("column 1: no table is in use: use TABLE, or --table", 1, true))
  end)
end)

describe("data alone goes to the output", function()
  local ITEM =
    '{"Item":{"userId":{"S":"123"},"tags":{"SS":["a"]},"n":{"N":"12345678901234567890"}}}'

  for format, wanted in pairs {
    json = '{"n":12345678901234567890,"tags":["a"],"userId":"123"}\n',
    jsonl = '{"n":12345678901234567890,"tags":["a"],"userId":"123"}\n',
    ["dynamodb-json"] = '{"n":{"N":"12345678901234567890"},"tags":{"SS":["a"]},"userId":{"S":"123"}}\n',
    lua = "{\n"
      .. '  n = dynamo.number "12345678901234567890",\n'
      .. '  tags = dynamo.set { "a" },\n'
      .. '  userId = "123",\n'
      .. "}\n",
  } do
    it("as " .. format, function()
      local world = prompt_world.new { format = format, answers = { GetItem = ITEM } }
      for _, text in ipairs { "get 123", 'Users:get "123"' } do
        local code, out, err = world:run(text)
        assert.equal(0, code)
        assert.equal(wanted, out)
        local is_lossy = format:sub(1, 4) == "json"
        assert.equal(
          is_lossy
              and "JSON cannot keep n (a number of many digits), tags (a set); --output dynamodb-json keeps all\n"
            or "",
          err
        )
      end
      local _, out, err = world:run "put 123 { a = 1 }"
      assert.equal("", out)
      assert.equal("created: Users 123\n", err)
    end)
  end

  it("and no item is null, or no line", function()
    for format, wanted in pairs { json = "null\n", jsonl = "", ["dynamodb-json"] = "", lua = "nil\n" } do
      local world = prompt_world.new { format = format }
      local code, out, err = world:run "get 123"
      assert.equal(0, code)
      assert.equal(wanted, out)
      assert.equal("no such item\n", err)
    end
  end)
end)

describe("what a statement took", function()
  it("is said after it", function()
    local consumed = '{"Item":{"userId":{"S":"123"}},"ConsumedCapacity":{"CapacityUnits":0.5}}'
    local world = prompt_world.new { timing = true, answers = { GetItem = consumed } }
    run(world, "use Users")
    assert.truthy((run(world, "get 123")):find("0.5 RCU   4 ms\n", 1, true))
  end)
end)

describe("values that no item can hold", function()
  it("are mistakes with their place, and nothing is sent", function()
    local world = prompt_world.new()
    local code, _, err = world:run "put 123 { a = (0/0) }"
    assert.equal(64, code)
    assert.equal(
      "column 9: Item.a: NaN is not a DynamoDB number; leave it out or use dynamo.null",
      err:match "[^\n]*"
    )
    assert.same({ "DescribeTable" }, world:operations())
    assert.is_not_nil(dynamo)
  end)
end)
