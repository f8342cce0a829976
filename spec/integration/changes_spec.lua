-- SPDX-License-Identifier: MIT
-- The changes of a table against the emulators' streams. Those have one shard, which is never closed and
-- loses nothing, and their iterators do not expire: all that is in spec/fault/streams_spec.lua and
-- spec/fault/streams_random_spec.lua. Dynoxide calls its open shard closed, in the list of shards.
local dynamo = require "dynamo"
local emulator = require "support.emulator"
local scale = require "support.scale"

local STREAM =
  { StreamSpecification = { StreamEnabled = true, StreamViewType = "NEW_AND_OLD_IMAGES" } }
local KILLS, KEYS = 10, 12
local WRITES = scale(250)

-- Returns a source of small random numbers.
local function dice(seed)
  local state = seed
  return function(most)
    state = state * 16807 % 2147483647
    return state % most + 1
  end
end

local function view(word)
  return { StreamSpecification = { StreamEnabled = true, StreamViewType = word } }
end

emulator.each("changes", function(host)
  local function table_of(more)
    return host.db:table(host:create({ { "id", "S" } }, more), { key = { "id" } })
  end

  -- Returns what is there, without what differs from run to run.
  local function all_of(users, o)
    o.wait, o.poll_interval = 0.3, 0.05
    local list = {}
    for change in users:changes(o):items() do
      list[#list + 1] = { change.kind, change.key, change.old or "none", change.new or "none" }
    end
    return list
  end

  host:it("say what became of each item", "streams", function()
    local users = table_of(STREAM)
    assert(users:put { id = "a", tags = dynamo.list {}, n = dynamo.number "1.50" })
    assert(users:update("a", "SET n = ?", 2))
    assert(users:delete "a")
    local one = { id = "a", tags = dynamo.list {}, n = dynamo.number "1.5" }
    local two = { id = "a", tags = dynamo.list {}, n = 2 }
    local found = all_of(users, { from = "trim_horizon" })
    assert.is_true(
      dynamo.equal({
        { "insert", { id = "a" }, "none", one },
        { "modify", { id = "a" }, one, two },
        { "remove", { id = "a" }, two, "none" },
      }, found),
      dynamo.show(found)
    )
  end)

  for word, expected in pairs {
    KEYS_ONLY = { "none", "none" },
    OLD_IMAGE = { { id = "a", n = 1 }, "none" },
    NEW_IMAGE = { "none", { id = "a", n = 2 } },
  } do
    host:it("have what their view has: " .. word, "streams", function()
      local users = table_of(view(word))
      assert(users:put { id = "a", n = 1 })
      assert(users:put { id = "a", n = 2 })
      local modify = all_of(users, { from = "trim_horizon" })[2]
      assert.same({ "modify", { id = "a" }, expected[1], expected[2] }, modify)
    end)
  end

  host:it(
    "begin with what is written after the start, and miss nothing of it",
    "streams",
    function()
      local users = table_of(STREAM)
      assert(users:put { id = "before" })
      local changes = users:changes { from = "latest", wait = 0.3, poll_interval = 0.05 }
      assert(changes:start())
      local checkpoint = assert(changes:checkpoint())
      assert(users:put { id = "after" })
      local change = assert(changes:next())
      assert.same({ "after", "insert" }, { change.key.id, change.kind })
      assert.is_true(change.at > 1700000000)
      assert.matches("^%d+$", change.sequence_number)
      assert.is_nil(changes:next())
      -- A checkpoint from before the first change knows the time alone.
      local later = all_of(users, { from = checkpoint })
      assert.same({ "insert", { id = "after" }, "none", { id = "after" } }, later[#later])
      assert.same({}, all_of(users, { from = assert(changes:checkpoint()) }))
    end
  )

  host:it("wait in a coroutine while others write", "streams", function()
    local users = table_of(STREAM)
    local changes = users:changes { from = "trim_horizon", poll_interval = 0.02 }
    local found = {}
    assert(dynamo.together {
      function()
        for change in changes:items() do
          found[#found + 1] = change.key.id
          if #found == 3 then break end
        end
        return true
      end,
      function()
        for i = 1, 3 do
          assert(users:put { id = "w" .. i })
        end
        return true
      end,
    })
    assert.same({ "w1", "w2", "w3" }, found)
    local waiting = users:changes { from = changes:checkpoint() }
    local results = assert(dynamo.together {
      function()
        return { waiting:next() }
      end,
      function()
        while not waiting:info().pages or waiting:info().pages == 0 do
          coroutine.yield()
        end
        waiting:close()
        return true
      end,
    })
    assert.same({ {}, true }, { results[1], results[2] })
  end)

  host:it("of a table without a stream say how to enable one", function()
    local users = table_of()
    local change, message, err = users:changes({ from = "latest" }):next()
    assert.is_nil(change)
    assert.same({ "config", "NoStream" }, { err.kind, err.code })
    assert.matches("enable one by db:update_table", message, 1, true)
  end)

  host:it("begin once a stream is enabled", "streams", function()
    local users = table_of()
    local changes = users:changes { from = "trim_horizon", wait = 3, poll_interval = 0.05 }
    local _, _, err = changes:next()
    assert.equal("NoStream", err.code)
    local name = tostring(users):match "%S+$"
    assert(
      host.db:update_table { TableName = name, StreamSpecification = STREAM.StreamSpecification }
    )
    assert(users:put { id = "a" })
    assert.equal("a", assert(changes:next()).key.id)
  end)

  -- Writes some of the changes: the next ones of random keys.
  local function write_some(users, count, roll, written)
    for _ = 1, count do
      local key = "k" .. roll(KEYS)
      written[key] = (written[key] or 0) + 1
      assert(users:put { id = key, n = written[key] })
    end
  end

  -- Asserts that a log of "key n" has every change, in order but for what came again after a kill.
  local function assert_logged(path, written)
    local reached = {}
    for line in io.lines(path) do
      local key, n = line:match "^(%S+) (%d+)$"
      n = tonumber(n)
      assert.is_true(n <= (reached[key] or 0) + 1, ("%s: %d is out of order"):format(key, n))
      reached[key] = math.max(reached[key] or 0, n)
    end
    assert.same(written, reached)
  end

  host:it("count each change once for a reader that is killed ten times", "streams", function()
    local users, counts = table_of(STREAM), table_of()
    local written, roll, log = {}, dice(4711), os.tmpname()
    local source_name = tostring(users):match "%S+$"
    local counts_name = tostring(counts):match "%S+$"
    local function read(die_after, moment)
      return host:run(
        "spec/support/changes_reader.lua",
        source_name,
        counts_name,
        log,
        tostring(die_after),
        moment
      )
    end
    local share = math.ceil(WRITES / (KILLS + 1))
    for kill = 1, KILLS do
      write_some(users, share, roll, written)
      local printed, status = read(roll(share), kill % 2 == 0 and "kept" or "at once")
      assert.equal(137, status, printed)
    end
    write_some(users, WRITES - KILLS * share, roll, written)
    local printed, status = read(0, "never")
    assert.equal(0, status, printed)
    for key, n in pairs(written) do
      assert.same({ id = key, last = n }, counts:get(key))
    end
    assert_logged(log, written)
    os.remove(log)
  end)
end)
