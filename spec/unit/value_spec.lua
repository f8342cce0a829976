-- SPDX-License-Identifier: MIT
local dynamo = require "dynamo"
local random_value = require "support.random_value"

local has_integers = math.type ~= nil

-- Fewer under valgrind, which is fifty times slower.
local ROUNDS = require("support.scale")(100000)

-- An FFI value of a literal such as "1LL", or nil where there is none.
local function ffi_value(literal)
  if not rawget(_G, "jit") then return nil end
  return (loadstring or load)("return " .. literal)()
end

describe("encode", function()
  local rows = {
    { "a string", "Ann", '{"S":"Ann"}' },
    { "an empty string", "", '{"S":""}' },
    { "a string with NUL", "a\0b", '{"S":"a\\u0000b"}' },
    { "quotes and control bytes", '"\\\n\t\1', '{"S":"\\"\\\\\\n\\t\\u0001"}' },
    {
      "a byte order mark and U+2028",
      "\239\187\191\226\128\168",
      '{"S":"\239\187\191\226\128\168"}',
    },
    { "a whole number", 42, '{"N":"42"}' },
    { "a negative number", -7, '{"N":"-7"}' },
    { "zero", 0, '{"N":"0"}' },
    { "minus zero", -0.0, '{"N":"0"}' },
    { "a float that is whole", 3.0, '{"N":"3"}' },
    { "0.1 + 0.2", 0.1 + 0.2, '{"N":"0.30000000000000004"}' },
    { "a small float", 1e-7, '{"N":"0.0000001"}' },
    { "2^53 - 1", 9007199254740991, '{"N":"9007199254740991"}' },
    {
      "38 digits",
      dynamo.number "12345678901234567890123456789012345678",
      '{"N":"12345678901234567890123456789012345678"}',
    },
    {
      "the largest",
      dynamo.number "9.9999999999999999999999999999999999999E125",
      '{"N":"' .. ("9"):rep(38) .. ("0"):rep(88) .. '"}',
    },
    { "the smallest", dynamo.number "1E-130", '{"N":"0.' .. ("0"):rep(129) .. '1"}' },
    { "a numeric string stays a string", "5", '{"S":"5"}' },
    { "true", true, '{"BOOL":true}' },
    { "false", false, '{"BOOL":false}' },
    { "null", dynamo.null, '{"NULL":true}' },
    { "binary", dynamo.binary "\0\255a", '{"B":"AP9h"}' },
    { "empty binary", dynamo.binary "", '{"B":""}' },
    { "a sequence", { 1, "b", true }, '{"L":[{"N":"1"},{"S":"b"},{"BOOL":true}]}' },
    { "an empty list", dynamo.list {}, '{"L":[]}' },
    { "an empty table", {}, '{"M":{}}' },
    { "an empty map", dynamo.map {}, '{"M":{}}' },
    {
      "a map, keys sorted",
      { b = 1, a = 2, ["a.b"] = 3, aa = 4 },
      '{"M":{"a":{"N":"2"},"a.b":{"N":"3"},"aa":{"N":"4"},"b":{"N":"1"}}}',
    },
    { "numeric names", { ["1"] = "a" }, '{"M":{"1":{"S":"a"}}}' },
    { "a string set, sorted", dynamo.set { "a", "" }, '{"SS":["","a"]}' },
    {
      "a number set, sorted by its text",
      dynamo.set { 1, 2.5, dynamo.number "1E2" },
      '{"NS":["1","100","2.5"]}',
    },
    { "a binary set", dynamo.set { dynamo.binary "a" }, '{"BS":["YQ=="]}' },
    { "another library's list", setmetatable({}, { __jsontype = "array" }), '{"L":[]}' },
    { "another library's map", setmetatable({}, { __jsontype = "object" }), '{"M":{}}' },
  }
  for _, row in ipairs(rows) do
    it("writes " .. row[1], function()
      assert.are.equal(row[3], dynamo.encode(row[2]))
    end)
  end

  it("keeps 64-bit integers exact", function()
    if not has_integers then return pending "no integer subtype on this runtime" end
    assert.are.equal('{"N":"9223372036854775807"}', dynamo.encode(math.maxinteger))
    assert.are.equal('{"N":"-9223372036854775808"}', dynamo.encode(math.mininteger))
    assert.are.equal('{"N":"9007199254740993"}', dynamo.encode(9007199254740993))
  end)

  it("keeps FFI integers exact", function()
    if not ffi_value "1LL" then return pending "no FFI on this runtime" end
    assert.are.equal('{"N":"9007199254740993"}', dynamo.encode(ffi_value "9007199254740993LL"))
    assert.are.equal(
      '{"N":"-9223372036854775808"}',
      dynamo.encode(ffi_value "-9223372036854775807LL-1LL")
    )
    assert.are.equal(
      '{"N":"18446744073709551615"}',
      dynamo.encode(ffi_value "18446744073709551615ULL")
    )
    assert.are.equal('{"NS":["1","2"]}', dynamo.encode(dynamo.set { ffi_value "1LL", 2 }))
  end)

  it("knows lua-cjson's marks", function()
    local loaded = package.loaded.cjson
    local empty_array = dynamo.binary "stands for a light userdata"
    package.loaded.cjson = { array_mt = {}, empty_array_mt = {}, empty_array = empty_array }
    assert.are.equal('{"L":[]}', dynamo.encode(setmetatable({}, package.loaded.cjson.array_mt)))
    assert.are.equal(
      '{"L":[]}',
      dynamo.encode(setmetatable({}, package.loaded.cjson.empty_array_mt))
    )
    package.loaded.cjson = loaded
  end)

  it("runs no metamethod", function()
    local function boom()
      error "a metamethod ran"
    end
    local hostile = setmetatable(
      { a = 1 },
      { __index = boom, __pairs = boom, __len = boom, __tostring = boom, __newindex = boom }
    )
    assert.are.equal('{"M":{"a":{"N":"1"}}}', dynamo.encode(hostile))
  end)

  it("writes a shared table twice", function()
    local shared = { 1 }
    assert.are.equal(
      '{"M":{"a":{"L":[{"N":"1"}]},"b":{"L":[{"N":"1"}]}}}',
      dynamo.encode { a = shared, b = shared }
    )
  end)

  it("nests 32 levels", function()
    local root = {}
    local inner = root
    for _ = 2, 32 do
      inner.n = {}
      inner = inner.n
    end
    assert.is_truthy(dynamo.encode(root))
    inner.n = {}
    local json, message, err = dynamo.encode(root)
    assert.is_nil(json)
    assert.matches("nested deeper than DynamoDB's 32 levels", message, 1, true)
    assert.are.equal("validation", err.kind)
  end)
end)

describe("what an item cannot hold", function()
  local cycle = {}
  cycle.inner = { again = cycle }
  local deep = {}
  do
    local inner = deep
    for _ = 1, ROUNDS do
      inner.n = {}
      inner = inner.n
    end
  end
  local function laughs()
    local level = {}
    for _ = 1, 30 do
      level = { level, level, level, level, level, level, level, level }
    end
    return level
  end
  local rows = {
    { "NaN", { n = 0 / 0 }, "n", "NaN" },
    { "an infinity", { n = 1 / 0 }, "n", "infinity" },
    { "minus infinity in a list", { l = { 1, -1 / 0 } }, "l[2]", "infinity" },
    { "a number too large", { n = 1e126 }, "n", "range" },
    { "a number too small", { n = 1e-131 }, "n", "range" },
    { "a float of 2^53", { n = 2 ^ 53 }, "n", 'use dynamo.number("...")' },
    { "a float of -2^53", { n = -2 ^ 53 }, "n", 'use dynamo.number("...")' },
    { "a float of 1e22", { n = 1e22 }, "n", 'use dynamo.number("...")' },
    {
      "a float of 2^53 in a set",
      { s = dynamo.set { 1, 2 ^ 53 } },
      "s[2]",
      'use dynamo.number("...")',
    },
    { "a function", { a = { b = print } }, "a.b", "a function is not an attribute value" },
    { "a coroutine", { a = coroutine.create(function() end) }, "a", "a coroutine" },
    { "a foreign userdata", { a = io.stdout }, "a", "a userdata" },
    { "invalid UTF-8", { tags = { { name = "\255" } } }, "tags[1].name", "use dynamo.binary" },
    { "an overlong form", { a = "\192\175" }, "a", "UTF-8" },
    { "a surrogate", { a = "\237\160\128" }, "a", "UTF-8" },
    { "a hole", { a = { 1, nil, 3 } }, "a", "holes" },
    { "a far index", { a = { [1] = 1, [1000000] = 2 } }, "a", "holes" },
    { "names and indexes", { a = { 1, 2, x = 3 } }, "a", "either a list or a map" },
    { '1 and "1"', { a = { [1] = "a", ["1"] = "b" } }, "a", "either a list or a map" },
    { "a float key", { a = { [1.5] = 1 } }, "a", "use strings as names" },
    { "a boolean key", { a = { [true] = 1 } }, "a", "a key is a boolean" },
    { "a table as key", { a = { [{}] = 1 } }, "a", "a key is a table" },
    { "an empty name", { a = { [""] = 1 } }, 'a[""]', "must not be empty" },
    { "a name of 64 KB", { [("x"):rep(65536)] = 1 }, '["' .. ("x"):rep(64) .. '..."]', "65535" },
    { "a name that is no UTF-8", { ["\254"] = 1 }, '["\\xfe"]', "UTF-8" },
    { "a cycle", { a = cycle }, "a.inner.again", "a cycle" },
    { "100,000 levels", deep, nil, "32 levels" },
    { "an exploding document", { a = laughs() }, nil, "larger than" },
    { "an empty set", { s = dynamo.set {} }, "s", "empty set" },
    { "a mixed set", { s = dynamo.set { "a", 1 } }, "s[2]", "one type of element" },
    { "a set of tables", { s = dynamo.set { {} } }, "s[1]", "one type of element" },
    { "a set of booleans", { s = dynamo.set { true } }, "s[1]", "one type of element" },
    { "1 twice in a set", { s = dynamo.set { 1, 1.0 } }, "s", "twice" },
    { "1 and number 1.0 in a set", { s = dynamo.set { 1, dynamo.number "1.0" } }, "s", "twice" },
    { "a list with names", { l = dynamo.list { a = 1 } }, "l", "names as keys" },
    { "a map with indexes", { m = dynamo.map { 1 } }, "m", "list indexes" },
  }
  if ffi_value "1LL" then
    rows[#rows + 1] =
      { "other FFI data", { n = ffi_value "require('ffi').new('int[2]')" }, "n", "FFI" }
    rows[#rows + 1] = { "a complex", { n = ffi_value "1i" }, "n", "FFI" }
  end
  for _, row in ipairs(rows) do
    it("refuses " .. row[1], function()
      local json, message, err = dynamo.encode_item(row[2])
      assert.is_nil(json)
      assert.are.equal("validation", err.kind)
      if row[3] then assert.are.equal(row[3], err.path) end
      assert.matches(row[4], message, 1, true)
      assert.are.equal(message, tostring(err))
      assert.are.equal('{"a":{"N":"1"}}', dynamo.encode_item { a = 1 })
    end)
  end
end)

describe("number", function()
  it("refuses what is no decimal number", function()
    for _, text in ipairs {
      "0x10",
      " 5 ",
      "",
      "1_000",
      "1\0",
      "\239\188\145",
      "NaN",
      "inf",
      "1e",
      "-",
    } do
      local done, message = pcall(function()
        return (dynamo.number(text))
      end)
      assert.is_false(done)
      assert.matches("dynamo.number: not a decimal number", message, 1, true)
      assert.matches("value_spec.lua", message, 1, true)
    end
    assert.has_error(function()
      dynamo.number(("1"):rep(39))
    end)
    assert.has_error(function()
      dynamo.number "1E400"
    end)
    assert.has_error(function()
      dynamo.number {}
    end)
    assert.has_error(function()
      dynamo.number(2 ^ 53)
    end)
    assert.has_error(function()
      return dynamo.number "1" + 2 ^ 53
    end)
    assert.has_error(function()
      dynamo.number()
    end)
  end)

  it("has one canonical form", function()
    local rows = {
      ["007"] = "7",
      ["+5"] = "5",
      ["5."] = "5",
      [".5"] = "0.5",
      ["-0"] = "0",
      ["1e3"] = "1000",
    }
    for text, canonical in pairs(rows) do
      assert.are.equal(canonical, tostring(dynamo.number(text)))
    end
  end)

  it("compares by value and is locked", function()
    local a, b = dynamo.number "1.50", dynamo.number "1.5"
    assert.is_true(a == b)
    assert.is_true(dynamo.number "2" < dynamo.number "10")
    assert.is_true(dynamo.number "-2" <= dynamo.number "-2.0")
    assert.are.equal(1.5, a:tonumber())
    assert.are.equal("dynamo.number", getmetatable(a))
    assert.are.equal(a, dynamo.number(a))
  end)

  it("refuses a forged self", function()
    local tonumber_method = dynamo.number("1").tonumber
    assert.has_error(function()
      tonumber_method({})
    end)
    assert.has_error(function()
      tonumber_method(dynamo.binary "x")
    end)
    assert.has_error(function()
      tonumber_method(io.stdout)
    end)
  end)
end)

describe("binary", function()
  it("holds bytes", function()
    local bytes = dynamo.binary "a\0b"
    assert.are.equal("a\0b", tostring(bytes))
    assert.are.equal(3, #bytes)
    assert.is_true(bytes == dynamo.binary "a\0b")
    assert.is_false(bytes == dynamo.binary "a")
    assert.has_error(function()
      dynamo.binary(5)
    end, "dynamo.binary: a string of bytes expected, got number")
  end)
end)

describe("sets", function()
  it("know their elements", function()
    local set = dynamo.set { 1, 2.5, dynamo.number "3" }
    assert.is_true(set:has(1))
    assert.is_true(set:has(dynamo.number "2.5"))
    assert.is_true(set:has(3))
    assert.is_false(set:has(4))
    assert.is_false(set:has "1")
    assert.is_true(dynamo.set({ dynamo.binary "x" }):has(dynamo.binary "x"))
  end)

  it("of a stated type check their elements at the caller's line", function()
    local function message_of(make, elements)
      local _, message = pcall(function()
        return (make(elements))
      end)
      return message
    end
    assert.matches(
      "value_spec.lua.*dynamo.string_set: element 2 is a number",
      message_of(dynamo.string_set, { "a", 1 })
    )
    assert.matches(
      "dynamo.number_set: element 1 is a string",
      message_of(dynamo.number_set, { "1" }),
      1,
      true
    )
    assert.matches(
      "dynamo.binary_set: element 1 is a string",
      message_of(dynamo.binary_set, { "b" }),
      1,
      true
    )
    assert.matches("dynamo.set: a table expected, got nil", message_of(dynamo.set), 1, true)
  end)

  it("leave a table with another metatable as it was", function()
    local mine = setmetatable({ "a" }, {})
    local set = dynamo.set(mine)
    assert.is_false(rawequal(mine, set))
    assert.is_true(dynamo.is_set(set))
    assert.is_true(rawequal(set, dynamo.set(set)))
  end)
end)

describe("decode", function()
  it("gives the natural number, or every digit", function()
    local rows = {
      { "1", 1 },
      { "-5", -5 },
      { "0.1", 0.1 },
      { "1E3", 1000 },
      { "0", 0 },
      { "-0", 0 },
      { "9007199254740991", 9007199254740991 },
      { "0.30000000000000004", 0.1 + 0.2 },
    }
    for _, row in ipairs(rows) do
      assert.are.equal(row[2], dynamo.decode('{"N":"' .. row[1] .. '"}'))
    end
    for _, text in ipairs {
      "12345678901234567890123456789012345678",
      "0.1000000000000000055511151231257827",
    } do
      local value = dynamo.decode('{"N":"' .. text .. '"}')
      assert.is_true(dynamo.is_number(value))
      assert.are.equal(text, tostring(value))
    end
    assert.is_true(dynamo.is_number(dynamo.decode('{"N":"1"}', "exact")))
  end)

  it("gives int64 where the runtime has it", function()
    local value = dynamo.decode '{"N":"9223372036854775807"}'
    if has_integers then
      assert.are.equal(math.maxinteger, value)
    else
      assert.are.equal("9223372036854775807", tostring(value))
    end
    assert.are.equal('{"N":"9223372036854775807"}', dynamo.encode(value))
  end)

  local broken = {
    "",
    "{",
    '{"S"',
    '{"S":"a"',
    '{"S":"a"}x',
    '{"S":"a"} {"S":"b"}',
    '{"S":1}',
    '{"N":1}',
    '{"N":"x"}',
    '{"N":""}',
    '{"Q":"a"}',
    '{"s":"a"}',
    "{}",
    '{"S":"a","N":"1"}',
    '{"BOOL":"true"}',
    '{"BOOL":1}',
    '{"NULL":false}',
    '{"B":"?"}',
    '{"B":"YQ"}',
    '{"L":{}}',
    '{"M":[]}',
    '{"SS":"a"}',
    '{"SS":[1]}',
    '{"S":"\255"}',
    '{"S":"\\ud800"}',
    '{"S":"\n"}',
    '{"S":"\\x"}',
    "null",
    "1",
    '"a"',
    "[]",
    '{"S":null}',
    '{"M":{"a":{"S":"1"},"a":{"S":"2"}}}',
    '\239\187\191{"S":"a"}',
    '{"N":"' .. ("1"):rep(39) .. '"}',
  }
  for _, json in ipairs(broken) do
    it("refuses " .. json:sub(1, 40):gsub("[^\32-\126]", "?"), function()
      local value, message, err = dynamo.decode(json)
      assert.is_nil(value)
      assert.is_string(message)
      assert.are.equal("integrity", err.kind)
    end)
  end

  it("bounds the depth", function()
    local json = ('{"L":['):rep(10000) .. ("]}"):rep(10000)
    local value, _, err = dynamo.decode(json)
    assert.is_nil(value)
    assert.are.equal("depth", err.code)
  end)

  it("raises for what is no string", function()
    assert.has_error(function()
      dynamo.decode(5)
    end)
  end)
end)

describe("a round trip", function()
  it(("loses nothing in %d random values"):format(ROUNDS), function()
    local random = random_value.source(20120810)
    for i = 1, ROUNDS do
      local value = random_value.value(random, 3)
      local json = assert(dynamo.encode(value))
      local back = dynamo.decode(json)
      if not random_value.same(value, back) or dynamo.encode(back) ~= json then
        error(("value %d changed: %s became %s"):format(i, json, tostring(dynamo.encode(back))))
      end
    end
  end)

  -- Checks that a number as it is on the wire is read as something that writes the same number.
  local function check_number(text, mode)
    local canonical = '{"N":"' .. tostring(dynamo.number(text)) .. '"}'
    local written, message = dynamo.encode(dynamo.decode('{"N":"' .. text .. '"}', mode))
    if written ~= canonical then
      error(("%s became %s"):format(text, tostring(written or message)))
    end
  end

  it("writes every number that is read, at the edges", function()
    local edges = {
      "0",
      "-0",
      "0.0",
      "1E22",
      "1e+22",
      "1E21",
      "1E15",
      "1E16",
      "123456789012345e3",
      "9007199254740991",
      "9007199254740992",
      "9007199254740993",
      "-9007199254740991",
      "-9007199254740992",
      "9007199254740992.5",
      "9007199254740991.5",
      "4503599627370496.5",
      "9223372036854775807",
      "9223372036854775808",
      "-9223372036854775808",
      "-9223372036854775809",
      "18446744073709551615",
      "18446744073709551616",
      "1E125",
      "9.9E125",
      "1E-130",
      "-1E-130",
      "1.1E-130",
      ("9"):rep(38) .. "E88",
      ("9"):rep(38) .. "E-167",
      "0.1",
      "0.30000000000000004",
      "0.1000000000000000055511151231257827",
      "5E-7",
      "2.5E+100",
      "-2.5E-100",
      "1.7976931348623157E+100",
    }
    for _, text in ipairs(edges) do
      check_number(text)
      check_number(text, "exact")
    end
  end)

  it(("writes every number that is read, in %d random cases"):format(ROUNDS), function()
    local random = random_value.source(20121018)
    for _ = 1, ROUNDS do
      check_number(random_value.digits(random), random.pick { "auto", "exact" })
    end
  end)

  it("gives the same bytes for the same set, whatever the order of its elements", function()
    local numbers = { 10, dynamo.number "9", 1.5, -3 }
    local binaries = { dynamo.binary "b", dynamo.binary "a\0", dynamo.binary "" }
    for _, elements in ipairs { { "b", "a", "", '"' }, numbers, binaries } do
      local backward = {}
      for i = #elements, 1, -1 do
        backward[#backward + 1] = elements[i]
      end
      assert.are.equal(dynamo.encode(dynamo.set(elements)), dynamo.encode(dynamo.set(backward)))
    end
    assert.are.equal('{"SS":["a","b"]}', dynamo.encode(dynamo.set { "b", "a" }))
  end)

  it("leaves the set of its caller as it is", function()
    local set = dynamo.set { "b", "a" }
    dynamo.encode(set)
    assert.are.equal("b", set[1])
  end)

  it("gives the same bytes whatever the order of insertion", function()
    local forward, backward = {}, {}
    for i = 1, 200 do
      forward["k" .. i] = i
    end
    for i = 200, 1, -1 do
      backward["k" .. i] = i
    end
    assert.are.equal(dynamo.encode(forward), dynamo.encode(backward))
  end)
end)

describe("size", function()
  -- The first is AWS's own check value.
  local rows = {
    { { ["shirt-color"] = "R", ["shirt-size"] = "M" }, 23 },
    { { a = true }, 2 },
    { { a = dynamo.null }, 2 },
    { { a = dynamo.binary "abcd" }, 5 },
    { { a = "é" }, 3 },
    { { a = {} }, 4 },
    { { a = { "b", "c" } }, 1 + 3 + 2 + 2 },
    { { a = { b = "c" } }, 1 + 3 + 1 + 1 + 1 },
    { { a = dynamo.set { "b", "cc" } }, 4 },
    { { a = 0 }, 2 },
    { { a = 12 }, 1 + 2 },
  }
  for _, row in ipairs(rows) do
    it("of " .. dynamo.encode_item(row[1]), function()
      assert.are.equal(row[2], dynamo.size(row[1]))
    end)
  end

  it("names what cannot be measured", function()
    local bytes, message, err = dynamo.size { a = print }
    assert.is_nil(bytes)
    assert.is_string(message)
    assert.are.equal("a", err.path)
  end)
end)
