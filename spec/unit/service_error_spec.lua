-- SPDX-License-Identifier: MIT
local service_error = require "dynamo.call.service_error"
local errors = require "dynamo.error"

describe("service_error.parse", function()
  -- Where the code is, and what it is cut to
  local codes = {
    { '{"__type":"com.amazon#ValidationException"}', {}, "ValidationException" },
    { '{"__type":"ValidationException:http://x#y"}', {}, "ValidationException" },
    { '{"__type":"a#b#Deep"}', {}, "Deep" },
    { '{"code":"FooError"}', {}, "FooError" },
    { '{"code":"FooError"}', { ["x-amzn-errortype"] = "Header:http://x/" }, "Header" },
    { '{"__type":"Body"}', { ["x-amzn-errortype"] = "Header" }, "Body" },
    { "", { ["x-amzn-errortype"] = "ns#FooError" }, "FooError" },
    { "{}", {}, "HTTP400" },
    { "", {}, "HTTP400" },
    { "[]", {}, "HTTP400" },
    { '{"__type":5}', {}, "HTTP400" },
    { '{"__type":"a b\\n"}', {}, "HTTP400" },
    { '{"__type":"ns#"}', {}, "HTTP400" },
    { "<html>", {}, "HTTP400" },
  }
  for i, case in ipairs(codes) do
    it(("finds the code %s, case %d"):format(case[3], i), function()
      local err = service_error.parse(400, case[2], case[1])
      assert.are.equal(case[3], err.code)
      assert.are.equal("service", err.kind)
      assert.are.equal(400, err.status)
      assert.are.equal("string", type(err.message))
    end)
  end

  local messages = {
    { '{"__type":"X","message":"lower"}', "lower" },
    { '{"__type":"X","Message":"Upper"}', "Upper" },
    { '{"__type":"X","message":"a\\u0000b"}', "a\0b" },
    { '{"__type":"X"}', "HTTP 503 without a message" },
    { '{"__type":"X","message":""}', "HTTP 503 without a message" },
    { '{"__type":"X","message":"","Message":"upper"}', "upper" },
    { "", "HTTP 503 without a message" },
    { "<html>\r\n<b>\27[31mSlow\0</b>", "HTTP 503: <html> <b> [31mSlow </b>" },
    { ("x"):rep(121), "HTTP 503: " .. ("x"):rep(120) .. "..." },
  }
  for i, case in ipairs(messages) do
    it("finds the message, case " .. i, function()
      assert.are.equal(case[2], errors.text_of(service_error.parse(503, {}, case[1])))
    end)
  end

  local classes = {
    -- code, status, throttled, retryable
    { "ProvisionedThroughputExceededException", 400, true, true },
    { "ThrottlingException", 400, true, true },
    { "RequestLimitExceeded", 400, true, true },
    { "TransactionInProgressException", 400, true, true },
    { "LimitExceededException", 400, true, true },
    { "Whatever", 429, true, true },
    { "ReplicatedWriteConflictException", 400, false, true },
    { "RequestTimeoutException", 400, false, true },
    { "InternalServerError", 500, false, true },
    { "Unavailable", 503, false, true },
    { "Gateway", 502, false, true },
    { "NotImplemented", 501, false, false },
    { "ConditionalCheckFailedException", 400, false, false },
    { "TransactionCanceledException", 400, false, false },
    { "TransactionConflictException", 400, true, true },
    { "ValidationException", 400, false, false },
    { "AccessDeniedException", 400, false, false },
    { "ResourceNotFoundException", 400, false, false },
    { "ANewCode", 400, false, false },
  }
  for _, case in ipairs(classes) do
    it("classes " .. case[1], function()
      local err = service_error.parse(case[2], {}, ('{"__type":"ns#%s"}'):format(case[1]))
      assert.are.equal(case[3], err.throttled)
      assert.are.equal(case[4], err.retryable)
    end)
  end

  for header, seconds in pairs {
    ["1500"] = 1.5,
    ["0"] = 0,
    ["-5"] = false,
    abc = false,
    [""] = false,
  } do
    it(("reads x-amz-retry-after %q"):format(header), function()
      local err = service_error.parse(503, { ["x-amz-retry-after"] = header }, "")
      assert.are.equal(seconds or nil, err.retry_after)
    end)
  end

  it("decodes the item that failed a condition, NUL included", function()
    local body = '{"__type":"ns#ConditionalCheckFailedException","message":"The conditional '
      .. 'request failed","Item":{"a":{"S":"x\\u0000y"},"n":{"N":"1"}}}'
    local err = service_error.parse(400, {}, body)
    assert.are.same({ a = "x\0y", n = 1 }, err.item)
    assert.are.equal(
      "ConditionalCheckFailedException: The conditional request failed",
      tostring(err)
    )
    assert.are.same(
      { a = { S = "x\0y" }, n = { N = "1" } },
      service_error.parse(400, {}, body, { typed = true, exact = false }).item
    )
  end)

  it("takes members that are null for absent", function()
    local err = service_error.parse(
      400,
      { ["x-amzn-errortype"] = "ConditionalCheckFailedException" },
      '{"__type":null,"message":null,"Message":"failed","Item":{"a":{"S":"x","N":null}}}'
    )
    assert.are.equal("ConditionalCheckFailedException", err.code)
    assert.are.equal("failed", err.message:match "failed$")
    assert.are.same({ a = "x" }, err.item)
    err = service_error.parse(
      400,
      {},
      [[{"__type":"x#TransactionCanceledException","Message":"cancelled",
      "CancellationReasons":[{"Code":"None","Message":null,"Item":null},
      {"Code":"ConditionalCheckFailed","Message":"failed","Item":{"a":{"S":null,"N":"1"}}}]}]]
    )
    assert.are.same({
      { code = "None" },
      { code = "ConditionalCheckFailed", message = "failed", item = { a = 1 } },
    }, err.reasons)
  end)

  it("aligns the reasons of a cancelled transaction with its actions", function()
    local err = service_error.parse(
      400,
      {},
      [[{"__type":"x#TransactionCanceledException",
      "Message":"Transaction cancelled","CancellationReasons":[{"Code":"None"},
      {"Code":"ConditionalCheckFailed","Message":"failed","Item":{"a":{"N":"1"}}}]}]]
    )
    assert.are.same({
      { code = "None" },
      { code = "ConditionalCheckFailed", message = "failed", item = { a = 1 } },
    }, err.reasons)
  end)

  it("tells what was throttled", function()
    local reasons = '[{"reason":"TableWriteProvisionedThroughputExceeded","resource":"arn"}]'
    for code, member in pairs {
      ThrottlingException = "throttlingReasons",
      ProvisionedThroughputExceededException = "ThrottlingReasons",
    } do
      local err =
        service_error.parse(400, {}, ('{"__type":"%s","%s":%s}'):format(code, member, reasons))
      assert.are.equal("arn", err.throttling_reasons[1].resource)
    end
  end)

  it("keeps the code when the item cannot be read", function()
    local err = service_error.parse(
      400,
      {},
      '{"__type":"ConditionalCheckFailedException","Item":{"a":{"Q":"x"}}}'
    )
    assert.are.equal("ConditionalCheckFailedException", err.code)
    assert.is_nil(err.item)
  end)
end)

describe("a cancelled transaction", function()
  local cases = {
    -- the codes of its reasons, throttled, conflict
    { "ThrottlingError", true },
    { "None,ProvisionedThroughputExceeded", true },
    { "RequestLimitExceeded,ThrottlingError", true },
    { "TransactionConflict", true, true },
    { "None,TransactionConflict,ThrottlingError", true, true },
    { "ConditionalCheckFailed", false },
    { "ConditionalCheckFailed,ThrottlingError", false },
    { "TransactionConflict,ValidationError", false },
    { "None", false },
    { "ANewReason", false },
  }
  for _, case in ipairs(cases) do
    it(("is %sthrottled by %s"):format(case[2] and "" or "not ", case[1]), function()
      local reasons = case[1]:gsub("[^,]+", '{"Code":"%0"}')
      local err = service_error.parse(
        400,
        {},
        '{"__type":"ns#TransactionCanceledException",'
          .. '"CancellationReasons":['
          .. reasons
          .. "]}"
      )
      assert.are.same({ case[2], case[2], case[3] }, { err.throttled, err.retryable, err.conflict })
    end)
  end

  it("of one action becomes the error of its write, with what follows from that", function()
    for reason, throttled in pairs {
      ThrottlingError = true,
      TransactionConflict = true,
      ConditionalCheckFailed = false,
    } do
      local err = service_error.parse(
        400,
        {},
        '{"__type":"ns#TransactionCanceledException",'
          .. ('"CancellationReasons":[{"Code":"%s","Message":"m"}]}'):format(reason)
      )
      service_error.unwrap(err)
      assert.are_not.equal("TransactionCanceledException", err.code)
      assert.are.same({ throttled, throttled }, { err.throttled, err.retryable })
      assert.is_nil(err.conflict)
    end
  end)
end)
