-- SPDX-License-Identifier: MIT
local evaluate = require "dynamo.expression.evaluate"
local strict = require "dynamo.expression.strict"

local ITEM = {
  n = { N = "5" },
  s = { S = "hello" },
  b = { B = "AAEC" },
  l = { L = { { N = "1" }, { M = { x = { S = "in" } } } } },
  m = { M = { k = { S = "v" }, z = { NULL = true } } },
  ss = { SS = { "a", "b" } },
  flag = { BOOL = false },
}
local VALUES = {
  [":5"] = { N = "5" },
  [":6"] = { N = "6" },
  [":10"] = { N = "10" },
  [":hello"] = { S = "hello" },
  [":he"] = { S = "he" },
  [":ell"] = { S = "ell" },
  [":bin"] = { B = "AQ==" },
  [":ba"] = { SS = { "b", "a" } },
  [":a"] = { S = "a" },
  [":one"] = { N = "1" },
  [":map"] = { M = { z = { NULL = true }, k = { S = "v" } } },
  [":L"] = { S = "L" },
  [":2"] = { N = "2" },
  [":no"] = { BOOL = false },
}

local function holds(text, item)
  return evaluate.holds(strict.new(nil, VALUES):condition(text, "x"), item or ITEM)
end

describe("a condition", function()
  for text, wanted in pairs {
    ["n = :5"] = true,
    ["n = :hello"] = false,
    ["n <> :hello"] = true,
    ["gone <> :5"] = true,
    ["gone = :5"] = false,
    ["gone < :5"] = false,
    ["n < :10"] = true,
    ["n >= :5 AND n <= :5"] = true,
    ["s < :5"] = false,
    ["ss = :ba"] = true,
    ["m = :map"] = true,
    ["flag = :no"] = true,
    ["n BETWEEN :5 AND :10"] = true,
    ["n BETWEEN :6 AND :10"] = false,
    ["n IN (:6, :5)"] = true,
    ["n IN (:6)"] = false,
    ["NOT n = :5"] = false,
    ["n = :6 OR s = :hello"] = true,
    ["attribute_exists(l[1].x)"] = true,
    ["attribute_exists(l[2])"] = false,
    ["attribute_not_exists(m.k.q)"] = true,
    ["attribute_type(l, :L)"] = true,
    ["attribute_type(n, :L)"] = false,
    ["begins_with(s, :he)"] = true,
    ["begins_with(s, :ell)"] = false,
    ["contains(s, :ell)"] = true,
    ["contains(ss, :a)"] = true,
    ["contains(ss, :one)"] = false,
    ["contains(l, :one)"] = true,
    ["contains(b, :bin)"] = true,
    ["size(s) = :5"] = true,
    ["size(l) = :2"] = true,
    ["size(m) = :2"] = true,
    ["size(ss) < :5"] = true,
    ["size(b) < :5"] = true,
    ["size(n) = :5"] = false,
    ["size(gone) = :5"] = false,
  } do
    it(("%s is %s"):format(text, tostring(wanted)), function()
      assert.equal(wanted, holds(text))
    end)
  end

  it("compares numbers by their value, however many digits", function()
    local big = { N = "12345678901234567890123456789012345678" }
    local bigger = { N = "12345678901234567890123456789012345679" }
    local space = strict.new(nil, { [":b"] = bigger })
    assert.is_true(evaluate.holds(space:condition("a < :b", "x"), { a = big }))
  end)
end)

describe("a projection", function()
  local function project(text)
    return evaluate.project(strict.new():projection(text, "x"), ITEM)
  end

  it("shows what its paths lead to", function()
    assert.same({ n = ITEM.n, m = { M = { k = { S = "v" } } } }, project "n, m.k, gone")
    assert.same({ l = { L = { { M = { x = { S = "in" } } } } } }, project "l[1]")
    assert.same(
      { l = { L = { { N = "1" }, { M = { x = { S = "in" } } } } } },
      project "l[1].x, l[0]"
    )
    assert.same({}, project "gone, m.gone, n.x, l[7]")
  end)
end)
