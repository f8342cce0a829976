-- SPDX-License-Identifier: MIT
-- The doors of the codec to JSON that others write and read.
local dkjson = require "dkjson"
local dynamo = require "dynamo"
local random_value = require "support.random_value"
local scale = require "support.scale"

local function message_of(f, ...)
  return select(2, pcall(f, ...))
end

describe("dynamo.to_json", function()
  local rows = {
    { "a string", "né\n", '"né\\n"' },
    {
      "every digit of a number",
      dynamo.number "3.1415926535897932384626433832795028841",
      "3.1415926535897932384626433832795028841",
    },
    { "a boolean", true, "true" },
    { "null", dynamo.null, "null" },
    { "an empty list", dynamo.list {}, "[]" },
    { "an empty map", {}, "{}" },
    { "a set", dynamo.set { "a", "b" }, '["a","b"]' },
    { "a set of numbers", dynamo.set { 1, 2.5 }, "[1,2.5]" },
    { "bytes", dynamo.binary "\0\1", '"AAE="' },
    {
      "an item, its keys sorted",
      { b = { 1, "x" }, a = { c = dynamo.null } },
      '{"a":{"c":null},"b":[1,"x"]}',
    },
  }
  for _, row in ipairs(rows) do
    it("writes " .. row[1], function()
      assert.equal(row[3], dynamo.to_json(row[2]))
    end)
  end

  it("takes an item whose attributes nest as deep as an item's may", function()
    local value = "x"
    for _ = 1, 32 do
      value = { value }
    end
    assert.equal(
      '{"a":' .. ("["):rep(32) .. '"x"' .. ("]"):rep(32) .. "}",
      dynamo.to_json { a = value }
    )
  end)

  it("names the place of what no item can hold", function()
    local json, message, err = dynamo.to_json { a = { 1, print } }
    assert.is_nil(json)
    assert.equal("validation", err.kind)
    assert.equal("a[2]", err.path)
    assert.equal(message, err.message)
    assert.truthy(message:find("a[2]: a function is not an attribute value", 1, true))
  end)

  it("gives what a strict parser reads", function()
    local random = random_value.source(5)
    for _ = 1, scale(500) do
      local json = assert(dynamo.to_json(random_value.map(random, 3)))
      local tree, position, problem = dkjson.decode(json)
      assert.is_table(tree, problem)
      assert.equal(#json + 1, position)
    end
  end)
end)

describe("another JSON library", function()
  it("cannot write what we return, so that to_json is the way", function()
    assert.is_false(pcall(dkjson.encode, { n = dynamo.number "1.5" }))
    assert.equal('{"l":[],"n":1.5}', dynamo.to_json { l = dynamo.list {}, n = dynamo.number "1.5" })
  end)
end)

describe("dynamo.from_json", function()
  it("reads every kind of value", function()
    local value = assert(
      dynamo.from_json ' {"a":[],"b":{},"c":"x\\u0000","d":null,"e":[1,true,{"f":false}],"g":-1.50} '
    )
    assert.is_true(dynamo.is_list(value.a))
    assert.is_false(dynamo.is_list(value.b))
    assert.equal("x\0", value.c)
    assert.equal(dynamo.null, value.d)
    assert.is_true(dynamo.is_list(value.e))
    assert.is_false(value.e[3].f)
    assert.equal(-1.5, value.g)
  end)

  it("reads a scalar", function()
    assert.equal("x", dynamo.from_json '"x"')
  end)

  it("keeps the digits that a double would lose", function()
    assert.equal("12345678901234567890123", tostring(dynamo.from_json "12345678901234567890123"))
    assert.is_true(dynamo.is_number(dynamo.from_json("1", "exact")))
  end)

  it("gives back what to_json wrote of it", function()
    local random = random_value.source(6)
    for _ = 1, scale(500) do
      local json = assert(dynamo.to_json(random_value.map(random, 3)))
      assert.equal(json, dynamo.to_json(assert(dynamo.from_json(json))))
    end
  end)

  local bad = {
    { "no text", "", "byte 0: the document ends too early" },
    { "an open list", "[1", "byte 2: the document ends too early" },
    { "two documents", "1 2", "byte 2: trailing bytes after the document" },
    { "a name twice", '{"a":1,"a":2}', "a: the same name twice" },
    { "a number of 39 digits", '{"a":[' .. ("9"):rep(39) .. "]}", "a[1]: not a DynamoDB number" },
    { "an exponent out of range", "1e999", "byte " },
    { "bytes that are no UTF-8", '"\255"', "byte 1: " },
    { "more levels than a document may have", ("["):rep(70) .. ("]"):rep(70), "byte 64: " },
  }
  for _, row in ipairs(bad) do
    it("refuses " .. row[1], function()
      local value, message, err = dynamo.from_json(row[2])
      assert.is_nil(value)
      assert.equal("validation", err.kind)
      assert.equal(message, err.message)
      assert.equal(row[3], message:sub(1, #row[3]))
    end)
  end
end)

describe("dynamo.from_typed", function()
  it("reads what a JSON library made of an export's line", function()
    local line = '{"Item":{"id":{"S":"u-1"},"n":{"N":"12345678901234567890"},"t":{"SS":["a","b"]},'
      .. '"b":{"B":"AAE="},"m":{"M":{"x":{"L":[{"NULL":true},{"BOOL":false}]}}}}}'
    local item = assert(dynamo.from_typed(dkjson.decode(line).Item))
    assert.is_true(dynamo.equal(item, {
      id = "u-1",
      n = dynamo.number "12345678901234567890",
      t = dynamo.set { "b", "a" },
      b = dynamo.binary "\0\1",
      m = { x = { dynamo.null, false } },
    }))
  end)

  it("undoes to_typed", function()
    local random = random_value.source(8)
    for _ = 1, scale(500) do
      local item = random_value.map(random, 3)
      local back = assert(dynamo.from_typed(assert(dynamo.to_typed(item))))
      assert.equal(dynamo.encode_item(item), dynamo.encode_item(back))
    end
  end)

  it("names the place of what is no attribute value", function()
    local item, message, err = dynamo.from_typed { a = { L = { { N = 5 } } } }
    assert.is_nil(item)
    assert.equal("validation", err.kind)
    assert.equal("a.L[1].N", err.path)
    assert.equal("a.L[1].N: the number's digits as a string expected, got a number", message)
  end)

  it("makes every number a dynamo.number on request", function()
    assert.is_true(dynamo.is_number(dynamo.from_typed({ n = { N = "1" } }, "exact").n))
  end)
end)

describe("dynamo.to_typed", function()
  it("gives tables as a JSON library would parse them", function()
    assert.same(
      {
        id = { S = "u-1" },
        n = { N = "0.5" },
        b = { B = "AAE=" },
        t = { NS = { "1" } },
        l = { L = { { NULL = true }, { BOOL = true } } },
        m = { M = {} },
      },
      dynamo.to_typed {
        id = "u-1",
        n = 0.5,
        b = dynamo.binary "\0\1",
        t = dynamo.set { 1 },
        l = { dynamo.null, true },
        m = {},
      }
    )
  end)

  it("names the place of what no item can hold", function()
    assert.equal("a", select(3, dynamo.to_typed { a = 0 / 0 }).path)
  end)
end)

describe("the codec's doors", function()
  it("raise for an argument that they do not take", function()
    local extra = "one argument too many, a boolean"
    for _, name in ipairs { "encode", "encode_item", "size", "to_typed", "to_json" } do
      local message = message_of(dynamo[name], {}, true)
      assert.truthy(message:find("dynamo." .. name .. ": " .. extra, 1, true))
    end
    for name, content in pairs { decode = "", decode_item = "", from_json = "", from_typed = {} } do
      assert.truthy(message_of(dynamo[name], content, "auto", true):find(extra, 1, true))
      local message = message_of(dynamo[name], content, "excat")
      assert.truthy(message:find('"auto" or "exact", not "excat", did you mean "exact"?', 1, true))
      assert.truthy(message_of(dynamo[name], 5):find("expected, got number", 1, true))
    end
  end)

  it("raise at the caller's line", function()
    assert.truthy(message_of(function()
      local _ = dynamo.decode(5)
    end):find("codec_json_spec.lua:", 1, true))
    assert.truthy(message_of(function()
      local _ = dynamo.to_typed(5)
    end):find("codec_json_spec.lua:", 1, true))
  end)
end)
