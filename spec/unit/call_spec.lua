-- SPDX-License-Identifier: MIT
-- The life of a request, over a fake transport: the clock stands still but for sleeps.
local canary = require "support.canary"
local fake_client = require "support.fake_client"

local OK = { status = 200, body = "{}", headers = { ["x-amzn-requestid"] = "REQ" } }
local KEY = { TableName = "Users", Key = { userId = "123" } }
local function service(status, code)
  return { status = status, body = ('{"__type":"ns#%s","message":"m"}'):format(code) }
end

local function get(db)
  return db:get_item(KEY)
end
-- Of class UNSAFE: doing it twice counts twice.
local function write(db)
  return db:update_item {
    TableName = "Users",
    Key = { userId = "123" },
    UpdateExpression = "ADD visits :one",
    ExpressionAttributeValues = { [":one"] = 1 },
  }
end

describe("a call that succeeds", function()
  it("returns the response, nil and info", function()
    local db = fake_client.new {
      {
        status = 200,
        body = '{"Item":{"a":{"N":"1"}},"ConsumedCapacity":{"TableName":"U","CapacityUnits":0.5}}',
        headers = { ["x-amzn-requestid"] = "REQ" },
      },
    }
    local result, message, info = get(db)
    assert.are.same({ a = 1 }, result.Item)
    assert.is_nil(message)
    assert.are.equal("REQ", info.request_id)
    assert.are.equal(1, info.attempts)
    assert.are.equal(0.5, info.consumed_capacity.CapacityUnits)
    assert.is_false(info.replayed)
    assert.are.equal(
      "{\n  attempts = 1,\n"
        .. '  consumed_capacity = { CapacityUnits = 0.5, TableName = "U" },\n'
        .. '  replayed = false,\n  request_id = "REQ",\n}',
      tostring(info)
    )
  end)

  it("reads what is wire-typed as it is written", function()
    local db, fake = fake_client.new { { status = 200, body = '{"Item":{"a":{"N":"1.0"}}}' } }
    local result = db.typed:get_item { TableName = "Users", Key = { userId = { S = "123" } } }
    assert.are.same({ a = { N = "1.0" } }, result.Item)
    assert.are.equal('{"Key":{"userId":{"S":"123"}},"TableName":"Users"}', fake.requests[1].body)
  end)

  it("keeps every number exact when asked to", function()
    local db = fake_client.new(
      { { status = 200, body = '{"Item":{"a":{"N":"1"}}}' } },
      { numbers = "exact" }
    )
    assert.are.equal("userdata", type(get(db).Item.a))
  end)

  it("gives each attempt no more than attempt_timeout, nor than is left", function()
    local db, fake = fake_client.new({ { kind = "timeout", sent = "none", seconds = 5 }, OK }, {
      timeout = 7,
      attempt_timeout = 5,
      random = function(n)
        return ("\0"):rep(n)
      end,
    })
    assert.is_table(get(db))
    assert.are.same({ 105, 107 }, fake.deadlines)
  end)
end)

describe("a body that is written already", function()
  it("is sent as it is, and again as it is", function()
    local db, fake = fake_client.new { { kind = "transport", sent = "none" }, OK }
    local asked = {
      operation = require("dynamo.operations").by_method.batch_write_item,
      params = { RequestItems = { Users = {} } },
      body = '{"RequestItems":{"Users":[]}}',
    }
    local users = db:table("Users", { key = { "userId" } })
    local client = require("dynamo.table").noun(users).client
    assert(require("dynamo.call").run(client, asked))
    assert.are.same({ asked.body, asked.body }, { fake.requests[1].body, fake.requests[2].body })
    local shown = assert(require("dynamo.call").explain(client, asked))
    assert.are.equal(asked.body, shown.body)
  end)
end)

describe("retries", function()
  it("double their wait, and end with max_attempts", function()
    local db, fake = fake_client.new { service(500, "InternalServerError") }
    local result, message, err = get(db)
    assert.is_nil(result)
    assert.are.equal("InternalServerError: m", message)
    assert.are.equal(4, err.attempts)
    assert.are.equal(4, #fake.requests)
    for i, expected in ipairs { 0.025, 0.05, 0.1 } do
      assert.are.near(expected, fake.sleeps[i], 1e-6)
    end
    assert.are.equal(3, #fake.sleeps)
  end)

  it("send the same body under a fresh date", function()
    local db, fake = fake_client.new { service(400, "ThrottlingException"), OK }
    assert.is_table(write(db))
    assert.are.equal(fake.requests[1].body, fake.requests[2].body)
    assert.are_not.equal(fake:header(1, "x-amz-date"), fake:header(2, "x-amz-date"))
    assert.are_not.equal(fake:header(1, "authorization"), fake:header(2, "authorization"))
  end)

  it("send the same idempotency token", function()
    local db, fake = fake_client.new { service(400, "ThrottlingException"), OK }
    local item = { Put = { TableName = "Users", Item = { a = 1 } } }
    assert.is_table(db:transact_write_items { TransactItems = { item } })
    assert.matches("ClientRequestToken", fake.requests[1].body)
    assert.are.equal(fake.requests[1].body, fake.requests[2].body)
  end)

  it("sign with the credentials of the moment", function()
    local n = 0
    local provider = {
      get = function()
        n = n + 1
        return { access_key_id = "AK" .. n, secret_access_key = "s" }
      end,
    }
    local db, fake = fake_client.new({ service(500, "X"), OK }, { credentials = provider })
    assert.is_table(get(db))
    assert.matches("Credential=AK1/", fake:header(1, "authorization"), 1, true)
    assert.matches("Credential=AK2/", fake:header(2, "authorization"), 1, true)
  end)

  it("stop before a wait would pass the deadline", function()
    local db, fake = fake_client.new({ service(400, "ThrottlingException") }, { timeout = 2 })
    local _, _, err = get(db)
    assert.are.equal(2, err.attempts)
    assert.are.equal(1, #fake.sleeps)
    assert.are.equal("ThrottlingException", err.code)
  end)

  it("wait as long as the server says", function()
    local step = service(503, "X")
    step.headers = { ["x-amz-retry-after"] = "1500" }
    local db, fake = fake_client.new { step, OK }
    assert.is_table(get(db))
    assert.are.same({ 1.5 }, fake.sleeps)
  end)

  for name, more in pairs {
    ["retry_mode off"] = { retry_mode = "off" },
    ["max_attempts 1"] = { max_attempts = 1 },
  } do
    it("are none with " .. name, function()
      local db, fake = fake_client.new({ service(500, "X") }, more)
      assert.is_nil((get(db)))
      assert.are.equal(1, #fake.requests)
    end)
  end
end)

-- The heart of it: what is sent again, and what the caller is told about a write.
describe("after a failure", function()
  local ID = { ["x-amzn-requestid"] = "A1" }
  local cases = {
    -- name, step, attempts of a read, of a write, maybe_applied, replayed after a read's success
    { "nothing sent", { kind = "transport", sent = "none" }, 4, 4, "no", false },
    { "a part sent", { kind = "transport", sent = "partial" }, 4, 4, "no", true },
    { "all sent", { kind = "transport", sent = "complete" }, 4, 1, "unknown", true },
    { "who knows what sent", { kind = "transport" }, 4, 1, "unknown", true },
    { "no connection in time", { kind = "timeout", sent = "none" }, 4, 4, "no", false },
    { "no answer in time", { kind = "timeout", sent = "complete" }, 4, 1, "unknown", true },
    {
      "an answer cut short",
      { kind = "integrity", sent = "complete", status = 200, request_id = "A1" },
      4,
      1,
      "yes",
      true,
    },
    {
      "somebody's answer cut short",
      { kind = "integrity", sent = "complete", status = 200 },
      4,
      1,
      "unknown",
      true,
    },
    {
      "an endless answer",
      {
        kind = "integrity",
        code = "ResponseTooLarge",
        sent = "complete",
        status = 200,
        request_id = "A1",
      },
      1,
      1,
      "yes",
    },
    { "a bad certificate", { kind = "tls", sent = "none" }, 1, 1, "no" },
    { "a header that cannot be sent", { kind = "validation", sent = "none" }, 1, 1, "no" },
    { "a throttle", service(400, "ProvisionedThroughputExceededException"), 4, 4, "no", true },
    { "a 429", service(429, "X"), 4, 4, "no", true },
    {
      "a conflict of replicas",
      service(400, "ReplicatedWriteConflictException"),
      4,
      4,
      "no",
      true,
    },
    { "a 500", service(500, "InternalServerError"), 4, 1, "unknown", true },
    { "a 503 in HTML", { status = 503, body = "<html>" }, 4, 1, "unknown", true },
    { "a refusal", service(400, "ValidationException"), 1, 1, "no" },
    { "a failed condition", service(400, "ConditionalCheckFailedException"), 1, 1, "no" },
    { "a redirect", { status = 307 }, 1, 1, "unknown" },
    { "a success in HTML", { status = 200, body = "<html>" }, 4, 1, "unknown", true },
    { "a success without a body", { status = 200, body = "" }, 4, 1, "unknown", true },
    { "a success of somebody else", { status = 200, body = '{"ok":true}' }, 4, 1, "unknown", true },
    {
      "a success without a body, by the service",
      { status = 200, body = "", headers = ID },
      4,
      1,
      "yes",
      true,
    },
    {
      "a success with a wrong checksum",
      { status = 200, body = "{}", headers = { ["x-amz-crc32"] = "1" } },
      4,
      1,
      "unknown",
      true,
    },
    {
      "a success with a wrong checksum, by the service",
      {
        status = 200,
        body = "{}",
        headers = { ["x-amz-crc32"] = "1", ["x-amzn-requestid"] = "A1" },
      },
      4,
      1,
      "yes",
      true,
    },
  }
  for _, case in ipairs(cases) do
    local name, step = case[1], case[2]

    it(("(%s) a read is sent %d times"):format(name, case[3]), function()
      local db, fake = fake_client.new { step }
      local result, message, err = get(db)
      assert.is_nil(result)
      assert.are.same({ message, message }, { err.message, tostring(err) })
      assert.are.equal(case[3], #fake.requests)
      assert.are.equal(case[3], err.attempts)
      assert.is_nil(err.maybe_applied)
      assert.are.equal("get_item", err.operation)
      assert.is_boolean(err.retryable)
      assert.is_boolean(err.throttled)
    end)

    it(("(%s) a write is sent %d times, applied: %s"):format(name, case[4], case[5]), function()
      local db, fake = fake_client.new { step }
      local _, _, err = write(db)
      assert.are.equal(case[4], #fake.requests)
      assert.are.equal(case[5], err.maybe_applied)
    end)

    if case[3] > 1 then
      it(("(%s) a read that then succeeds tells"):format(name), function()
        local db = fake_client.new { step, OK }
        local result, _, info = get(db)
        assert.is_table(result)
        assert.are.equal(2, info.attempts)
        assert.are.equal(case[6], info.replayed)
      end)
    end
  end

  it("the request id is in the error", function()
    local step = service(400, "ValidationException")
    step.headers = { ["x-amzn-requestid"] = "REQ" }
    local db = fake_client.new { step }
    local _, _, err = get(db)
    assert.are.equal("REQ", err.request_id)
  end)

  it("no secret is in the error", function()
    local db, fake
    local function echo(request)
      local lines = {}
      for i, pair in ipairs(request.headers) do
        lines[i] = pair[1] .. ": " .. pair[2]
      end
      lines[#lines + 1] = "your token: " .. canary.TOKEN
      return { status = 403, body = table.concat(lines, "\n") }
    end
    db, fake = fake_client.new({ echo }, { credentials = canary.credentials() })
    local _, message, err = get(db)
    assert.are.equal(1, #fake.requests)
    assert.is_nil(canary.find { message, tostring(err), err })
    assert.is_nil(message:find(canary.ACCESS_KEY_ID, 1, true))
  end)
end)

describe("no secret, whole or broken into lines, is in what is said of", function()
  local function broken(text)
    return (text:gsub("..........", "%0\r\n\t"))
  end
  local function json(text)
    return (
      text:gsub('[%c"\\]', function(byte)
        return ("\\u%04x"):format(byte:byte())
      end)
    )
  end
  -- what a step makes of a text that holds a secret
  local steps = {
    ["a code"] = function(text)
      return { status = 400, body = '{"__type":"' .. json(text) .. '"}' }
    end,
    ["a code in a header"] = function(text)
      return { status = 400, body = "{}", headers = { ["x-amzn-errortype"] = text } }
    end,
    ["a message"] = function(text)
      return { status = 400, body = '{"__type":"X","message":"' .. json(text) .. '"}' }
    end,
    ["a throttling"] = function(text)
      return {
        status = 400,
        body = '{"__type":"ThrottlingException","message":"'
          .. json(text)
          .. '","throttlingReasons":[{"reason":"'
          .. json(text)
          .. '"}]}',
      }
    end,
    ["a reason"] = function(text)
      return {
        status = 400,
        body = '{"__type":"TransactionCanceledException",'
          .. '"CancellationReasons":[{"Code":"'
          .. json(text)
          .. '","Message":"'
          .. json(text)
          .. '"}]}',
      }
    end,
    ["a page"] = function(text)
      return { status = 403, body = "<html>" .. text }
    end,
    ["a request id"] = function(text)
      return { status = 400, body = "{}", headers = { ["x-amzn-requestid"] = text } }
    end,
    ["a success's request id"] = function(text)
      return { status = 200, body = "{}", headers = { ["x-amzn-requestid"] = text } }
    end,
    ["a checksum"] = function(text)
      return { status = 200, body = "{}", headers = { ["x-amz-crc32"] = text } }
    end,
    ["an encoding"] = function(text)
      return { status = 200, body = "{}", headers = { ["content-encoding"] = text } }
    end,
    ["a damaged body"] = function(text)
      return { status = 200, body = '{"Item":' .. text }
    end,
    ["a transport's failure"] = function(text)
      return { kind = "transport", message = text, sent = "complete" }
    end,
    ["a transport's code"] = function(text)
      return { kind = "transport", code = text, message = "m", sent = "complete" }
    end,
  }
  local secrets = {
    ["the secret key"] = function()
      return canary.SECRET
    end,
    ["the session token"] = function()
      return canary.TOKEN
    end,
    ["the signature"] = function(request)
      return request.headers[#request.headers][2]:match("Signature=(%x+)")
    end,
  }
  for place, step in pairs(steps) do
    for name, secret_of in pairs(secrets) do
      it(place .. " that repeats " .. name, function()
        local heard, secrets_seen = {}, {}
        local function hear(record)
          heard[#heard + 1] = record
        end
        local function echo(request)
          local secret = secret_of(request)
          secrets_seen[#secrets_seen + 1] = secret
          return step(#secrets_seen % 2 == 1 and secret or "x " .. broken(secret))
        end
        for _, count in ipairs { 1, 2 } do
          local db = fake_client.new({ echo, echo }, {
            credentials = canary.credentials(),
            max_attempts = count,
            hooks = { after_response = hear, before_retry = hear },
          })
          local told = { get(db) }
          told.text = tostring(told[3])
          for _, secret in ipairs(secrets_seen) do
            for i = 1, #secret - 15 do
              assert.is_nil(canary.find({ told, heard }, nil, nil, secret:sub(i, i + 15)))
            end
          end
          assert.is_nil(canary.find { told, heard })
        end
      end)
    end
  end
end)

describe("a call that sends nothing", function()
  local function refused(more, params)
    local db, fake = fake_client.new({ OK }, more)
    local result, message, err = db:update_item(params or KEY)
    assert.is_nil(result)
    assert.are.equal(0, #fake.requests)
    assert.are.equal(0, err.attempts)
    assert.are.equal("no", err.maybe_applied)
    assert.are.equal("update_item", err.operation)
    assert.are.equal(tostring(err), message)
    return err
  end

  it("because of its parameters", function()
    local err = refused(nil, { TableName = "Users" })
    assert.are.equal("validation", err.kind)
  end)

  it("because it has no credentials", function()
    local err = refused {
      credentials = {
        get = function()
          return nil, "sealed"
        end,
      },
    }
    assert.are.equal("credentials", err.kind)
  end)

  it("because the environment's endpoint is none", function()
    local err = refused {
      getenv = function(name)
        return name == "AWS_ENDPOINT_URL" and "http://evil.com" or nil
      end,
    }
    assert.are.equal("config", err.kind)
    assert.matches("allow_http", err.message)
  end)

  it("because its time is over", function()
    local db, fake
    db, fake = fake_client.new({ OK }, {
      credentials = {
        get = function()
          fake.clock = fake.clock + 60
          return { access_key_id = "A", secret_access_key = "s" }
        end,
      },
    })
    local _, _, err = get(db)
    assert.are.equal("timeout", err.kind)
    assert.are.equal("DeadlineExceeded", err.code)
    assert.are.equal(0, #fake.requests)
  end)
end)

describe("the region", function()
  local files = {
    ["/h/.aws/config"] = "[default]\nregion = eu-north-1\n[profile bad]\nregion = a b\n",
  }
  local function host(variables, options)
    local transport = require("support.fake_transport").new { OK }
    options = fake_client.options(transport, options)
    options.region = nil
    options.getenv = function(name)
      return name == "HOME" and "/h" or variables[name]
    end
    options.read_file = function(path)
      return files[path], path .. ": no such file"
    end
    local result, message, err = require("dynamo.client").new(options):list_tables()
    return result and transport.requests[1].host, message, err
  end

  it("comes from the environment, then from the profile", function()
    assert.are.equal(
      "dynamodb.eu-west-2.amazonaws.com",
      host { AWS_REGION = "eu-west-2", AWS_DEFAULT_REGION = "eu-west-3" }
    )
    assert.are.equal("dynamodb.eu-west-3.amazonaws.com", host { AWS_DEFAULT_REGION = "eu-west-3" })
    assert.are.equal("dynamodb.eu-north-1.amazonaws.com", host {})
  end)

  it("is checked wherever it comes from", function()
    local _, message, err = host({}, { profile = "bad" })
    assert.are.equal("config", err.kind)
    assert.matches("region", message)
  end)

  it("is asked for when there is none", function()
    files = {}
    local _, message, err = host {}
    assert.are.equal("MissingRegion", err.code)
    assert.matches("AWS_REGION", message)
  end)
end)
