-- SPDX-License-Identifier: MIT
local core = require "dynamo.core"
local operations = require "dynamo.operations"
local request = require "dynamo.call.request"

local by_method = operations.by_method

local function ones(n) return ("\255"):rep(n) end

describe("request.body", function()
  it("encodes parameters, natively or wire-typed", function()
    local expected = '{"Key":{"userId":{"S":"123"}},"TableName":"Users"}'
    assert.are.equal(expected, request.body(by_method.get_item,
      { TableName = "Users", Key = { userId = "123" } }, false, ones))
    assert.are.equal(expected, request.body(by_method.get_item,
      { TableName = "Users", Key = { userId = { S = "123" } } }, true, ones))
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
    assert.matches('"ClientRequestToken":"mine"',
      request.body(by_method.execute_transaction, params, false, error), 1, true)
  end)

  it("is an error without randomness, never a weak token", function()
    local body, err = request.body(by_method.execute_transaction,
      { TransactStatements = { { Statement = "x" } } }, false, function() return nil,
        "no device" end)
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

  it("runs no metamethod of the caller's tables (T13)", function()
    local params = setmetatable({ TransactStatements = { { Statement = "x" } } }, {
      __index = function() error("__index ran") end,
      __pairs = function() error("__pairs ran") end,
    })
    assert.is_string(request.body(by_method.execute_transaction, params, false, ones))
  end)
end)

describe("request.signed", function()
  local place = {
    scheme = "https", host = "h", port = 443, path = "/", host_header = { "host", "h" },
    signing_region = "eu-west-1", signing_name = "dynamodb",
  }
  local function client()
    return { signer = core.signer(), user_agent = { "user-agent", "me/1" } }
  end
  local function names(signed)
    local list = {}
    for i, pair in ipairs(signed.headers) do list[i] = pair[1] end
    return table.concat(list, " ")
  end

  local plain = { access_key_id = "AK", secret_access_key = "s" }
  local temporary = {
    access_key_id = "AK", secret_access_key = "s", token_header = { "x-amz-security-token", "t" },
  }

  it("carries all headers, the signature last", function()
    local signed = request.signed(client(), by_method.get_item, place, "{}", plain, 0)
    assert.are.equal("content-type host x-amz-date x-amz-target user-agent authorization",
      names(signed))
    assert.are.equal("19700101T000000Z", signed.headers[3][2])
    assert.matches("^AWS4%-HMAC%-SHA256 Credential=AK/19700101/eu%-west%-1/dynamodb/aws4_request, "
      .. "SignedHeaders=content%-type;host;x%-amz%-date;x%-amz%-target, Signature=%x+$",
      signed.headers[6][2])
    assert.are.equal("{}", signed.body)
    assert.are.equal("POST", signed.method)
  end)

  it("signs the session token", function()
    local signed = request.signed(client(), by_method.get_item, place, "{}", temporary, 0)
    assert.are.equal(
      "content-type host x-amz-date x-amz-target x-amz-security-token user-agent authorization",
      names(signed))
    assert.matches("x-amz-security-token;x-amz-target", signed.headers[7][2], 1, true)
  end)

  it("shares what does not change between two requests, and dates each second anew", function()
    local c = client()
    local one = request.signed(c, by_method.get_item, place, "{}", plain, 1.2)
    local two = request.signed(c, by_method.get_item, place, "{}", plain, 1.9)
    local three = request.signed(c, by_method.get_item, place, "{}", plain, 2)
    for i = 1, 5 do assert.are.equal(one.headers[i], two.headers[i]) end
    assert.are.equal(one.headers[6][2], two.headers[6][2])
    assert.are_not.equal(one.headers[3][2], three.headers[3][2])
    assert.are_not.equal(one.headers[6][2], three.headers[6][2])
  end)

  it("names itself", function()
    assert.matches("^dynamo%-lua/[%d.]+ lua[jit]*/[%w.-]+$", request.USER_AGENT)
  end)
end)
