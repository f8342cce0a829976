-- SPDX-License-Identifier: MIT
local core = require "dynamo.core"
local operations = require "dynamo.operations"
local clock = require "dynamo.call.clock"
local request = require "dynamo.call.request"

local by_method = operations.by_method

local function ones(n)
  return ("\255"):rep(n)
end

describe("request.body", function()
  it("encodes parameters, natively or wire-typed", function()
    local expected = '{"Key":{"userId":{"S":"123"}},"TableName":"Users"}'
    assert.are.equal(
      expected,
      request.body(
        by_method.get_item,
        { TableName = "Users", Key = { userId = "123" } },
        false,
        ones
      )
    )
    assert.are.equal(
      expected,
      request.body(
        by_method.get_item,
        { TableName = "Users", Key = { userId = { S = "123" } } },
        true,
        ones
      )
    )
  end)

  local token = "ffffffff-ffff-4fff-bfff-ffffffffffff"

  it("fills in an idempotency token, and leaves the caller's table as it is", function()
    local params = { TransactStatements = { { Statement = "DELETE FROM T" } } }
    local body = assert(request.body(by_method.execute_transaction, params, false, ones))
    assert.matches('"ClientRequestToken":"' .. token .. '"', body, 1, true)
    assert.is_nil(params.ClientRequestToken)
  end)

  it("keeps the caller's token", function()
    local params = { TransactStatements = { { Statement = "x" } }, ClientRequestToken = "mine" }
    assert.matches(
      '"ClientRequestToken":"mine"',
      request.body(by_method.execute_transaction, params, false, error),
      1,
      true
    )
  end)

  it("takes members that are null for absent, the token too", function()
    local null = core.null
    local params = {
      TransactStatements = { { Statement = "x", Parameters = null } },
      ClientRequestToken = null,
    }
    local body, sent = request.body(by_method.execute_transaction, params, false, ones)
    assert.are.equal(
      '{"ClientRequestToken":"' .. token .. '","TransactStatements":[{"Statement":"x"}]}',
      body
    )
    assert.are.same(
      { ClientRequestToken = token, TransactStatements = { { Statement = "x" } } },
      sent
    )
    assert.is_true(params.ClientRequestToken == null)
  end)

  it("gives the parameters as they are sent to whoever asks about them", function()
    local null = core.null
    local rows = {
      { by_method.scan, { TableName = "Users", Segment = null, TotalSegments = null } },
      {
        by_method.put_item,
        {
          TableName = "Users",
          Item = { id = "1" },
          ConditionExpression = null,
          Expected = null,
          ExpressionAttributeNames = null,
        },
      },
      {
        by_method.batch_get_item,
        {
          RequestItems = {
            Users = {
              Keys = { { id = "1" } },
              ProjectionExpression = null,
              AttributesToGet = { "id" },
            },
          },
        },
      },
      {
        by_method.transact_write_items,
        {
          TransactItems = {
            {
              Put = null,
              Delete = { TableName = "Users", Key = { id = "1" }, ConditionExpression = null },
            },
          },
        },
      },
    }
    for _, row in ipairs(rows) do
      local body, sent = request.body(row[1], row[2], false, ones)
      assert.is_string(body, tostring(sent))
      assert.is_nil(body:find("null", 1, true))
      assert.are.equal(body, core.encode(operations.model, row[1].input, sent))
    end
    local _, sent = request.body(by_method.put_item, rows[2][2], false, ones)
    assert.is_nil(sent.ConditionExpression)
    local params = { TableName = "Users", Key = { id = "1" } }
    assert.is_true(rawequal(params, select(2, request.body(by_method.get_item, params, false))))
  end)

  it("is an error without randomness, never a weak token", function()
    local body, err = request.body(
      by_method.execute_transaction,
      { TransactStatements = { { Statement = "x" } } },
      false,
      function()
        return nil, "no device"
      end
    )
    assert.is_nil(body)
    assert.are.equal("NoRandomness", err.code)
  end)

  local bad = {
    { "update_item", { TableName = "Users" }, "missing_member" },
    { "scan", { TableName = "Users", Segment = 1 }, "segments" },
  }
  for _, case in ipairs(bad) do
    it("hands on the problem " .. case[3], function()
      local body, err = request.body(by_method[case[1]], case[2], false, ones)
      assert.is_nil(body)
      assert.are.equal(case[3], err.code)
    end)
  end

  it("runs no metamethod of the caller's tables", function()
    local params = setmetatable({ TransactStatements = { { Statement = "x" } } }, {
      __index = function()
        error("__index ran")
      end,
      __pairs = function()
        error("__pairs ran")
      end,
    })
    assert.is_string(request.body(by_method.execute_transaction, params, false, ones))
  end)
end)

describe("request.signed", function()
  local target = {
    scheme = "https",
    host = "h",
    port = 443,
    path = "/",
    host_header = { "host", "h" },
    signing_region = "eu-west-1",
    signing_name = "dynamodb",
  }
  local function client()
    return {
      signer = core.signer(),
      user_agent_header = { "user-agent", "me/1" },
      random = ones,
      retry = { max_attempts = 4 },
      attempt_timeout = 5,
      caches = request.caches(),
      clock = clock.new(true),
    }
  end
  local INVOCATION = { "amz-sdk-invocation-id", "id" }
  local function sign(c, credentials, now, attempts)
    return request.signed(c, {
      asked = { operation = by_method.get_item },
      body = "{}",
      attempts = attempts or 0,
      invocation_header = INVOCATION,
    }, target, credentials, now)
  end
  local function names(signed)
    local list = {}
    for i, pair in ipairs(signed.headers) do
      list[i] = pair[1]
    end
    return table.concat(list, " ")
  end

  local plain = { access_key_id = "AK", secret_access_key = "s" }
  local temporary = {
    access_key_id = "AK",
    secret_access_key = "s",
    token_header = { "x-amz-security-token", "t" },
  }

  it("carries all headers, the signature last", function()
    local signed = sign(client(), plain, 0)
    assert.are.equal(
      "content-type host x-amz-date x-amz-target user-agent amz-sdk-invocation-id "
        .. "amz-sdk-request authorization",
      names(signed)
    )
    assert.are.equal("19700101T000000Z", signed.headers[3][2])
    assert.matches(
      "^AWS4%-HMAC%-SHA256 Credential=AK/19700101/eu%-west%-1/dynamodb/aws4_request, "
        .. "SignedHeaders=content%-type;host;x%-amz%-date;x%-amz%-target, Signature=%x+$",
      signed.headers[8][2]
    )
    assert.are.equal("{}", signed.body)
    assert.are.equal("POST", signed.method)
  end)

  it("signs the session token", function()
    local signed = sign(client(), temporary, 0)
    assert.are.equal(
      "content-type host x-amz-date x-amz-target x-amz-security-token user-agent "
        .. "amz-sdk-invocation-id amz-sdk-request authorization",
      names(signed)
    )
    assert.matches("x-amz-security-token;x-amz-target", signed.headers[9][2], 1, true)
  end)

  it("shares what does not change between two requests, and dates each second anew", function()
    local c = client()
    local one, two, three = sign(c, plain, 1.2), sign(c, plain, 1.9), sign(c, plain, 2)
    for i = 1, 7 do
      assert.are.equal(one.headers[i], two.headers[i])
    end
    assert.are.equal(one.headers[8][2], two.headers[8][2])
    assert.are_not.equal(one.headers[3][2], three.headers[3][2])
    assert.are_not.equal(one.headers[8][2], three.headers[8][2])
  end)

  it("counts its attempts, and once the service's clock is known says how long it waits", function()
    local c = client()
    assert.are.equal("attempt=1; max=4", sign(c, plain, 0).headers[7][2])
    assert.are.equal("attempt=2; max=4", sign(c, plain, 0, 1).headers[7][2])
    c.clock.heard_date = "Thu, 01 Jan 1970 00:00:00 GMT"
    assert.are.equal("ttl=19700101T000007Z; attempt=1; max=4", sign(c, plain, 2.5).headers[7][2])
    assert.are.equal("ttl=19700101T000008Z; attempt=1; max=4", sign(c, plain, 3.5).headers[7][2])
  end)

  it("names itself", function()
    assert.matches("^dynamo%-lua/[%d.]+ lua[jit]*/[%w.-]+$", request.USER_AGENT)
  end)
end)

describe("request.invocation_header", function()
  it("is another UUID for each call, from one look at the system's randomness", function()
    local asked = 0
    local caches = request.caches()
    local function random(n)
      asked = asked + 1
      return ("\1"):rep(n)
    end
    local seen = {}
    for i = 1, 100 do
      local header = request.invocation_header(caches, random)
      assert.are.equal("amz-sdk-invocation-id", header[1])
      assert.matches("^%x+%-%x%x%x%x%-4%x%x%x%-[89ab]%x%x%x%-%x+$", header[2])
      assert.are.equal(36, #header[2])
      assert.is_nil(seen[header[2]])
      seen[header[2]] = i
    end
    assert.are.equal(1, asked)
  end)

  it("does without randomness: it is no secret", function()
    local header = request.invocation_header(request.caches(), function()
      return nil, "no device"
    end)
    assert.are.equal("00000000-0000-4000-8000-000000000001", header[2])
  end)
end)
