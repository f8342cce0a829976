-- SPDX-License-Identifier: MIT
if not pcall(require, "dynamo.sqlite") then
  return pending "dynamo/sqlite.so is not built: SQLite's header is not here"
end

local dynamo = require "dynamo"
local services = require "support.embedded_service"

local NOT_FORMED = "Statement wasn't well formed, can't be processed: "
local NO_KEY = "Where clause does not contain a mandatory equality on all key attributes"

describe("PartiQL in the store inside the process", function()
  local service

  before_each(function()
    service = services.new()
    service:create("Log", { { "id", "S" }, { "pos", "N" } }, {
      AttributeDefinitions = {
        { AttributeName = "id", AttributeType = "S" },
        { AttributeName = "pos", AttributeType = "N" },
        { AttributeName = "name", AttributeType = "S" },
      },
      GlobalSecondaryIndexes = {
        {
          IndexName = "by_name",
          KeySchema = { { AttributeName = "name", KeyType = "HASH" } },
          Projection = { ProjectionType = "ALL" },
        },
      },
    })
    for i = 1, 5 do
      service:must("PutItem", {
        TableName = "Log",
        Item = {
          id = { S = "a" },
          pos = { N = tostring(i) },
          name = { S = i % 2 == 0 and "even" or "odd" },
          tags = { SS = { "x" } },
          list = { L = { { N = "1" }, { N = tostring(i) } } },
        },
      })
    end
  end)

  local function execute(text, parameters, more)
    local request = { Statement = text, Parameters = parameters }
    for name, value in pairs(more or {}) do
      request[name] = value
    end
    return service:must("ExecuteStatement", request)
  end

  local function positions(answer)
    local list = {}
    for i, item in ipairs(answer.Items) do
      list[i] = item.pos.N
    end
    return table.concat(list, " ")
  end

  for text, wanted in pairs {
    ["SELECT * FROM Log WHERE id = 'a'"] = "1 2 3 4 5",
    ["SELECT * FROM \"Log\" WHERE 'a' = id AND pos > 3"] = "4 5",
    ["select pos from Log where id = 'a' and pos = 2"] = "2",
    ["SELECT pos FROM Log WHERE id = 'a' ORDER BY pos DESC"] = "5 4 3 2 1",
    ["SELECT * FROM Log WHERE id = 'a' AND pos BETWEEN 2 AND 4"] = "2 3 4",
    ["SELECT * FROM Log WHERE id = 'a' AND pos IN [1, 5, 7]"] = "1 5",
    ["SELECT * FROM Log WHERE id = 'a' AND (name = 'even' OR pos = 1)"] = "1 2 4",
    ["SELECT * FROM Log WHERE id = 'a' AND NOT name = 'odd'"] = "2 4",
    ["SELECT * FROM Log WHERE id = 'a' AND name != 'odd'"] = "2 4",
    ["SELECT * FROM Log WHERE id = 'a' AND list[1] >= 4"] = "4 5",
    ["SELECT * FROM Log WHERE id = 'a' AND begins_with(name, 'e')"] = "2 4",
    ["SELECT * FROM Log WHERE id = 'a' AND contains(\"tags\", 'x') AND pos < 2"] = "1",
    ["SELECT * FROM Log WHERE id = 'a' AND gone IS MISSING AND pos <= 1"] = "1",
    ["SELECT * FROM Log WHERE id = 'a' AND name IS NOT MISSING AND pos <= 1"] = "1",
    ["SELECT * FROM Log WHERE id = 'a' AND name IS NULL"] = "",
    ["SELECT * FROM Log WHERE id = 'b'"] = "",
    ['SELECT pos FROM "Log"."by_name" WHERE name = \'even\''] = "2 4",
    ["SELECT * FROM Log WHERE pos = -3"] = "",
  } do
    it("reads " .. text, function()
      assert.equal(wanted, positions(execute(text)))
    end)
  end

  it("takes parameters, and shows what is asked for", function()
    local answer = execute("SELECT name, list[1] FROM Log WHERE id = ? AND pos = ?", {
      { S = "a" },
      { N = "3" },
    })
    assert.same({ { name = { S = "odd" }, list = { N = "3" } } }, answer.Items)
  end)

  it("goes on where a page ended", function()
    local parts, token = {}, nil
    repeat
      local answer =
        execute("SELECT * FROM Log WHERE id = 'a'", nil, { Limit = 2, NextToken = token })
      parts[#parts + 1], token = positions(answer), answer.NextToken
    until not token
    assert.equal("1 2 3 4 5", (table.concat(parts, " "):gsub("%s+$", "")))
  end)

  it("inserts once", function()
    local text = "INSERT INTO Log VALUE {'id': 'b', 'pos': 1, 'it''s': [true, null, 1.50, -2, {'k': "
      .. "'v'}], 'set': <<'p', 'q'>>, 'given': ?}"
    assert.same({ Items = {} }, execute(text, { { B = "AAE=" } }))
    local item = execute("SELECT * FROM Log WHERE id = 'b' AND pos = 1").Items[1]
    assert.same({
      L = {
        { BOOL = true },
        { NULL = true },
        { N = "1.5" },
        { N = "-2" },
        { M = { k = { S = "v" } } },
      },
    }, item["it's"])
    assert.same({ { SS = { "p", "q" } }, { B = "AAE=" } }, { item.set, item.given })
    local code, message =
      service:fails("ExecuteStatement", { Statement = text, Parameters = { { S = "x" } } })
    assert.same(
      { "DuplicateItemException", "Duplicate primary key exists in table" },
      { code, message }
    )
  end)

  it("updates one item that is there", function()
    local answer = execute(
      "UPDATE Log SET name = ? SET n = pos + 1, tags = set_add(tags, <<'y'>>) REMOVE list[0] "
        .. "WHERE id = 'a' AND pos = 2 AND name = 'even' RETURNING MODIFIED NEW *",
      { { S = "new" } }
    )
    local shown = answer.Items[1]
    assert.same({ { S = "new" }, { N = "3" }, { SS = { "x", "y" } } }, {
      shown.name,
      shown.n,
      shown.tags,
    })
    assert.same(
      { L = { { N = "2" } } },
      execute("SELECT list FROM Log WHERE id = 'a' AND pos = 2").Items[1].list
    )
    for _, where in ipairs { "pos = 2 AND name = 'even'", "pos = 99" } do
      local code = service:fails("ExecuteStatement", {
        Statement = "UPDATE Log SET n = 1 WHERE id = 'a' AND " .. where,
      })
      assert.equal("ConditionalCheckFailedException", code)
    end
  end)

  it("deletes one item", function()
    local answer = execute "DELETE FROM Log WHERE id = 'a' AND pos = 1 RETURNING ALL OLD *"
    assert.equal("1", positions(answer))
    assert.same({}, execute("DELETE FROM Log WHERE id = 'a' AND pos = 1").Items)
    assert.equal("2 3 4 5", positions(execute "SELECT * FROM Log WHERE id = 'a'"))
  end)

  it("answers each statement of a batch", function()
    local answer = service:must("BatchExecuteStatement", {
      Statements = {
        { Statement = "SELECT pos FROM Log WHERE id = 'a' AND pos = 1" },
        { Statement = "SELECT pos FROM Log WHERE id = 'a'" },
        { Statement = "SELECT * FROM Gone WHERE id = 'a'" },
        { Statement = "DELETE FROM Log WHERE id = ? AND pos = 2", Parameters = { { S = "a" } } },
        { Statement = "UPDATE Log SET n = 1 WHERE id = 'a' AND pos = 99" },
      },
    })
    local codes = {}
    for i, response in ipairs(answer.Responses) do
      codes[i] = response.Error and response.Error.Code or "done"
    end
    assert.same(
      { "done", "ValidationError", "ResourceNotFound", "done", "ConditionalCheckFailed" },
      codes
    )
    assert.same({ pos = { N = "1" } }, answer.Responses[1].Item)
    assert.equal("3 4 5", positions(execute "SELECT * FROM Log WHERE id = 'a' AND pos > 1"))
  end)

  it("does all of a transaction or nothing", function()
    local function transact(...)
      local statements = {}
      for i, text in ipairs { ... } do
        statements[i] = { Statement = text }
      end
      return service:call("ExecuteTransaction", { TransactStatements = statements })
    end
    local read = transact(
      "SELECT pos FROM Log WHERE id = 'a' AND pos = 2",
      "SELECT * FROM Log WHERE id = 'a' AND pos = 99"
    )
    assert.same({ { Item = { pos = { N = "2" } } }, {} }, read.Responses)
    local insert = "INSERT INTO Log VALUE {'id': 'a', 'pos': 6}"
    local answer, status =
      transact(insert, "DELETE FROM Log WHERE id = 'a' AND pos = 1 AND name = 'x'")
    assert.equal(400, status)
    assert.truthy(answer.__type:find("TransactionCanceledException", 1, true))
    assert.equal("ConditionalCheckFailed", answer.CancellationReasons[2].Code)
    assert.equal("1 2 3 4 5", positions(execute "SELECT * FROM Log WHERE id = 'a'"))
    answer, status = transact(
      insert,
      "EXISTS(SELECT * FROM Log WHERE id = 'a' AND pos = 1 AND name = 'odd')",
      "UPDATE Log SET n = 1 WHERE id = 'a' AND pos = 5"
    )
    assert.equal(200, status, answer.message)
    assert.equal("1 2 3 4 5 6", positions(execute "SELECT * FROM Log WHERE id = 'a'"))
    answer = transact(insert, "SELECT * FROM Log WHERE id = 'a' AND pos = 1")
    assert.truthy(answer.message:find("both read and write", 1, true))
  end)

  for text, message in pairs {
    ["SELEKT * FROM Log"] = NOT_FORMED .. 'Unexpected token "SELEKT" at 1',
    [""] = NOT_FORMED .. 'Unexpected token "" at 1',
    ["SELECT * FROM"] = NOT_FORMED .. "Unexpected end of statement",
    ["SELECT * FROM Log WHERE id = 'a"] = NOT_FORMED .. "Unterminated string",
    ["SELECT * FROM Log WHERE id = ?"] = NOT_FORMED
      .. "Number of parameters in request and statement don't match.",
    ["SELECT * FROM Log WHERE id = 'a' LIMIT 5"] = NOT_FORMED .. 'Unexpected token "LIMIT" at 34',
    ["SELECT * FROM Log WHERE id ; 'a'"] = NOT_FORMED .. 'Unexpected character ";" at 28',
    ["UPDATE Log SET n = 1 WHERE id = 'a'"] = NO_KEY,
    ["UPDATE Log SET n = 1 WHERE id = 'a' OR pos = 1"] = NO_KEY,
    ["UPDATE Log WHERE id = 'a'"] = NOT_FORMED .. 'Unexpected token "WHERE" at 12',
    ["DELETE FROM Log"] = NO_KEY,
    ["INSERT INTO Log VALUE 'x'"] = NOT_FORMED .. "VALUE takes a document",
    ["INSERT INTO Log VALUE {'id': 'a'}"] = "One or more parameter values were invalid: Missing the "
      .. "key pos in the item",
    ["INSERT INTO Log VALUE {'id': 'a', 'pos': <<1, 'x'>>}"] = NOT_FORMED
      .. "A set holds values of one type",
    ["EXISTS(SELECT * FROM Log WHERE id = 'a')"] = "EXISTS is a part of transactions alone",
    ["SELECT * FROM Log ORDER BY pos"] = "Must have WHERE clause in the statement when using ORDER BY "
      .. "clause.",
    ["SELECT * FROM Log.nowhere WHERE id = 'a'"] = "The table does not have the specified index: "
      .. "nowhere",
  } do
    it("refuses " .. text, function()
      local code, said = service:fails("ExecuteStatement", { Statement = text })
      assert.same({ "ValidationException", message }, { code, said })
    end)
  end

  it("refuses parameters that it does not use, and a token that is none", function()
    local request = { Statement = "SELECT * FROM Log", Parameters = { { S = "x" } } }
    assert.truthy(
      select(2, service:fails("ExecuteStatement", request)):find("Number of parameters")
    )
    request = { Statement = "SELECT * FROM Log", NextToken = "###" }
    assert.equal("Invalid NextToken", (select(2, service:fails("ExecuteStatement", request))))
    assert.equal(
      "ValidationException",
      (service:fails("BatchExecuteStatement", { Statements = dynamo.list {} }))
    )
  end)
end)
