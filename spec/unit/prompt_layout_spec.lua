-- SPDX-License-Identifier: MIT
-- How items look: widths, cells, trees, tables, what changed, and what JSON loses.
local cells = require "dynamo.prompt.cells"
local changes = require "dynamo.prompt.changes"
local dynamo = require "dynamo"
local json_loss = require "dynamo.prompt.json_loss"
local layout_table = require "dynamo.prompt.layout_table"
local layout_tree = require "dynamo.prompt.layout_tree"
local width = require "dynamo.prompt.width"

local KEYS = { { name = "id" } }

local function plain(text)
  return text
end

local function join(lines)
  return table.concat(lines, "\n")
end

describe("the width of a text", function()
  for text, columns in pairs {
    [""] = 0,
    abc = 3,
    ["é"] = 1,
    ["e\204\129"] = 1, -- with a mark over it
    ["日本"] = 4,
    ["ｱ"] = 1, -- half width
    ["👍🏽"] = 2, -- with a colour of skin
    ["👨‍👩‍👧"] = 2, -- joined by U+200D
    ["🇩🇪🇫🇷"] = 4,
    ["❤️"] = 2,
    ["한국"] = 4,
  } do
    it(("is %d for %q"):format(columns, text), function()
      assert.equal(columns, width.of(text))
    end)
  end

  it("is kept to by what is cut", function()
    assert.same({ "a日", 3 }, { width.cut("a日本", 4) })
    assert.same({ "a日本", 5 }, { width.cut("a日本", 5) })
    assert.same({ "ab", 2 }, { width.cut("abc", 2) })
    assert.equal("日  |", width.padded("日", 4) .. "|")
    assert.equal("  日", width.padded("日", 4, true))
  end)
end)

describe("a cell", function()
  it("tells the types apart", function()
    local values = {
      S = "1",
      N = dynamo.number "12345678901234567890",
      B = dynamo.binary "\0\255",
      BOOL = false,
      NULL = dynamo.null,
      L = dynamo.list { 1 },
      M = { a = 1 },
      SS = dynamo.set { "a" },
      NS = dynamo.set { 1 },
      BS = dynamo.set { dynamo.binary "a" },
    }
    local texts = {
      S = '"1"',
      N = "12345678901234567890",
      B = "0x00ff (2 bytes)",
      BOOL = "false",
      NULL = "null",
      L = "{ 1 }",
      M = "{ a = 1 }",
      SS = 'dynamo.set { "a" }',
      NS = "dynamo.set { 1 }",
      BS = 'dynamo.set { dynamo.binary "a" }',
    }
    for kind, value in pairs(values) do
      assert.equal(kind, cells.kind(value))
      assert.equal(texts[kind], cells.text(value, math.huge))
    end
    assert.equal('{ "a" }', cells.text(values.SS, math.huge, true))
    assert.equal("L", cells.kind(dynamo.list {}))
    assert.equal("M", cells.kind {})
  end)

  it("cuts what is long, and says how long it is", function()
    assert.equal('"xxxxxxxxxxxxxx… (1,204 bytes)', cells.text(("x"):rep(1204), 30))
    assert.equal('"xx…(1,204)', cells.text(("x"):rep(1204), 11))
    assert.equal("0xffffff… (300 bytes)", cells.text(dynamo.binary(("\255"):rep(300)), 21))
    assert.equal("{ 1, 2, …(12)", cells.text({ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 }, 13))
    assert.equal(30, width.of(cells.text(("日本"):rep(300), 31)) - 0)
  end)

  it("never cuts a number", function()
    assert.equal("12345678901234567890", cells.text(dynamo.number "12345678901234567890", 5))
  end)

  it("lets nothing through that a terminal obeys", function()
    local text = cells.text("\27[2J\155\194\155 \226\128\174", math.huge)
    assert.is_nil(text:find "[%z\1-\31\127]")
    assert.is_nil(text:find "\194\155")
    text = cells.text("\194\155 \226\128\174", math.huge)
    assert.is_nil(text:find "\194\155")
    assert.is_nil(text:find "\226\128\174")
  end)

  it("counts with commas", function()
    assert.equal("7", cells.count(7))
    assert.equal("1,204", cells.count(1204))
    assert.equal("123,456", cells.count(123456))
    assert.equal("1,234,567", cells.count(1234567))
    assert.equal("1 item", cells.counted(1, "item"))
  end)
end)

describe("a tree", function()
  it("has a line for each attribute, keys first, and its type", function()
    local item = {
      id = "7",
      address = { city = "Köln", lines = { "a", 2 } },
      ["a b"] = true,
      none = dynamo.list {},
    }
    assert.equal(
      [[
id       S     "7"
a b      BOOL  true
address  M
  city   S     "Köln"
  lines  L
    [1]  S     "a"
    [2]  N     2
none     L     {}]],
      join(layout_tree.lines(item, KEYS, 80, plain))
    )
  end)

  it("is no wider than the screen", function()
    local item = { id = ("日"):rep(200), [("n"):rep(300)] = dynamo.binary(("x"):rep(500)) }
    for _, line in ipairs(layout_tree.lines({ id = item.id, b = { c = item.id } }, KEYS, 60, plain)) do
      assert.is_true(width.of(line) <= 60, line)
    end
  end)
end)

describe("a table", function()
  local items = {
    { id = "1", name = "Ann", n = 5, zip = "01234" },
    { id = "2", name = "日本", n = 1200, zip = 5 },
    { id = "3", tags = dynamo.set { "a" } },
  }

  it("is aligned, with the types below the names", function()
    assert.equal(
      [[
id     n  name  tags     zip
S      N  S     SS       N|S
1      5  Ann            "01234"
2   1200  日本           5
3               { "a" }]],
      join(layout_table.lines(items, KEYS, 80, plain))
    )
  end)

  it("cuts cells, then leaves out columns in the middle, and counts them", function()
    local wide = {}
    for i = 1, 3 do
      wide[i] = { id = ("k"):rep(30) }
      for c = 1, 12 do
        wide[i][("c%02d"):format(c)] = ("v"):rep(20)
      end
    end
    for _, screen in ipairs { 40, 80, 120 } do
      local lines, all, shown = layout_table.lines(wide, KEYS, screen, plain)
      assert.equal(13, all)
      assert.is_true(shown < 13 and shown >= 2)
      assert.truthy(lines[1]:find "^id .*c01.*….*c12")
      for _, line in ipairs(lines) do
        assert.is_true(width.of(line) <= screen, line)
      end
    end
    local _, all, shown = layout_table.lines(wide, KEYS, 2000, plain)
    assert.equal(all, shown)
  end)

  it("is none where not even the key and an attribute fit", function()
    assert.is_nil(
      layout_table.lines({ { id = ("k"):rep(30), a = ("v"):rep(30) } }, KEYS, 15, plain)
    )
  end)
end)

describe("what changed", function()
  it("is told attribute by attribute", function()
    local old = { id = "1", n = 1, gone = "x", same = dynamo.set { 1, 2 }, text = "1" }
    local new = { id = "1", n = 2, new = true, same = dynamo.set { 2, 1 }, text = 1 }
    assert.equal(
      [[
- gone  "x"
  n     1 -> 2
+ new   true
  text  "1" -> 1]],
      join(changes.lines(old, new, KEYS, 80))
    )
    assert.same({}, changes.lines(old, old, KEYS, 80))
  end)
end)

describe("what JSON loses", function()
  it("is named by its place", function()
    local lost = {}
    json_loss.note({
      a = { b = dynamo.set { 1 } },
      c = { dynamo.binary "x" },
      n = dynamo.number "1234567890123456",
      fine = 123456789012345,
      half = 0.25,
    }, lost)
    assert.equal(
      "JSON cannot keep a.b (a set), c[] (binary), n (a number of many digits); "
        .. "--output dynamodb-json keeps all",
      json_loss.words(lost, "--output dynamodb-json")
    )
    assert.is_nil(json_loss.words {})
  end)
end)
