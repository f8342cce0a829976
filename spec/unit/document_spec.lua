-- SPDX-License-Identifier: MIT
local core = require "dynamo.core"

-- A whole number as this runtime should hold it.
local function is_integer(value)
  return math.type == nil or math.type(value) == "integer"
end

local function nested(levels)
  return ("["):rep(levels) .. ("]"):rep(levels)
end

describe("core.document", function()
  local accepted = {
    { "an object", '{"a":1,"b":"x"}', { a = 1, b = "x" } },
    { "an array", '[1,"x",true,false]', { 1, "x", true, false } },
    { "null as the null value", '{"a":null}', { a = core.null } },
    { "null in an array", "[null,1]", { core.null, 1 } },
    { "an empty object", "{}", {} },
    { "an empty array", "[]", {} },
    { "an empty key", '{"":1}', { [""] = 1 } },
    { "white space all around", ' \t\r\n{ "a" : [ 1 , 2 ] }\n\r\t ', { a = { 1, 2 } } },
    { "a string alone", '"x"', "x" },
    { "a number alone", "-12", -12 },
    { "true alone", "true", true },
    { "false alone", "false", false },
    { "null alone", "null", core.null },
    { "keys that differ in case", '{"id":1,"ID":2,"Id":3}', { id = 1, ID = 2, Id = 3 } },
    {
      "every escape",
      [["\"\\\/\b\f\n\r\t\u00e9\ud834\udd1e"]],
      '"\\/\b\f\n\r\t\195\169\240\157\132\158',
    },
    { "a backslash before u0000", [["\\u0000"]], "\\u0000" },
    { "three backslashes, one escaping n", [["\\\nu0000"]], "\\\nu0000" },
    {
      "UTF-8 of every length",
      '"a\195\169\226\130\172\240\157\132\158"',
      "a\195\169\226\130\172\240\157\132\158",
    },
    { "the most levels", nested(64), nil },
    { "numbers", "[0,-1,1.5,1e3,-2.5E-2]", { 0, -1, 1.5, 1000, -0.025 } },
    { "the largest whole number held exactly", "9007199254740991", 9007199254740991 },
    { "a number past that as the nearest double", "1e20", 1e20 },
    { "an underflow as zero", "1e-400", 0 },
  }
  for _, case in ipairs(accepted) do
    local name, text, expected = case[1], case[2], case[3]
    it("reads " .. name, function()
      local value, message = core.document(text)
      assert.is_nil(message)
      assert.is_true(value ~= nil)
      if expected ~= nil then assert.same(expected, value) end
    end)
  end

  local refused = {
    { "an empty text", "" },
    { "white space alone", " \n" },
    { "bytes after the document", "{} x" },
    { "a second document", "{}{}" },
    { "a NUL byte at the end", "{}\0", "NUL" },
    { "a NUL byte in a string", '["a\0b"]', "NUL" },
    { "a NUL byte in a key", '{"a\0b":1}', "NUL" },
    { "an escaped NUL", [==[["a\u0000b"]]==], "u0000" },
    { "an escaped NUL in a key", [[{"a\u0000b":1}]], "u0000" },
    { "an escaped NUL after a backslash", [==[["\\\u0000"]]==], "u0000" },
    { "an escaped NUL at the very end", [["\u0000"]], "u0000" },
    { "a key given twice", '{"a":1,"a":1}', "twice" },
    { "a key given twice, the first null", '{"a":null,"a":1}', "twice" },
    { "a key given twice, once escaped", [[{"a":1,"\u0061":2}]], "twice" },
    { "a key given twice deep down", '[{"b":[{"a":1,"c":2,"a":3}]}]', "twice" },
    { "one level too many", nested(65) },
    { "a thousand levels", nested(1000) },
    { "a hundred thousand levels", ("["):rep(100000) },
    { "objects nested too deep", ('{"a":'):rep(65) .. "1" .. ("}"):rep(65) },
    { "a stray continuation byte", '["\128"]' },
    { "an overlong form", '["\192\128"]' },
    { "a surrogate in UTF-8", '["\237\160\128"]' },
    { "a code point past the last", '["\244\144\128\128"]' },
    { "a cut sequence", '["\226\130"]' },
    { "a byte order mark", "\239\187\191{}" },
    { "a lone high surrogate", [==[["\ud834"]]==] },
    { "a lone low surrogate", [==[["\udd1e"]]==] },
    { "a raw line feed in a string", '["a\nb"]' },
    { "an unknown escape", [==[["\x41"]]==] },
    { "an unfinished string", '["a' },
    { "an unfinished object", '{"a":1' },
    { "a trailing comma", "[1,]" },
    { "a missing comma", "[1 2]" },
    { "a key without quotes", "{a:1}" },
    { "a comment", "[1] // one" },
    { "a form feed as white space", "[1]\f" },
    { "a leading zero", "[01]" },
    { "a number ending in a point", "[1.]" },
    { "a number without a leading digit", "[.5]" },
    { "a plus sign", "[+1]" },
    { "hexadecimal", "[0x10]" },
    { "NaN", "[NaN]" },
    { "Infinity", "[-Infinity]" },
    { "a number too large", "[1e400]", "range" },
    { "a word in capitals", "[True]" },
    { "a word cut short", "[nul" },
  }
  for _, case in ipairs(refused) do
    local name, text, words = case[1], case[2], case[3]
    it("refuses " .. name, function()
      local value, message = core.document(text)
      assert.is_nil(value)
      assert.is_string(message)
      assert.is_true(#message > 0)
      if words then assert.matches(words, message, 1, true) end
    end)
  end

  it("tells the reasons of refusals apart", function()
    local reasons = {}
    for _, text in ipairs { "{} x", '["\128"]', nested(65), "[1", "[1 2]", '{"a":1,"a":1}' } do
      local _, message = core.document(text)
      assert.is_nil(reasons[message], message)
      reasons[message] = true
    end
  end)

  it("gives whole numbers as integers where the runtime has them", function()
    for _, text in ipairs { "0", "-0", "7", "-9007199254740991", "1e3", "2.0" } do
      assert.is_true(is_integer(core.document(text)), text)
    end
    for _, text in ipairs { "9007199254740992", "0.5", "1e300" } do
      assert.is_false(math.type ~= nil and is_integer(core.document(text)), text)
    end
  end)

  it("never reads a number of more than 63 characters wrongly", function()
    local text = "0." .. ("1"):rep(80)
    for _, document in ipairs { text, "[" .. text .. "]", '{"a":' .. text .. "}" } do
      local value, message = core.document(document)
      if type(value) == "table" then value = value[1] or value.a end
      assert.is_true(value == tonumber(text) or message:find("63", 1, true) ~= nil)
    end
  end)

  it("reads a big document whole", function()
    local parts, expected = {}, {}
    for index = 1, 5000 do
      parts[index] = ('{"id":%d,"text":"%s"}'):format(index, ("x"):rep(100))
      expected[index] = { id = index, text = ("x"):rep(100) }
    end
    local value = assert(core.document("[" .. table.concat(parts, ",") .. "]"))
    assert.equal(5000, #value)
    assert.same(expected[1], value[1])
    assert.same(expected[5000], value[5000])
  end)

  it("reads up to 16 MiB and not a byte more", function()
    local text = '"' .. ("x"):rep(16 * 1024 * 1024 - 2) .. '"'
    assert.equal(#text - 2, #assert(core.document(text)))
    local value, message = core.document(text .. " ")
    assert.is_nil(value)
    assert.matches("16 MiB", message, 1, true)
  end)

  it("gives fresh tables each time", function()
    local first, second = core.document("{}"), core.document("{}")
    first.changed = true
    assert.same({}, second)
  end)

  it("raises on anything but text", function()
    for _, value in ipairs { true, 5, {}, print } do
      assert.error_matches(function()
        core.document(value)
      end, "bad argument #1")
    end
    assert.error_matches(function()
      core.document()
    end, "bad argument #1")
  end)
end)
