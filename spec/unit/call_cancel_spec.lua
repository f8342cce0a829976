-- SPDX-License-Identifier: MIT
-- The option `cancel`, over a fake transport: what is sent, and what a write is said to have done.
local dynamo = require "dynamo"
local fake_client = require "support.fake_client"

local OK = { status = 200, body = "{}", headers = { ["x-amzn-requestid"] = "REQ" } }
local LOST = { kind = "transport", sent = "complete" }
local REFUSED = { kind = "transport", sent = "none" }
local USER = { userId = "1" }

-- Returns a client whose hook `name` cancels, and the rest.
local function cancelled_by(name, steps)
  local stop = dynamo.canceller()
  local hooks = {
    [name] = function()
      stop:cancel()
    end,
  }
  local db, fake = fake_client.new(steps, { hooks = hooks })
  return db, fake, stop
end

local function put(db, stop)
  return db:put_item({ TableName = "Users", Item = USER }, { cancel = stop })
end

local function assert_cancelled(applied, attempts, result, message, err)
  assert.is_nil(result)
  assert.equal("Cancelled: the call was cancelled", message)
  assert.same(
    { "cancelled", "Cancelled", applied, attempts, false },
    { err.kind, err.code, err.maybe_applied, err.attempts, err.retryable }
  )
end

describe("a call with a canceller", function()
  it("is not made once that is cancelled", function()
    local db, fake = fake_client.new { OK }
    local stop = dynamo.canceller()
    assert.is_truthy(put(db, stop))
    stop:cancel()
    assert_cancelled("no", 0, put(db, stop))
    assert.equal(1, #fake.requests)
    assert.is_truthy(put(db, dynamo.canceller()))
  end)

  it("is not sent when a hook cancels before", function()
    local db, fake, stop = cancelled_by("before_send", { OK })
    assert_cancelled("no", 0, put(db, stop))
    assert.equal(0, #fake.requests)
  end)

  it("has its answer when that is there", function()
    local db, _, stop = cancelled_by("after_response", { OK })
    assert.is_truthy(put(db, stop))
    assert.is_true(stop:is_cancelled())
  end)

  for _, case in ipairs { { LOST, "unknown" }, { REFUSED, "no" } } do
    it("does not wait for another attempt, a write that may be done: " .. case[2], function()
      local db, fake, stop = cancelled_by("before_retry", { case[1], OK })
      assert_cancelled(case[2], 1, put(db, stop))
      assert.same({ 1, 0 }, { #fake.requests, #fake.sleeps })
    end)
  end

  it("ends as its transport says", function()
    local db = fake_client.new {
      { kind = "cancelled", code = "Interrupted", message = "m", sent = "complete" },
    }
    local stop = dynamo.canceller()
    local result, message, err = put(db, stop)
    assert.is_nil(result)
    assert.equal("BadTransport", err.code, message) -- one of the user's own cannot
  end)

  it("is a verb, too", function()
    local db, fake = fake_client.new { OK }
    local users = db:table("Users", { key = { "userId" } })
    local stop = dynamo.canceller()
    assert.is_truthy(users:put(USER, { cancel = stop }))
    stop:cancel()
    assert_cancelled("no", 0, users:put(USER, { cancel = stop }))
    assert_cancelled("no", 0, users:update(USER, "ADD n ?", 1, { cancel = stop }))
    assert_cancelled("no", 0, users:update(USER, "ADD n ?", 1, { cancel = stop, once = true }))
    assert_cancelled(nil, 0, users:get(USER, { cancel = stop }))
    assert_cancelled(nil, 0, db:table("Unknown"):get(USER, { cancel = stop }))
    assert.equal(1, #fake.requests)
  end)

  it("takes no other thing for one", function()
    local db = fake_client.new { OK }
    local users = db:table("Users", { key = { "userId" } })
    for _, f in ipairs {
      function()
        put(db, true)
      end,
      function()
        users:put(USER, { cancel = {} })
      end,
    } do
      local done, message = pcall(f)
      assert.is_false(done)
      assert.matches("cancel must be what dynamo.canceller%(%) gives, not a ", message)
    end
  end)
end)

describe("calls side by side", function()
  it("end as cancelled when one fails and all are to stop", function()
    local db, fake = fake_client.new { OK }
    local functions = {}
    for i = 1, 5 do
      functions[i] = function()
        if i == 3 then error("three", 0) end
        return put(db)
      end
    end
    local results, message, err =
      dynamo.together(functions, { stop_on_error = true, in_flight = 1 })
    assert.is_nil(results)
    assert.equal("1 of 5 failed: three", message)
    assert.same({ 3, 2 }, { err.begun, #fake.requests })
  end)
end)
