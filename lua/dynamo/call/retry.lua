-- SPDX-License-Identifier: MIT
-- Whether a failed attempt may be made again, and after how long: the AWS SDKs' 2026 standard mode,
-- except that a write is not sent again once it may have arrived.
-- @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
local M = {}

-- Seconds; the standard's figures for DynamoDB.
local BASE = 0.025
local THROTTLED_BASE = 1
local MAX_BACKOFF = 20
local MAX_EXTRA = 5 -- how far a server's x-amz-retry-after may go beyond our own wait

-- A request whose last byte never left us cannot have been taken: its signature covers the whole.
local function never_arrived(err)
  return err.status == nil and (err.sent == "none" or err.sent == "partial")
end

-- The service refused the request, and a later one may be welcome.
local function refused(err)
  local status = err.status
  return status ~= nil and status >= 400 and status < 500 and err.retryable
end

--- Returns whether the request of a failed attempt may be sent again. One with an idempotency token
-- may always: the service carries it out once.
-- @tparam table operation
-- @tparam table err an error object; `sent` says how far a request without answer got
function M.may_resend(operation, err)
  if not err.retryable then return false end
  return operation.read or operation.token ~= nil or never_arrived(err) or refused(err)
end

--- Returns "no", "unknown" or "yes": whether a failed write may have been done; nil for reads.
function M.maybe_applied(operation, err)
  if operation.read then return nil end
  local status = err.status
  if status == nil then return err.sent == "complete" and "unknown" or "no" end
  if status >= 200 and status < 300 then return "yes" end
  return status >= 400 and status < 500 and "no" or "unknown"
end

--- Returns the seconds to wait before retry `n` (from 0).
-- @tparam table err
-- @tparam integer n
-- @tparam number jitter from 0 to 1: the share of the whole backoff
function M.delay(err, n, jitter)
  local base = err.throttled and THROTTLED_BASE or BASE
  local own = jitter * math.min(base * 2 ^ n, MAX_BACKOFF)
  if not err.retry_after then return own end
  return math.max(own, math.min(err.retry_after, own + MAX_EXTRA))
end

--- Returns a number in [0, 1) made of `random(n)`; 1, the longest wait, if there are no bytes.
function M.jitter(random)
  local bytes = random(4)
  if not bytes then return 1 end
  local a, b, c, d = bytes:byte(1, 4)
  return (((a * 256 + b) * 256 + c) * 256 + d) / 4294967296
end

return M
