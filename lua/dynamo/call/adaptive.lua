-- SPDX-License-Identifier: MIT
-- The rate limiter of retry_mode "adaptive": idle until the service throttles for the first time,
-- then a token bucket whose rate falls by 30 % at each throttling and recovers along a cubic curve.
-- Times are seconds on the monotonic clock, rates are requests a second.
-- @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
local M = {}

local SCALE = 0.4 -- of the cubic curve
local BETA = 0.7 -- what is left of the rate after a throttling
local WINDOW = 0.5 -- seconds over which the measured rate is taken
local SMOOTHING = 0.8 -- share of the newest window in it
local MIN_RATE = 0.5
local MIN_CAPACITY = 1

--- Makes a limiter.
-- @tparam number now
function M.new(now)
  return {
    enabled = false,
    measured = 0, -- requests a second, of late
    count = 0, -- requests in the open window
    window = math.floor(now),
    rate = 1, -- at which the bucket fills
    capacity = MIN_CAPACITY,
    tokens = 0,
    filled_at = now,
    last_max = 0, -- the rate at the last throttling
    throttled_at = now,
  }
end

-- Takes one more request into the measured rate.
local function measure(limiter, now)
  local window = math.floor(now / WINDOW) * WINDOW
  limiter.count = limiter.count + 1
  if window <= limiter.window then return end
  local newest = limiter.count / (window - limiter.window)
  limiter.measured = newest * SMOOTHING + limiter.measured * (1 - SMOOTHING)
  limiter.count, limiter.window = 0, window
end

-- Puts what has come since into the bucket.
local function fill(limiter, now)
  local came = (now - limiter.filled_at) * limiter.rate
  limiter.tokens = math.min(limiter.capacity, limiter.tokens + came)
  limiter.filled_at = now
end

local function set_rate(limiter, rate, now)
  fill(limiter, now)
  limiter.rate = math.max(rate, MIN_RATE)
  limiter.capacity = math.max(rate, MIN_CAPACITY)
  limiter.tokens = math.min(limiter.tokens, limiter.capacity)
end

-- Returns the rate after a throttling.
local function reduced(limiter, now)
  local rate = limiter.measured
  if limiter.enabled then rate = math.min(rate, limiter.rate) end
  limiter.last_max, limiter.throttled_at = rate, now
  return rate * BETA
end

-- Returns the rate that the curve gives now.
local function recovered(limiter, now)
  local plateau = (limiter.last_max * (1 - BETA) / SCALE) ^ (1 / 3)
  return SCALE * (now - limiter.throttled_at - plateau) ^ 3 + limiter.last_max
end

--- Learns from a response.
-- @tparam table limiter
-- @tparam boolean throttled
-- @tparam number now
function M.learn(limiter, throttled, now)
  measure(limiter, now)
  local rate = throttled and reduced(limiter, now) or recovered(limiter, now)
  limiter.enabled = limiter.enabled or throttled
  set_rate(limiter, math.min(rate, 2 * limiter.measured), now)
end

--- Takes a token for one request, the next that comes if there is none now.
-- @treturn number seconds until that one is there: 0 if the request may go now
function M.take(limiter, now)
  if not limiter.enabled then return 0 end
  fill(limiter, now)
  limiter.tokens = limiter.tokens - 1
  return math.max(0, -limiter.tokens / limiter.rate)
end

--- Gives back the token of a request that is not going to be made.
function M.give_back(limiter)
  limiter.tokens = limiter.tokens + 1
end

return M
