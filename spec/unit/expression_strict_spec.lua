-- SPDX-License-Identifier: MIT
local evaluate = require "dynamo.expression.evaluate"
local refusal = require "dynamo.service_refusal"
local strict = require "dynamo.expression.strict"

local NAMES = { ["#n"] = "name", ["#d"] = "a.b" }
local VALUES = {
  [":n"] = { N = "5" },
  [":m"] = { N = "7" },
  [":s"] = { S = "x" },
  [":set"] = { SS = { "x" } },
  [":l"] = { L = {} },
  [":t"] = { S = "TEXT" },
  [":b"] = { BOOL = true },
}

-- Returns what reading a text raises, as the response would say it.
local function refused(kind, text, what)
  local space = strict.new(NAMES, VALUES)
  local ok, raised = pcall(space[kind], space, text, what or "ConditionExpression")
  assert.is_false(ok)
  assert.is_true(refusal.is(raised), tostring(raised))
  assert.equal("ValidationException", raised.code)
  return raised.message
end

describe("expressions as the service reads them", function()
  it("know their names and values", function()
    local space = strict.new(NAMES, VALUES)
    local tree = space:condition("#n = :s AND #d[0].x < :n", "ConditionExpression")
    assert.same({ kind = "path", "name" }, tree[1].left)
    assert.same({ kind = "value", value = { S = "x" } }, tree[1].right)
    assert.same({ kind = "path", "a.b", 0, "x" }, tree[2].left)
    assert.is_true(evaluate.holds(space:condition("a IN (:n, :m)", "x"), { a = { N = "7" } }))
  end)

  it("take values where dynamo's own texts ask for a path, and brackets that are of use", function()
    local space = strict.new(NAMES, { [":l"] = { L = { { S = "x" } } }, [":n"] = { N = "1" } })
    local item = { a = { S = "x" }, b = { N = "1" } }
    for text, held in pairs {
      ["contains(:l, a)"] = true,
      ["contains(:l, b)"] = false,
      ["size(:l) = :n"] = true,
      ["((a = :n) OR (b = :n))"] = true,
      ["(b) = :n"] = true,
    } do
      assert.equal(held, evaluate.holds(space:condition(text, "x"), item), text)
    end
  end)

  it("use all names and values that are given", function()
    local space = strict.new({ ["#a"] = "a", ["#b"] = "b" }, { [":v"] = { N = "1" } })
    space:condition("#a = :v", "ConditionExpression")
    local _, raised = pcall(space.finish, space)
    assert.equal(
      "Value provided in ExpressionAttributeNames unused in expressions: keys: {#b}",
      raised.message
    )
    space:projection("#b", "ProjectionExpression")
    space:finish()
    local other = strict.new(nil, { [":v"] = { N = "1" } })
    _, raised = pcall(other.finish, other)
    assert.equal(
      "Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}",
      raised.message
    )
  end)

  for text, message in pairs {
    [""] = "The expression can not be empty;",
    ["a = 5"] = 'Syntax error; token: "5", near: "= 5"',
    ["a = 'x'"] = "Syntax error; token: \"'x'\", near: \"= 'x'\"",
    ["a = ?"] = 'Syntax error; token: "?", near: "= ?"',
    ["`a` = :n"] = 'Syntax error; token: "`a`", near: "`a` ="',
    ["a = [:n]"] = 'Syntax error; token: "[", near: "= [:n"',
    ["a = :n OR"] = 'Syntax error; token: "<EOF>", near: "OR"',
    ["a = :n b = :n"] = 'Syntax error; token: "b", near: ":n b ="',
    ["name = :n"] = "Attribute name is a reserved keyword; reserved keyword: name",
    ["a.Size = :n"] = "Attribute name is a reserved keyword; reserved keyword: Size",
    ["#x = :n"] = "An expression attribute name used in the document path is not defined; "
      .. "attribute name: #x",
    ["a = :x"] = "An expression attribute value used in expression is not defined; "
      .. "attribute value: :x",
    ["begins_with(a, :n)"] = "Incorrect operand type for operator or function; operator or "
      .. "function: begins_with, operand type: N",
    ["a < :b"] = "Incorrect operand type for operator or function; operator or function: <, "
      .. "operand type: BOOL",
    ["a BETWEEN :m AND :n"] = "The BETWEEN operator requires upper bound to be greater than or "
      .. "equal to lower bound; lower bound operand: AttributeValue: {N:7}, upper bound operand: "
      .. "AttributeValue: {N:5}",
    ["a BETWEEN :n AND :s"] = "The BETWEEN operator requires same data type for lower and upper "
      .. "bounds; lower bound operand: AttributeValue: {N:5}, upper bound operand: "
      .. "AttributeValue: {S:x}",
    ["a.b[0] = a.b[0]"] = "The first operand must be distinct from the remaining operands for this "
      .. "operator or function; operator: =, first operand: [a, b, [0]]",
    ["contains(a, a)"] = "The first operand must be distinct from the remaining operands for this "
      .. "operator or function; operator: contains, first operand: [a]",
    ["begins_with(:n, a)"] = "Incorrect operand type for operator or function; operator or "
      .. "function: begins_with, operand type: N",
    ["attribute_type(a, b)"] = "Incorrect operand type for operator or function; operator or "
      .. "function: attribute_type, operand type: {NS,SS,L,BS,N,NS,M,B,BOOL,NULL,S}",
    ["size(:n) = :m"] = "Incorrect operand type for operator or function; operator or function: "
      .. "size, operand type: N",
    ["attribute_exists(:n)"] = "Operator or function requires a document path; operator or "
      .. "function: attribute_exists",
    ["attribute_exists(a, b)"] = "Incorrect number of operands for operator or function; operator "
      .. "or function: attribute_exists, number of operands: 2",
    ["exists(a)"] = "Invalid function name; function: exists",
    ["if_not_exists(a, :n)"] = "Invalid function name; function: if_not_exists",
    ["a = attribute_exists(b)"] = "The function is not allowed to be used this way in an "
      .. "expression; function: attribute_exists",
    ["a = :n AND ((a = :n))"] = "The expression has redundant parentheses;",
    ["attribute_type(a, :t)"] = "Invalid attribute type name found; type: TEXT, valid types: "
      .. "{B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
  } do
    it("refuse the condition " .. text, function()
      assert.equal("Invalid ConditionExpression: " .. message, refused("condition", text))
    end)
  end

  for text, message in pairs {
    ["SET a = b + :s"] = "Incorrect operand type for operator or function; operator or function: "
      .. "+, operand type: S",
    ["SET a = list_append(a, :n)"] = "Incorrect operand type for operator or function; operator "
      .. "or function: list_append, operand type: N",
    ["SET a = size(b)"] = "Invalid function name; function: size",
    ["SET a = :n SET b = :n"] = 'The "SET" section can only be used once in an update expression;',
    ["ADD a :s"] = "Incorrect operand type for operator or function; operator: ADD, operand type: "
      .. "STRING, typeSet: ALLOWED_FOR_ADD_OPERAND",
    ["DELETE a :n"] = "Incorrect operand type for operator or function; operator: DELETE, operand "
      .. "type: NUMBER, typeSet: ALLOWED_FOR_DELETE_OPERAND",
    ["SET a = :n REMOVE a.b"] = "Two document paths overlap with each other; must remove or "
      .. "rewrite one of these paths; path one: [a], path two: [a, b]",
    ["SET a.b = :n, a[0] = :n"] = "Two document paths conflict with each other; must remove or "
      .. "rewrite one of these paths; path one: [a, b], path two: [a, [0]]",
  } do
    it("refuse the update " .. text, function()
      local said = refused("update", text, "UpdateExpression")
      assert.equal("Invalid UpdateExpression: " .. message, said)
    end)
  end

  it("refuse paths of a projection that overlap, and long texts", function()
    assert.truthy(refused("projection", "a, a[0]", "x"):find("Two document paths overlap", 1, true))
    local long = ("a"):rep(4097)
    assert.truthy(refused("projection", long, "x"):find("expression size: 4097", 1, true))
  end)
end)
