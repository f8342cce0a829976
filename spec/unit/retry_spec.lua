-- SPDX-License-Identifier: MIT
local retry = require "dynamo.call.retry"

local READ, WRITE = { read = true }, { read = false }
local WITH_TOKEN = { read = false, token = "ClientRequestToken" }

describe("retry.may_resend", function()
  local cases = {
    -- what failed, error, a read again?, a write again?
    { "nothing sent", { retryable = true, sent = "none" }, true, true },
    { "a part sent", { retryable = true, sent = "partial" }, true, true },
    { "all sent", { retryable = true, sent = "complete" }, true, false },
    { "throttled by a 400", { retryable = true, throttled = true, status = 400 }, true, true },
    { "throttled by a 429", { retryable = true, throttled = true, status = 429 }, true, true },
    { "throttled by a 503", { retryable = true, throttled = true, status = 503 }, true, false },
    { "a 500", { retryable = true, status = 500 }, true, false },
    { "damage in a 200", { retryable = true, status = 200 }, true, false },
    { "a 200 cut short", { retryable = true, status = 200, sent = "complete" }, true, false },
    { "a refusal", { retryable = false, status = 400 }, false, false },
    { "a bad certificate", { retryable = false, sent = "none" }, false, false },
  }
  for _, case in ipairs(cases) do
    it("decides about " .. case[1], function()
      assert.are.equal(case[3], retry.may_resend(READ, case[2]))
      assert.are.equal(case[4], retry.may_resend(WRITE, case[2]))
      assert.are.equal(case[3], retry.may_resend(WITH_TOKEN, case[2]))
    end)
  end
end)

describe("retry.maybe_applied", function()
  local cases = {
    { {}, "no" }, -- never left: validation, credentials, config
    { { sent = "none" }, "no" },
    { { sent = "partial" }, "no" },
    { { sent = "complete" }, "unknown" },
    { { status = 200 }, "yes" },
    { { status = 200, sent = "complete" }, "yes" },
    { { status = 400 }, "no" },
    { { status = 307 }, "unknown" },
    { { status = 500 }, "unknown" },
    { { status = 503 }, "unknown" },
  }
  for i, case in ipairs(cases) do
    it(("says %s of a write, case %d, and nothing of a read"):format(case[2], i), function()
      assert.are.equal(case[2], retry.maybe_applied(WRITE, case[1]))
      assert.is_nil(retry.maybe_applied(READ, case[1]))
    end)
  end
end)

describe("retry.delay", function()
  -- P10: the published figures for DynamoDB, with the jitter at its most.
  local cases = {
    { {}, { 0.025, 0.05, 0.1, 0.2, 0.4 } },
    { { throttled = true }, { 1, 2, 4, 8, 16, 20, 20 } },
    { { retry_after = 1.5 }, { 1.5, 1.5 } },
    { { retry_after = 0 }, { 0.025 } },
    { { retry_after = 10 }, { 5.025 } },
    { { retry_after = 1e18 }, { 5.025 } },
  }
  for i, case in ipairs(cases) do
    it("doubles, and stays within its bounds, case " .. i, function()
      for n, expected in ipairs(case[2]) do
        assert.are.near(expected, retry.delay(case[1], n - 1, 1), 1e-9)
      end
    end)
  end

  it("has the jitter take all of it, or none", function()
    assert.are.equal(0, retry.delay({}, 5, 0))
    assert.are.equal(20, retry.delay({}, 5000, 1))
  end)
end)

describe("retry.jitter", function()
  it("is spread over [0, 1)", function()
    assert.are.equal(0, retry.jitter(function() return "\0\0\0\0" end))
    assert.are.equal(0.5, retry.jitter(function() return "\128\0\0\0" end))
    local most = retry.jitter(function() return "\255\255\255\255" end)
    assert.is_true(most < 1 and most > 0.999999)
  end)

  it("waits the longest when there is no randomness", function()
    assert.are.equal(1, retry.jitter(function() return nil, "no device" end))
  end)
end)
