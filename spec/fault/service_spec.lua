-- SPDX-License-Identifier: MIT
-- Faults of the service that no row of the catalogue can say: what the error holds, what several
-- calls together do, what each attempt looks like.
local canary = require "support.canary"
local classes = require "support.fault.replay_classes"
local fault = require "support.fault"
local fault_client = require "support.fault.client"

local FAILED = "ConditionalCheckFailedException"

describe("the service", function()
  local server, db, paced

  setup(function()
    server = fault.start()
  end)
  teardown(function()
    server:stop()
  end)
  before_each(function()
    server:requests {}
    db, paced = fault_client.new(server)
  end)
  after_each(function()
    db:close()
    paced:close()
    server:keys {}
  end)

  local key, keys = nil, 0
  before_each(function()
    keys = keys + 1
    key = "key" .. keys
  end)

  local function read()
    return db:get_item { TableName = classes.TABLE, Key = { id = key } }
  end
  local function increment()
    return classes.UNSAFE.run(db, key)
  end
  local function applied()
    return server:look(classes.TABLE, { key })[1].applied
  end

  -- Returns an exchange that responses with an error.
  local function error_of(code, more)
    local err = { code = code, message = "said by the service" }
    for name, value in pairs(more or {}) do
      err[name] = value
    end
    return { error = err }
  end

  local function waits()
    local rounded = {}
    for i, seconds in ipairs(paced.sleeps) do
      rounded[i] = math.floor(seconds * 1000 + 0.5)
    end
    return rounded
  end

  -- ---- waits and budgets ---------------------------------------------------------------------

  for header, wait in pairs {
    ["1500"] = 1500,
    ["0"] = 25,
    ["-5"] = 25,
    ["abc"] = 25,
    ["1e3"] = 25,
    ["60"] = 60,
    ["1000000000000000000"] = 5025,
    ["99999999999999999999999"] = 5025,
    [""] = 25,
  } do
    it(("is obeyed within bounds when it says x-amz-retry-after: %s"):format(header), function()
      server:requests {
        {
          error = error_of("ServiceUnavailable").error,
          response = { headers = "x-amz-retry-after: " .. header .. "\r\n" },
        },
      }
      assert.is_table(read())
      assert.same({ wait }, waits())
    end)
  end

  it("may say x-amz-retry-after when it throttles, too", function()
    server:requests {
      {
        error = error_of("ThrottlingException").error,
        response = { headers = "x-amz-retry-after: 1500\r\n" },
      },
    }
    assert.is_table(increment())
    assert.same({ 1500 }, waits())
    assert.equal(1, applied())
  end)

  it("is spared once the client's retries are used up, and the error is its own", function()
    server:requests({ error_of "ServiceUnavailable" }, { ["repeat"] = true })
    local calls, err = 0
    repeat
      calls, err = calls + 1, select(3, read())
    until err.retry_quota_exceeded or calls == 20
    assert.equal(12, calls) -- 500 tokens, 14 a retry, 3 retries a call: 11 calls and 2 retries
    assert.same({ "ServiceUnavailable", 503, 3 }, { err.code, err.status, err.attempts })
    assert.equal(11 * 4 + 3, #server:log().requests)
    err = select(3, read())
    assert.is_true(err.retry_quota_exceeded)
    assert.equal(1, err.attempts)
    server:requests {}
    assert.is_table(read())
  end)

  for name, case in pairs {
    ["dead"] = { code = "ServiceUnavailable", tokens = 14 },
    ["always throttling"] = { code = "ThrottlingException", tokens = 5 },
  } do
    it("is not stormed when it is " .. name, function()
      server:requests({ error_of(case.code) }, { ["repeat"] = true })
      for _ = 1, 300 do
        assert.is_nil((read()))
      end
      local expected = 300 + math.floor(500 / case.tokens)
      assert.equal(expected, #server:log().requests)
    end)
  end

  -- ---- what an error holds -------------------------------------------------------------------

  it("hands over the item that failed a condition", function()
    assert(classes.IDEMPOTENT.run(db, key))
    local users = db:table(classes.TABLE, { key = { "id" } })
    local _, _, err = users:insert { id = key, v = "another" }
    assert.same({ FAILED, "no", 1 }, { err.code, err.maybe_applied, err.attempts })
    assert.same({ id = key, v = "written" }, err.item)
    assert.equal(1, applied())
  end)

  it("says that a failed condition may be this call's own doing", function()
    server:requests { { cut = 0 } }
    local _, message, err = classes.CONDITIONAL.run(db, key)
    assert.same(
      { FAILED, "unknown", true, 2 },
      { err.code, err.maybe_applied, err.replayed, err.attempts }
    )
    assert.matches("earlier attempt", message)
  end)

  it("names the reason of each action of a cancelled transaction", function()
    assert(classes.IDEMPOTENT.run(db, key))
    local function check(id, condition)
      return {
        ConditionCheck = {
          TableName = classes.TABLE,
          Key = { id = id },
          ConditionExpression = condition,
          ReturnValuesOnConditionCheckFailure = "ALL_OLD",
        },
      }
    end
    local _, _, err = db:transact_write_items {
      TransactItems = {
        check(key .. "-none", "attribute_not_exists(id)"),
        check(key, "attribute_not_exists(id)"),
        { Put = { TableName = classes.TABLE, Item = { id = key .. "-other" } } },
      },
    }
    assert.same(
      { "TransactionCanceledException", "no", 1 },
      { err.code, err.maybe_applied, err.attempts }
    )
    assert.equal(3, #err.reasons)
    assert.same(
      { "None", "ConditionalCheckFailed", "None" },
      { err.reasons[1].code, err.reasons[2].code, err.reasons[3].code }
    )
    assert.same({ id = key, v = "written" }, err.reasons[2].item)
    assert.equal(0, server:look(classes.TABLE, { key .. "-other" })[1].applied)
  end)

  it("gets the same body and token at each attempt of a transaction", function()
    server:requests { { cut = 0 }, error_of "InternalServerError", { response = { crc = "1" } } }
    assert.is_table(classes.TOKEN.run(db, key))
    local requests = server:log().requests
    assert.equal(4, #requests)
    for _, request in ipairs(requests) do
      assert.equal(requests[1].digest, request.digest)
    end
    assert.equal(1, applied())
  end)

  it("is told another request with a token of before", function()
    local function transact(n)
      return db:transact_write_items {
        ClientRequestToken = key,
        TransactItems = { { Put = { TableName = classes.TABLE, Item = { id = key, n = n } } } },
      }
    end
    assert.is_table(transact(1))
    assert.is_table(transact(1))
    local _, _, err = transact(2)
    assert.same(
      { "IdempotentParameterMismatchException", "no", 1 },
      { err.code, err.maybe_applied, err.attempts }
    )
    assert.equal(1, applied())
  end)

  local BODIES = {
    -- what, body, header, code, message
    { "a code in a namespace", '{"__type":"a.b#Kind","message":"m"}', nil, "Kind", "m" },
    { "a code with an address", '{"__type":"Kind:http://x/y","message":"m"}', nil, "Kind", "m" },
    { "a Message with a capital", '{"__type":"a#Kind","Message":"m"}', nil, "Kind", "m" },
    { "a code in the header", '{"message":"m"}', "a.b#Kind:http://x", "Kind", "m" },
    { "no code at all", '{"message":"m"}', nil, "HTTP400", "m" },
    { "no message", '{"__type":"a#Kind"}', nil, "Kind", "HTTP 400 without a message" },
    { "an empty object", "{}", nil, "HTTP400", "HTTP 400 without a message" },
    { "an array", "[1]", nil, "HTTP400", "HTTP 400: [1]" },
    { "a text", '"oops"', nil, "HTTP400", 'HTTP 400: "oops"' },
    { "HTML", "<html>\n oops", nil, "HTTP400", "HTTP 400: <html>  oops" },
    { "nothing", "", nil, "HTTP400", "HTTP 400 without a message" },
    { "control bytes", "\0\1\27[31m", nil, "HTTP400", "HTTP 400:  [31m" },
  }
  for _, case in ipairs(BODIES) do
    it("may say what is wrong with " .. case[1], function()
      local headers = case[3] and "x-amzn-ErrorType: " .. case[3] .. "\r\n"
      server:requests {
        { apply = false, response = { status = 400, body = case[2], headers = headers } },
      }
      local _, _, err = increment()
      assert.same(
        { "service", case[4], case[4] .. ": " .. case[5], 400, 1, "no" },
        { err.kind, err.code, err.message, err.status, err.attempts, err.maybe_applied }
      )
    end)
  end

  it("does not get our Authorization header into an error by repeating it", function()
    for _, text in ipairs {
      "the request had Authorization: $authorization",
      "$authorization",
      "token " .. canary.TOKEN,
      "secret " .. canary.SECRET,
    } do
      local body = '{"__type":"a#AccessDeniedException","message":"' .. text .. '"}'
      server:requests {
        { send = { "HTTP/1.1 400 No\r\nConnection: close\r\n\r\n" .. body }, close = "fin" },
      }
      local _, message, err = read()
      assert.equal("AccessDeniedException", err.code)
      assert.is_nil(canary.find { message, err, tostring(err) })
      assert.is_nil(message:find("Signature=%x"))
      assert.is_nil(message:find("Credential=AK"))
    end
  end)

  -- ---- a counter, on purpose twice or surely once ---------------------------------------------

  for what, fault_of in pairs {
    ["no answer"] = { cut = 0 },
    ["a 500"] = { apply = true, error = { code = "InternalServerError", message = "oops" } },
    ["a damaged answer"] = { response = { crc = "1" } },
  } do
    it("increments twice after " .. what .. " if retry_unsafe asks for it", function()
      server:requests { fault_of }
      local users = db:table(classes.TABLE, { key = { "id" } })
      local _, _, info = assert(users:update({ id = key }, "ADD n ?", 1, { retry_unsafe = true }))
      assert.same({ 2, true, 2 }, { info.attempts, info.replayed, applied() })
    end)

    it("increments twice after " .. what .. " for a client that is retry_unsafe", function()
      local unsafe, own = fault_client.new(server, { retry_unsafe = true })
      server:requests { fault_of }
      local _, _, info = assert(classes.UNSAFE.run(unsafe, key))
      unsafe:close()
      own:close()
      assert.same({ 2, true, 2 }, { info.attempts, info.replayed, applied() })
    end)

    it("increments once after " .. what .. " with once", function()
      server:requests { fault_of }
      local users = db:table(classes.TABLE, { key = { "id" } })
      local _, _, info = assert(users:update({ id = key }, "ADD n ?", 1, { once = true }))
      assert.same({ 2, true, 1 }, { info.attempts, info.replayed, applied() })
    end)
  end

  it("keeps its own view of signatures, and a wrong one is seen", function()
    server:keys { [canary.ACCESS_KEY_ID] = { secret = "another", token = canary.TOKEN } }
    server:requests { { bad_signature = true } }
    assert.is_nil((read()))
    assert.matches("does not match", server:log().requests[1].bad_signature)
    assert.equal(0, server:log().bad_signatures)
  end)
end)
