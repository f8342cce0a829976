-- SPDX-License-Identifier: MIT
-- db:wait: each acceptor of each waiter, how long it waits, and how it ends. Over a fake transport.
local dynamo = require "dynamo"
local fake_client = require "support.fake_client"
local waiters = require "dynamo.waiters"

local function error_step(code, status)
  return {
    status = status or 400,
    body = ('{"__type":"com.amazonaws.dynamodb.v20120810#%s","message":"it is so"}'):format(code),
  }
end

local function table_step(status)
  return { status = 200, body = ('{"Table":{"TableStatus":"%s"}}'):format(status) }
end

local TABLE = { TableName = "Things" }
local ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/Things/export/01234567890123-a1b2c3d4"
local CREATING, ACTIVE = table_step "CREATING", table_step "ACTIVE"
local GONE = error_step "ResourceNotFoundException"

local function destinations(...)
  local list = {}
  for i, status in ipairs { ... } do
    list[i] = ('{"DestinationStatus":"%s"}'):format(status)
  end
  return {
    status = 200,
    body = ('{"KinesisDataStreamDestinations":[%s]}'):format(table.concat(list, ",")),
  }
end

local function of_export(status)
  return { status = 200, body = ('{"ExportDescription":{"ExportStatus":"%s"}}'):format(status) }
end

local function of_import(status)
  return { status = 200, body = ('{"ImportTableDescription":{"ImportStatus":"%s"}}'):format(status) }
end

local function of_insights(status)
  return { status = 200, body = ('{"ContributorInsightsStatus":"%s"}'):format(status) }
end

local PARAMS = {
  contributor_insights_enabled = TABLE,
  export_completed = { ExportArn = ARN },
  import_completed = { ImportArn = ARN },
  kinesis_streaming_destination_active = TABLE,
  table_exists = TABLE,
  table_not_exists = TABLE,
}

-- Each is { waiter, step, what it means }.
local ANSWERS = {
  { "table_exists", ACTIVE, "success" },
  { "table_exists", CREATING, "retry" },
  { "table_exists", GONE, "retry" },
  { "table_exists", { status = 200, body = "{}" }, "retry" },
  { "table_exists", error_step "AccessDeniedException", "error" },
  { "table_not_exists", GONE, "success" },
  { "table_not_exists", ACTIVE, "retry" },
  { "table_not_exists", error_step "ValidationException", "error" },
  { "contributor_insights_enabled", of_insights "ENABLED", "success" },
  { "contributor_insights_enabled", of_insights "ENABLING", "retry" },
  { "contributor_insights_enabled", of_insights "FAILED", "failure" },
  { "export_completed", of_export "COMPLETED", "success" },
  { "export_completed", of_export "IN_PROGRESS", "retry" },
  { "export_completed", of_export "FAILED", "failure" },
  { "import_completed", of_import "COMPLETED", "success" },
  { "import_completed", of_import "IN_PROGRESS", "retry" },
  { "import_completed", of_import "FAILED", "failure" },
  { "import_completed", of_import "CANCELLED", "failure" },
  { "kinesis_streaming_destination_active", destinations("ENABLING", "ACTIVE"), "success" },
  { "kinesis_streaming_destination_active", destinations "ENABLING", "retry" },
  { "kinesis_streaming_destination_active", destinations(), "retry" },
  { "kinesis_streaming_destination_active", destinations("DISABLED", "ENABLING"), "retry" },
  { "kinesis_streaming_destination_active", destinations("DISABLED", "ENABLE_FAILED"), "failure" },
}

-- Returns what a waiter comes to that gets this one answer: a "retry" is seen by its running out of time.
local function outcome(name, step)
  local db, fake = fake_client.new { step }
  local result, message, err = db:wait(name, PARAMS[name], { timeout = 1 })
  if result then return "success", fake end
  if err.code == "WaitTimedOut" then return "retry", fake, message end
  return err.code == "WaitFailed" and "failure" or "error", fake, message
end

describe("db:wait", function()
  for i, case in ipairs(ANSWERS) do
    it(("takes an answer of %s for %s, case %d"):format(case[1], case[3], i), function()
      local what, fake = outcome(case[1], case[2])
      assert.equal(case[3], what)
      assert.equal(case[3] == "retry", #fake.sleeps > 0)
    end)
  end

  it("is tried with an answer for each acceptor", function()
    local wanted, tried = 0, {}
    for name, waiter in pairs(waiters) do
      assert.is_table(PARAMS[name])
      wanted = wanted + #waiter.acceptors
    end
    for _, case in ipairs(ANSWERS) do
      tried[#tried + 1] = case[3] ~= "error" and case
    end
    assert.equal(12, wanted)
    assert.is_true(#tried >= wanted)
  end)

  it("returns the last response, and how often it asked", function()
    local db, fake = fake_client.new { CREATING, CREATING, ACTIVE }
    local answer, message, info = db:wait("table_exists", TABLE)
    assert.is_nil(message)
    assert.equal("ACTIVE", answer.Table.TableStatus)
    assert.equal(3, info.polls)
    assert.equal(2, #fake.sleeps)
    local gone = fake_client.new { GONE }
    local done, _, told = gone:wait("table_not_exists", TABLE)
    assert.is_true(done)
    assert.equal(1, told.polls)
  end)

  it(
    "waits longer and longer, up to the published delay, and no longer than it is given",
    function()
      local db, fake = fake_client.new { CREATING }
      local done, message, err = db:wait("table_exists", TABLE)
      assert.is_nil(done)
      assert.equal("timeout", err.kind)
      assert.equal("WaitTimedOut", err.code)
      assert.equal("describe_table", err.operation)
      assert.equal(
        'WaitTimedOut: table_exists: not so within 500 seconds; at last Table.TableStatus is "CREATING"',
        message
      )
      assert.equal("CREATING", err.response.Table.TableStatus)
      assert.equal(#fake.requests, err.polls)
      for i, expected in ipairs { 0.25, 0.5, 1, 2, 4, 8, 16, 20, 20 } do
        assert.is_true(math.abs(fake.sleeps[i] - expected) < 1e-6) -- the fake randomness is all ones
      end
      local sum = 0
      for _, seconds in ipairs(fake.sleeps) do
        sum = sum + seconds
      end
      assert.is_true(math.abs(sum - 500) < 1e-6, sum)
    end
  )

  it("tells what was seen, not that there was no time for another question", function()
    local db, fake = fake_client.new { CREATING }
    function fake.monotonic(self) -- it goes on, as every real clock does
      self.clock = self.clock + 1e-5
      return self.clock
    end
    local _, message, err = db:wait("table_exists", TABLE, { timeout = 3 })
    assert.equal(
      'WaitTimedOut: table_exists: not so within 3 seconds; at last Table.TableStatus is "CREATING"',
      message
    )
    assert.equal("CREATING", err.response.Table.TableStatus)
  end)

  it("asks no more seldom than it is told", function()
    local db, fake = fake_client.new { CREATING }
    db:wait("table_exists", TABLE, { timeout = 10, delay = 1 })
    assert.equal(13, #fake.requests)
    assert.is_true(math.max((table.unpack or unpack)(fake.sleeps)) <= 1)
  end)

  it("goes on after what asking again may cure", function()
    local lost = { kind = "transport", code = "ConnectionLost", sent = "complete" }
    local db = fake_client.new(
      { lost, error_step("InternalServerError", 500), ACTIVE },
      { max_attempts = 1 }
    )
    local answer, message, info = db:wait("table_exists", TABLE)
    assert.is_table(answer, message)
    assert.equal(3, info.polls)
  end)

  it("says what failed where nothing was seen", function()
    local db = fake_client.new { GONE }
    local _, message = db:wait("table_exists", TABLE, { timeout = 1 })
    assert.truthy(message:find("at last ResourceNotFoundException: it is so", 1, true), message)
  end)

  it("says why it will never be so", function()
    local db = fake_client.new { destinations("DISABLED", "ENABLE_FAILED") }
    local _, message, err = db:wait("kinesis_streaming_destination_active", TABLE)
    assert.equal("service", err.kind)
    assert.truthy(
      message:find(
        "kinesis_streaming_destination_active: KinesisDataStreamDestinations is",
        1,
        true
      )
    )
    assert.truthy(message:find("ENABLE_FAILED", 1, true), message)
  end)

  it("ends with its client, and with its canceller", function()
    local stop = dynamo.canceller()
    local cancelling = fake_client.new {
      function()
        stop:cancel()
        return CREATING
      end,
    }
    local _, _, err = cancelling:wait("table_exists", TABLE, { cancel = stop })
    assert.equal("Cancelled", err.code)
    assert.equal("describe_table", err.operation)
    local db
    db = fake_client.new {
      function()
        db:close()
        return CREATING
      end,
    }
    _, _, err = db:wait("table_exists", TABLE)
    assert.equal("ClientClosed", err.code)
  end)

  it("tells how far it is", function()
    local calls = {}
    local db = fake_client.new { CREATING, CREATING, ACTIVE }
    assert(db:wait("table_exists", TABLE, {
      progress = function(...)
        calls[#calls + 1] = { ... }
      end,
    }))
    assert.equal(3, calls[#calls][1])
    assert.is_true(calls[#calls][4])
    local _, _, info = db:wait("table_exists", TABLE, { progress = error })
    assert.equal(1, info.hook_failures)
  end)

  it("hands on what is wrong with the parameters, and sends nothing", function()
    local db, fake = fake_client.new { ACTIVE }
    local _, _, err = db:wait("table_exists", { TableNam = "T" })
    assert.equal("validation", err.kind)
    assert.equal(0, #fake.requests)
  end)
end)

describe("db:wait, misused,", function()
  for _, case in ipairs {
    { 'no waiter "table_exist", did you mean "table_exists"?', "table_exist", TABLE },
    { "no waiter", nil, TABLE },
    { "the parameters must be a table, not a nil", "table_exists" },
    { "the options must be a table, not a number", "table_exists", TABLE, 5 },
    { 'unknown option "timeuot"', "table_exists", TABLE, { timeuot = 5 } },
    { "timeout must be a number of seconds", "table_exists", TABLE, { timeout = 0 } },
    { "delay must be a number of seconds", "table_exists", TABLE, { delay = "1" } },
    { "progress must be a function", "table_exists", TABLE, { progress = 1 } },
    { "cancel must be", "table_exists", TABLE, { cancel = 1 } },
    { "one argument too many", "table_exists", TABLE, {}, false },
  } do
    it("raises at the caller's line: " .. case[1], function()
      local db, fake = fake_client.new { ACTIVE }
      local ok, message = pcall(function()
        local _ = db:wait(case[2], case[3], case[4], case[5])
      end)
      assert.is_false(ok)
      assert.matches("table_waiter_spec.lua:%d+: db:wait: ", message)
      assert.truthy(message:find(case[1], 1, true), message)
      assert.equal(0, #fake.requests)
    end)
  end
end)
