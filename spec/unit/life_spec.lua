-- SPDX-License-Identifier: MIT
-- A client that is closed while it is in use, over a fake transport.
local canary = require "support.canary"
local child = require "support.child"
local client = require "dynamo.client"
local fake_client = require "support.fake_client"
local fake_transport = require "support.fake_transport"

local OK = { status = 200, body = "{}", headers = { ["x-amzn-requestid"] = "REQ" } }
local BROKEN = { status = 500, body = "" }
local REFUSED = { status = 400, body = '{"__type":"ns#ValidationException","message":"m"}' }

local KEY = { userId = "123" }
-- Of class UNSAFE: what may have been done is not sent again.
local function write(db)
  return db:update_item {
    TableName = "Users",
    Key = KEY,
    UpdateExpression = "ADD visits :one",
    ExpressionAttributeValues = { [":one"] = 1 },
  }
end
-- Of class I: sent again whatever became of it.
local function put(db)
  return db:put_item { TableName = "Users", Item = KEY }
end
local function get(db)
  return db:get_item { TableName = "Users", Key = KEY }
end

-- Returns the error of a call that its client's close has cancelled.
local function cancelled(db, call, applied, requests)
  local result, message, err = call(db)
  assert.is_nil(result)
  assert.equal("ClientClosed: the client was closed while the call was under way", message)
  assert.same(
    { "cancelled", "ClientClosed", applied, false },
    { err.kind, err.code, err.maybe_applied, err.retryable }
  )
  assert.equal(requests, err.attempts)
  assert.equal("dynamo client (closed)", tostring(db))
  return err
end

local function keys()
  return { access_key_id = "AKID", secret_access_key = canary.SECRET }
end

-- Returns a client, its fake transport, and what closes the client once it is called `after` times.
local function world(steps, more, after)
  local db, count = nil, 0
  local function close()
    count = count + 1
    if db and count >= (after or 1) then db:close() end
  end
  local fake = fake_transport.new(steps)
  db = client.new(fake_client.options(fake, more(close)))
  return db, fake
end

describe("a client that is closed during a call", function()
  for _, case in ipairs {
    { "before_send", OK, "no", 0 },
    { "after_response", OK, "yes", 1 },
    { "after_response", BROKEN, "unknown", 1 },
    { "after_response", REFUSED, "no", 1 },
    { "before_retry", BROKEN, "unknown", 1 },
  } do
    local hook, step, applied, sent = case[1], case[2], case[3], case[4]
    it(("by its hook %s ends it (answer %d)"):format(hook, step.status), function()
      local db, fake = world({ step, OK }, function(close)
        return { hooks = { [hook] = close } }
      end)
      cancelled(db, put, applied, sent)
      assert.equal(sent, #fake.requests)
      assert.same({}, fake.sleeps)
    end)
  end

  it("by its provider ends it before anything is sent", function()
    local db, fake = world({ OK }, function(close)
      return {
        credentials = {
          get = function()
            close()
            return keys()
          end,
        },
      }
    end)
    cancelled(db, write, "no", 0)
    assert.equal(0, #fake.requests)
  end)

  it("by a provider that raises or fails ends it alike", function()
    for _, ending in ipairs {
      error,
      function()
        return nil, "none today"
      end,
    } do
      local db = world({ OK }, function(close)
        return {
          credentials = {
            get = function()
              close()
              return ending()
            end,
          },
        }
      end)
      cancelled(db, write, "no", 0)
    end
  end)

  it("by a provider that is asked again ends it with what was sent in mind", function()
    local expired = { status = 400, body = '{"__type":"ns#ExpiredTokenException","message":"m"}' }
    local db = world({ BROKEN, expired }, function(close)
      return {
        credentials = {
          get = function(_, ask)
            if ask.refresh then close() end
            return keys()
          end,
        },
      }
    end)
    cancelled(db, put, "unknown", 2)
  end)

  for name, case in pairs {
    ["an answer"] = { OK, "yes" },
    ["no answer"] = { { kind = "transport", sent = "complete" }, "unknown" },
    ["half of it sent"] = { { kind = "transport", sent = "partial" }, "no" },
    ["a refusal"] = { REFUSED, "no" },
  } do
    it(("while it is sent ends it: %s"):format(name), function()
      local db, fake
      db, fake = fake_client.new {
        function()
          db:close()
          return case[1]
        end,
        OK,
      }
      cancelled(db, put, case[2], 1)
      assert.equal(1, #fake.requests)
    end)
  end

  it("while it waits for its next attempt ends it", function()
    local db, fake = fake_client.new { BROKEN, OK }
    local sleep = fake.sleep
    fake.sleep = function(...)
      db:close()
      return sleep(...)
    end
    cancelled(db, put, "unknown", 1)
    assert.equal(1, #fake.requests)
  end)

  it("while it waits for its turn ends it", function()
    local throttle = { status = 400, body = '{"__type":"ns#ThrottlingException","message":"m"}' }
    local db, fake = fake_client.new({ throttle, OK }, { retry_mode = "adaptive" })
    local sleep, count = fake.sleep, 0
    fake.sleep = function(...)
      count = count + 1
      if count == 2 then db:close() end -- the first is the backoff
      return sleep(...)
    end
    cancelled(db, put, "no", 1)
    assert.equal(1, #fake.requests)
  end)

  local function home(name)
    return name == "HOME" and "/home/ann" or nil
  end
  for name, more in pairs {
    getenv = {},
    random = {},
    read_file = { profile = "work", getenv = home },
  } do
    it(("by its %s ends it"):format(name), function()
      local db = world({ OK }, function(close)
        local options = { profile = more.profile, getenv = more.getenv }
        options[name] = function(...)
          close()
          return fake_client.options()[name](...)
        end
        return options
      end)
      cancelled(db, write, "no", 0)
    end)
  end

  for _, name in ipairs { "now", "monotonic" } do
    it(("by its transport's %s ends it, whichever time that is asked"):format(name), function()
      for after = 1, 30 do
        local count = 0
        local db, fake = fake_client.new { BROKEN, OK }
        local real = fake[name]
        fake[name] = function(self)
          count = count + 1
          if count == after then db:close() end
          return real(self)
        end
        local result, _, err = put(db)
        if count < after then return assert.is_table(result) end -- no call more
        assert.equal("cancelled", err.kind)
        local last = ({ [0] = "no", "unknown", "yes" })[#fake.requests]
        assert.equal(last, err.maybe_applied)
      end
      error "asked for ever"
    end)
  end

  it("by another coroutine ends it, and close returns at once", function()
    for name, case in pairs { yes = OK, unknown = BROKEN } do
      local db, fake
      db, fake = fake_client.new {
        function()
          return coroutine.yield()
        end,
      }
      local outcome
      local thread = coroutine.create(function()
        outcome = { cancelled(db, put, name, 1) }
      end)
      assert(coroutine.resume(thread))
      db:close()
      db:close()
      assert.equal(1, #fake.requests)
      assert.is_nil(outcome)
      assert(coroutine.resume(thread, case))
      assert.equal("dead", coroutine.status(thread))
      assert.is_table(outcome[1])
    end
  end)

  it("ends all calls that are under way", function()
    local db, fake
    db, fake = fake_client.new {
      function()
        return coroutine.yield()
      end,
    }
    local threads = {}
    for i = 1, 3 do
      threads[i] = coroutine.create(function()
        cancelled(db, put, "yes", 1)
      end)
      assert(coroutine.resume(threads[i]))
    end
    db:close()
    for i = 3, 1, -1 do
      assert(coroutine.resume(threads[i], OK))
    end
    assert.equal(3, #fake.requests)
  end)

  it("says nothing of maybe_applied for a read", function()
    local db
    db = fake_client.new {
      function()
        db:close()
        return OK
      end,
    }
    assert.is_nil(cancelled(db, get, nil, 1).maybe_applied)
  end)

  it("ends a verb of several requests", function()
    local db, fake
    db, fake = fake_client.new {
      function()
        return OK
      end,
      OK,
      OK,
    }
    local users = db:table("Users", { key = { "userId" } })
    local dynamo = require "dynamo"
    fake.steps = {
      function()
        db:close()
        return OK
      end,
      OK,
    }
    local result, _, err = users:update(KEY, dynamo.update():ensure("a.b"):set("a.b.c", 1))
    assert.is_nil(result)
    assert.equal("cancelled", err.kind)
    assert.equal(1, #fake.requests)
  end)

  it("ends explain", function()
    local db = world({ OK }, function(close)
      return {
        credentials = {
          get = function()
            close()
            return keys()
          end,
        },
      }
    end)
    local shown, _, err = db:explain("get_item", { TableName = "Users", Key = KEY })
    assert.is_nil(shown)
    assert.equal("cancelled", err.kind)
  end)

  it("closes what the call opened meanwhile", function()
    local fake = fake_transport.new { OK }
    local name = "dynamo.transport.curl"
    local real, db = package.loaded[name], nil
    package.loaded[name] = {
      new = function()
        return fake
      end,
    }
    local options = fake_client.options(nil, {
      getenv = function()
        if db then db:close() end
      end,
    })
    options.transport = nil
    db = client.new(options)
    local _, _, err = put(db)
    package.loaded[name] = real
    assert.equal("cancelled", err.kind)
    assert.is_true(fake.closed >= 1)
  end)

  it("leaves other clients as they are", function()
    local provider = {
      get = function()
        return keys()
      end,
    }
    local one, other =
      fake_client.new({ OK }, { credentials = provider }),
      fake_client.new({ OK }, { credentials = provider })
    one:close()
    assert.is_table(put(other))
  end)
end)

describe("a client that is closed", function()
  -- Returns a table that forgets its provider once nobody else has it, the client, and its call.
  local function weakly_kept()
    local provider = {
      get = function()
        return keys()
      end,
    }
    local db = fake_client.new({ coroutine.yield }, { credentials = provider })
    local thread = coroutine.create(function()
      put(db)
    end)
    assert(coroutine.resume(thread))
    return setmetatable({ provider }, { __mode = "v" }), db, thread
  end

  it("knows nothing any more once its calls have ended", function()
    local kept, db, thread = weakly_kept()
    db:close()
    collectgarbage()
    assert.is_table(kept[1])
    assert(coroutine.resume(thread, OK))
    collectgarbage()
    collectgarbage()
    assert.is_nil(kept[1])
    assert.equal("dynamo client (closed)", tostring(db))
  end)
end)

describe("a process that ends in the middle of a call", function()
  for _, hook in ipairs { "before_send", "after_response", "before_retry" } do
    it("by its hook " .. hook .. " ends as it was told", function()
      local lines, status = child.lines("spec/support/exit_in_hook.lua", hook)
      assert.same({}, lines)
      assert.equal("7", status)
    end)
  end
end)
