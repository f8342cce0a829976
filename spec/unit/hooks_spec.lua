-- SPDX-License-Identifier: MIT
local canary = require "support.canary"
local fake_client = require "support.fake_client"

local KEY = { TableName = "Users", Key = { userId = "123" } }
local REQUEST_ID = { ["x-amzn-requestid"] = "REQ" }
local OK = {
  status = 200,
  headers = REQUEST_ID,
  seconds = 0.5,
  body = '{"Item":{"name":{"S":"' .. canary.MARK .. '"}},"ConsumedCapacity":{"CapacityUnits":0.5}}',
}
local BUSY = {
  status = 400,
  headers = REQUEST_ID,
  body = '{"__type":"ThrottlingException","message":"' .. canary.MARK .. '"}',
}

-- Returns a client that plays `steps`, and the list of what its hooks were told.
local function watched(steps)
  local told = {}
  local function note(name)
    return function(record)
      told[#told + 1] = { name, record }
    end
  end
  local db = fake_client.new(steps, {
    credentials = canary.credentials(),
    hooks = {
      before_send = note "before_send",
      after_response = note "after_response",
      before_retry = note "before_retry",
    },
  })
  return db, told
end

describe("hooks", function()
  it("are told of each request, its response and each wait", function()
    local db, told = watched { BUSY, OK }
    assert(db:get_item(KEY))
    local names = {}
    for i, one in ipairs(told) do
      names[i] = one[1]
    end
    assert.are.same(
      { "before_send", "after_response", "before_retry", "before_send", "after_response" },
      names
    )
    assert.are.same({
      operation = "get_item",
      table = "Users",
      attempt = 1,
      max_attempts = 4,
      host = "dynamodb.eu-west-1.amazonaws.com",
      request_bytes = 50,
    }, told[1][2])
    local refused, wait, last = told[2][2], told[3][2], told[5][2]
    assert.are.same({ 400, "service", "ThrottlingException", true, true, "REQ" }, {
      refused.status,
      refused.kind,
      refused.code,
      refused.retryable,
      refused.throttled,
      refused.request_id,
    })
    assert.are.near(1, wait.delay, 1e-6)
    assert.are.same(
      { 2, 200, 0.5, 0.5, #OK.body },
      { last.attempt, last.status, last.seconds, last.consumed_capacity, last.response_bytes }
    )
  end)

  it("are told of a request without response", function()
    local db, told = watched { { kind = "timeout", code = "AttemptTimeout", sent = "complete" } }
    assert.is_nil((db:update_item {
      TableName = "Users",
      Key = { a = 1 },
      UpdateExpression = "ADD n :n",
      ExpressionAttributeValues = { [":n"] = 1 },
    }))
    local record = told[2][2]
    assert.are.same(
      { "timeout", "AttemptTimeout", "complete", true },
      { record.kind, record.code, record.sent, record.retryable }
    )
    assert.is_nil(record.status)
  end)

  it("sum the capacity of several tables", function()
    local db, told = watched {
      {
        status = 200,
        body = '{"ConsumedCapacity":[{"CapacityUnits":1},{"CapacityUnits":2.5}]}',
      },
    }
    assert(db:batch_get_item { RequestItems = { Users = { Keys = { { userId = "1" } } } } })
    assert.are.equal(3.5, told[2][2].consumed_capacity)
  end)

  it("see no secret, no item and no text of the service", function()
    local db, told = watched { BUSY, OK }
    assert(db:get_item(KEY))
    for _, one in ipairs(told) do
      for _, value in pairs(one[2]) do
        assert.is_not_equal("table", type(value))
        assert.is_nil(tostring(value):find(canary.MARK, 1, true))
        assert.is_not_equal(canary.ACCESS_KEY_ID, value)
      end
    end
  end)

  it("that raise are counted, and the call goes on", function()
    local function fail()
      error("hook")
    end
    local db, fake = fake_client.new(
      { BUSY, OK },
      { hooks = { before_send = fail, after_response = fail, before_retry = fail } }
    )
    local result, _, info = db:get_item(KEY)
    assert.is_table(result)
    assert.are.equal(2, #fake.requests)
    assert.are.equal(5, info.hook_failures)
    local _, _, err = fake_client
      .new({ { status = 400, body = "{}" } }, { hooks = { before_send = fail } })
      :get_item(KEY)
    assert.are.equal(1, err.hook_failures)
  end)

  it("change nothing by changing a record, or the table they were given in", function()
    local hooks = {}
    hooks.before_send = function(record)
      for name in pairs(record) do
        record[name] = "spoilt"
      end
      hooks.before_send = nil
    end
    local db, fake = fake_client.new({ BUSY, OK }, { hooks = hooks })
    assert(db:get_item(KEY))
    assert.are.equal(2, #fake.requests)
    assert.are.equal(fake.requests[1].body, fake.requests[2].body)
  end)
end)
