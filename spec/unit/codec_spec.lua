-- SPDX-License-Identifier: MIT
-- The shape-directed encoder and decoder of dynamo.core, below the client.
local codec = require "dynamo.codec"
local core = require "dynamo.core"
local operations = require "dynamo.operations"
local random_value = require "support.random_value"
local value = require "dynamo.value"

local model = operations.model

local small = core.model {
  Text = { type = "string" },
  Short = { type = "string", min = 2, max = 3 },
  Colour = { type = "string", enum = { "RED", "GREEN" } },
  Count = { type = "integer", min = 1, max = 10 },
  Big = { type = "long" },
  Ratio = { type = "double" },
  Flag = { type = "boolean" },
  Time = { type = "timestamp" },
  Bytes = { type = "blob" },
  Texts = { type = "list", member = "Text", min = 1 },
  Counts = { type = "map", key = "Text", value = "Count", max = 2 },
  Tokens = { type = "map", key = "Text", value = "Text", prefix = "#" },
  Value = { type = "attribute_value" },
  Key = { type = "map", key = "Text", value = "Value", is_key = true },
  Inner = { type = "structure", members = { Text = "Text" } },
  Root = {
    type = "structure",
    required = { "Name" },
    members = {
      Name = "Short",
      Colour = "Colour",
      Count = "Count",
      Big = "Big",
      Ratio = "Ratio",
      Flag = "Flag",
      Time = "Time",
      Bytes = "Bytes",
      Texts = "Texts",
      Counts = "Counts",
      Tokens = "Tokens",
      Key = "Key",
      Value = "Value",
      Inner = "Inner",
    },
  },
}

describe("core.encode", function()
  it("writes every kind of member, in the order of their names", function()
    local json = core.encode(small, "Root", {
      Value = { 1 },
      Time = 1398796238,
      Texts = { "a", "b" },
      Ratio = 0.5,
      Name = "né",
      Key = { id = 5 },
      Inner = { Text = "x" },
      Flag = false,
      Counts = { b = 2, a = 1 },
      Count = 3,
      Colour = "RED",
      Bytes = core.binary "ab",
      Big = -5,
      Tokens = { ["#a"] = "b" },
    })
    assert.equal(
      '{"Big":-5,"Bytes":"YWI=","Colour":"RED","Count":3,"Counts":{"a":1,"b":2},'
        .. '"Flag":false,"Inner":{"Text":"x"},"Key":{"id":{"N":"5"}},"Name":"né","Ratio":0.5,'
        .. '"Texts":["a","b"],"Time":1398796238,"Tokens":{"#a":"b"},"Value":{"L":[{"N":"1"}]}}',
      json
    )
  end)

  local rows = {
    { { Name = "abcd" }, "range", "Name", "2 to 3 characters expected" },
    { { Name = "a" }, "range", "Name", "2 to 3 characters" },
    { { Name = 5 }, "type", "Name", "a string expected, got a number" },
    { { Name = core.null }, "missing_member", "Name", "required by Root" },
    { { Name = "ab", Nmae = core.null }, "unknown_member", "", "not a member of Root" },
    { { Name = "ab", Texts = { core.null } }, "type", "Texts[1]", "a string expected, got null" },
    { {}, "missing_member", "Name", "required by Root" },
    { { Name = "ab", Nmae = 1 }, "unknown_member", "", "not a member of Root" },
    { { Name = "ab", [1] = 1 }, "type", "", "a key is a number" },
    { "x", "type", "", "a table expected, got a string" },
    { { Name = "ab", Colour = "REDD" }, "enum", "Colour", "not one of the allowed words" },
    { { Name = "ab", Count = 0 }, "range", "Count", "1 to 10 expected, got 0" },
    { { Name = "ab", Count = 2 ^ 31 }, "range", "Count", "32 bits" },
    { { Name = "ab", Count = 1.5 }, "type", "Count", "a whole number expected" },
    { { Name = "ab", Count = 0 / 0 }, "range", "Count", "32 bits" },
    { { Name = "ab", Big = 2 ^ 63 }, "range", "Big", "64 bits" },
    { { Name = "ab", Ratio = "x" }, "type", "Ratio", "a number expected" },
    { { Name = "ab", Ratio = 1e300 }, "range", "Ratio", "usual size" },
    { { Name = "ab", Flag = 1 }, "type", "Flag", "true or false expected" },
    { { Name = "ab", Bytes = "x" }, "type", "Bytes", "a dynamo.binary expected" },
    { { Name = "ab", Texts = {} }, "range", "Texts", "at least 1 elements" },
    { { Name = "ab", Texts = "a" }, "type", "Texts", "a list expected" },
    { { Name = "ab", Texts = { a = 1 } }, "type", "Texts", "a list expected" },
    { { Name = "ab", Texts = { "a", 1 } }, "type", "Texts[2]", "a string expected" },
    { { Name = "ab", Counts = { a = 1, b = 2, c = 3 } }, "range", "Counts", "at most 2 entries" },
    { { Name = "ab", Counts = { 1 } }, "type", "Counts", "got a list" },
    { { Name = "ab", Counts = 1 }, "type", "Counts", "a table expected" },
    { { Name = "ab", Tokens = { a = "b" } }, "value", "Tokens.a", "begins with '#'" },
    { { Name = "ab", Key = { a = true } }, "value", "Key.a", "a string, a number or a binary" },
    { { Name = "ab", Inner = { Text = {} } }, "type", "Inner.Text", "a string expected" },
  }
  for i, row in ipairs(rows) do
    it(("refuses %d: %s at %q"):format(i, row[2], row[3]), function()
      local json, problem = core.encode(small, "Root", row[1])
      assert.is_nil(json)
      assert.equal(row[2], problem.code)
      assert.equal(row[3], problem.path)
      assert.matches(row[4], problem.detail, 1, true)
    end)
  end

  it("raises on a shape or a model that is none", function()
    assert.has_error(function()
      core.encode(small, "Nothing", {})
    end)
    assert.has_error(function()
      core.encode({}, "Root", {})
    end)
    assert.has_error(function()
      core.encode(io.stdout, "Root", {})
    end)
    assert.has_error(function()
      core.encode(small, "Root")
    end)
  end)
end)

describe("core.model", function()
  local broken = {
    { A = { type = "colour" } },
    { A = {} },
    { A = 5 },
    { A = { type = "list" } },
    { A = { type = "list", member = "B" } },
    { A = { type = "structure", members = { b = "B" } } },
    { A = { type = "structure", members = {}, required = { "b" } } },
    { A = { type = "string", format = "poem" } },
    { [1] = { type = "string" }, [{}] = 1 },
  }
  for i, shapes in ipairs(broken) do
    it("raises on broken definition " .. i, function()
      assert.has_error(function()
        core.model(shapes)
      end)
    end)
  end
  it("takes an empty model", function()
    assert.has_error(function()
      core.encode(core.model {}, "A", {})
    end)
  end)
end)

describe("core.decode", function()
  it("makes no larger tables for what the call before had", function()
    local large, attributes = {}, {}
    for n = 1, 40 do
      large[n], attributes[n] = '{"N":"1"}', ('"a%d":{"S":"x"}'):format(n)
    end
    local function bytes_of(json)
      collectgarbage()
      collectgarbage "stop"
      local before = collectgarbage "count"
      assert(core.decode(small, "Root", json))
      local bytes = (collectgarbage "count" - before) * 1024
      collectgarbage "restart"
      return bytes
    end
    local little = '{"Value":{"M":{"a":{"L":[{"N":"1"},{"M":{"b":{"S":"x"}}}]}}}}'
    bytes_of(little)
    local usual = bytes_of(little)
    local list, map = table.concat(large, ","), table.concat(attributes, ",")
    bytes_of(('{"Value":{"M":{"a":{"L":[%s]},%s}}}'):format(list, map))
    assert.is_true(bytes_of(little) <= usual + 8 * 16 + 4 * 40)
  end)

  it("reads every kind of member and passes over the rest", function()
    local result = core.decode(
      small,
      "Root",
      '{ "Name" : "ab", "Count":3,"Big":-5,"Ratio":"NaN","Flag":true,"Time":1.5,"Bytes":"YWI=",\n'
        .. '"Texts":["a"],"Counts":{"a":1},"Inner":null,'
        .. '"Other":{"deep":[1,2,{"x":null}]},"Value":{"L":[]}}'
    )
    assert.equal("ab", result.Name)
    assert.equal(3, result.Count)
    assert.equal(-5, result.Big)
    assert.is_true(result.Ratio ~= result.Ratio)
    assert.is_true(result.Flag)
    assert.equal(1.5, result.Time)
    assert.equal("ab", tostring(result.Bytes))
    assert.same({ "a" }, result.Texts)
    assert.same({ a = 1 }, result.Counts)
    assert.is_nil(result.Inner)
    assert.is_nil(result.Other)
    assert.is_true(core.is_list(result.Value))
  end)

  local rows = {
    { '{"Name":1}', "syntax", "Name" },
    { '{"Count":"1"}', "syntax", "Count" },
    { '{"Count":1e999}', "type", "Count" },
    { '{"Flag":"true"}', "syntax", "Flag" },
    { '{"Bytes":"!"}', "type", "Bytes" },
    { '{"Ratio":"many"}', "type", "Ratio" },
    { '{"Texts":{}}', "syntax", "Texts" },
    { '{"Counts":[]}', "syntax", "Counts" },
    { '{"Name":"a","Name":"b"}', "duplicate", "Name" },
    { '{"Counts":{"a":1,"a":2}}', "duplicate", "Counts.a" },
    { '{"Other":[1,]}', "syntax", "" },
    { '{"Name":"ab"} x', "syntax", "" },
    { "[]", "syntax", "" },
  }
  for _, row in ipairs(rows) do
    it("refuses " .. row[1], function()
      local result, problem = core.decode(small, "Root", row[1])
      assert.is_nil(result)
      assert.equal(row[2], problem.code)
      assert.equal(row[3], problem.path)
      assert.is_number(problem.offset)
    end)
  end

  it("keeps wire types for typed calls", function()
    local json = '{"Item":{"b":{"B":"AA=="},"bool":{"BOOL":false},"l":{"L":[{"N":"1"}]},'
      .. '"m":{"M":{}},"n":{"N":"1.0"},"ns":{"NS":["1"]},"null":{"NULL":true},"s":{"S":"a"}}}'
    local result = core.decode(model, "GetItemOutput", json, true)
    assert.same({
      b = { B = "AA==" },
      bool = { BOOL = false },
      l = { L = { { N = "1" } } },
      m = { M = {} },
      n = { N = "1.0" },
      null = { NULL = true },
      ns = { NS = { "1" } },
      s = { S = "a" },
    }, result.Item)
    assert.equal(json, core.encode(model, "GetItemOutput", result, true))
  end)

  it("takes nothing that is cut short", function()
    local json = '{"Item":'
      .. codec.encode_item {
        a = 'é\0"',
        b = { 1, 0.5, value.number "12345678901234567890" },
        c = value.set { "x" },
        d = value.binary "abc",
        e = { f = { value.null, true } },
      }
      .. "}"
    assert.is_table(core.decode(model, "GetItemOutput", json))
    for length = 0, #json - 1 do
      local result, problem = core.decode(model, "GetItemOutput", json:sub(1, length))
      assert.is_nil(result)
      assert.is_string(problem.detail)
    end
  end)

  it("takes or refuses what is damaged, and never crashes", function()
    local random = random_value.source(7)
    for _ = 1, 3000 do
      local json = codec.encode_item(random_value.map(random, 3))
      local at = random.upto(#json)
      local damaged = json:sub(1, at - 1) .. string.char(random.upto(256) - 1) .. json:sub(at + 1)
      local result, message = codec.decode_item(damaged)
      assert.is_true(type(result) == "table" or type(message) == "string")
      if result then assert.is_string(codec.encode_item(result)) end
    end
  end)

  it("finds a repeated name among many", function()
    local parts = {}
    for i = 1, 500 do
      parts[i] = ('"key %d":{"N":"%d"}'):format(i, i)
    end
    assert.is_table(codec.decode_item("{" .. table.concat(parts, ",") .. "}"))
    parts[#parts + 1] = '"key 77":{"N":"1"}'
    local result, _, err = codec.decode_item("{" .. table.concat(parts, ",") .. "}")
    assert.is_nil(result)
    assert.equal("key 77", err.path:match '%["(.*)"%]')
  end)
end)

-- The decoder keeps the names of an object for the next one in an array.
describe("objects in an array", function()
  local function decode(items)
    local json = '{"Items":[' .. table.concat(items, ",") .. "]}"
    local result, problem = core.decode(model, "QueryOutput", json)
    return result and result.Items, problem
  end

  -- Each name in some of the ways that JSON has of writing it.
  local FORMS = {
    a = { '"a":', '"a":', '"a" :', ' "a":', '"\\u0061":' },
    ab = { '"ab":' },
    ["é"] = { '"é":', '"\\u00e9":', '"\\u00E9":' },
    ['"'] = { '"\\"":', '"\\u0022":' },
    [""] = { '"":' },
    long = { '"long":', '\n"long":' },
  }
  local NAMES = { "a", "ab", "é", '"', "", "long" }

  -- Returns the JSON of a random map and the table that it stands for.
  local function random_map(random, depth)
    local parts, expected = {}, {}
    local first = random.upto(3) == 1 and random.upto(#NAMES) or 1
    for i = first, first + random.upto(#NAMES) - 1 do
      local name = NAMES[(i - 1) % #NAMES + 1]
      local json, member = '{"N":"5"}', 5
      if depth > 0 and random.upto(3) == 1 then
        json, member = random_map(random, depth - 1)
        json = '{"M":' .. json .. "}"
      end
      parts[#parts + 1] = random.pick(FORMS[name]) .. json
      expected[name] = member
    end
    return "{" .. table.concat(parts, ",") .. "}", expected
  end

  it("have the names that each has", function()
    local random = random_value.source(11)
    for _ = 1, 200 do
      local items, expected = {}, {}
      for i = 1, random.upto(6) do
        items[i], expected[i] = random_map(random, 10)
      end
      assert.same(expected, decode(items))
    end
  end)

  it("may have more names than are kept", function()
    local parts, expected = {}, {}
    for i = 1, 100 do
      parts[i] = ('"n%d":{"N":"%d"}'):format(i, i)
      expected["n" .. i] = i
    end
    local item = "{" .. table.concat(parts, ",") .. "}"
    assert.same({ expected, expected, expected, expected }, decode { item, item, item, item })
  end)

  it("have no name twice, wherever it comes", function()
    local names, whole = { "a", "b", "c", "d" }, {}
    for i, name in ipairs(names) do
      whole[i] = '"' .. name .. '":{"N":"1"}'
    end
    local item = "{" .. table.concat(whole, ",") .. "}"
    for repeated, text in ipairs(whole) do
      for place = 1, #whole + 1 do
        local parts = { (table.unpack or unpack)(whole) }
        table.insert(parts, place, text)
        local damaged = "{" .. table.concat(parts, ",") .. "}"
        local result, problem = decode { item, item, item, damaged, item }
        assert.is_nil(result)
        assert.equal("duplicate", problem.code)
        assert.equal("Items[4]." .. names[repeated], problem.path)
      end
    end
  end)

  it("are refused where they are cut short", function()
    local item = '{"a":{"S":"x"},"b":{"M":{"c":{"N":"1"}}}}'
    local json = '{"Items":[' .. table.concat({ item, item, item, item }, ",") .. "]}"
    for length = 0, #json - 1 do
      assert.is_nil((core.decode(model, "QueryOutput", json:sub(1, length))))
    end
    assert.equal(4, #core.decode(model, "QueryOutput", json).Items)
  end)
end)

describe("a member that is null", function()
  local null = core.null

  it("is absent from a structure that is written", function()
    local json, had_null = core.encode(
      small,
      "Root",
      { Name = "ab", Flag = null, Inner = { Text = null }, Value = { a = null }, Texts = null }
    )
    assert.equal('{"Inner":{},"Name":"ab","Value":{"M":{"a":{"NULL":true}}}}', json)
    assert.is_true(had_null)
    assert.equal(1, select("#", core.encode(small, "Root", { Name = "ab" })))
  end)

  it("is absent from a typed value that is written", function()
    local rows = {
      { { S = "a", N = null }, '{"S":"a"}' },
      { { B = null, BOOL = false, NULL = null }, '{"BOOL":false}' },
      {
        { M = { a = { L = { { N = "1", S = null } } } }, L = null },
        '{"M":{"a":{"L":[{"N":"1"}]}}}',
      },
    }
    for _, row in ipairs(rows) do
      local json, had_null = core.encode(small, "Value", row[1], true)
      assert.equal(row[2], json)
      assert.is_true(had_null)
    end
    for _, refused in ipairs {
      {},
      { S = null },
      { S = null, N = null },
      { S = "a", N = "1" },
      { S = "a", N = "1", B = null },
    } do
      local json, problem = core.encode(small, "Value", refused, true)
      assert.is_nil(json)
      assert.matches("a typed value is a table with one of S N", problem.detail, 1, true)
    end
    local _, unknown = core.encode(small, "Value", { X = "a", S = null }, true)
    assert.equal("value", unknown.code)
  end)

  local read = {
    { '{"S":"a","N":null}', { S = "a" } },
    { '{"N":null,"S":"a"}', { S = "a" } },
    { '{ "B" : null , "S" : "a" , "M" : null }', { S = "a" } },
    { '{"NULL":null,"BOOL":false}', { BOOL = false } },
    { '{"Other":null,"N":"1"}', { N = "1" } },
    {
      '{"M":{"a":{"S":null,"L":[{"SS":null,"N":"1"}]}},"L":null}',
      { M = { a = { L = { { N = "1" } } } } },
    },
  }
  for _, row in ipairs(read) do
    it("is absent from a value that is read: " .. row[1], function()
      local typed = core.decode(small, "Value", row[1], true)
      assert.same(row[2], typed)
      local canonical = core.encode(small, "Value", typed, true)
      for _, exact in ipairs { false, true } do
        local native = core.decode(small, "Value", row[1], false, exact)
        assert.equal(canonical, core.encode(small, "Value", native))
      end
    end)
  end

  local refused = {
    '{"S":null}',
    '{"S":null,"N":null}',
    '{"S":null,"S":"a"}',
    '{"S":"a","S":null}',
    '{"S":"a","N":null,"B":"YQ=="}',
    '{"S":"a","N":nul}',
    '{"N":null,"S":"a",}',
    '{"N":null,}',
    '{"S":"a","N":nullx}',
    '{"Other":null}',
    '{"L":[null]}',
    '{"M":{"a":null}}',
    '{"SS":[null]}',
  }
  for _, json in ipairs(refused) do
    it("does not make a value of " .. json, function()
      for _, typed in ipairs { false, true } do
        local result, problem = core.decode(small, "Value", json, typed)
        assert.is_nil(result)
        assert.is_string(problem.detail)
      end
    end)
  end
end)

describe("a finaliser that calls in while a call is at work", function()
  it("does no harm", function()
    local calls = 0
    local function nested()
      calls = calls + 1
      assert(codec.encode { calls, "nested" })
    end
    local proxy = rawget(_G, "newproxy")
    for i = 1, 200 do
      local garbage = proxy and proxy(true) or setmetatable({}, { __gc = nested })
      if proxy then getmetatable(garbage).__gc = nested end
      local item = { i, ("x"):rep(i), { a = i } }
      local json = codec.encode(item)
      assert.equal(json, codec.encode(codec.decode(json)))
      if i % 20 == 0 then collectgarbage() end
    end
    collectgarbage()
    assert.is_true(calls > 0)
  end)
end)

describe("bytes", function()
  it("have a checksum", function()
    assert.equal(3421780262, core.crc32 "123456789")
    assert.equal(0, core.crc32 "")
  end)
  it("go through base64", function()
    assert.equal("AP8=", core.base64_encode "\0\255")
    assert.equal("\0\255", core.base64_decode "AP8=")
    assert.equal("", core.base64_decode "")
    assert.is_nil(core.base64_decode "AP8")
  end)
  it("are told from text", function()
    assert.is_true(core.utf8_valid "é\0")
    assert.is_false(core.utf8_valid "\255")
  end)
end)
