-- SPDX-License-Identifier: MIT
-- How pages are read, where it matters who waits: see also table_pages_spec.
local dynamo = require "dynamo"
local loops = require "dynamo.loop"
local pages_source = require "support.pages_source"
local reading_of = require "dynamo.table.reading"

describe("positions", function()
  it("end where nothing is left of them", function()
    for _, position in ipairs { "", {} } do
      assert.is_true(reading_of.is_end(position))
    end
    assert.is_true(reading_of.is_end(nil))
    assert.is_false(reading_of.is_end "x")
    assert.is_false(reading_of.is_end { id = 1 })
  end)

  it("are compared as the service does", function()
    assert.is_true(reading_of.is_same({ id = 1 }, { id = dynamo.number "1.0" }))
    assert.is_false(reading_of.is_same({ id = 1 }, { id = "1" }))
    assert.is_false(reading_of.is_same(nil, { id = 1 }))
    assert.is_true(reading_of.is_same("x", "x"))
  end)
end)

describe("a page asked for ahead", function()
  -- Reads pages in a loop, with a wait after each result; returns what was handed out, and what had
  -- been asked for by then: a text for each result.
  local function read(list, o)
    local source = pages_source.new(list)
    local reading, trace = reading_of.new(source, o), {}
    assert(dynamo.together {
      function()
        repeat
          local item = reading_of.next(reading)
          loops.wait(nil, nil, 0.001)
          trace[#trace + 1] = ("%s %d"):format(
            tostring(item or reading.err or "end"),
            #source.asked
          )
        until item == nil
      end,
    })
    return trace, source
  end

  it("is under way while the one at hand is worked on", function()
    local list = { { "a", "b" }, { "c" }, {}, { "d" } }
    assert.same({ "a 2", "b 2", "c 3", "d 4", "end 4" }, (read(list, { prefetch = true })))
    assert.same({ "a 1", "b 1", "c 2", "d 4", "end 4" }, (read(list, {})))
  end)

  it("is asked for only if it will be used", function()
    local list = { { "a", "b" }, { "c", "d" }, { "e" } }
    assert.same({ "a 1", "b 1", "end 1" }, (read(list, { prefetch = true, limit = 2 })))
    local trace, source = read(list, { prefetch = true, limit = 3 })
    assert.same({ "a 2", "b 2", "c 2", "end 2" }, trace)
    assert.equal(1, source.asked[2][2])
    assert.same({ "a 1", "b 1", "end 1" }, (read(list, { prefetch = true, max_pages = 1 })))
  end)

  it("fails after what came before it was handed out", function()
    local list = { { "a", "b" }, { err = { kind = "service", code = "Broken", message = "m" } } }
    local trace, source = read(list, { prefetch = true })
    assert.same({ "a 2", "b 2", "Broken: m 2" }, trace)
    assert.equal(2, #source.asked)
  end)

  it("is dropped by whoever closes", function()
    local list = { { "a" }, { "b" }, seconds = 0.001 }
    local reading = reading_of.new(pages_source.new(list), { prefetch = true })
    assert(dynamo.together {
      function()
        assert.equal("a", reading_of.next(reading))
        reading_of.close(reading)
        assert.is_nil(reading_of.next(reading))
      end,
    })
    assert.equal("2+0", reading_of.cursor(reading))
  end)
end)
