-- SPDX-License-Identifier: MIT
-- The writer: what it takes, when it sends, and what it hands back.
local dynamo = require "dynamo"
local service = require "support.batch_service"

local REFUSED = { status = 400, body = '{"__type":"x#ValidationException","message":"no"}' }

local function ids(list)
  local texts = {}
  for i, item in ipairs(list) do
    texts[i] = item.id
  end
  return table.concat(texts, " ")
end

-- Asserts that `f` raises at a line of this file, and returns the message.
local function misuse(f)
  local ok, message = pcall(f)
  assert.is_false(ok)
  return (assert(message:match "^[^\n]*table_batch_writer_spec%.lua:%d+: (.*)$", message))
end

describe("users:writer with a function", function()
  it("sends what that gives, 25 at a time, and the rest at the end", function()
    local users, sent, fake = service.new()
    local done, message, info = users:writer({}, function(w)
      for id = 1, 60 do
        assert.is_true(w:put { id = id })
      end
      w:delete(61)
    end)
    assert.is_true(done)
    assert.is_nil(message)
    assert.are.same({ 61, 0, 3 }, { info.done, info.folded, info.requests })
    assert.are.equal(3, #fake.requests)
    assert.are.equal(25, #sent[1].Users)
    assert.are.same({ Key = { id = { N = "61" } } }, sent[3].Users[11].DeleteRequest)
  end)

  it("needs no options", function()
    local users = service.new()
    assert.is_true(users:writer(function(w)
      w:put { id = 1 }
    end))
  end)

  it("writes down an item when it is given", function()
    local users, sent = service.new()
    assert(users:writer(function(w)
      local item = {}
      for id = 1, 3 do
        item.id = id
        w:put(item)
      end
    end))
    for id = 1, 3 do
      assert.are.equal(tostring(id), sent[1].Users[id].PutRequest.Item.id.N)
    end
  end)

  it("raises again what that raises, once what was given is done", function()
    local users, sent = service.new()
    local boom, kept = {}, nil
    local ok, raised = pcall(users.writer, users, {}, function(w)
      kept = w
      w:put { id = 1 }
      error(boom)
    end)
    assert.is_false(ok)
    assert.are.equal(boom, raised)
    assert.are.equal(1, #sent[1].Users)
    assert.are.same({ { put = {}, delete = {} }, { put = {}, delete = {} } }, { kept:unsent() })
    assert.is_true(kept:close())
  end)

  it("keeps what could not be sent when that raises", function()
    local users = service.new { REFUSED }
    local kept
    local ok, raised = pcall(users.writer, users, {}, function(w)
      kept = w
      w:put { id = 1 }
      w:delete(2)
      error("boom", 0)
    end)
    assert.is_false(ok)
    assert.are.equal("boom", raised)
    local undone = kept:unsent()
    assert.are.same({ put = { { id = 1 } }, delete = { { id = 2 } } }, undone)
    local done, _, err = kept:close()
    assert.is_nil(done)
    assert.are.equal("ValidationException", err.code)
  end)

  it("ends that at a bad item, which comes back", function()
    local users, sent = service.new()
    local bad, after = { id = 2, a = 0 / 0 }, false
    local done, message, err = users:writer({}, function(w)
      w:put { id = 1 }
      w:put(bad)
      after = true
    end)
    assert.is_nil(done)
    assert.are.equal(
      "Item.a: NaN is not a DynamoDB number; leave it out or use dynamo.null",
      message
    )
    assert.are.same({ "validation", "Item.a" }, { err.kind, err.path })
    assert.is_false(after)
    assert.are.equal(bad, err.unprocessed.put[1])
    assert.are.same({ 1, 1 }, { #sent[1].Users, err.done })
  end)

  it("lets that go on after a bad item that it looked after", function()
    local users = service.new()
    local done, _, info = users:writer({}, function(w)
      local ok, err = pcall(w.put, w, { a = 1 })
      assert.is_false(ok)
      assert.are.equal("Item.id", err.path)
      w:put { id = 2 }
    end)
    assert.is_true(done)
    assert.are.equal(1, info.done)
  end)

  it("ends that once a batch has failed, and hands back all it was given", function()
    local users, _, fake = service.new { service.DONE, REFUSED }
    local given = 0
    local done, message, err = users:writer({ in_flight = 1 }, function(w)
      for id = 1, 1000 do
        given = id
        w:put { id = id }
      end
    end)
    assert.is_nil(done)
    assert.are.equal("ValidationException: no", message)
    assert.is_true(given < 1000)
    assert.are.equal(given, err.done + #err.unprocessed.put)
    assert.are.same({ 25, 0, 2 }, { err.done, #err.unknown.put, #fake.requests })
  end)

  it("fails as that does", function()
    local users, sent = service.new()
    local done, message, err = users:writer({}, function(w)
      w:put { id = 1 }
      return nil, "no more lines"
    end)
    assert.is_nil(done)
    assert.are.same({ "no more lines", "function" }, { message, err.kind })
    assert.are.equal(1, #sent[1].Users)
    assert.are.equal("", ids(err.unprocessed.put))
  end)

  it("is closed by nobody else", function()
    local users = service.new()
    local message = misuse(function()
      users:writer({}, function(w)
        w:close()
      end)
    end)
    assert.are.equal("w:close: the writer is closed when its function has ended", message)
  end)

  it("does not begin when it is cancelled already", function()
    local users, _, fake = service.new()
    local stop, called = dynamo.canceller(), false
    stop:cancel()
    local done, _, err = users:writer({ cancel = stop }, function()
      called = true
    end)
    assert.is_nil(done)
    assert.are.same({ false, 0, "Cancelled" }, { called, #fake.requests, err.code })
  end)
end)

describe("users:writer without a function", function()
  it("sends when its batches are full, and when it is closed", function()
    local users, _, fake = service.new()
    local w = users:writer { in_flight = 2 }
    for id = 1, 49 do
      assert.is_true(w:put { id = id })
    end
    assert.are.equal(0, #fake.requests)
    assert.are.equal("dynamo writer of Users (0 of 49 done)", tostring(w))
    assert.is_true(w:put { id = 50 })
    assert.are.equal(2, #fake.requests)
    w:put { id = 51 }
    local done, message, info = w:close()
    assert.is_true(done)
    assert.is_nil(message)
    assert.are.same({ 51, 3 }, { info.done, #fake.requests })
    assert.are.equal(info, select(3, w:close()))
    assert.are.equal("dynamo writer of Users (51 of 51 done, closed)", tostring(w))
  end)

  it("tells of a bad item, which it does not take", function()
    local users = service.new()
    local w = users:writer()
    local taken, message, err = w:put { a = 1 }
    assert.is_nil(taken)
    assert.are.same(
      { "Item.id is missing; it is a key attribute", "Item.id" },
      { message, err.path }
    )
    assert.are.same({ "batch_write_item", "no" }, { err.operation, err.maybe_applied })
    assert.are.same({ put = {}, delete = {} }, (w:unsent()))
    assert.is_true(w:close())
  end)

  it("keeps what it is given after a batch has failed", function()
    local users, _, fake = service.new { REFUSED }
    local w = users:writer { in_flight = 1 }
    local taken, message, err
    for id = 1, 25 do
      taken, message, err = w:put { id = id }
    end
    assert.is_nil(taken)
    assert.are.same({ "ValidationException: no", "service" }, { message, err.kind })
    assert.is_nil((w:delete(26)))
    assert.are.equal(1, #fake.requests)
    local done, _, failed = w:close()
    assert.is_nil(done)
    assert.are.equal(25, #failed.unprocessed.put)
    assert.are.same({ { id = 26 } }, failed.unprocessed.delete)
  end)

  it("hands back what another writer takes as it is", function()
    local users, sent = service.new { REFUSED, service.DONE }
    local w = users:writer()
    w:put { id = 1, tags = dynamo.set { "a" }, n = dynamo.number "1.50" }
    w:delete(2)
    local _, _, err = w:close()
    assert(users:batch_write(err.unprocessed))
    assert.are.same(sent[1], sent[2])
  end)

  it("finds the key out by its first write", function()
    local fake_client = require "support.fake_client"
    local describes = {
      status = 200,
      body = [[{"Table":{"KeySchema":[
      {"AttributeName":"id","KeyType":"HASH"}]}}]],
    }
    local db, fake = fake_client.new { describes, service.DONE }
    local w = db:table("Users"):writer()
    assert.are.equal(0, #fake.requests)
    assert.is_true(w:put { id = 1 })
    assert.is_true(w:close())
    assert.are.equal(2, #fake.requests)
  end)

  it("does not take what it cannot find the key of", function()
    local fake_client = require "support.fake_client"
    local db = fake_client.new { REFUSED }
    local w = db:table("Users"):writer()
    local taken, _, err = w:put { id = 1 }
    assert.is_nil(taken)
    assert.are.equal("describe_table", err.operation)
  end)

  it("closes at the end of its block", function()
    if _VERSION ~= "Lua 5.4" then return pending "<close> is of Lua 5.4" end
    local run = assert(load [[
      local users, raises = ...
      local w <close> = users:writer()
      w:put { id = 1 }
      if raises then error("own", 0) end
      return w
    ]])
    local users, _, fake = service.new()
    local w = run(users)
    assert.are.equal(1, #fake.requests)
    assert.matches("closed", tostring(w))
    local failing = service.new { REFUSED }
    local ok, raised = pcall(run, failing)
    assert.are.same({ false, "ValidationException: no" }, { ok, raised })
    ok, raised = pcall(run, failing, true)
    assert.are.same({ false, "own" }, { ok, raised })
  end)
end)

describe("a writer's misuse raises:", function()
  local users = service.new()
  local w = users:writer()
  local closed = users:writer()
  closed:close()
  local cases = {
    {
      "no colon",
      "use w:put(...), with a colon",
      function()
        w.put { id = 1 }
      end,
    },
    {
      "no item",
      "bad argument to 'put' (item must be a table, not nil)",
      function()
        w:put()
      end,
    },
    {
      "no key",
      "bad argument to 'delete' (key must be a table, not nil)",
      function()
        w:delete()
      end,
    },
    {
      "surplus",
      "w:put: one argument too many, a number",
      function()
        w:put({ id = 1 }, 2)
      end,
    },
    {
      "surplus of close",
      "w:close: one argument too many, a number",
      function()
        w:close(1)
      end,
    },
    {
      "surplus of unsent",
      "w:unsent: one argument too many, a number",
      function()
        w:unsent(1)
      end,
    },
    {
      "closed",
      "the writer is closed",
      function()
        closed:put { id = 1 }
      end,
    },
    {
      "no method",
      'a writer has no method "putt", did you mean "put"?',
      function()
        w:putt {}
      end,
    },
    {
      "no function",
      "table:writer: a function expected behind the options, got a table",
      function()
        users:writer({}, {})
      end,
    },
    {
      "option",
      'table:writer: unknown option "in_fligth", did you mean "in_flight"?',
      function()
        users:writer { in_fligth = 1 }
      end,
    },
    {
      "surplus of writer",
      "table:writer: one argument too many, a number",
      function()
        users:writer({}, function() end, 1)
      end,
    },
    {
      "explained",
      "table:explain: not available for writer",
      function()
        users:explain "writer"
      end,
    },
  }
  for _, case in ipairs(cases) do
    it(case[1], function()
      assert.are.equal(case[2], misuse(case[3]))
    end)
  end
end)

describe("w:flush", function()
  it("sends what was given, and returns once it is done", function()
    local users, sent, fake = service.new()
    assert(users:writer({}, function(w)
      for id = 1, 30 do
        w:put { id = id }
      end
      assert.is_true(w:flush())
      assert.are.same({ 2, 25, 5 }, { #fake.requests, #sent[1].Users, #sent[2].Users })
      w:put { id = 31 }
      assert.are.equal(2, #fake.requests)
      assert.is_true(w:flush())
      assert.is_true(w:flush())
      assert.are.equal(3, #fake.requests)
    end))
    assert.are.equal(3, #fake.requests)
  end)

  it("does so without a function, and with one request at a time", function()
    local users, _, fake = service.new()
    local w = users:writer { in_flight = 1 }
    w:put { id = 1 }
    assert.is_true(w:flush())
    assert.are.equal(1, #fake.requests)
    assert.is_true(w:close())
  end)

  it("waits for what the service leaves unprocessed", function()
    local users, sent = service.new { service.leave(2), service.DONE }
    local w = users:writer {}
    w:put { id = 1 }
    w:put { id = 2 }
    assert.is_true(w:flush())
    assert.are.equal("2", sent[2].Users[1].PutRequest.Item.id.N)
    assert(w:close())
  end)

  it("fails as the writer does, and hands back what is not done", function()
    local users = service.new { REFUSED }
    local w = users:writer {}
    w:put { id = 1 }
    local done, message, err = w:flush()
    assert.are.same({ nil, "ValidationException" }, { done, err.code })
    assert.are.equal(err.message, message)
    assert.are.same({ { id = 1 } }, (w:unsent()).put)
  end)

  it("ends the function of a writer that failed", function()
    local users, was_after = service.new { REFUSED }, false
    local done, _, err = users:writer(function(w)
      w:put { id = 1 }
      w:flush()
      was_after = true
    end)
    assert.are.same({ nil, "ValidationException", false }, { done, err.code, was_after })
    assert.are.same({ { id = 1 } }, err.unprocessed.put)
  end)

  it("raises where the code is wrong", function()
    local users = service.new()
    local w = users:writer {}
    assert.are.equal(
      "w:flush: one argument too many, a number",
      misuse(function()
        w:flush(1)
      end)
    )
    w:close()
    assert.are.equal(
      "the writer is closed",
      misuse(function()
        w:flush()
      end)
    )
  end)
end)
