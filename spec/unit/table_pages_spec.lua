-- SPDX-License-Identifier: MIT
-- The lazy result, over pages from a list.
local dynamo = require "dynamo"
local pages = require "dynamo.table.pages"
local pages_source = require "support.pages_source"

local FAILURE = { kind = "service", code = "Broken", message = "m" }

-- Returns a result of pages, and their source.
local function result_of(list, o, more)
  local source = pages_source.new(list, more)
  return pages.new(source, o), source
end

-- Returns the positions that were asked for.
local function positions(source)
  local list = {}
  for i, asked in ipairs(source.asked) do
    list[i] = asked[1] or "first"
  end
  return list
end

describe("a result", function()
  it("asks for nothing before it is used", function()
    local result, source = result_of { { "a" } }
    assert.same({}, source.asked)
    assert.equal("a", result:next())
    assert.equal(1, #source.asked)
  end)

  it("hands out each one once, across empty pages", function()
    for _, last in ipairs { "", {}, false } do
      local result, source = result_of { {}, { "a", "b" }, {}, {}, { "c" }, last = last or nil }
      local seen = {}
      for item in result:items() do
        seen[#seen + 1] = item
      end
      assert.same({ "a", "b", "c" }, seen)
      assert.same({ "first", "2", "3", "4", "5" }, positions(source))
      assert.equal(0, select("#", result:next()) - 1)
      assert.is_nil(result:next())
      assert.equal(5, #source.asked)
    end
  end)

  it("gives pages that are not empty, and the rest of one", function()
    local result = result_of { { "a", "b" }, {}, { "c" } }
    local seen = {}
    for page in result:pages() do
      seen[#seen + 1] = page
    end
    assert.same({ { "a", "b" }, { "c" } }, seen)
    result = result_of { { "a", "b" }, {}, { "c" } }
    assert.equal("a", result:next())
    assert.same({ "b" }, result:next_page())
    assert.same({ "c" }, result:next_page())
    assert.is_nil(result:next_page())
  end)

  it("gives all that is left, the first, the only one", function()
    local result = result_of { { "a", "b" }, { "c" } }
    result:next()
    local rest, message, info = result:all()
    assert.same({ { "b", "c" } }, { rest, message })
    assert.same({ 2, 3 }, { info.pages, info.count })
    local source
    result, source = result_of { { "a", "b" }, { "c" } }
    assert.equal("a", (result:first()))
    assert.is_nil(result:next())
    assert.same({ { nil, 1 } }, source.asked)
    assert.equal("1+1", result:cursor())
    assert.equal("a", (result_of({ {}, { "a" }, {} }):one()))
    assert.is_nil((result_of({ {} }):one()))
    assert.is_nil((result_of({ {} }):first()))
    local item, text, err = result_of({ { "a" }, { "b" } }):one()
    assert.same(
      { "SeveralResults: there is more than one, and one was asked for", "SeveralResults", "play" },
      { text, err.code, err.operation }
    )
    assert.is_nil(item)
  end)

  it("counts what is left", function()
    assert.equal(3, (result_of({ { "a", "b" }, {}, { "c" } }):count()))
    local result = result_of { { "a", "b" }, {}, { "c" } }
    result:next()
    assert.equal(2, (result:count()))
    assert.equal(2, (result_of({ { "a", "b" }, { "c" } }, { limit = 2 }):count()))
    local is_told = false
    result = result_of({ { count = 10 }, { count = 5 } }, nil, {
      count_only = function()
        is_told = true
      end,
    })
    assert.equal(15, (result:count()))
    assert.is_true(is_told)
  end)

  it("hands out no more than the limit, and asks for no more", function()
    local result, source = result_of({ { "a", "b" }, { "c", "d" }, { "e" } }, { limit = 3 })
    assert.same({ "a", "b", "c" }, (result:all()))
    assert.same({ { nil, 3 }, { "2", 1 } }, source.asked)
    assert.equal("2+1", result:cursor())
    result = result_of({ { "a", "b" }, { "c" } }, { limit = 2 })
    assert.same({ { "a", "b" } }, { result:next_page(), result:next_page() })
    assert.equal("2+0", result:cursor())
    result = result_of({ { "a", "b" }, { "c" } }, { max_pages = 1 })
    assert.same({ "a", "b" }, (result:all()))
    assert.equal("2+0", result:cursor())
  end)

  it("begins where it is told", function()
    local result, source = result_of({ { "a" }, { "b" }, { "c" } }, { start = "2" })
    assert.equal("2+0", result:cursor())
    assert.same({ "b", "c" }, (result:all()))
    assert.same({ "2", "3" }, positions(source))
  end)

  it("has a cursor that is exact to the last one handed out, none at the end", function()
    local result = result_of { { "a", "b" }, {}, { "c" } }
    local seen = {}
    repeat
      seen[#seen + 1] = result:cursor()
    until result:next() == nil
    assert.same({ "1+0", "1+1", "2+0" }, seen)
    assert.is_nil(result:cursor())
  end)

  it("hands out what the source makes of it, and leaves out what that hides", function()
    local result, source = result_of({ { 1, 2 }, { 3, 4 }, { 5 } }, { limit = 2 }, {
      hand_out = function(page, i)
        if page[i] % 2 == 0 then return page[i] * 10 end
      end,
    })
    assert.same({ 20, 40 }, (result:all()))
    assert.same({ "first", "2" }, positions(source))
    assert.same({ { 20, n = 1 } }, {
      (function(page)
        page.n = #page
        return page
      end)(result_of({ { 1, 2, 3 }, { 5 } }, nil, {
        hand_out = function(page, i)
          if page[i] % 2 == 0 then return page[i] * 10 end
        end,
      }):next_page()),
    })
  end)

  it("sums up what the calls told", function()
    local info = { attempts = 2, scanned_count = 10, consumed_capacity = { CapacityUnits = 0.5 } }
    local first = { "a", info = info }
    local result = result_of { first, { "b", info = { attempts = 1, replayed = true } }, first }
    result:next()
    assert.same(
      { 1, 1, 2, 10, 0.5 },
      (function(told)
        return {
          told.pages,
          told.count,
          told.attempts,
          told.scanned_count,
          told.consumed_capacity.CapacityUnits,
        }
      end)(result:info())
    )
    result:next()
    assert.same({ 2, 3, true }, {
      result:info().pages,
      result:info().attempts,
      result:info().replayed,
    })
    assert.equal("table", type(getmetatable(result:info())))
  end)

  it("is closed at any time, and keeps its cursor", function()
    local result, source = result_of { { "a", "b" }, { "c" } }
    result:next()
    result:close()
    result:close()
    assert.is_nil(result:next())
    assert.same({}, (result:all()))
    assert.same({ 1, "1+1" }, { #source.asked, result:cursor() })
    assert.is_nil(result:failure())
    assert.equal("dynamo result (1 so far)", tostring(result))
  end)

  if _VERSION == "Lua 5.4" then
    it("ends with the block of its variable", function()
      local result = result_of { { "a" } }
      local block = load "local result <close> = ... return result:next()"
      assert.equal("a", block(result))
      assert.is_nil(result:next())
    end)
  end
end)

describe("a result that fails", function()
  local function failing(o, more)
    return result_of({ { "a", "b" }, {}, { err = FAILURE }, { "c" } }, o, more)
  end

  it("says so, and where the rest begins, whenever it is asked", function()
    local result, source = failing()
    assert.same({ "a", "b" }, { result:next(), (result:next()) })
    for _, method in ipairs { "next", "next_page", "first", "one" } do
      local item, message, err = result[method](result)
      assert.same({ nil, "Broken: m", "Broken", "3+0" }, { item, message, err.code, err.cursor })
    end
    assert.equal(3, #source.asked)
    assert.same({ "3+0", "Broken" }, { result:cursor(), result:failure().code })
  end)

  it("raises in a for, and tells the error", function()
    local result, seen = failing(), {}
    local ok, message = pcall(function()
      for item in result:items() do
        seen[#seen + 1] = item
      end
    end)
    assert.same({ false, "Broken: m", { "a", "b" } }, { ok, message, seen })
    assert.equal("3+0", result:failure().cursor)
    result = failing()
    assert.is_false(pcall(function()
      for _ in result:pages() do
        assert.is_nil(result:failure())
      end
    end))
  end)

  it("gives what was read until then", function()
    local items, message, err = failing():all()
    assert.same(
      { nil, "Broken: m", { "a", "b" }, "3+0" },
      { items, message, err.results, err.cursor }
    )
    local count
    count, message, err = failing():count()
    assert.same({ nil, "Broken: m", 2, "3+0" }, { count, message, err.count, err.cursor })
  end)

  it("has no cursor where the source has none", function()
    local result = failing(nil, { cursor = false })
    local _, _, err = result:all()
    assert.is_nil(err.cursor)
    local ok, message = pcall(function()
      local cursor = result:cursor()
      return cursor
    end)
    assert.is_false(ok)
    assert.matches(
      "^spec/unit/table_pages_spec%.lua:%d+: result:cursor: play has no cursors$",
      message
    )
  end)

  it("finds a position that is followed by itself", function()
    local result, source = result_of { { "a", next = "2" }, { "b", next = "2" } }
    local items, message, err = result:all()
    assert.is_nil(items)
    assert.matches("^RepeatedPosition: ", message)
    assert.same(
      { "integrity", "play", { "a" }, "2+0" },
      { err.kind, err.operation, err.results, err.cursor }
    )
    assert.equal(2, #source.asked)
    local key = { id = dynamo.number "1", at = "x" }
    local calls = 0
    result = pages.new {
      operation = "play",
      fetch = function()
        calls = calls + 1
        return {}, { id = 1, at = "x" }
      end,
    }
    assert.is_nil((result:all()))
    assert.same({ 2, "RepeatedPosition" }, { calls, result:failure().code })
    result = pages.new({
      operation = "play",
      fetch = function()
        return {}, key
      end,
    }, { start = { id = 1, at = "x" } })
    assert.is_nil((result:all()))
  end)
end)

describe("a result that is misused", function()
  local function raised(f)
    local ok, message = pcall(f)
    assert.is_false(ok)
    return (message:gsub("^spec/unit/table_pages_spec%.lua:%d+: ", "HERE: "))
  end

  it("raises where it is called", function()
    local result = result_of { { "a" } }
    for _, method in ipairs {
      "next",
      "next_page",
      "items",
      "pages",
      "all",
      "first",
      "one",
      "count",
      "cursor",
      "info",
      "failure",
      "close",
    } do
      assert.equal(
        ("HERE: use result:%s(), with a colon"):format(method),
        raised(function()
          local value = result[method]()
          return value
        end)
      )
      assert.equal(
        ("HERE: result:%s: one argument too many, a number"):format(method),
        raised(function()
          local value = result[method](result, 1)
          return value
        end)
      )
    end
    assert.equal(
      'HERE: a result has no method "itmes", did you mean "items"?',
      raised(function()
        return result.itmes
      end)
    )
  end)

  it("is read by one coroutine at a time", function()
    local result = result_of { { "a", "b" }, { "c" }, seconds = 0.001 }
    local seen = {}
    assert(dynamo.each(result:items(), function(item)
      seen[#seen + 1] = item
    end))
    assert.same({ "a", "b", "c" }, seen)
    result = result_of { { "a", "b" }, { "c" }, seconds = 0.001 }
    if _VERSION == "Lua 5.1" and not rawget(_G, "jit") then return end -- pcall there cannot wait
    local first, second
    assert(dynamo.together {
      function()
        first = { pcall(result.next, result) }
      end,
      function()
        second = { pcall(result.next, result) }
      end,
    })
    assert.same({ true, "a" }, first)
    assert.is_false(second[1])
    assert.matches("another coroutine is reading this result", second[2])
    assert.equal("b", result:next())
  end)
end)
