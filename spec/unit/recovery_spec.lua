-- SPDX-License-Identifier: MIT
-- What follows a failed attempt, over a fake transport.
local fake_client = require "support.fake_client"

local OK = { status = 200, body = "{}" }
local LOST = { kind = "transport", code = "ConnectionLost", sent = "complete" }
local REFUSED = { kind = "transport", sent = "none" }
local CUT = {
  kind = "integrity",
  code = "PartialAnswer",
  sent = "complete",
  status = 200,
  request_id = "A1",
}
local function service(status, code, message, headers)
  return {
    status = status,
    headers = headers,
    body = ('{"__type":"ns#%s","message":"%s"}'):format(code, message or "m"),
  }
end
local SERVER_ERROR = service(500, "InternalServerError")
local CONDITION = {
  status = 400,
  body = '{"__type":"ns#ConditionalCheckFailedException",'
    .. '"message":"The conditional request failed","Item":{"userId":{"S":"1"}}}',
}

local KEY = { userId = "1" }

-- One request of each class, as a table verb and as an operation.
local VERBS = {
  READ = function(users, o)
    return users:get(KEY, o)
  end,
  TOKEN = function(users, o)
    o = o or {}
    o.once = true
    return users:update(KEY, "ADD visits ?", 1, o)
  end,
  IDEMPOTENT = function(users, o)
    return users:put({ userId = "1" }, o)
  end,
  CONDITIONAL = function(users, o)
    return users:insert({ userId = "1" }, o)
  end,
  UNSAFE = function(users, o)
    return users:update(KEY, "ADD visits ?", 1, o)
  end,
}

local function users_of(steps, more)
  local db, fake = fake_client.new(steps, more)
  return db:table("Users", { key = { "userId" } }), fake
end

describe("a request that may have arrived", function()
  for _, step in ipairs { LOST, SERVER_ERROR, CUT } do
    for class, verb in pairs(VERBS) do
      local again = class ~= "UNSAFE"
      it(
        ("of class %s is %ssent again after %s"):format(
          class,
          again and "" or "not ",
          step.code or step.status
        ),
        function()
          local users, fake = users_of { step, OK }
          local result, message, info = verb(users)
          assert.are.equal(again and 2 or 1, #fake.requests)
          if again then
            assert.is_nil(message)
            assert.is_true(info.replayed)
            assert.are.equal(2, info.attempts)
          else
            assert.is_nil(result)
            assert.are.equal(step == CUT and "yes" or "unknown", info.maybe_applied)
            assert.are.equal(step == CUT or nil, info.response_lost)
          end
        end
      )
    end
  end

  it("has the same body, and the same invocation, each time", function()
    local users, fake = users_of { LOST, LOST, OK }
    assert(VERBS.TOKEN(users))
    for n = 2, 3 do
      assert.are.equal(fake.requests[1].body, fake.requests[n].body)
      assert.are.equal(
        fake:header(1, "amz-sdk-invocation-id"),
        fake:header(n, "amz-sdk-invocation-id")
      )
      assert.are.equal(("attempt=%d; max=4"):format(n), fake:header(n, "amz-sdk-request"))
    end
  end)

  it("of class UNSAFE is sent again for who accepts that", function()
    local users, fake = users_of({ LOST, OK }, { retry_unsafe = true })
    assert.is_true((VERBS.UNSAFE(users)))
    assert.are.equal(2, #fake.requests)
    users, fake = users_of { LOST, OK }
    assert.is_true((VERBS.UNSAFE(users, { retry_unsafe = true })))
    assert.are.equal(2, #fake.requests)
    users, fake = users_of({ LOST, OK }, { retry_unsafe = true })
    assert.is_nil((VERBS.UNSAFE(users, { retry_unsafe = false })))
    assert.are.equal(1, #fake.requests)
    local db
    db, fake = fake_client.new { LOST, OK }
    assert(db:update_item({
      TableName = "Users",
      Key = KEY,
      UpdateExpression = "ADD n :n",
      ExpressionAttributeValues = { [":n"] = 1 },
    }, { retry_unsafe = true }))
    assert.are.equal(2, #fake.requests)
  end)

  it("of class UNSAFE is judged by what was sent, not by what its table says by now", function()
    local params = {
      TableName = "Users",
      Key = KEY,
      UpdateExpression = "ADD n :n",
      ExpressionAttributeValues = { [":n"] = 1 },
    }
    local db, fake = fake_client.new {
      function()
        params.UpdateExpression = "SET n = :n"
        return LOST
      end,
    }
    assert.is_nil((db:update_item(params)))
    assert.are.equal(1, #fake.requests)
  end)
end)

describe("maybe_applied", function()
  local cases = {
    -- class, steps, attempts, maybe_applied
    { "IDEMPOTENT", { LOST, service(400, "ValidationException") }, 2, "unknown" },
    { "IDEMPOTENT", { CUT, service(400, "ValidationException") }, 2, "yes" },
    { "IDEMPOTENT", { REFUSED, service(400, "ValidationException") }, 2, "no" },
    { "IDEMPOTENT", { SERVER_ERROR, REFUSED }, 4, "unknown" },
    { "UNSAFE", { REFUSED, LOST }, 2, "unknown" },
    { "UNSAFE", { service(400, "ThrottlingException"), CUT }, 2, "yes" },
    { "CONDITIONAL", { LOST, CONDITION }, 2, "unknown" },
    { "CONDITIONAL", { CUT, CONDITION }, 2, "yes" },
    { "CONDITIONAL", { REFUSED, CONDITION }, 2, "no" },
  }
  for i, case in ipairs(cases) do
    it(("is what all attempts may have done together, case %d"):format(i), function()
      local users, fake = users_of(case[2])
      local result, message, err = VERBS[case[1]](users)
      assert.is_nil(result)
      assert.are.equal(case[3], #fake.requests)
      assert.are.equal(case[4], err.maybe_applied)
      assert.are.same({ message, message }, { err.message, tostring(err) })
    end)
  end

  it("comes with a hint where a condition fails after an attempt without response", function()
    local users = users_of { LOST, CONDITION }
    local _, message, err = VERBS.CONDITIONAL(users)
    assert.are.equal("ConditionalCheckFailedException", err.code)
    assert.are.same({ userId = "1" }, err.item)
    assert.is_true(err.replayed)
    assert.matches("an earlier attempt of this call got no clear answer", message, 1, true)
    users = users_of { CONDITION }
    _, message = VERBS.CONDITIONAL(users)
    assert.is_nil(message:find("earlier attempt", 1, true))
  end)

  it("is nothing for a SELECT", function()
    local db = fake_client.new { LOST }
    local _, _, err = db:execute_statement { Statement = "SELECT * FROM Users" }
    assert.are.equal(4, err.attempts)
    assert.is_nil(err.maybe_applied)
  end)
end)

describe("the bucket of retries", function()
  local function calls(n, step, more)
    local db, fake = fake_client.new({ step }, more)
    local last
    for _ = 1, n do
      last = select(3, db:get_item { TableName = "Users", Key = KEY })
    end
    return #fake.requests, last
  end

  it("keeps 10,000 calls of a dead service within 10,035 requests", function()
    local requests, err = calls(10000, service(503, "X"))
    assert.are.equal(10035, requests)
    assert.is_true(err.retry_quota_exceeded)
    assert.are.equal(1, err.attempts)
    assert.are.equal("X", err.code)
  end)

  it("keeps 10,000 calls of a throttling one within 10,100", function()
    assert.are.equal(10100, (calls(10000, service(400, "ThrottlingException"))))
  end)

  it("fills again with successes", function()
    local responses = {}
    for i = 1, 200 do
      responses[i] = service(500, "X")
    end
    for i = 201, 1000 do
      responses[i] = OK
    end
    local db, fake = fake_client.new(responses)
    while #fake.requests < 200 do
      db:get_item { TableName = "Users", Key = KEY }
    end
    for _ = 1, 30 do
      assert(db:get_item { TableName = "Users", Key = KEY })
    end
    fake.steps = { service(500, "X") }
    local _, _, err = db:get_item { TableName = "Users", Key = KEY }
    assert.are.equal(3, err.attempts) -- 30 tokens: two retries
  end)
end)

describe("a clock that is off", function()
  local DATE = "Tue, 24 Nov 2026 13:31:44 GMT"
  local SERVER = 1795527104
  local function skewed(text)
    return service(400, "InvalidSignatureException", text, { date = DATE })
  end
  local function get(db)
    return db:get_item { TableName = "Users", Key = KEY }
  end

  for _, off in ipairs { 1200, -1200, 360, -360 } do
    it(("by %d s is set right by one response"):format(off), function()
      local db, fake = fake_client.new { skewed "Signature expired: now", OK }
      fake.wall = SERVER + off - fake.clock
      local result, _, info = get(db)
      assert.is_table(result)
      assert.are.equal(2, info.attempts)
      assert.are.equal("20261124T133144Z", fake:header(2, "x-amz-date"))
      assert.is_table(get(db))
      assert.are.equal("20261124T133144Z", fake:header(3, "x-amz-date"))
    end)
  end

  it("is learnt from a success, too", function()
    local db, fake = fake_client.new { { status = 200, body = "{}", headers = { date = DATE } } }
    fake.wall = SERVER + 1000 - fake.clock
    assert(get(db))
    assert(get(db))
    assert.are.equal("20261124T133144Z", fake:header(2, "x-amz-date"))
  end)

  it("that has healed meanwhile costs one more attempt", function()
    local db, fake = fake_client.new { skewed "Signature expired: 1 is now earlier than 2", OK }
    fake.wall = SERVER - fake.clock
    assert.is_table(get(db))
    assert.are.equal(2, #fake.requests)
  end)

  it("is asked about once a call, never in a loop", function()
    local db, fake = fake_client.new { skewed "Signature expired: always" }
    fake.wall = SERVER + 1200 - fake.clock
    local _, _, err = get(db)
    assert.are.equal("InvalidSignatureException", err.code)
    assert.are.equal(2, #fake.requests)
  end)

  it("is not to blame for a wrong secret", function()
    local db, fake = fake_client.new { skewed "The request signature we calculated does not match" }
    fake.wall = SERVER - fake.clock
    local _, message = get(db)
    assert.are.equal(1, #fake.requests)
    assert.matches("look at the secret access key", message, 1, true)
  end)

  it("keeps a write that counts from being sent again for nothing else", function()
    local db, fake = fake_client.new { skewed "Signature expired: now", LOST, OK }
    fake.wall = SERVER + 1200 - fake.clock
    local users = db:table("Users", { key = { "userId" } })
    local _, _, err = VERBS.UNSAFE(users)
    assert.are.equal(2, #fake.requests)
    assert.are.equal("unknown", err.maybe_applied)
  end)
end)

describe("credentials that have expired", function()
  local EXPIRED = service(400, "ExpiredTokenException")

  -- A provider that gives another key after each refresh, `n` of them.
  local function provider(n)
    local given, asked = 1, 0
    return {
      get = function(_, ask)
        if ask and ask.refresh then
          asked = asked + 1
          given = math.min(given + 1, n)
        end
        return { access_key_id = "AK" .. given, secret_access_key = "s" }
      end,
      refreshes = function()
        return asked
      end,
    }
  end

  it("are refreshed once, and the request is sent again", function()
    local source = provider(2)
    local users, fake = users_of({ EXPIRED, OK }, { credentials = source })
    assert.is_true((VERBS.UNSAFE(users)))
    assert.matches("Credential=AK2/", fake:header(2, "authorization"), 1, true)
    assert.are.equal(1, source.refreshes())
  end)

  it("are refreshed no second time in a call", function()
    local source = provider(9)
    local users, fake = users_of({ EXPIRED }, { credentials = source })
    local _, _, err = VERBS.UNSAFE(users)
    assert.are.equal("ExpiredTokenException", err.code)
    assert.are.equal("no", err.maybe_applied)
    assert.are.equal(2, #fake.requests)
    assert.are.equal(1, source.refreshes())
  end)

  it("are not sent again unchanged", function()
    local users, fake = users_of(
      { service(400, "UnrecognizedClientException") },
      { credentials = provider(1) }
    )
    assert.is_nil((VERBS.READ(users)))
    assert.are.equal(1, #fake.requests)
  end)
end)

describe("adaptive mode", function()
  it("holds requests back once the service throttles, within the deadline", function()
    local steps = {}
    for i = 1, 40 do
      steps[i] = { status = 200, body = "{}", seconds = 0.1 }
    end
    steps[41] = service(400, "ThrottlingException")
    steps[42] = OK
    local db, fake = fake_client.new(steps, { retry_mode = "adaptive", retry_unsafe = false })
    local function get(o)
      return db:get_item({ TableName = "Users", Key = KEY }, o)
    end
    for _ = 1, 40 do
      assert(get())
    end
    assert.are.equal(0, #fake.sleeps)
    assert(get())
    local began, sleeps = fake.clock, #fake.sleeps
    for _ = 1, 20 do
      assert(get())
    end
    assert.is_true(#fake.sleeps > sleeps)
    assert.is_true(fake.clock - began > 0.5)
    local message, err
    for _ = 1, 50 do
      message, err = select(2, get { timeout = 0.001 })
    end
    assert.are.equal("DeadlineExceeded", err.code)
    assert.matches("adaptive", message, 1, true)
  end)
end)

describe("a refusal that passes", function()
  local THROTTLE = service(400, "ThrottlingException")

  local function verbs(o)
    local calls = {
      get = { KEY },
      put = { KEY },
      insert = { KEY },
      replace = { KEY },
      delete = { KEY },
      upsert = { { userId = "1", a = 1 } },
      patch = { { userId = "1", a = 1 } },
      update = { KEY, "ADD visits ?", 1 },
    }
    for _, arguments in pairs(calls) do
      arguments[#arguments + 1] = o
    end
    return calls
  end

  for name, arguments in pairs(verbs()) do
    for _, code in ipairs { "ThrottlingException", "TransactionConflictException" } do
      it(("by %s is followed by another %s"):format(code, name), function()
        local users, fake = users_of { service(400, code), OK }
        local _, message, info = users[name](users, (table.unpack or unpack)(arguments))
        assert.is_nil(message)
        assert.are.same({ 2, 2 }, { #fake.requests, info.attempts })
      end)
    end
  end

  for name, arguments in pairs(verbs { once = true }) do
    if name ~= "get" then
      it("is followed by another transaction of one: " .. name, function()
        local users, fake = users_of { THROTTLE, OK }
        assert.is_true((users[name](users, (table.unpack or unpack)(arguments))))
        assert.are.equal(2, #fake.requests)
      end)
    end
  end

  local function cancelled(...)
    local reasons = {}
    for i, code in ipairs { ... } do
      reasons[i] = ('{"Code":"%s"}'):format(code)
    end
    return {
      status = 400,
      body = '{"__type":"ns#TransactionCanceledException",'
        .. '"CancellationReasons":['
        .. table.concat(reasons, ",")
        .. "]}",
    }
  end

  local TRANSACTIONS = {
    transact_write_items = { TransactItems = { { Delete = { TableName = "Users", Key = KEY } } } },
    execute_transaction = { TransactStatements = { { Statement = "DELETE FROM a WHERE b = 1" } } },
  }
  -- DynamoDB forgets a token ten minutes after the request that first had it.
  for method, params in pairs(TRANSACTIONS) do
    local SLOWLY_LOST = { kind = "transport", sent = "complete", seconds = 500 }
    local patient = { timeout = 4000, attempt_timeout = 1000 }

    it("is not sent again under a token that may be forgotten: " .. method, function()
      local db, fake = fake_client.new({ SLOWLY_LOST, SLOWLY_LOST, OK }, patient)
      local done, _, err = db[method](db, params)
      assert.is_nil(done)
      assert.are.same({ 2, "unknown" }, { #fake.requests, err.maybe_applied })
    end)

    it("is not, even if the last attempt was refused: " .. method, function()
      local refused = { status = 400, body = '{"__type":"ns#ThrottlingException"}', seconds = 500 }
      local db, fake = fake_client.new({ SLOWLY_LOST, refused, OK }, patient)
      assert.is_nil((db[method](db, params)))
      assert.are.equal(2, #fake.requests)
    end)

    it("is sent again, however late, if no attempt ever arrived: " .. method, function()
      local never = { kind = "transport", sent = "none", seconds = 500 }
      local db, fake = fake_client.new({ never, never, OK }, patient)
      assert(db[method](db, params))
      assert.are.equal(3, #fake.requests)
    end)
  end

  for method, params in pairs(TRANSACTIONS) do
    it("ends no transaction that was throttled: " .. method, function()
      local db, fake = fake_client.new { cancelled("None", "ThrottlingError"), OK }
      assert(db[method](db, params))
      assert.are.equal(2, #fake.requests)
      assert.are.equal(fake.requests[1].body, fake.requests[2].body)
    end)

    it("ends one that met another, unless retry_conflicts says so: " .. method, function()
      local steps = { cancelled("TransactionConflict", "ThrottlingError"), OK }
      local db, fake = fake_client.new(steps)
      local _, _, err = db[method](db, params)
      assert.are.same(
        { 1, true, true, "no" },
        { #fake.requests, err.throttled, err.retryable, err.maybe_applied }
      )
      db, fake = fake_client.new(steps)
      assert(db[method](db, params, { retry_conflicts = true }))
      assert.are.equal(fake.requests[1].body, fake.requests[2].body)
      db, fake = fake_client.new { cancelled("ConditionalCheckFailed", "TransactionConflict"), OK }
      assert.is_nil((db[method](db, params, { retry_conflicts = true })))
      assert.are.equal(1, #fake.requests)
    end)
  end
end)

describe("explain", function()
  it("takes no turn of the adaptive limiter: it sends nothing", function()
    local steps = {}
    for i = 1, 40 do
      steps[i] = { status = 200, body = "{}", seconds = 0.1 }
    end
    steps[41] = service(400, "ThrottlingException")
    local db, fake = fake_client.new(steps, { retry_mode = "adaptive", max_attempts = 1 })
    for _ = 1, 41 do
      db:get_item { TableName = "Users", Key = KEY }
    end
    for _ = 1, 50 do
      assert(db:explain("get_item", { TableName = "Users", Key = KEY }))
    end
    assert.are.equal(0, #fake.sleeps)
  end)
end)

describe("the options of one call", function()
  local db = fake_client.new { OK }
  local bad = {
    { "x", "get_item: the options must be a table" },
    { { timeuot = 1 }, 'get_item: unknown option "timeuot", did you mean "timeout"?' },
    { { timeout = 0 }, "get_item: timeout must be a number of seconds" },
    { { retry_unsafe = "yes" }, "get_item: retry_unsafe must be a boolean" },
    { { retry_conflicts = 1 }, "get_item: retry_conflicts must be a boolean" },
    { { retry_conflicts = true }, "get_item: retry_conflicts is an option of transactions" },
  }
  for _, case in ipairs(bad) do
    it("are checked: " .. case[2], function()
      local ok, message = pcall(db.get_item, db, { TableName = "Users", Key = KEY }, case[1])
      assert.is_false(ok)
      assert.matches(case[2], message, 1, true)
    end)
  end

  it("bound the whole call", function()
    local slow, fake = fake_client.new { { status = 500, body = "{}", seconds = 0.4 } }
    local _, _, err = slow:get_item({ TableName = "Users", Key = KEY }, { timeout = 1 })
    assert.are.equal(3, err.attempts)
    assert.is_true(fake.clock < 101.3)
  end)
end)
