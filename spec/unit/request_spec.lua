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

describe("request.write", function()
  local target = {
    path = "/",
    host_header = { "host", "h" },
    signing_region = "eu-west-1",
    signing_name = "dynamodb",
  }
  local function client()
    local caches = request.caches()
    request.invocation(caches, ones)
    return {
      signer = core.signer(),
      user_agent_header = { "user-agent", "me/1" },
      random = ones,
      retry = { max_attempts = 4 },
      attempt_timeout = 5,
      caches = caches,
      clock = clock.new(true),
    }
  end
  local function call_of(credentials, attempts, method)
    return {
      target = target,
      snapshot = credentials,
      asked = { operation = by_method[method or "get_item"] },
      body = '{"a":1}',
      attempts = attempts or 0,
      invocation = 10,
    }
  end
  local function sign(c, credentials, now, attempts)
    local message = core.message()
    assert(request.write(c, call_of(credentials, attempts), message, now))
    return message:fields {}, message
  end
  local function names(headers)
    local list = {}
    for i, pair in ipairs(headers) do
      list[i] = pair[1]
    end
    return table.concat(list, " ")
  end

  local plain = { access_key_id = "AK", secret_access_key = "s", secrets = { "s" } }
  local temporary = {
    access_key_id = "AK",
    secret_access_key = "s",
    token_header = { "x-amz-security-token", "t" },
    secrets = { "s", "t" },
  }

  it("carries all headers, the signature last, and the body", function()
    local headers, message = sign(client(), plain, 0)
    assert.are.equal(
      "content-type host x-amz-date x-amz-target user-agent amz-sdk-invocation-id "
        .. "amz-sdk-request authorization",
      names(headers)
    )
    assert.are.equal("19700101T000000Z", headers[3][2])
    assert.matches(
      "^AWS4%-HMAC%-SHA256 Credential=AK/19700101/eu%-west%-1/dynamodb/aws4_request, "
        .. "SignedHeaders=content%-type;host;x%-amz%-date;x%-amz%-target, Signature=%x+$",
      headers[8][2]
    )
    assert.matches("^POST / HTTP/1.1\r\ncontent%-type: ", message:bytes())
    assert.matches('\r\nContent%-Length: 7\r\n\r\n{"a":1}$', message:bytes())
  end)

  it("signs the session token", function()
    local headers = sign(client(), temporary, 0)
    assert.are.equal(
      "content-type host x-amz-date x-amz-target x-amz-security-token user-agent "
        .. "amz-sdk-invocation-id amz-sdk-request authorization",
      names(headers)
    )
    assert.matches("x-amz-security-token;x-amz-target", headers[9][2], 1, true)
  end)

  it("has the signature that the signer gives for the same headers", function()
    for _, credentials in ipairs { plain, temporary } do
      local headers = sign(client(), credentials, 1)
      local signed = credentials == plain and 4 or 5
      assert.are.equal(
        headers[#headers][2],
        core.signer():authorization(
          "POST",
          "/",
          { (table.unpack or unpack)(headers, 1, signed) },
          '{"a":1}',
          "AK",
          "s",
          "eu-west-1",
          "dynamodb",
          headers[3][2]
        )
      )
    end
  end)

  it("keeps what requests of a second begin with, and dates each second anew", function()
    local c = client()
    local one, two = sign(c, plain, 1.2), sign(c, plain, 1.9)
    local kept = c.caches.heads[target][by_method.get_item]
    assert.are.same(one, two)
    local three = sign(c, plain, 2)
    assert.are_not.equal(one[3][2], three[3][2])
    assert.are_not.equal(one[8][2], three[8][2])
    assert.are_not.equal(kept, c.caches.heads[target][by_method.get_item])
  end)

  it("keeps nothing of other credentials", function()
    local c = client()
    sign(c, plain, 1)
    local heads = c.caches.heads
    local headers = sign(c, temporary, 1)
    assert.are_not.equal(heads, c.caches.heads)
    assert.are.equal("t", headers[5][2])
  end)

  it("has a head for each operation and each target", function()
    local c, message = client(), core.message()
    local other = { path = "/o", host_header = { "host", "o" } }
    other.signing_region, other.signing_name = "us-east-1", "dynamodb"
    for _, row in ipairs {
      { "get_item", target, "GetItem", "h" },
      { "put_item", target, "PutItem", "h" },
      { "get_item", other, "GetItem", "o" },
      { "get_item", target, "GetItem", "h" },
    } do
      local call = call_of(plain, 0, row[1])
      call.target = row[2]
      assert(request.write(c, call, message, 1))
      local headers = message:fields {}
      assert.are.equal(row[4], headers[2][2])
      assert.are.equal("DynamoDB_20120810." .. row[3], headers[4][2])
    end
  end)

  it("counts its attempts, and once the service's clock is known says how long it waits", function()
    local c = client()
    assert.are.equal("attempt=1; max=4", sign(c, plain, 0)[7][2])
    assert.are.equal("attempt=2; max=4", sign(c, plain, 0, 1)[7][2])
    c.clock.heard_date = "Thu, 01 Jan 1970 00:00:00 GMT"
    request.forget(c.caches)
    assert.are.equal("ttl=19700101T000005Z; attempt=1; max=4", sign(c, plain, 0)[7][2])
    assert.are.equal("ttl=19700101T000007Z; attempt=1; max=4", sign(c, plain, 2.5)[7][2])
    assert.are.equal("ttl=19700101T000008Z; attempt=1; max=4", sign(c, plain, 3.5)[7][2])
  end)

  it("says why it cannot be", function()
    local c, message = client(), core.message()
    local nameless = { access_key_id = "", secret_access_key = "s" }
    local written, err = request.write(c, call_of(nameless), message, 0)
    assert.is_nil(written)
    assert.are.same({ "config", "SigningFailed" }, { err.kind, err.code })
    local token = { "x-amz-security-token", ("t"):rep(70000) }
    local large = { access_key_id = "AK", secret_access_key = "s", token_header = token }
    written, err = request.write(c, call_of(large), message, 0)
    assert.is_nil(written)
    assert.are.same({ "validation", "BadHeader", "none" }, { err.kind, err.code, err.sent })
  end)

  it("has secrets that no text may repeat", function()
    local headers, message = sign(client(), temporary, 0)
    local secrets = request.secrets(message, temporary)
    assert.are.same({ headers[9][2]:match "Signature=(%x+)$", "s", "t" }, secrets)
    assert.are.equal(64, #secrets[1])
  end)

  it("names itself", function()
    assert.matches("^dynamo%-lua/[%d.]+ lua[jit]*/[%w.-]+$", request.USER_AGENT)
  end)
end)

describe("the invocation of a call", function()
  -- Returns what its requests say.
  local function header(caches)
    local c = {
      signer = core.signer(),
      user_agent_header = { "user-agent", "me/1" },
      retry = { max_attempts = 4 },
      caches = caches,
      clock = clock.new(true),
    }
    local call = {
      asked = { operation = by_method.get_item },
      body = "{}",
      attempts = 0,
      invocation = caches.invocation,
      target = {
        path = "/",
        host_header = { "host", "h" },
        signing_region = "r",
        signing_name = "s",
      },
      snapshot = { access_key_id = "AK", secret_access_key = "s" },
    }
    local message = core.message()
    assert(request.write(c, call, message, 0))
    return message:fields({})[6]
  end

  it("is another UUID for each, from one look at the system's randomness", function()
    local asked = 0
    local caches = request.caches()
    local function random(n)
      asked = asked + 1
      return ("\1"):rep(n)
    end
    local seen = {}
    for i = 1, 100 do
      assert.are.equal(request.invocation(caches, random), caches.invocation)
      local pair = header(caches)
      assert.are.equal("amz-sdk-invocation-id", pair[1])
      assert.matches("^%x+%-%x%x%x%x%-4%x%x%x%-[89ab]%x%x%x%-%x+$", pair[2])
      assert.are.equal(36, #pair[2])
      assert.is_nil(seen[pair[2]])
      seen[pair[2]] = i
    end
    assert.are.equal(1, asked)
  end)

  it("does without randomness: it is no secret", function()
    local caches = request.caches()
    assert.are.equal(
      1,
      request.invocation(caches, function()
        return nil, "no device"
      end)
    )
    assert.are.equal("00000000-0000-4000-8000-000000000001", header(caches)[2])
  end)

  it("goes round after the last", function()
    local caches = request.caches()
    request.invocation(caches, ones)
    caches.invocation = 2 ^ 48 - 1
    assert.are.equal(0, request.invocation(caches, ones))
    caches.invocation = 2 ^ 48 - 1
    assert.are.equal("ffffffff-ffff-4fff-bfff-ffffffffffff", header(caches)[2])
  end)
end)
