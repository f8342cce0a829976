-- SPDX-License-Identifier: MIT
local dynamo = require "dynamo"
local random_value = require "support.random_value"
local scale = require "support.scale"

local load_text = loadstring or load

-- What a text that dynamo.show gave reads back as.
local function read_back(text)
  local chunk = assert(load_text("local dynamo = ...; return " .. text))
  return chunk(dynamo)
end

describe("dynamo.show", function()
  local rows = {
    { "nil", nil, "nil" },
    { "true", true, "true" },
    { "a string", "Ann", '"Ann"' },
    { "text beyond ASCII", "né €", '"né €"' },
    { "quotes, controls and NUL", 'a"\\\n\0001', '"a\\"\\\\\\n\\0001"' },
    { "bytes that are no text", "\255é", '"\\255\\195\\169"' },
    { "an integer", 5, "5" },
    { "a float", 0.1, "0.1" },
    { "an infinity", -math.huge, "-1/0" },
    { "NaN", 0 / 0, "0/0" },
    { "null", dynamo.null, "dynamo.null" },
    {
      "many digits",
      dynamo.number "3.14159265358979323846",
      'dynamo.number "3.14159265358979323846"',
    },
    { "bytes", dynamo.binary "\0a", 'dynamo.binary "\\000a"' },
    { "an empty map", {}, "{}" },
    { "an empty list", dynamo.list {}, "dynamo.list {}" },
    { "a list", dynamo.list { 1, 2 }, "{ 1, 2 }" },
    { "a set", dynamo.set { "a", "b" }, 'dynamo.set { "a", "b" }' },
    { "keys in order", { b = 1, a = 2, B = 3 }, "{ B = 3, a = 2, b = 1 }" },
    {
      "keys that are no names",
      { ["end"] = 1, ["a b"] = 2, [""] = 3 },
      '{ [""] = 3, ["a b"] = 2, ["end"] = 1 }',
    },
    { "a sequence with names", { 1, 2, n = 2 }, "{ 1, 2, n = 2 }" },
    { "holes", { [1] = 1, [3] = 3 }, "{ 1, [3] = 3 }" },
    { "a function", print, "nil --[[function]]" },
    { "a foreign userdata", io.stdout, "nil --[[userdata]]" },
  }
  for _, row in ipairs(rows) do
    it("shows " .. row[1], function()
      assert.equal(row[3], dynamo.show(row[2]))
    end)
  end

  it("tells a float from an integer where Lua does", function()
    if not math.type then return pending "no integer subtype on this runtime" end
    assert.equal("3.0", dynamo.show(3.0))
    assert.equal("float", math.type(read_back(dynamo.show(1e15))))
    assert.equal(math.mininteger, read_back(dynamo.show(math.mininteger)))
    assert.equal("integer", math.type(read_back(dynamo.show(math.mininteger))))
  end)

  it("breaks a table that would be wider than it may", function()
    local item = { id = "u-1", tags = { "a", "b" }, name = "Ann" }
    assert.equal('{ id = "u-1", name = "Ann", tags = { "a", "b" } }', dynamo.show(item))
    assert.equal(
      '{\n  id = "u-1",\n  name = "Ann",\n  tags = { "a", "b" },\n}',
      dynamo.show(item, { width = 40 })
    )
  end)

  it("breaks where a line would pass the width, whatever stands before the value", function()
    for width = 20, 60 do
      local value = { some_name = { 1, 2, { other = { 3, 4, 5, 6 } }, 7 } }
      local text = dynamo.show(value, { width = width })
      for line in text:gmatch "[^\n]+" do
        assert.is_true(#line <= width, line)
      end
    end
  end)

  it("ends at a cycle, and shows twice what stands in two places", function()
    local shared = { 1 }
    local cycle = { a = shared, b = shared }
    cycle.me = cycle
    assert.equal(
      "{ a = { 1 }, b = { 1 }, me = nil --[[a table that contains itself]] }",
      dynamo.show(cycle)
    )
  end)

  it("ends for tables nested deep or shared without end", function()
    local deep, doubled = {}, { 1 }
    for _ = 1, 100000 do
      deep = { deep }
    end
    assert.truthy(dynamo.show(deep):find("nested deeper", 1, true))
    for _ = 1, 60 do
      doubled = { doubled, doubled }
    end
    assert.truthy(dynamo.show(doubled):find("nil --[[more]]", 1, true))
  end)

  it("runs no metamethod", function()
    local function explode()
      error "a metamethod ran"
    end
    local hostile = setmetatable({ a = 1 }, {
      __index = explode,
      __pairs = explode,
      __len = explode,
      __tostring = explode,
      __eq = explode,
    })
    assert.equal("{ a = 1 }", dynamo.show(hostile))
  end)

  it("gives text that reads back as the same value", function()
    local random = random_value.source(11)
    for _ = 1, scale(500) do
      local item = random_value.map(random, 3)
      local back = read_back(dynamo.show(item, { width = 9 + random.upto(90) }))
      assert.equal(assert(dynamo.encode_item(item)), assert(dynamo.encode_item(back)))
    end
  end)

  it("refuses options that it does not take", function()
    local function message(...)
      return select(2, pcall(dynamo.show, ...))
    end
    assert.truthy(
      message({}, { widht = 5 }):find('unknown option "widht", did you mean "width"?', 1, true)
    )
    assert.truthy(message({}, { width = "5" }):find("width is a number of columns", 1, true))
    assert.truthy(message({}, 5):find("options are a table, got number", 1, true))
    assert.truthy(message({}, {}, 1):find("one argument too many", 1, true))
  end)
end)

describe("tostring", function()
  it("shows lists, sets and marked maps", function()
    assert.equal('{ "a", 1 }', tostring(dynamo.list { "a", 1 }))
    assert.equal("dynamo.set { 1, 2 }", tostring(dynamo.set { 1, 2 }))
    assert.equal("{ a = 1 }", tostring(dynamo.map { a = 1 }))
    assert.equal("dynamo.list {}", tostring(dynamo.decode '{"L":[]}'))
  end)

  it("leaves items plain tables", function()
    assert.is_nil(getmetatable(dynamo.decode_item '{"a":{"S":"b"}}'))
  end)
end)
