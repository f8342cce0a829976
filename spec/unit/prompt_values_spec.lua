-- SPDX-License-Identifier: MIT
-- Values and keys as they are typed at the prompt, and what is said of those that are wrong.
local dynamo = require "dynamo"
local key_text = require "dynamo.prompt.key_text"
local lua_line = require "dynamo.prompt.lua_line"
local mistake = require "dynamo.prompt.mistake"
local random_value = require "support.random_value"
local readers = require "dynamo.prompt.reader"
local value_text = require "dynamo.prompt.value_text"

local function evaluate(text)
  return lua_line.value(text, { n = 3 })
end

local function read(text)
  return value_text.read(readers.new(text, 1, evaluate))
end

-- Returns what is said of a wrong value, its three lines.
local function said(text, f)
  local ok, problem = pcall(f or read, text)
  assert.is_false(ok, text)
  assert.is_true(mistake.is(problem), tostring(problem))
  return mistake.text(text, problem), problem
end

describe("a value that is typed", function()
  for text, wanted in pairs {
    ['"Ann"'] = "Ann",
    ["'it\\'s'"] = "it's",
    ['"\\n\\t\\\\\\"\\0091\\x41\\u00e9\\ud83d\\ude00\\u{1F600}"'] = '\n\t\\"\t1Aé😀😀',
    ["12"] = 12,
    ["-0.5"] = -0.5,
    ["true"] = true,
    ["(n + 1)"] = 4,
    ['{ a = 1, ["b c"] = "x"; "d": false, }'] = { a = 1, ["b c"] = "x", d = false },
    ["{}"] = {},
  } do
    it("is read: " .. text, function()
      assert.same(wanted, read(text))
    end)
  end

  it("may be null, a list, a set, binary or a number of many digits", function()
    assert.equal(dynamo.null, read "null")
    assert.equal(dynamo.null, read "dynamo.null")
    local list = read "[1, [], {}]"
    assert.is_true(dynamo.is_list(list) and dynamo.is_list(list[2]))
    assert.is_false(dynamo.is_list(list[3]))
    assert.is_true(dynamo.is_list(read "{ 1, 2 }"))
    assert.equal(dynamo.set { "a", "b" }, read 'dynamo.set { "b", "a" }')
    assert.equal(dynamo.binary "\0\255", read 'dynamo.binary("\\000\\255")')
    assert.equal("12345678901234567890", tostring(read "12345678901234567890"))
    assert.equal("1000", tostring(read "1e3"))
  end)

  it("is what dynamo.show prints, whatever it is", function()
    local random = random_value.source(11)
    for _ = 1, 200 do
      local value = dynamo.decode_item(dynamo.encode_item(random_value.map(random, 3)), "exact")
      assert.is_true(dynamo.equal(value, read(dynamo.show(value))), dynamo.show(value))
    end
  end)

  it("keeps the types of JSON", function()
    local value = read '{"s": "1", "n": 1, "l": ["a", null], "m": {"b": true}}'
    assert.equal('{"l":["a",null],"m":{"b":true},"n":1,"s":"1"}', dynamo.to_json(value))
  end)

  for text, wanted in pairs {
    ["{ a = ture }"] = 'column 7: "ture" is no value, did you mean "true"?\n'
      .. "  { a = ture }\n        ^",
    ["{ a = hello }"] = 'column 7: "hello" is no value; text is quoted, Lua stands in parentheses',
    ["{ 1, a = 2 }"] = "column 6: a map has names only, a list none: this is a mix of both",
    ["{ a = 1, a = 2 }"] = "column 10: a is written twice",
    ["{ a = 1 ]"] = 'column 9: expected "," or "}", got "]"',
    ["{ a = 1 b = 2 }"] = 'column 9: expected "," or "}", got "b"',
    ['{ a = "x }'] = 'column 7: this " has no closing "',
    ['"\\q"'] = "column 2: a backslash is written twice: \\\\",
    ['"\\ud800"'] = "column 2: a backslash is written twice: \\\\",
    ["1.2.3"] = 'column 1: "1.2.3" is no number; text is quoted',
    ["1e999"] = "column 1: dynamo.number: outside DynamoDB's range, 1E-130 to 9.99...E+125; "
      .. "store it as a string",
    ["dynamo.sett { 1 }"] = 'column 1: "dynamo.sett" is no value, did you mean "dynamo.set"?',
    ["dynamo.set 5"] = 'column 12: expected a string or "{", got "5"',
    ["(nil)"] = "column 1: this is nil, which is no value; null is written null",
    ["(n..{})"] = "column 1: attempt to concatenate a table value",
    [""] = "column 1: expected a value, got the end",
    ["{ a = 日本 "] = 'column 7: "日本" is no value; text is quoted, Lua stands in parentheses',
  } do
    it("is refused with its place: " .. text, function()
      assert.equal(wanted, said(text):sub(1, #wanted))
    end)
  end

  it("has a limit to its depth", function()
    assert.truthy(said(("["):rep(1000)):find "nested too deep")
  end)
end)

describe("a key that is typed", function()
  local function key(text, kind)
    return (key_text.read(readers.new(text), "id", kind))
  end

  it("is of its attribute's type", function()
    assert.equal("123", key("123", "S"))
    assert.equal("2026-11-27T10:00:00Z", key("2026-11-27T10:00:00Z rest", "S"))
    assert.equal("a b", key('"a b"', "S"))
    assert.equal(123, key("123", "N"))
    assert.equal("0.1000000000000000000001", tostring(key("0.1000000000000000000001", "N")))
    assert.equal(dynamo.binary "\0\255", key("0x00ff", "B"))
    assert.equal(dynamo.binary "ab", key("'ab'", "B"))
    assert.equal(dynamo.binary "c", key('dynamo.binary "c"', "B"))
  end)

  it("is refused where it is none of that type", function()
    local function of(kind)
      return function(text)
        return key(text, kind)
      end
    end
    assert.truthy(said("x7", of "N"):find('column 1: id is a number: "x7" is none', 1, true))
    assert.truthy(
      said("0xabc", of "B"):find("column 1: id is binary, 0x... in hexadecimal", 1, true)
    )
    assert.truthy(said("  ", of "S"):find("column 3: expected id, a string, got the end", 1, true))
    assert.truthy(said("]", of "S"):find('expected id, a string, got "]"', 1, true))
  end)
end)
