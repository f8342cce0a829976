-- SPDX-License-Identifier: MIT
-- Queries and scans over a service that fails: what is handed out before a failure and what follows from
-- its cursor, with another client, are together each item exactly once.
local chaos = require "support.fault.chaos"
local dynamo = require "dynamo"
local fault = require "support.fault"
local fault_client = require "support.fault.client"
local nap = require "support.nap"
local scale = require "support.scale"

local TABLE = "Pages"
local ITEMS, PAGE = 33, 5
local PAGES = math.ceil(ITEMS / PAGE)
local GROUP = { ["#g"] = "group" }
local ROUNDS = scale(60)

-- What may happen to a page, to a client that does not ask again.
local FAULTS = {
  ["an error that stays"] = { error = { code = "AccessDeniedException", message = "no" } },
  ["an error that passes"] = { error = { code = "InternalServerError", message = "no" } },
  ["a throttle"] = { error = { code = "ThrottlingException", message = "slow down" } },
  ["a connection lost before the response"] = { cut = 0, close = "rst" },
  ["a response that is cut"] = { cut = 300, close = "fin" },
  ["a damaged response"] = { response = { crc = "1" } },
  ["half a response"] = { response = { body = '{"Items":[{"id":{"S":"forged"}}' } },
}

describe("reading page by page", function()
  local server

  setup(function()
    server = fault.start()
    server:requests {}
    local db, paced = fault_client.new(server)
    local things = db:table(TABLE, { key = { "id" } })
    for i = 1, ITEMS do
      assert(things:put { id = ("g-%03d"):format(i), group = "a", n = i })
      assert(things:put { id = ("x-%03d"):format(i), group = "b", n = i })
    end
    db:close()
    paced:close()
  end)
  teardown(function()
    server:stop()
  end)

  -- Calls f with a table of a new client.
  local function with_table(options, f)
    local db, paced = fault_client.new(server, options)
    f(db:table(TABLE, { key = { "id" } }))
    db:close()
    paced:close()
  end

  -- Reads what a result has; returns its error, nil at its end. Each n must be new.
  local function read(result, seen)
    local item, message, err
    repeat
      item, message, err = result:next()
      if item then
        assert.is_nil(seen[item.n], "twice")
        seen[item.n], seen.count = true, (seen.count or 0) + 1
      end
    until item == nil
    assert.equal(message, err and err.message)
    assert.equal(err, result:failure())
    return err
  end

  -- The ways to read the items of the group "a": function(table, cursor) -> result.
  local function query(descending)
    return function(things, cursor)
      return things:query(
        "#g = ?",
        "a",
        { names = GROUP, page_size = PAGE, descending = descending, cursor = cursor }
      )
    end
  end
  local function scan(segments)
    return function(things, cursor)
      return things:scan {
        filter = { "#g = ?", "a" },
        names = GROUP,
        page_size = PAGE,
        segments = segments,
        cursor = cursor,
      }
    end
  end

  for what, exchange in pairs(FAULTS) do
    for name, of in pairs { query = query(), ["query backwards"] = query(true) } do
      it(("a %s goes on after %s, on any page"):format(name, what), function()
        for page = 1, PAGES do
          local exchanges, seen, err = {}, {}, nil
          for i = 1, page - 1 do
            exchanges[i] = {}
          end
          exchanges[page] = exchange
          server:requests(exchanges)
          with_table({ max_attempts = 1 }, function(things)
            err = read(of(things), seen)
          end)
          assert.is_string(err and err.cursor)
          assert.equal((page - 1) * PAGE, seen.count or 0)
          with_table(nil, function(things)
            assert.is_nil(read(of(things, err.cursor), seen))
          end)
          assert.equal(ITEMS, seen.count)
        end
      end)
    end
  end

  it("a page that is followed by itself ends it, and its place is kept", function()
    for page = 2, PAGES do
      local exchanges, seen, err = {}, {}, nil
      for i = 1, page - 1 do
        exchanges[i] = {}
      end
      local last = ("g-%03d"):format((page - 1) * PAGE)
      local body = ('{"Items":[],"LastEvaluatedKey":{"id":{"S":"%s"}}}'):format(last)
      exchanges[page] = { response = { body = body } }
      server:requests(exchanges)
      with_table(nil, function(things)
        err = read(query()(things), seen)
      end)
      assert.same({ "integrity", "RepeatedPosition" }, { err.kind, err.code })
      with_table(nil, function(things)
        assert.is_nil(read(query()(things, err.cursor), seen))
      end)
      assert.equal(ITEMS, seen.count)
    end
  end)

  for _, segments in ipairs { 1, 4 } do
    it(("a scan in %d segments goes on after any request that failed"):format(segments), function()
      for at = 1, 2 * PAGES do
        local exchanges, seen, err = {}, {}, nil
        for i = 1, at - 1 do
          exchanges[i] = {}
        end
        exchanges[at] = FAULTS["an error that stays"]
        server:requests(exchanges)
        with_table(nil, function(things)
          err = read(scan(segments)(things), seen)
        end)
        if err then
          with_table(nil, function(things)
            assert.is_nil(read(scan()(things, err.cursor), seen))
          end)
        end
        assert.equal(ITEMS, seen.count)
      end
    end)
  end

  for what, o in pairs {
    ["a scan"] = {},
    ["a page asked for ahead"] = { prefetch = true },
    ["segments"] = { segments = 3 },
    ["segments asked for ahead"] = { segments = 3, prefetch = true },
  } do
    it("goes on after it was cancelled: " .. what, function()
      local sent, stop, seen, err = 0, dynamo.canceller(), {}, nil
      local function count()
        sent = sent + 1
      end
      local db = fault_client.new(server, { real = true, hooks = { before_send = count } })
      local asked = { page_size = PAGE, cancel = stop, filter = { "#g = ?", "a" }, names = GROUP }
      for name, value in pairs(o) do
        asked[name] = value
      end
      server:requests { {}, {}, {}, { stall = 0 } }
      assert(dynamo.together {
        function()
          err = read(db:table(TABLE, { key = { "id" } }):scan(asked), seen)
        end,
        function()
          local wait = nap(0.001)
          repeat
            wait()
          until sent >= 4
          stop:cancel()
        end,
      })
      db:close()
      assert.same({ "cancelled", "Cancelled" }, { err.kind, err.code })
      server:requests {}
      with_table(nil, function(things)
        assert.is_nil(read(scan()(things, err.cursor), seen))
      end)
      assert.equal(ITEMS, seen.count)
    end)
  end

  it("waits out what passes", function()
    local passing, exchanges = FAULTS["an error that passes"], {}
    for i = 1, 20 do
      exchanges[i] = i % 2 == 1 and passing or {}
    end
    server:requests(exchanges)
    with_table(nil, function(things)
      local seen = {}
      local result = query()(things)
      assert.is_nil(read(result, seen))
      assert.equal(ITEMS, seen.count)
      assert.same({ PAGES, 2 * PAGES }, { result:info().pages, result:info().attempts })
      assert.equal(ITEMS, (scan(3)(things):count()))
    end)
  end)

  it(
    ("comes to the end under random faults, %d times, seed %d"):format(ROUNDS, chaos.SEED),
    function()
      local roll, failures = chaos.dice(chaos.SEED), 0
      local ways = { query(), query(true), scan(), scan(3), scan(7) }
      for round = 1, ROUNDS do
        local of, seen, cursor, err = ways[roll(#ways)], {}, nil, nil
        local goes = 0
        repeat
          local exchanges = {}
          for _ = 1, goes < 20 and 8 or 0 do
            for _, exchange in ipairs(chaos.plan(roll)) do
              exchanges[#exchanges + 1] = exchange
            end
          end
          server:requests(exchanges)
          with_table({ attempt_timeout = 0.05 }, function(things)
            err = read(of(things, cursor), seen)
          end)
          cursor, goes = err and err.cursor, goes + 1
          if err then failures = failures + 1 end
        until not err or goes > 40
        assert.is_nil(err, round)
        assert.equal(ITEMS, seen.count)
      end
      assert.is_true(failures > 0 or ROUNDS < 20)
    end
  )
end)
