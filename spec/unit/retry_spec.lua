-- SPDX-License-Identifier: MIT
local retry = require "dynamo.call.retry"

describe("retry.delay", function()
  -- The published figures for DynamoDB, with the jitter at its most.
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

describe("the bucket of retries", function()
  local FAILED, THROTTLED = {}, { throttled = true }

  it("pays 14 for a retry, 5 for one of a throttled request", function()
    local policy = retry.new(4)
    assert.are.equal(500, policy.tokens)
    assert.are.equal(14, retry.cost(policy, FAILED, 1))
    assert.are.equal(5, retry.cost(policy, THROTTLED, 1))
    retry.take(policy, 14)
    assert.are.equal(486, policy.tokens)
  end)

  it("says why there is no retry", function()
    assert.are.same({ nil, "attempts" }, { retry.cost(retry.new(2), FAILED, 2) })
    local poor = retry.new(2)
    poor.tokens = 13
    assert.are.same({ nil, "quota" }, { retry.cost(poor, FAILED, 1) })
    assert.are.equal(5, retry.cost(poor, THROTTLED, 1))
  end)

  it("gets back the cost of the last retry, or one, and never overflows", function()
    local policy = retry.new(4)
    policy.tokens = 480
    retry.give_back(policy, 14)
    assert.are.equal(494, policy.tokens)
    retry.give_back(policy, nil)
    assert.are.equal(495, policy.tokens)
    retry.give_back(policy, 14)
    assert.are.equal(500, policy.tokens)
  end)
end)

describe("retry.jitter", function()
  it("is spread over [0, 1)", function()
    assert.are.equal(
      0,
      retry.jitter(function()
        return "\0\0\0\0"
      end)
    )
    assert.are.equal(
      0.5,
      retry.jitter(function()
        return "\128\0\0\0"
      end)
    )
    local most = retry.jitter(function()
      return "\255\255\255\255"
    end)
    assert.is_true(most < 1 and most > 0.999999)
  end)

  it("waits the longest when there is no randomness", function()
    assert.are.equal(
      1,
      retry.jitter(function()
        return nil, "no device"
      end)
    )
  end)
end)
