-- SPDX-License-Identifier: MIT
if not pcall(require, "dynamo.sqlite") then
  return pending "dynamo/sqlite.so is not built: SQLite's header is not here"
end

local services = require "support.embedded_service"

local INVALID = "One or more parameter values were invalid: "

describe("the parameters that expressions replaced, in the store inside the process,", function()
  local service

  before_each(function()
    service = services.new()
    service:create("Users", { { "id", "S" }, { "pos", "N" } })
    for i = 1, 4 do
      service:must("PutItem", {
        TableName = "Users",
        Item = {
          id = { S = "a" },
          pos = { N = tostring(i) },
          name = { S = ("x"):rep(i) },
          tags = { SS = { "t" .. i } },
        },
      })
    end
  end)

  -- Whether a write is done if what is expected of the first item is so.
  local function holds(expected, operator)
    local answer, status = service:call("UpdateItem", {
      TableName = "Users",
      Key = { id = { S = "a" }, pos = { N = "1" } },
      Expected = expected,
      ConditionalOperator = operator,
    })
    if status == 200 then return true end
    assert.truthy(answer.__type:find("ConditionalCheckFailedException", 1, true), answer.message)
    return false
  end

  for name, row in pairs {
    EQ = { { { S = "x" } }, { { S = "y" } } },
    NE = { { { S = "y" } }, { { S = "x" } } },
    LT = { { { S = "y" } }, { { S = "x" } } },
    LE = { { { S = "x" } }, { { S = "w" } } },
    GT = { { { S = "w" } }, { { S = "x" } } },
    GE = { { { S = "x" } }, { { S = "y" } } },
    BEGINS_WITH = { { { S = "x" } }, { { S = "xx" } } },
    CONTAINS = { { { S = "x" } }, { { S = "y" } } },
    NOT_CONTAINS = { { { S = "y" } }, { { S = "x" } } },
    BETWEEN = { { { S = "w" }, { S = "y" } }, { { S = "y" }, { S = "z" } } },
    IN = { { { S = "q" }, { S = "x" } }, { { S = "q" } } },
  } do
    it("Expected by " .. name, function()
      for i, wanted in ipairs { true, false } do
        local expected = { name = { ComparisonOperator = name, AttributeValueList = row[i] } }
        assert.equal(wanted, holds(expected))
      end
    end)
  end

  it("Expected by Value, Exists, NULL and NOT_NULL", function()
    assert.is_true(holds { name = { Value = { S = "x" } } })
    assert.is_false(holds { name = { Value = { S = "y" }, Exists = true } })
    assert.is_true(holds { gone = { Exists = false } })
    assert.is_false(holds { name = { Exists = false } })
    assert.is_true(holds { gone = { ComparisonOperator = "NULL" } })
    assert.is_false(holds { gone = { ComparisonOperator = "NOT_NULL" } })
  end)

  it("ConditionalOperator", function()
    local expected = { name = { Value = { S = "x" } }, gone = { Value = { S = "x" } } }
    assert.is_false(holds(expected))
    assert.is_false(holds(expected, "AND"))
    assert.is_true(holds(expected, "OR"))
  end)

  it("AttributeUpdates and AttributesToGet", function()
    local key = { id = { S = "a" }, pos = { N = "1" } }
    local answer = service:must("UpdateItem", {
      TableName = "Users",
      Key = key,
      ReturnValues = "ALL_NEW",
      AttributeUpdates = {
        name = { Value = { S = "new" } },
        count = { Action = "ADD", Value = { N = "2" } },
        tags = { Action = "DELETE", Value = { SS = { "t1" } } },
        gone = { Action = "DELETE" },
      },
    }).Attributes
    assert.same({ id = key.id, pos = key.pos, name = { S = "new" }, count = { N = "2" } }, answer)
    local item = service:must("GetItem", {
      TableName = "Users",
      Key = key,
      AttributesToGet = { "name", "gone" },
    }).Item
    assert.same({ name = { S = "new" } }, item)
  end)

  it("KeyConditions, QueryFilter and ScanFilter", function()
    local answer = service:must("Query", {
      TableName = "Users",
      KeyConditions = {
        id = { ComparisonOperator = "EQ", AttributeValueList = { { S = "a" } } },
        pos = { ComparisonOperator = "GT", AttributeValueList = { { N = "1" } } },
      },
      QueryFilter = {
        name = { ComparisonOperator = "NE", AttributeValueList = { { S = "xx" } } },
      },
    })
    assert.same({ 2, 3 }, { answer.Count, answer.ScannedCount })
    answer = service:must("Scan", {
      TableName = "Users",
      ScanFilter = {
        tags = { ComparisonOperator = "CONTAINS", AttributeValueList = { { S = "t4" } } },
      },
    })
    assert.same({ 1, 4 }, { answer.Count, answer.ScannedCount })
  end)

  for name, row in pairs {
    ["an unknown comparison"] = {
      { Expected = { a = { ComparisonOperator = "LIKE", AttributeValueList = { { S = "" } } } } },
      "1 validation error detected: Value 'LIKE' at 'comparisonOperator' failed to satisfy "
        .. "constraint: Member must satisfy enum value set: [IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, "
        .. "GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS]",
    },
    ["too few values"] = {
      {
        Expected = { a = { ComparisonOperator = "BETWEEN", AttributeValueList = { { S = "" } } } },
      },
      INVALID .. "Invalid number of argument(s) for the BETWEEN ComparisonOperator",
    },
    ["no value"] = {
      { Expected = { a = { Exists = true } } },
      INVALID .. "Value must be provided when Exists is true for Attribute: a",
    },
    ["a value of what is not to be there"] = {
      { Expected = { a = { Exists = false, Value = { S = "x" } } } },
      INVALID .. "Value cannot be used when Exists is false for Attribute: a",
    },
    ["expressions beside them"] = {
      { Expected = { a = { Exists = false } }, UpdateExpression = "REMOVE a" },
      "Can not use both expression and non-expression parameters in the same request: "
        .. "Non-expression parameters: {Expected} Expression parameters: {UpdateExpression}",
    },
    ["an ADD of a string"] = {
      { AttributeUpdates = { a = { Action = "ADD", Value = { S = "x" } } } },
      INVALID .. "ADD action is not supported for the type S of a",
    },
    ["a PUT of nothing"] = {
      { AttributeUpdates = { a = {} } },
      INVALID .. "Only DELETE action is allowed when no attribute value is specified",
    },
    ["an operator between nothing"] = {
      { ConditionalOperator = "OR" },
      INVALID
        .. "ConditionalOperator can only be used when Filter or Expected has two or more "
        .. "elements",
    },
  } do
    it("are refused with " .. name, function()
      local request = { TableName = "Users", Key = { id = { S = "a" }, pos = { N = "1" } } }
      for member, value in pairs(row[1]) do
        request[member] = value
      end
      local code, message = service:fails("UpdateItem", request)
      assert.same({ "ValidationException", row[2] }, { code, message })
    end)
  end
end)
