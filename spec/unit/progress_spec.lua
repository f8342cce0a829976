-- SPDX-License-Identifier: MIT
-- How far long work is, told at most ten times a second by a clock that this spec holds.
local progress = require "dynamo.progress"

-- Returns a progress over a clock, that clock, and the list of what was told.
local function told(total)
  local clock, calls = { now = 100 }, {}
  local own = progress.new(function(...)
    calls[#calls + 1] = { n = select("#", ...), ... }
  end, function()
    return clock.now
  end, total)
  return own, clock, calls
end

describe("progress", function()
  it("is told with how many, of how many, since when, and whether it is over", function()
    local own, clock, calls = told(500)
    clock.now = 100.25
    own:add(25)
    clock.now = 101
    own:add()
    own:finish()
    assert.same({
      { n = 4, 25, 500, 0.25, false },
      { n = 4, 26, 500, 1, false },
      { n = 4, 26, 500, 1, true },
    }, calls)
    assert.equal(26, own.done)
  end)

  it("is told ten times a second at most, and once at the end", function()
    local own, clock, calls = told()
    for i = 1, 4096 do
      clock.now = 100 + i / 1024
      own:add()
    end
    own:finish()
    assert.is_true(#calls <= 41 and #calls >= 38, #calls)
    for i = 2, #calls - 1 do
      assert.is_true(calls[i][3] - calls[i - 1][3] >= 0.1)
    end
    assert.same({ n = 4, 4096, nil, 4, true }, calls[#calls])
  end)

  it("is told of the end once, and of nothing after it", function()
    local own, clock, calls = told()
    own:finish()
    clock.now = 200
    own:add()
    own:finish()
    assert.equal(1, #calls)
  end)

  it("takes a total that is known later", function()
    local own, _, calls = told()
    own.total = 7
    own:finish()
    assert.same({ n = 4, 0, 7, 0, true }, calls[1])
  end)

  it("counts what raises, and goes on", function()
    local now = 0
    local own = progress.new(function()
      error "no"
    end, function()
      return now
    end)
    assert.is_nil(progress.new(nil, error):finish())
    now = 1
    own:add()
    assert.equal(2, own:finish())
  end)

  it("looks at no clock where nobody is told", function()
    local own = progress.new(nil, error)
    own:add(3)
    own:finish()
    assert.equal(3, own.done)
  end)
end)
