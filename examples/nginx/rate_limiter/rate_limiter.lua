-- SPDX-License-Identifier: MIT
-- A rate limiter: one atomic counter in DynamoDB for each client and window of time.
local dynamo = require "dynamo"

local M = {}

-- A visitor waits a quarter of a second for the count at most, and is let in without it.
local db = dynamo.new { timeout = 0.25 }
local counters = db:table(os.getenv "COUNTERS_TABLE" or "counters", { key = { "id" } })

-- Counts a request; returns how many there were in the window, or nil, message, err. Counting one
-- twice does no harm here, so an attempt without a clear answer may be made again.
local function count(client, start, window)
  local counter, message, err = counters:update(
    { id = client .. "@" .. start },
    dynamo.update():add("requests", 1):set("expires", start + 2 * window),
    { return_values = "UPDATED_NEW", retry_unsafe = true }
  )
  return counter and counter.requests, message, err
end

--- Lets a request in, or answers 429. For access_by_lua.
-- @tparam integer limit how many requests of one client
-- @tparam integer window in how many seconds
function M.admit(limit, window)
  local now = ngx.time()
  local start = now - now % window
  local requests, message = count(ngx.var.remote_addr, start, window)
  if not requests then
    ngx.log(ngx.WARN, "not counted: ", message)
    return
  end
  ngx.header["X-RateLimit-Remaining"] = math.max(0, limit - requests)
  if requests <= limit then return end
  ngx.header["Retry-After"] = start + window - now
  return ngx.exit(429)
end

return M
