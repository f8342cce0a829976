-- SPDX-License-Identifier: MIT
-- Batches side by side, over a transport that lets others go on while it waits.
local dynamo = require "dynamo"
local fake_client = require "support.fake_client"
local loops = require "dynamo.loop"
local service = require "support.batch_service"

local TURNS = 50 -- of the loop that a request takes, however fast the machine is

-- Waits that many turns, where that lets others go on.
local function take_turns()
  for _ = 1, loops.is_blocking() and 0 or TURNS do
    loops.wait(nil, nil, 0)
  end
end

-- Returns a table whose requests each take some turns of the loop, and what was seen of them: how many were
-- under way at most, and all that was written, in order.
local function slow_table(answer, extensions)
  local seen = { now = 0, most = 0, count = 0, bodies = {} }
  local function step(request, fake)
    seen.now, seen.count = seen.now + 1, seen.count + 1
    seen.most = math.max(seen.most, seen.now)
    seen.bodies[seen.count] = request.body
    take_turns()
    seen.now = seen.now - 1
    if not answer then return service.DONE end
    return answer(request, fake, seen)
  end
  local db = fake_client.new { step }
  return db:table("Users", { key = { "id" }, extensions = extensions }), seen
end

describe("several batches", function()
  it("are under way, as many as is said", function()
    local users, seen = slow_table()
    assert(users:batch_write({ put = service.items(1, 250) }, { in_flight = 3 }))
    assert.are.same({ 3, 10 }, { seen.most, seen.count })
    assert(users:batch_get((function()
      local keys = {}
      for id = 1, 500 do
        keys[id] = id
      end
      return keys
    end)()))
    assert.are.equal(15, seen.count)
  end)

  it("of a writer are under way while its function gives more", function()
    local users, seen = slow_table()
    local given_at = {}
    local done, _, info = users:writer({ in_flight = 4 }, function(w)
      for id = 1, 500 do
        w:put { id = id }
        given_at[id] = seen.count
      end
    end)
    assert.is_true(done)
    assert.are.same({ 500, 4, 20 }, { info.done, seen.most, seen.count })
    assert.is_true(given_at[200] < given_at[400])
    assert.is_true(given_at[400] < 20)
  end)

  it("keep no more than they may in memory", function()
    local users, seen = slow_table()
    local most, given = 0, 0
    assert(users:writer({ in_flight = 2 }, function(w)
      for id = 1, 300 do
        w:put { id = id }
        given = id
        most = math.max(most, given - 25 * (seen.count - seen.now))
      end
    end))
    assert.is_true(most <= 3 * 25)
  end)

  it("are sent one after the other where nothing can yield", function()
    local users, seen = slow_table()
    local generator = coroutine.wrap(function()
      return users:writer({ in_flight = 1 }, function(w)
        for id = 1, 60 do
          w:put { id = id }
        end
      end)
    end)
    assert.is_true(generator())
    assert.are.same({ 1, 3 }, { seen.most, seen.count })
  end)

  -- Calls f where a coroutine cannot be suspended: within a function of C.
  local function within_c(f)
    ("x"):gsub("x", function()
      f()
    end)
  end

  it("are sent there and then where the one who gives cannot wait", function()
    local users, seen = slow_table()
    local done, _, info = users:writer({ in_flight = 2 }, function(w)
      within_c(function()
        for id = 1, 130 do
          w:put { id = id }
        end
      end)
      for id = 131, 200 do
        assert(pcall(w.put, w, { id = id }))
      end
    end)
    assert.is_true(done)
    assert.are.same({ 200, 8, 0 }, { info.done, seen.count, seen.now })
  end)

  it("are not waited for where one cannot wait, and then come back as unknown", function()
    local answered, is_closed = 0, false
    local users = slow_table(function()
      answered = answered + 1
      while not is_closed do
        loops.wait(nil, nil, 0.001)
      end
      return service.DONE
    end)
    local w = users:writer { in_flight = 2 }
    local done, err
    assert(dynamo.together {
      function()
        for id = 1, 50 do
          w:put { id = id }
        end
      end,
      function()
        while answered < 2 do
          loops.wait(nil, nil, 0.001)
        end
        within_c(function()
          local _
          done, _, err = w:close()
        end)
        is_closed = true
      end,
    })
    assert.is_nil(done)
    assert.are.same({ "config", "CannotWait" }, { err.kind, err.code })
    assert.are.same({ 50, 0 }, { #err.unknown.put, #err.unprocessed.put })
  end)

  it("of a writer without a function are under way together", function()
    local users, seen = slow_table()
    local w = users:writer { in_flight = 4 }
    for id = 1, 210 do
      w:put { id = id }
    end
    assert.are.equal(8, seen.count)
    assert.is_true(w:close())
    assert.are.same({ 4, 9 }, { seen.most, seen.count })
  end)

  it("take writes of many coroutines", function()
    local users, seen = slow_table()
    local done, _, info = users:writer({ in_flight = 3 }, function(w)
      assert(dynamo.each({ 1, 2, 3, 4, 5 }, function(hundred)
        for i = 1, 60 do
          w:put { id = hundred * 100 + i }
        end
      end))
    end)
    assert.is_true(done)
    assert.are.same({ 300, 3 }, { info.done, seen.most })
    local shared = users:writer { in_flight = 2 }
    assert(dynamo.each({ 1, 2, 3 }, function(hundred)
      for i = 1, 70 do
        assert(shared:put { id = hundred * 100 + i })
      end
    end))
    assert.is_true(shared:close())
    assert.are.equal(210, (select(3, shared:close())).done)
  end)

  it("work within together, and the others go on", function()
    local users, seen = slow_table()
    local results = assert(dynamo.together {
      function()
        return users:batch_write({ put = service.items(1, 100) }, { in_flight = 2 })
      end,
      function()
        return users:writer({ in_flight = 2 }, function(w)
          for id = 101, 200 do
            w:put { id = id }
          end
        end)
      end,
    })
    assert.are.same({ true, true, n = 2 }, results)
    assert.is_true(seen.most > 2 and seen.most <= 4)
  end)

  it("never has two writes of one key under way, and the last one wins", function()
    local stored, flying = {}, {}
    local users = slow_table(function(request)
      for id, n in request.body:gmatch '"id":{"N":"(%d+)"},"n":{"N":"(%d+)"}' do
        assert.is_true(tonumber(n) > (stored[id] or 0))
        stored[id] = tonumber(n)
        assert.is_nil(flying[id])
      end
      return service.DONE
    end)
    local _, message, info = users:writer({ in_flight = 4 }, function(w)
      for n = 1, 400 do
        w:put { id = n % 7, n = n }
        w:put { id = 1000 + n, n = n }
      end
    end)
    assert.is_nil(message)
    assert.are.equal(800, info.done + info.folded)
    for id = 0, 6 do
      local last = 400 - (400 - id) % 7
      assert.are.equal(last, stored[tostring(id)])
    end
  end)

  it("end where one fails, and none is begun any more", function()
    local refused = { status = 400, body = '{"__type":"x#ValidationException","message":"no"}' }
    local users, seen = slow_table(function(_, _, seen)
      return seen.count == 3 and refused or service.DONE
    end)
    local done, _, err = users:batch_write({ put = service.items(1, 500) }, { in_flight = 2 })
    assert.is_nil(done)
    assert.is_true(seen.count <= 5)
    assert.are.equal(500, err.done + #err.unprocessed.put + #err.unknown.put)
  end)

  it("end when they are cancelled", function()
    local stop = dynamo.canceller()
    local users = slow_table(function(_, _, seen)
      if seen.count == 4 then stop:cancel() end
      return service.DONE
    end)
    local done, _, err = users:writer({ in_flight = 2, cancel = stop }, function(w)
      for id = 1, 500 do
        w:put { id = id }
      end
    end)
    assert.is_nil(done)
    assert.are.same({ "cancelled", "Cancelled" }, { err.kind, err.code })
    assert.is_true(err.done < 500 and #err.unprocessed.put > 0)
  end)

  it("raise what an extension raises, once all have ended", function()
    local boom = {}
    local body = '{"Responses":{"Users":[{"id":{"N":"1"}}]}}'
    local own = { name = "own" }
    function own.after_read()
      error(boom)
    end
    local users, seen = slow_table(function(request)
      return request.body:find '"N":"1"}' and { status = 200, body = body } or service.DONE
    end, { own })
    local keys = {}
    for id = 1, 500 do
      keys[id] = id
    end
    local ok, raised = pcall(users.batch_get, users, keys, { in_flight = 2 })
    assert.are.same({ false, 0 }, { ok, seen.now })
    assert.are.equal(boom, raised)
    assert.is_true(seen.count < 5)
  end)

  it("tell how far they are", function()
    local users = slow_table(function(_, fake)
      fake.clock = fake.clock + 0.3
      return service.DONE
    end)
    local told = {}
    local function progress(done, total, _, is_over)
      told[#told + 1] = ("%d/%s%s"):format(done, tostring(total), is_over and "." or "")
    end
    assert(
      users:batch_write({ put = service.items(1, 60) }, { in_flight = 1, progress = progress })
    )
    assert.are.equal("25/60 50/60 60/60 60/60.", table.concat(told, " "))
    told = {}
    local _, _, info = users:batch_get({ 1 }, {
      progress = function()
        error "not obeyed"
      end,
    })
    assert.are.equal(2, info.hook_failures)
    assert(users:writer({ progress = progress }, function(w)
      w:put { id = 1 }
    end))
    assert.are.equal("1/nil 1/nil.", table.concat(told, " "))
  end)
end)

describe("a flush", function()
  it("waits for all that is under way, of every coroutine that gives", function()
    local users, seen = slow_table()
    local count
    assert(users:writer({ in_flight = 4 }, function(w)
      for id = 1, 110 do
        w:put { id = id }
      end
      w:flush()
      count = seen.count - seen.now
      for id = 111, 120 do
        w:put { id = id }
      end
    end))
    assert.are.same({ 5, 6 }, { count, seen.count })
  end)

  it("of two coroutines ends for each once all is settled", function()
    local users, seen = slow_table()
    local w, after = users:writer { in_flight = 4 }, {}
    local function give(first)
      return function()
        for id = first, first + 9 do
          w:put { id = id }
        end
        assert(w:flush())
        after[#after + 1] = seen.now
      end
    end
    assert(dynamo.together { give(1), give(101), give(201) })
    assert.are.same({ 0, 0, 0 }, after)
    assert(w:close())
  end)
end)
