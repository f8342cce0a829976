-- SPDX-License-Identifier: MIT
-- The 2026 standard's sequences of responses, decisions, waits and tokens. They are for services in
-- general: three attempts unless they say otherwise, and a base of 50 ms, twice that of DynamoDB.
local service_error = require "dynamo.call.service_error"
local retry = require "dynamo.call.retry"
local vectors = require "support.vectors"

local function error_of(response)
  local body = response.error_code and ('{"__type":"%s"}'):format(response.error_code) or ""
  return service_error.parse(response.status_code, {}, body)
end

local LONGEST = 20 -- seconds

local OUTCOMES = { attempts = "max_attempts_exceeded", quota = "retry_quota_exceeded" }

-- Plays one response; returns the outcome and the wait.
local function play(policy, state, response)
  state.attempts = state.attempts + 1
  if response.status_code == 200 then
    retry.give_back(policy, state.cost)
    state.attempts, state.cost = 0, nil
    return "success"
  end
  local err = error_of(response)
  local cost, why = retry.cost(policy, err, state.attempts)
  if not cost then
    state.attempts, state.cost = 0, nil
    return OUTCOMES[why]
  end
  retry.take(policy, cost)
  state.cost = cost
  local delay = retry.delay(err, state.attempts - 1, 1)
  return "retry_request", err.throttled and delay or math.min(2 * delay, LONGEST)
end

describe("retry/standard-2026.json", function()
  for _, case in ipairs(vectors.document "retry/standard-2026.json") do
    it(case.name, function()
      local policy = retry.new(case.given.max_attempts or 3)
      policy.tokens = case.given.initial_retry_tokens or policy.tokens
      local state = { attempts = 0 }
      for _, step in ipairs(case.responses) do
        local outcome, delay = play(policy, state, step.response)
        assert.are.equal(step.expected.outcome, outcome)
        assert.are.equal(step.expected.retry_quota, policy.tokens)
        if step.expected.delay then assert.are.near(step.expected.delay, delay, 1e-9) end
      end
    end)
  end
end)
