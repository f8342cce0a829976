-- SPDX-License-Identifier: MIT
-- Batches under random faults: nothing is lost, nothing is said that is not so, and of each key the
-- last write given is the last one applied. What really happened, the fault server's own record says.
-- DYNAMO_SEED is of what is random (1).
local chaos = require "support.fault.chaos"
local fault = require "support.fault"
local fault_client = require "support.fault.client"
local scale = require "support.scale"

local TABLE = "Batches"
local BATCHES = scale(40)
local ROUNDS = scale(4)
local REWRITES = scale(80)
local MANY_SECONDS = 86400 -- waits move the one clock of all calls on
local MOST_REQUESTS = 400

local roll = chaos.dice(chaos.SEED)

-- Returns a random set of places in a batch.
local function some_places()
  local places, share = {}, roll(4)
  for place = 0, 24 do
    if roll(4) <= share then places[#places + 1] = place end
  end
  return places
end

-- Returns what happens to so many requests, in whatever order they come.
local function plan(count, is_mild)
  local exchanges, hopeless = {}, not is_mild and roll(6) == 1
  for i = 1, count do
    local chance = roll(10)
    if hopeless and i > 3 then
      exchanges[i] = chance > 3 and chaos.THROTTLE
        or { error = { code = "ValidationException", message = "no" } }
    elseif chance <= (is_mild and 1 or 3) then
      exchanges[i] = chaos.exchange(roll)
    elseif chance <= 6 then
      exchanges[i] = { leave = some_places() }
    else
      exchanges[i] = {}
    end
  end
  return exchanges
end

describe("batches under random faults", function()
  local server
  local seen = { ok = 0, failed = 0, done = 0, undone = 0, unknown = 0, folded = 0 }

  setup(function()
    server = fault.start()
  end)
  teardown(function()
    server:stop()
  end)

  local function client(more)
    local options = { attempt_timeout = 0.5, timeout = MANY_SECONDS }
    for name, value in pairs(more or {}) do
      options[name] = value
    end
    local db, paced = fault_client.new(server, options)
    return db, paced, db:table(TABLE, { key = { "id" } })
  end

  -- Returns what the server keeps of some keys: key -> { applied, item, written }.
  local function looks(keys)
    local by_key = {}
    for i, look in ipairs(server:look(TABLE, keys)) do
      by_key[keys[i]] = look
    end
    return by_key
  end

  -- Returns key -> how it came back: "undone" or "unknown"; each once, and as it was given.
  local function come_back(err, last)
    local back = {}
    for word, lists in pairs { undone = err.unprocessed, unknown = err.unknown } do
      for kind, list in pairs(lists) do
        for _, subject in ipairs(list) do
          local id = subject.id
          assert.is_nil(word == "undone" and back[id] == "undone" and id or nil)
          assert.equal(kind, last[id].kind)
          if kind == "put" then assert.equal(last[id].v, subject.v) end
          back[id] = back[id] == "unknown" and "unknown" or word
          seen[word] = seen[word] + 1
        end
      end
    end
    return back
  end

  -- Judges the writes of a batch by what the server keeps.
  local function judge(err, last, keys)
    local back, found = err and come_back(err, last) or {}, looks(keys)
    for _, id in ipairs(keys) do
      local look, write = found[id], last[id]
      if back[id] == "undone" then
        assert.equal(0, look.applied, id)
      elseif not back[id] then
        assert.is_true(look.applied > 0, id)
        assert.equal(write.v, look.item and look.item.v.S, id)
        seen.done = seen.done + 1
      end
    end
  end

  -- Returns random writes: a list of { kind, id, v }, of each key one, and the keys.
  local function some_writes(name)
    local writes, keys, last = {}, {}, {}
    for i = 1, roll(70) do
      local id = ("%s-%d"):format(name, i)
      local write = { kind = roll(4) == 1 and "delete" or "put", id = id }
      if write.kind == "put" then write.v = "v" .. roll(1000) end
      writes[i], keys[i], last[id] = write, id, write
    end
    return writes, keys, last
  end

  local function lists_of(writes)
    local lists = { put = {}, delete = {} }
    for _, write in ipairs(writes) do
      local list = lists[write.kind]
      list[#list + 1] = { id = write.id, v = write.v }
    end
    return lists
  end

  local function give(w, write)
    return w[write.kind](w, { id = write.id, v = write.v })
  end

  it(("of %d batches, each write is done or comes back"):format(BATCHES), function()
    local db, paced, things
    for n = 1, BATCHES do
      db, paced, things = client()
      local writes, keys, last = some_writes("batch-" .. n)
      server:requests(plan(MOST_REQUESTS), { tls = "if asked" })
      local o = { in_flight = roll(8) }
      local done, message, err
      if n % 2 == 0 then
        done, message, err = things:batch_write(lists_of(writes), o)
      else
        done, message, err = things:writer(o, function(w)
          for _, write in ipairs(writes) do
            give(w, write)
          end
        end)
      end
      assert.equal(not done and tostring(err) or nil, message)
      seen[done and "ok" or "failed"] = seen[done and "ok" or "failed"] + 1
      if done then
        assert.equal(#writes, err.done)
      else
        local given = 0
        for _, lists in ipairs { err.unprocessed, err.unknown } do
          given = given + #lists.put + #lists.delete
        end
        assert.is_true(given + err.done <= #writes)
        if n % 2 == 0 then assert.equal(#writes, given + err.done) end
      end
      local given_keys = {}
      for i, key in ipairs(keys) do
        given_keys[i] = key
      end
      -- What a failed writer was not given any more is its caller's.
      if not done and n % 2 == 1 then
        local count = err.done + #err.unprocessed.put + #err.unprocessed.delete
        count = count + #err.unknown.put + #err.unknown.delete
        for i = count + 1, #given_keys do
          given_keys[i] = nil
        end
      end
      judge(not done and err or nil, last, given_keys)
      db:close()
      paced:close()
    end
  end)

  it("had outcomes of each kind", function()
    if BATCHES < 40 then return pending "too few batches for that" end
    for _, name in ipairs { "ok", "failed", "done", "undone", "unknown" } do
      assert.is_true(seen[name] > 0, name)
    end
  end)

  it("hands back all that is unsent when the writer's function raises", function()
    for n = 1, math.max(ROUNDS * 3, 3) do
      local db, paced, things = client()
      local writes, keys, last = some_writes("raise-" .. n)
      local stop_at = roll(#writes)
      server:requests(plan(MOST_REQUESTS), { tls = "if asked" })
      local kept, boom = nil, { "boom" }
      local ok, raised = pcall(function()
        return things:writer({ in_flight = roll(4) }, function(w)
          kept = w
          for i, write in ipairs(writes) do
            if i > stop_at then error(boom) end
            pcall(give, w, write) -- a failure of the writer does not keep it from raising
          end
          error(boom)
        end)
      end)
      assert.is_false(ok)
      assert.equal(boom, raised)
      for i = stop_at + 1, #keys do
        keys[i] = nil
      end
      local undone, unknown = kept:unsent()
      judge({ unprocessed = undone, unknown = unknown }, last, keys)
      db:close()
      paced:close()
    end
  end)

  -- Gives a writer what one before it handed back, the doubtful first.
  local function give_back(w, err)
    for _, lists in ipairs { err.unknown, err.unprocessed } do
      for kind, list in pairs(lists) do
        for _, subject in ipairs(list) do
          w[kind](w, subject)
        end
      end
    end
  end

  it(("of %d rewrites of 10 keys the last ones win"):format(REWRITES), function()
    for round = 1, ROUNDS do
      local at, err, last, keys = 0, nil, {}, {}
      local db, paced, things = client { max_attempts = 6 }
      server:requests(plan(REWRITES * 4, true), { tls = "if asked" })
      repeat
        local done, _, failed = things:writer({ in_flight = 8 }, function(w)
          if err then give_back(w, err) end
          while at < REWRITES do
            at = at + 1
            local key = ("rewrite-%d-%d"):format(round, at % 10)
            if not last[key] then keys[#keys + 1] = key end
            last[key] = at
            for filler = 1, 3 do
              w:put { id = ("filler-%d-%d-%d"):format(round, at, filler) }
            end
            w:put { id = key, n = at }
          end
        end)
        err = not done and failed or nil
      until done
      for key, look in pairs(looks(keys)) do
        assert.equal(tostring(last[key]), look.item.n.N, key)
        local before = 0
        for _, item in ipairs(look.written) do
          local number = tonumber(item.n.N)
          assert.is_true(number >= before, key)
          before = number
        end
      end
      db:close()
      paced:close()
    end
  end)

  it("reads each item once, whatever has to be asked again", function()
    local db, paced, things = client()
    server:requests {}
    local lists, keys = { put = {} }, {}
    for i = 1, 250 do
      keys[i] = "read-" .. i
      if i % 3 > 0 then table.insert(lists.put, { id = keys[i], v = "v" .. i }) end
    end
    assert(things:batch_write(lists))
    for _ = 1, ROUNDS do
      server:requests(plan(MOST_REQUESTS), { tls = "if asked" })
      local items, message, err = things:batch_get(keys, { projection = "v", in_flight = roll(4) })
      local left = {}
      for _, key in ipairs(err.unprocessed or {}) do
        left[key.id] = true
      end
      assert.equal(items == nil, message ~= nil)
      items = items or err.items
      for i, key in ipairs(keys) do
        local there = i % 3 > 0 and not left[key]
        assert.same(there and { v = "v" .. i } or nil, items[i], key)
      end
    end
    db:close()
    paced:close()
  end)
end)
