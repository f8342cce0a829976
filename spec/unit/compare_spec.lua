-- SPDX-License-Identifier: MIT
local compare = require "dynamo.compare"
local core = require "dynamo.core"
local dynamo = require "dynamo"

local has_mixed_order = math.type ~= nil -- before 5.3 Lua orders values of one type only

-- Returns the FFI integer of a literal such as "1LL", or nil where there is none.
local function ffi_value(literal)
  if not rawget(_G, "jit") then return nil end
  return (loadstring or load)("return " .. literal)()
end

-- Returns what a call raises.
local function raised(f, ...)
  local done, message = pcall(f, ...)
  assert.is_false(done)
  return message
end

describe("dynamo.equal", function()
  local n, set, binary = dynamo.number, dynamo.set, dynamo.binary
  local rows = {
    { "an integer and a number object", 1, n "1", true },
    { "1 and number 1.00", 1, n "1.00", true },
    { "0.1 and number 0.1", 0.1, n "0.1", true },
    { "0 and -0.0", 0, -0.0, true },
    { "number 0 and -0.0", n "0", -0.0, true },
    { "0.1 + 0.2 and number 0.3", 0.1 + 0.2, n "0.3", false },
    {
      "numbers of 38 digits that differ in the last",
      n "12345678901234567890123456789012345678",
      n "12345678901234567890123456789012345679",
      false,
    },
    { "1e22 and number 1E22", 1e22, n "1E22", true },
    { "1 and text 1", 1, "1", false },
    { "number 1 and text 1", n "1", "1", false },
    { "a string and a binary", "a", binary "a", false },
    { "two binaries", binary "a\0b", binary "a\0b", true },
    { "true and 1", true, 1, false },
    { "false and null", false, dynamo.null, false },
    { "null and null", dynamo.null, dynamo.null, true },
    { "null and nil", dynamo.null, nil, false },
    { "nil and nil", nil, nil, true },
    { "NaN and NaN", 0 / 0, 0 / 0, false },
    { "lists", { 1, { n "2" } }, dynamo.list { n "1.0", { 2 } }, true },
    { "lists of another order", { 1, 2 }, { 2, 1 }, false },
    { "a longer list", { 1, 2 }, { 1 }, false },
    { "a list and a set", { "a" }, set { "a" }, false },
    { "an empty list and an empty map", dynamo.list {}, {}, false },
    { "an empty map and a marked one", {}, dynamo.map {}, true },
    {
      "maps through and through",
      { a = { b = { 1, dynamo.null } } },
      dynamo.map { a = { b = { n "1", dynamo.null } } },
      true,
    },
    { "a map with one name more", { a = 1 }, { a = 1, b = 2 }, false },
    { "string sets of another order", set { "a", "b" }, set { "b", "a" }, true },
    { "number sets of another order", set { 1, n "2.50" }, set { 2.5, n "1.0" }, true },
    { "binary sets", set { binary "x", binary "y" }, set { binary "y", binary "x" }, true },
    { "a set and a part of it", set { 1, 2 }, set { 1 }, false },
    { "a set of 1 and a set of text 1", set { 1 }, set { "1" }, false },
    { "sets within maps", { s = { set { 1, 2 } } }, { s = { set { 2, 1 } } }, true },
    { "a function and itself", print, print, true },
    { "a function and another", print, pairs, false },
  }
  for _, row in ipairs(rows) do
    it("of " .. row[1] .. " is " .. tostring(row[4]), function()
      assert.are.equal(row[4], compare.equal(row[2], row[3]))
      assert.are.equal(row[4], compare.equal(row[3], row[2]))
    end)
  end

  it("takes FFI integers by value", function()
    if not ffi_value "1LL" then return pending "no FFI on this runtime" end
    assert.is_true(compare.equal(ffi_value "1LL", 1))
    assert.is_true(compare.equal(ffi_value "9007199254740993ULL", n "9007199254740993"))
    assert.is_true(compare.equal(set { ffi_value "1LL" }, set { ffi_value "1ULL" }))
    assert.is_true(set({ 1, 2 }):has(ffi_value "2LL"))
    assert.is_false(compare.equal(ffi_value "require('ffi').new('int[2]')", 1))
  end)

  it("raises for tables without an end", function()
    local a, b = {}, {}
    a.a, b.a = a, b
    assert.matches(
      "compare_spec.lua:%d+: dynamo.equal: nested deeper than DynamoDB's 32 levels",
      raised(function()
        return (compare.equal(a, b))
      end)
    )
  end)

  it("has a form that knows no answer for them", function()
    local a, b = {}, {}
    a.a, b.a = a, b
    assert.is_nil(compare.are_same(a, b))
    assert.is_true(compare.are_same({ 1, { 2 } }, { 1.0, { 2 } }))
    assert.is_false(compare.are_same(nil, 1))
  end)

  it("runs no metamethod of a user's table", function()
    local function boom()
      error "a metamethod ran"
    end
    local function hostile(content)
      return setmetatable(content, { __index = boom, __pairs = boom, __len = boom, __eq = boom })
    end
    assert.is_true(compare.equal(hostile { a = 1 }, hostile { a = n "1" }))
  end)
end)

describe("the identity of a value", function()
  it("is shared by equals of one type alone", function()
    local values =
      { 1, dynamo.number "1.0", "1", dynamo.binary "1", dynamo.binary "OOL:true", true }
    for i, a in ipairs(values) do
      for j, b in ipairs(values) do
        local is_same = i == j or i + j == 3
        assert.are.equal(is_same, compare.identity(a) == compare.identity(b))
      end
    end
  end)

  it("is none where nobody knows what is equal", function()
    for _, value in ipairs { {}, dynamo.set { 1 }, dynamo.null, 0 / 0, 1 / 0, print } do
      assert.is_nil((compare.identity(value)))
    end
  end)
end)

describe("== of sets", function()
  it("agrees with dynamo.equal", function()
    assert.is_true(dynamo.set { "a", "b" } == dynamo.set { "b", "a" })
    assert.is_true(dynamo.set { 1, 2 } == dynamo.set { 2.0, dynamo.number "1" })
    assert.is_false(dynamo.set { 1 } == dynamo.set { "1" })
    assert.is_false(dynamo.set { 1 } == dynamo.set { 1, 2 })
    assert.is_true(dynamo.set {} == dynamo.set {})
    assert.is_false(dynamo.set { "a" } == { "a" })
  end)
end)

describe("dynamo.compare", function()
  local n, binary = dynamo.number, dynamo.binary

  it("orders numbers by value, whatever holds them", function()
    local ascending = {
      -1e100,
      n "-1E38",
      -2,
      n "-1.5",
      -1,
      n "-1E-130",
      0,
      n "1E-130",
      0.1,
      n "0.10000000000000000000000000000000000001",
      1,
      n "1.5",
      2,
      n "9007199254740993",
      n "12345678901234567890123456789012345678",
      1e40,
      n "9E125",
    }
    for i, a in ipairs(ascending) do
      for j, b in ipairs(ascending) do
        local expected = i < j and -1 or i > j and 1 or 0
        assert.are.equal(expected, compare.compare(a, b))
      end
    end
    assert.are.equal(0, compare.compare(0.5, n "0.50"))
    assert.are.equal(0, compare.compare(-0.0, n "0"))
  end)

  it("orders strings by their bytes, and binaries", function()
    local ascending = { "", "\0", "A", "B", "a", "a\0", "ab", "z", "é", "\255" }
    for i, a in ipairs(ascending) do
      for j, b in ipairs(ascending) do
        local expected = i < j and -1 or i > j and 1 or 0
        assert.are.equal(expected, compare.compare(a, b))
        assert.are.equal(expected, compare.compare(binary(a), binary(b)))
      end
    end
  end)

  it("serves table.sort", function()
    local prices = { n "10", 2, n "2.5", 0.1 }
    table.sort(prices, function(a, b)
      return compare.compare(a, b) < 0
    end)
    local texts = {}
    for i, price in ipairs(prices) do
      texts[i] = tostring(price)
    end
    assert.are.same({ "0.1", "2", "2.5", "10" }, texts)
  end)

  it("takes FFI integers", function()
    if not ffi_value "1LL" then return pending "no FFI on this runtime" end
    assert.are.equal(1, compare.compare(ffi_value "18446744073709551615ULL", n "1"))
    assert.are.equal(-1, compare.compare(1, ffi_value "2LL"))
  end)

  local without_order = {
    { 1, "1", "a number and a string have no order" },
    { "a", binary "a", "a string and a binary have no order" },
    { true, false, "a boolean and a boolean have no order" },
    { dynamo.null, 1, "null and a number have no order" },
    { nil, 1, "nil and a number have no order" },
    { {}, dynamo.list {}, "a map and a list have no order" },
    { dynamo.set { 1 }, dynamo.set { 1 }, "a set and a set have no order" },
    { 1, print, "a number and a function have no order" },
    { 1 / 0, 1, "which is no number of DynamoDB's, and a number have no order" },
    { 1, 0 / 0, "which is no number of DynamoDB's, have no order" },
  }
  for _, row in ipairs(without_order) do
    it("raises at the caller's line: " .. row[3], function()
      local message = raised(function()
        return (compare.compare(row[1], row[2]))
      end)
      assert.matches("compare_spec.lua:%d+: dynamo.compare: ", message)
      assert.matches(row[3], message, 1, true)
    end)
  end
end)

describe("arithmetic of dynamo.number", function()
  local n = dynamo.number

  local function shown(value)
    assert.is_true(dynamo.is_number(value))
    return tostring(value)
  end

  it("is decimal", function()
    assert.are.equal("0.3", shown(n "0.1" + n "0.2"))
    assert.are.equal("0.2", shown(n "0.3" - n "0.1"))
    assert.are.equal("0.06", shown(n "0.2" * n "0.3"))
    assert.are.equal("-5", shown(-n "5"))
    assert.are.equal("0", shown(-n "0"))
    assert.are.equal(
      "12345678901234567890123456789012345679",
      shown(n "12345678901234567890123456789012345678" + n "1")
    )
  end)

  it("takes plain numbers on either side", function()
    assert.are.equal("1.5", shown(n "0.5" + 1))
    assert.are.equal("1.5", shown(1 + n "0.5"))
    assert.are.equal("0.9", shown(1 - n "0.1"))
    assert.are.equal("0.3", shown(n "0.2" + 0.1))
    assert.are.equal("25", shown(2.5 * n "10"))
    assert.are.equal("9007199254740993", shown(n "9007199254740992" + 1))
  end)

  it("takes FFI integers on the right", function()
    if not ffi_value "1LL" then return pending "no FFI on this runtime" end
    assert.are.equal("9007199254740994", shown(n "1" + ffi_value "9007199254740993LL"))
    assert.are.equal("-18446744073709551614", shown(n "1" - ffi_value "18446744073709551615ULL"))
    assert.has_error(function()
      return ffi_value "1LL" + n "1"
    end) -- LuaJIT asks its FFI alone
  end)

  it("has a form that gives plain numbers, or the reason", function()
    assert.are.equal(3, core.add(1, n "2"))
    assert.are.equal(0.2, core.subtract(0.3, 0.1))
    assert.are.equal("9007199254740993", core.digits(core.add(n "9007199254740991", 2.0)))
    local result, reason = core.add(n "1E38", 1)
    assert.is_nil(result)
    assert.matches("more than 38 significant digits", reason)
    assert.is_nil(core.add("1", 1))
    assert.is_nil(core.subtract(1, 2 ^ 53))
  end)

  it("changes no operand", function()
    local a, b = n "1", n "2"
    assert.is_true(dynamo.is_number(a + b) and dynamo.is_number(a * -b))
    assert.are.equal("1", tostring(a))
    assert.are.equal("2", tostring(b))
  end)

  local beyond = {
    {
      "1E38 + 1",
      function()
        return n "1E38" + 1
      end,
      "1" .. ("0"):rep(38) .. " + 1: the result has more than 38 significant digits",
    },
    {
      "1E125 * 10",
      function()
        return n "1E125" * 10
      end,
      " * 10: the result is outside",
    },
    {
      "1E-130 * 0.1",
      function()
        return n "1E-130" * n "0.1"
      end,
      " * 0.1: the result is outside",
    },
    {
      "1 - 1E-38",
      function()
        return 1 - n "1E-40"
      end,
      "1 - 0.0000",
    },
    {
      "a string",
      function()
        return n "1" + "2"
      end,
      "1 + a string: text is no number; dynamo.number(text) makes it one",
    },
    {
      "a table",
      function()
        return {} * n "3"
      end,
      "a table * 3: not a number",
    },
    {
      "NaN",
      function()
        return n "1" + 0 / 0
      end,
      "NaN is not a DynamoDB number",
    },
  }
  for _, row in ipairs(beyond) do
    it("raises where it has no exact result: " .. row[1], function()
      local message = raised(row[2])
      assert.matches("compare_spec.lua:%d+: dynamo.number: ", message)
      assert.matches(row[3], message, 1, true)
    end)
  end
end)

describe("order of dynamo.number", function()
  local n = dynamo.number

  it("is by value between two of them", function()
    assert.is_true(n "1.50" == n "1.5")
    assert.is_true(n "2" < n "10")
    assert.is_true(n "-2" <= n "-2.0")
    assert.is_false(n "2" < n "-10")
    assert.is_false(n "1" == n "1.0000000000000000000000000000000000001")
  end)

  it("does not make equal objects one key of a table; their text does", function()
    local counts = { [n "1"] = "object", [tostring(n "1.0")] = "text" }
    assert.is_nil(counts[n "1"])
    assert.are.equal("text", counts[tostring(n "1")])
  end)

  it("is by value against plain numbers where Lua asks", function()
    if not has_mixed_order then return pending "this Lua orders values of one type only" end
    assert.is_true(n "1" < 2)
    assert.is_true(3 >= n "2")
    assert.is_true(n "1" < 1e40)
    assert.matches(
      "1 < a string: text is no number",
      raised(function()
        return n "1" < "2"
      end),
      1,
      true
    )
  end)
end)
