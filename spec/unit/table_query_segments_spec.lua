-- SPDX-License-Identifier: MIT
-- The rounds of a scan in segments; what comes of them is in table_query_spec.
local errors = require "dynamo.error"
local segments = require "dynamo.table.query.segments"

-- Returns what segments work with, over a function that gives the page of a part.
local function work_of(page_of, in_flight)
  return {
    ask = { options = { in_flight = in_flight }, verb = { name = "scan" } },
    page_of = function(_, key, wanted, part)
      return page_of(part.segment, key, wanted)
    end,
  }
end

describe("a round", function()
  it("takes so many segments at a time, those that are under way first", function()
    local asked = {}
    local work = work_of(function(segment, key)
      asked[#asked + 1] = ("%d%s"):format(segment, key and "+" or "")
      return { segment }, segment == 0 and not key and { id = 1 } or nil, { attempts = 1 }
    end, 2)
    local position, seen = segments.start(4), {}
    while position do
      local round
      round, position = segments.fetch(work, position)
      seen[#seen + 1] = table.concat(round, " ")
    end
    assert.are.same({ "0", "1", "0+", "2", "3" }, asked)
    assert.are.same({ "0 1", "0 2", "3" }, seen)
  end)

  it("asks each segment for its share of what is wanted", function()
    local shares = {}
    local work = work_of(function(segment, _, wanted)
      shares[segment + 1] = wanted
      return {}, nil, { attempts = 1 }
    end)
    segments.fetch(work, segments.start(3), 10)
    assert.are.same({ 4, 4, 4 }, shares)
  end)

  it("tells of a failure after what came beside it", function()
    local err = errors.new { kind = "service", code = "Broken", message = "m" }
    local work = work_of(function(segment)
      if segment == 1 then return errors.give(err) end
      return { segment }, nil, { attempts = 1, hook_failures = 1 }
    end)
    local round, position, info = segments.fetch(work, segments.start(3))
    assert.are.same({ 0, 2 }, { round[1], round[2] })
    assert.are.same({ total = 3, begun = 3, live = { { segment = 1 } } }, position)
    assert.are.same({ 2, 2 }, { info.pages, info.hook_failures })
    local page, message, told = segments.fetch(work, position)
    assert.is_nil(page)
    assert.are.same({ "Broken: m", true }, { message, told == err })
  end)

  it("is begun with its first part", function()
    assert.are.same({ segment = 0, total = 3 }, segments.first(segments.start(3)))
    local position = { total = 3, begun = 2, live = { { segment = 1, key = { id = 1 } } } }
    assert.are.same({ segment = 1, key = { id = 1 }, total = 3 }, segments.first(position))
  end)

  it("is left between any two of its items", function()
    local work = work_of(function(segment)
      return { segment * 10, segment * 10 + 1 },
        segment == 1 and { id = "next" } or nil,
        { attempts = 1 }
    end)
    local start = segments.start(2)
    local round = segments.fetch(work, start)
    local function live_after(handed)
      local live = {}
      local position = segments.within(start, round, handed, { id = "last" })
      for _, part in ipairs(position and position.live or {}) do
        live[part.segment] = part.key and part.key.id or "start"
      end
      return live
    end
    assert.are.same({ [0] = "last", "start" }, live_after(1))
    assert.are.same({ "start" }, live_after(2))
    assert.are.same({ "last" }, live_after(3))
    assert.are.same({ "next" }, live_after(4))
  end)
end)
