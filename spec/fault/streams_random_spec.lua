-- SPDX-License-Identifier: MIT
-- Streams that grow, split, lose records and fail at random while they are read, by readers that are
-- killed and resumed at random. What was written is known to the server alone
-- (fault_server/streams.py): here it is only compared.
local fault = require "support.fault"
local fault_client = require "support.fault.client"
local scale = require "support.scale"

local TREES = scale(12)
local FIRST = 1000 * tonumber(os.getenv "DYNAMO_SEED" or 1)

-- A source of small random numbers, the same on every runtime.
local function dice(seed)
  local state = seed * 7919 % 2147483646 + 1
  return function(most)
    state = state * 16807 % 2147483647
    return state % most + 1
  end
end

local function copy_of(lists)
  local copy = {}
  for key, list in pairs(lists) do
    copy[key] = { (table.unpack or unpack)(list) }
  end
  return copy
end

-- Notes a change, and how many losses had been told before.
local function note(log, change, gaps)
  local key = change.key.id
  log[key] = log[key] or {}
  table.insert(log[key], { n = change.new.n, gaps = gaps })
end

local MOST_FAILURES = 200

-- Returns the next change; nil at the end. What fails for a while is asked for again.
local function patiently(changes)
  for _ = 1, MOST_FAILURES do
    local change, message, err = changes:next()
    if not message then return change end
    if not err.retryable and err.code ~= "ExpiredIteratorException" then error(message) end
  end
  error("it fails for ever")
end

-- Returns the checkpoint of where a reading begins. Without one, who is killed before the first that is
-- kept begins anew.
local function beginning(users, from)
  local changes = users:changes { from = from }
  for _ = 1, MOST_FAILURES do
    local text, message, err = changes:checkpoint()
    if text then return text end
    if not err.retryable then error(message) end
  end
  error("it never begins")
end

-- Reads until a kill or the end; returns whether that was the end. `kept` is what a program stores at
-- once: its own log and the checkpoint.
local function read_some(users, kept, seen, roll)
  local changes = users:changes {
    from = kept.checkpoint,
    until_closed = true,
    poll_interval = 0.5,
    page_size = roll(20),
  }
  local log, gaps, life = copy_of(kept.log), kept.gaps, roll(60)
  for _ = 1, life do
    local change = patiently(changes)
    if not change then
      kept.log, kept.gaps = log, gaps
      return true
    end
    if change.kind == "trimmed" then
      gaps = gaps + 1
    else
      note(log, change, gaps)
      note(seen, change, gaps)
    end
    if roll(4) == 1 then
      kept.log, kept.gaps, kept.checkpoint = copy_of(log), gaps, assert(changes:checkpoint())
    end
  end
  return false
end

-- Returns the set of [key][n] of a list of pairs.
local function set_of(pairs_list)
  local set = {}
  for _, pair in ipairs(pairs_list) do
    set[pair[1]] = set[pair[1]] or {}
    set[pair[1]][pair[2]] = true
  end
  return set
end

-- Asserts that the log of a key goes up by ones, but for what was trimmed; and that such a loss was told
-- where it is, between the changes before and after it.
local function assert_ordered(key, list, written, trimmed, label, gaps)
  local expected, told = 1, 0
  local function go_on_to(n, gaps_then)
    local before = expected
    while expected < n and trimmed[expected] do
      expected = expected + 1
    end
    assert.equal(n, expected, ("%s: %s in its order, to its end"):format(label, key))
    assert.is_true(
      expected == before or gaps_then > told,
      ("%s: %s: a loss untold"):format(label, key)
    )
  end
  for _, each in ipairs(list) do
    go_on_to(each.n, each.gaps)
    expected, told = each.n + 1, each.gaps
  end
  go_on_to(written + 1, gaps)
end

-- Asserts that each change of a key that was not trimmed was handed out at all.
local function assert_seen(key, list, written, trimmed, label)
  local is_seen = {}
  for _, each in ipairs(list) do
    is_seen[each.n] = true
  end
  for n = 1, written do
    assert.is_true(
      is_seen[n] or trimmed[n] or false,
      ("%s: %s %d is missing"):format(label, key, n)
    )
  end
end

describe("streams at random", function()
  local server, db

  setup(function()
    server = fault.start()
    server:requests {}
    db = fault_client.new(server)
  end)
  teardown(function()
    db:close()
    server:stop()
  end)

  local days = 0

  -- Lets more time go by than the service keeps records.
  local function pass_day(name)
    days = days + 1
    server:skew(days * 90000)
    server:stream(name, { ["do"] = { age = true } })
  end

  -- Reads a stream to its end, with kills; returns what was kept, all that was seen, and the truth.
  local function read_all(name, roll, trims)
    local users = db:table(name)
    local kept, seen, kills =
      { checkpoint = beginning(users, "trim_horizon"), log = {}, gaps = 0 }, {}, 0
    while not read_some(users, kept, seen, roll) do
      kills = kills + 1
      assert.is_true(kills < 500, "it does not end")
      if trims and roll(2) == 1 then pass_day(name) end
    end
    return kept, seen, server:stream(name, { look = true })
  end

  for i = 1, TREES do
    local seed = FIRST + i
    local trims, faults = i % 3 ~= 1, i % 4 ~= 1
    local label = ("tree %d%s%s"):format(
      seed,
      trims and ", trimmed" or "",
      faults and ", failing" or ""
    )

    it("hand out each change once, in order: " .. label, function()
      local roll, name = dice(seed), "tree" .. seed
      server:stream(
        name,
        { seed = seed, writes = 60 + roll(120), keys = roll(12), faults = faults }
      )
      local kept, seen, truth = read_all(name, roll, trims)
      local trimmed = set_of(truth.trimmed)
      for key, written in pairs(truth.written) do
        local gone = trimmed[key] or {}
        assert_ordered(key, kept.log[key] or {}, written, gone, label, kept.gaps)
        assert_seen(key, seen[key] or {}, written, gone, label)
      end
      assert.is_true(#truth.trimmed > 0 or kept.gaps == 0, label .. ": a loss that was none")
    end)
  end

  it("hand out all that is written after the start, from the latest on", function()
    for i = 1, scale(5) do
      local seed, name = FIRST + i, "latest" .. (FIRST + i)
      local roll = dice(seed)
      server:stream(name, { seed = seed, writes = 150, keys = 5, faults = true })
      local users = db:table(name)
      local checkpoint = beginning(users, "latest")
      local before = server:stream(name, { look = true }).written
      local kept, seen = { checkpoint = checkpoint, log = {}, gaps = 0 }, {}
      repeat
      until read_some(users, kept, seen, roll)
      local truth = server:stream(name, { look = true })
      for key, written in pairs(truth.written) do
        local is_seen = {}
        for _, each in ipairs(seen[key] or {}) do
          is_seen[each.n] = true
        end
        for n = (before[key] or 0) + 1, written do
          assert.is_true(is_seen[n] or false, ("%s %s %d is missing"):format(name, key, n))
        end
        local list = kept.log[key] or {}
        for at = 2, #list do
          assert.equal(list[at - 1].n + 1, list[at].n)
        end
      end
      assert.equal(0, kept.gaps)
    end
  end)
end)
