-- SPDX-License-Identifier: MIT
-- How often, and after how long, a failed attempt is made again: the AWS SDKs' 2026 standard mode
-- with its figures for DynamoDB. Whether it may be at all says dynamo.call.replay_class.
-- @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
local M = {}

-- Seconds.
local BASE = 0.025
local THROTTLED_BASE = 1
local MAX_BACKOFF = 20
local MAX_EXTRA = 5 -- how far a server's x-amz-retry-after may go beyond our own wait

-- Tokens of the bucket that all calls of a client share. A dead service is asked again at most
-- TOKENS / COST times beyond the calls themselves; each success gives some back.
M.TOKENS = 500
local COST = 14
local THROTTLED_COST = 5
local REWARD = 1 -- for a success that needed no retry

--- Makes the policy of a client.
-- @tparam integer max_attempts
-- @treturn table max_attempts; tokens (what is left in the bucket)
function M.new(max_attempts)
  return { max_attempts = max_attempts, tokens = M.TOKENS }
end

--- Returns the seconds to wait before retry `n` (from 0).
-- @tparam table err throttled, retry_after (seconds)
-- @tparam integer n
-- @tparam number jitter from 0 to 1: the share of the whole backoff
function M.delay(err, n, jitter)
  local base = err.throttled and THROTTLED_BASE or BASE
  local own = jitter * math.min(base * 2 ^ n, MAX_BACKOFF)
  if not err.retry_after then return own end
  return math.max(own, math.min(err.retry_after, own + MAX_EXTRA))
end

--- Returns the tokens that a retry after `err` costs; or nil, "attempts" or "quota": why there is
-- none to be.
-- @tparam table policy
-- @tparam table err
-- @tparam integer attempts made so far
function M.cost(policy, err, attempts)
  if attempts >= policy.max_attempts then return nil, "attempts" end
  local cost = err.throttled and THROTTLED_COST or COST
  if policy.tokens < cost then return nil, "quota" end
  return cost
end

--- Takes the tokens of a retry that is going to be made.
function M.take(policy, cost)
  policy.tokens = policy.tokens - cost
end

--- Gives tokens back after a success.
-- @tparam table policy
-- @tparam ?integer cost of the call's last retry; nil if there was none
function M.give_back(policy, cost)
  policy.tokens = math.min(policy.tokens + (cost or REWARD), M.TOKENS)
end

--- Returns a number in [0, 1) made of `random(n)`; 1, the longest wait, if there are no bytes.
function M.jitter(random)
  local bytes = random(4)
  if not bytes then return 1 end
  local a, b, c, d = bytes:byte(1, 4)
  return (((a * 256 + b) * 256 + c) * 256 + d) / 4294967296
end

return M
