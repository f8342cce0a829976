-- SPDX-License-Identifier: MIT
local cache = require "dynamo.credentials.cache"
local fake_transport = require "support.fake_transport"

local NOW = fake_transport.new({}):now()

-- Returns a holder whose transport waits by yielding, and the transport.
local function holder_of(more)
  local clock = fake_transport.new {}
  local sleep = clock.sleep
  function clock.sleep(self, seconds)
    if coroutine.running() and not self.blocking then coroutine.yield() end
    sleep(self, seconds)
  end
  for name, value in pairs(more or {}) do
    clock[name] = value
  end
  return { transport = clock }, clock
end

local function keys(n, ends)
  return {
    access_key_id = "A" .. n,
    secret_access_key = "s" .. n,
    session_token = "t" .. n,
    expires_at = ends,
  }
end

-- Returns a fetch function that gives numbered keys which live for `life` seconds (nil: for ever),
-- and a record of its calls; record.failing makes it fail, record.before runs first.
local function source(clock, life)
  local record = { calls = 0, asks = {} }
  return function(_, ask)
    record.calls = record.calls + 1
    record.asks[record.calls] = ask
    local n = record.calls
    if record.before then record.before() end
    if record.failing then return nil, record.failing end
    return keys(n, life and clock:now() + life)
  end,
    record
end

-- Runs functions as coroutines, round and round, until all have ended; raises what they raise.
local function run(functions, on_round)
  local threads = {}
  for i, f in ipairs(functions) do
    threads[i] = coroutine.create(f)
  end
  for _ = 1, 1000000 do
    local alive = false
    for _, thread in ipairs(threads) do
      if coroutine.status(thread) ~= "dead" then
        alive = true
        assert(coroutine.resume(thread))
      end
    end
    if not alive then return end
    if on_round then on_round() end
  end
  error("the coroutines do not end")
end

describe("a cache of credentials without an end", function()
  it("keeps those of our own sources", function()
    local holder, clock = holder_of()
    local fetch, record = source(clock)
    local kept = cache.new(fetch, true)
    local set = kept:get(holder)
    assert.are.equal("A1", set.access_key_id)
    assert.are.equal(set, kept:get(holder))
    assert.are.equal(1, record.calls)
    assert.are.equal("A2", kept:get(holder, nil, true).access_key_id)
  end)

  it("asks others each time", function()
    local holder, clock = holder_of()
    local fetch, record = source(clock)
    local kept = cache.new(fetch, false)
    for n = 1, 3 do
      assert.are.equal("A" .. n, kept:get(holder).access_key_id)
    end
    record.failing = "sealed"
    local set, err = kept:get(holder)
    assert.is_nil(set)
    assert.are.same({ "ProviderFailed", "ProviderFailed: sealed" }, { err.code, err.message })
  end)

  it("gives one set while what is said stays the same", function()
    local given = keys(1)
    local kept = cache.new(function()
      return given
    end, false)
    local set = kept:get((holder_of()))
    assert.are.equal(set, kept:get((holder_of())))
    given.secret_access_key = "other"
    assert.are_not.equal(set, kept:get((holder_of())))
    assert.are.equal("s1", set.secret_access_key)
  end)

  it("passes on what is asked for", function()
    local holder, clock = holder_of()
    local fetch, record = source(clock)
    local kept = cache.new(fetch, false)
    kept:get(holder, 123)
    kept:get(holder, 124, true)
    assert.are.same({ { deadline = 123 }, { deadline = 124, refresh = true } }, record.asks)
  end)
end)

describe("a cache of credentials that end", function()
  -- life; seconds before the end from which one renews, and from which all wait
  local lives = { { 21600, 900, 600 }, { 3600, 900, 600 }, { 1200, 300, 200 }, { 12, 3, 2 } }
  for _, case in ipairs(lives) do
    local life, advisory, mandatory = case[1], case[2], case[3]
    it(
      ("renews those of %d s from %d s before it, at the latest %d s"):format(
        life,
        advisory,
        mandatory
      ),
      function()
        local holder, clock = holder_of()
        local fetch, record = source(clock, life)
        local kept = cache.new(fetch, false)
        local first = kept:get(holder)
        clock.wall = clock.wall + life - advisory - 1
        assert.are.equal(first, kept:get(holder))
        assert.are.equal(1, record.calls)

        record.failing = "sealed" -- in the advisory window, the old ones are used
        clock.wall = clock.wall + 1
        assert.are.equal(first, kept:get(holder))
        assert.are.equal(2, record.calls)
        assert.are.equal(first, kept:get(holder)) -- and it is quiet for a while
        assert.are.equal(2, record.calls)

        clock.wall = first.expires_at - mandatory -- in the mandatory window, it is an error
        for calls = 3, 4 do
          local set, err = kept:get(holder)
          assert.is_nil(set)
          assert.are.equal("ProviderFailed: sealed", err.message)
          assert.are.equal(calls, record.calls)
        end
        record.failing = nil
        assert.are.equal("A5", kept:get(holder).access_key_id)
      end
    )
  end

  it("tries again ten seconds after a failure in the advisory window", function()
    local holder, clock = holder_of()
    local fetch, record = source(clock, 3600)
    local kept = cache.new(fetch, false)
    kept:get(holder)
    clock.wall, record.failing = clock.wall + 2800, "sealed"
    kept:get(holder)
    clock.wall = clock.wall + 9
    kept:get(holder)
    assert.are.equal(2, record.calls)
    clock.wall, record.failing = clock.wall + 1, nil
    assert.are.equal("A3", kept:get(holder).access_key_id)
  end)

  it("renews early within half of the call's time, and ten seconds", function()
    for left, given in pairs { [8] = 4, [60] = 10 } do
      local holder, clock = holder_of()
      local fetch, record = source(clock, 3600)
      local kept = cache.new(fetch, false)
      kept:get(holder)
      clock.wall = clock.wall + 2800
      kept:get(holder, clock:monotonic() + left)
      assert.are.equal(clock:monotonic() + given, record.asks[2].deadline)
    end
  end)

  it("refuses new ones that are old", function()
    for _, ends in ipairs { NOW - 1, NOW } do
      local holder = holder_of()
      local set, err = cache
        .new(function()
          return keys(1, ends)
        end, true)
        :get(holder)
      assert.is_nil(set)
      assert.are.same({ "credentials", "ExpiredCredentials" }, { err.kind, err.code })
    end
  end)

  it("fetches anew, once, those that were refused", function()
    local holder, clock = holder_of()
    local fetch, record = source(clock, 3600)
    local kept = cache.new(fetch, false)
    local first = kept:get(holder)
    local second = kept:get(holder, nil, first)
    assert.are.equal("A2", second.access_key_id)
    assert.is_true(record.asks[2].refresh)
    assert.are.equal(second, kept:get(holder, nil, first)) -- a caller who comes late
    assert.are.equal(2, record.calls)
    assert.are.equal("A3", kept:get(holder, nil, true).access_key_id)
    record.failing = "sealed"
    local set, err = kept:get(holder, nil, true)
    assert.is_nil(set) -- not the ones that were refused
    assert.are.equal("ProviderFailed: sealed", err.message)
  end)
end)

describe("callers at one time", function()
  -- What one coroutine reads is never a mix of two sets, and each set is fetched once.
  it("share one fetch an expiry: 100 of them, 10,000 reads", function()
    local holder, clock = holder_of()
    local fetch, record = source(clock, 3600)
    record.before = function()
      for _ = 1, 3 do
        coroutine.yield()
      end
    end
    local kept, reads, sets = cache.new(fetch, false), 0, {}
    local function reader()
      for _ = 1, 100 do
        local set = assert(kept:get(holder, clock:monotonic() + 30))
        local n = set.access_key_id:match("%d+")
        assert(set.secret_access_key == "s" .. n and set.session_token == "t" .. n, "a mixed set")
        assert(set.token_header[2] == "t" .. n and set.secrets[2] == "t" .. n, "a mixed set")
        assert(set.expires_at > clock:now(), "an expired set")
        reads, sets[n] = reads + 1, true
        coroutine.yield()
      end
    end
    local readers = {}
    for i = 1, 100 do
      readers[i] = reader
    end
    run(readers, function()
      clock.wall = clock.wall + 60
    end)
    assert.are.equal(10000, reads)
    assert.is_true(record.calls >= 2 and record.calls <= 4, record.calls .. " fetches")
    local different = 0
    for _ in pairs(sets) do
      different = different + 1
    end
    assert.are.equal(record.calls, different)
  end)

  it("share a failure, and the next one tries again", function()
    local holder, clock = holder_of()
    local fetch, record = source(clock, 3600)
    record.failing, record.before = "sealed", function()
      coroutine.yield()
    end
    local kept, errs = cache.new(fetch, false), {}
    local callers = {}
    for i = 1, 100 do
      callers[i] = function()
        errs[i] = select(2, kept:get(holder))
      end
    end
    run(callers)
    assert.are.equal(1, record.calls)
    for i = 1, 100 do
      assert.are.equal("credentials", errs[i].kind)
      assert.are.equal("ProviderFailed: sealed", errs[i].message)
      for j = 1, i - 1 do
        assert.is_false(rawequal(errs[i], errs[j]))
      end -- each may note its own
    end
    record.failing = nil
    run {
      function()
        assert.are.equal("A2", kept:get(holder).access_key_id)
      end,
    }
  end)

  it("share a forced fetch", function()
    local holder, clock = holder_of()
    local fetch, record = source(clock, 3600)
    local kept = cache.new(fetch, false)
    local first = kept:get(holder)
    record.before = function()
      coroutine.yield()
    end
    local callers, got = {}, {}
    for i = 1, 100 do
      callers[i] = function()
        got[i] = kept:get(holder, nil, first)
      end
    end
    run(callers)
    assert.are.equal(2, record.calls)
    for i = 1, 100 do
      assert.are.equal("A2", got[i].access_key_id)
    end
  end)

  it("use the old ones while another renews them early", function()
    local holder, clock = holder_of()
    local fetch, record = source(clock, 3600)
    local kept = cache.new(fetch, false)
    kept:get(holder)
    clock.wall = clock.wall + 2800
    record.before = function()
      coroutine.yield()
    end
    local order = {}
    local function caller()
      local id = kept:get(holder).access_key_id
      order[#order + 1] = id
    end
    run { caller, caller }
    assert.are.same({ "A1", "A2" }, order)
    assert.are.equal(0, #clock.sleeps)
  end)

  -- Starts a fetch that hangs, in a coroutine that nobody resumes; returns that.
  local function hang(kept, holder, deadline)
    local thread = coroutine.create(function()
      kept:get(holder, deadline)
    end)
    assert(coroutine.resume(thread))
    return thread
  end

  local function hanging(life)
    local holder, clock = holder_of()
    local fetch, record = source(clock, life)
    return cache.new(fetch, false), holder, clock, record
  end

  local function forever()
    while true do
      coroutine.yield()
    end
  end

  it("wait for another's fetch until their deadline, and no longer", function()
    local kept, holder, clock, record = hanging(3600)
    record.before = forever
    local thread = hang(kept, holder, clock:monotonic() + 60)
    run {
      function()
        local started = clock:monotonic()
        local set, err = kept:get(holder, started + 5)
        assert.is_nil(set)
        assert.are.same({ "credentials", "CredentialsTimeout" }, { err.kind, err.code })
        assert.is_true(math.abs(clock:monotonic() - started - 5) < 1e-6)
      end,
    }
    assert.are.equal("suspended", coroutine.status(thread))
    assert.are.equal(1, record.calls)
  end)

  it("use old ones that are still good when their deadline comes", function()
    local kept, holder, clock, record = hanging(3600)
    local first = kept:get(holder)
    clock.wall, record.before = clock.wall + 3100, forever
    local thread = hang(kept, holder, clock:monotonic() + 60)
    run {
      function()
        assert.are.equal(first, kept:get(holder, clock:monotonic() + 5))
        local set, err = kept:get(holder, clock:monotonic() + 5, first)
        assert.is_nil(set)
        assert.are.equal("CredentialsTimeout", err.code)
      end,
    }
    assert.are.equal("suspended", coroutine.status(thread))
  end)

  it("take over from who is out of time", function()
    local kept, holder, clock, record = hanging(3600)
    record.before = forever
    local thread = hang(kept, holder, clock:monotonic() + 5)
    record.before = nil
    run {
      function()
        assert.are.equal("A2", kept:get(holder, clock:monotonic() + 30).access_key_id)
      end,
    }
    assert(coroutine.resume(thread)) -- it gives up by itself, and changes nothing
    assert.are.equal("dead", coroutine.status(thread))
    assert.are.equal("A2", kept:get(holder).access_key_id)
    assert.are.equal(2, record.calls)
  end)

  it("do not have what arrives too late put in their place", function()
    local kept, holder, clock, record = hanging(3600)
    record.before = function()
      coroutine.yield()
    end
    local late
    local thread = coroutine.create(function()
      late = kept:get(holder, clock:monotonic() + 5)
    end)
    assert(coroutine.resume(thread))
    clock.clock, record.before = clock.clock + 6, nil
    assert.are.equal("A2", kept:get(holder).access_key_id)
    assert(coroutine.resume(thread))
    assert.are.equal("A1", late.access_key_id)
    assert.are.equal("A2", kept:get(holder).access_key_id)
  end)

  it("take over at once from who is dead", function()
    local kill = rawget(coroutine, "close")
    if not kill then return pending "nothing kills a coroutine on this runtime" end
    local kept, holder, clock, record = hanging(3600)
    record.before = forever
    kill(hang(kept, holder, clock:monotonic() + 60))
    record.before = nil
    run {
      function()
        assert.are.equal("A2", kept:get(holder).access_key_id)
      end,
    }
    assert.are.equal(0, #clock.sleeps)
  end)

  it("do not wait where waiting blocks the coroutine waited for", function()
    local holder, clock = holder_of { blocking = true }
    local fetch, record = source(clock, 3600)
    local kept = cache.new(fetch, false)
    record.before = forever
    hang(kept, holder, clock:monotonic() + 60)
    record.before = nil
    assert.are.equal("A2", kept:get(holder).access_key_id)
    assert.are.equal(0, #clock.sleeps)
  end)
end)

describe("a provider that", function()
  local function get(f, deadline)
    local holder = holder_of()
    return cache.new(f, false):get(holder, deadline)
  end

  local bad = {
    ["raises a text"] = {
      function()
        error("hunter2")
      end,
      "at .*cache_spec.lua:%d+$",
    },
    ["raises a table"] = {
      function()
        error({ "hunter2" })
      end,
      "raised an error$",
    },
    ["raises without a place"] = {
      function()
        error("hunter2", 0)
      end,
      "raised an error$",
    },
    ["returns nothing"] = { function() end, "returned a nil" },
    ["returns a string"] = {
      function()
        return "hunter2"
      end,
      "returned a string",
    },
    ["returns false"] = {
      function()
        return false, {}
      end,
      "returned a boolean",
    },
    ["returns too little"] = {
      function()
        return { access_key_id = "A" }
      end,
      "is missing",
    },
    ["returns nil, message"] = {
      function()
        return nil, "vault is sealed"
      end,
      "vault is sealed",
    },
    ["returns a line end"] = {
      function()
        return { access_key_id = "A", secret_access_key = "hunter2\n" }
      end,
      "secret_access_key holds a character",
    },
    ["returns an end that is none"] = {
      function()
        return { access_key_id = "A", secret_access_key = "s", expires_at = "soon" }
      end,
      "expires_at must be a number",
    },
  }
  for name, case in pairs(bad) do
    it(name .. " is an error", function()
      local set, err = get(case[1])
      assert.is_nil(set)
      assert.are.equal("credentials", err.kind)
      assert.matches(case[2], err.message)
      assert.is_nil(tostring(err):find("hunter2"))
    end)
  end

  it("raises after it yielded is an error, and the next caller asks anew", function()
    local holder, clock = holder_of()
    local fetch, record = source(clock, 3600)
    local kept = cache.new(fetch, false)
    record.before = function()
      coroutine.yield()
      error("hunter2")
    end
    run {
      function()
        local set, err = kept:get(holder)
        assert.is_nil(set)
        assert.are.equal("ProviderFailed", err.code)
      end,
    }
    record.before = nil
    assert.are.equal("A2", kept:get(holder).access_key_id)
  end)

  it("yields for ever is given up at the deadline", function()
    local holder, clock = holder_of()
    run({
      function()
        local set, err = cache
          .new(function()
            while true do
              coroutine.yield()
            end
          end, false)
          :get(holder, clock:monotonic() + 5)
        assert.is_nil(set)
        assert.are.equal("CredentialsTimeout", err.code)
        assert.are.equal(105, clock:monotonic())
      end,
    }, function()
      clock.clock = clock.clock + 1
    end)
  end)

  it("yields outside of any coroutine is an error", function()
    if coroutine.running() and not coroutine.isyieldable then
      return pending "the tests run in a coroutine here"
    end
    local set, err = get(coroutine.yield)
    assert.is_nil(set)
    assert.matches("only inside of a coroutine", err.message)
  end)

  it("returns an error of ours keeps it", function()
    local errors = require "dynamo.error"
    local ours = errors.new { kind = "credentials", code = "NoCredentials", message = "none" }
    assert.are.equal(
      ours,
      select(
        2,
        get(function()
          return nil, "none", ours
        end)
      )
    )
  end)
end)
