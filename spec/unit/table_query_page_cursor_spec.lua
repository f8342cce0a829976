-- SPDX-License-Identifier: MIT
local dynamo = require "dynamo"
local opaque = require "dynamo.opaque"
local operations = require "dynamo.operations"
local page_cursor = require "dynamo.table.query.page_cursor"

local KEY = {
  id = "a",
  at = dynamo.number "12345678901234567890123456789012345678",
  b = dynamo.binary "\0\255",
}

local function ask_of(more)
  local ask = {
    noun = { name = "Orders" },
    operation = operations.by_method.scan,
    params = {},
    options = {},
    equals = {},
  }
  for name, value in pairs(more or {}) do
    ask[name] = value
  end
  return ask
end

-- Returns what reading the text of a value, as it is within a cursor, comes to.
local function read_value(value)
  value.o, value.t = "scan", "Orders"
  return page_cursor.read(ask_of(), assert(opaque.write("page1", value)))
end

describe("a cursor's text", function()
  it("says a key to the last digit", function()
    local ok, position = page_cursor.read(ask_of(), assert(page_cursor.write(ask_of(), KEY)))
    assert.is_true(ok)
    assert.is_true(dynamo.equal(KEY, position))
  end)

  it("says the beginning", function()
    local ok, position = page_cursor.read(ask_of(), assert(page_cursor.write(ask_of(), nil)))
    assert.is_true(ok)
    assert.is_nil(position)
  end)

  it("says where segments are", function()
    for _, position in ipairs {
      { total = 4, begun = 0, live = {} },
      { total = 4, begun = 3, live = { { segment = 2, key = { id = "a" } }, { segment = 0 } } },
      { total = 1000000, begun = 1000000, live = { { segment = 999999, key = { id = 1 } } } },
    } do
      local ok, read = page_cursor.read(ask_of(), assert(page_cursor.write(ask_of(), position)))
      assert.is_true(ok)
      assert.are.same(position, read)
    end
  end)

  it("stands in a URL as it is", function()
    assert.is_nil(page_cursor.write(ask_of(), KEY):find "[^%w._-]")
  end)

  it("is refused where it says what none says", function()
    local cases = {
      { k = {} },
      { k = "a" },
      { k = { id = true } },
      { k = { id = { "a" } } },
      { k = { id = dynamo.null } },
      { n = 0, b = 0 },
      { n = 2 },
      { n = 2, b = 3 },
      { n = 2.5, b = 1 },
      { n = 1000001, b = 0 },
      { n = "2", b = 0 },
      { n = 2, b = 2, l = "x" },
      { n = 2, b = 2, l = { "x" } },
      { n = 2, b = 1, l = { { s = 1 } } },
      { n = 2, b = 2, l = { { s = -1 } } },
      { n = 2, b = 2, l = { { s = 1 }, { s = 1 } } },
      { n = 2, b = 2, l = { { s = 1, k = {} } } },
      { n = 2, b = 2, l = { { s = 1, k = { id = true } } } },
    }
    for i, value in ipairs(cases) do
      local ok, err = read_value(value)
      assert.is_nil(ok, i)
      assert.are.equal("cursor: the text is none that was given out", err.message)
      assert.are.same({ "validation", "cursor", "cursor" }, { err.kind, err.code, err.path })
    end
    local ok, err = page_cursor.read(ask_of(), assert(opaque.write("page1", "x")))
    assert.is_nil(ok)
    assert.are.equal("cursor: the text is none that was given out", err.message)
  end)

  it("is refused where the condition says another key", function()
    local text = assert(page_cursor.write(ask_of(), { id = 1, at = "x" }))
    assert.is_true(
      (page_cursor.read(ask_of { equals = { id = dynamo.number "1.0", no = 5 } }, text))
    )
    local ok, err = page_cursor.read(ask_of { equals = { id = 2 } }, text)
    assert.is_nil(ok)
    assert.are.equal("cursor: it is of another query: id has another value there", err.message)
  end)
end)
