-- SPDX-License-Identifier: MIT
-- The time of work that takes several calls one after the other: one deadline for all, one canceller,
-- and the waits between them.
local life = require "dynamo.call.life"
local pause = require "dynamo.call.pause"
local start = require "dynamo.call.start"
local errors = require "dynamo.error"
local protected = require "dynamo.protected"
local secrets = require "dynamo.settings.secrets"

local M = {}

local LEAST_SECONDS = 1e-6 -- for a call whose time is over: it fails by itself, and says so

-- Returns what f gives, or nil, error: a transport of the user's own raises those.
local function guarded(ok, value, ...)
  if ok then return value, ... end
  if getmetatable(value) ~= "dynamo.error" then error(value, 0) end
  return nil, value
end

--- Begins such work. Returns nil, error where the client cannot begin.
-- @tparam table client
-- @tparam ?number seconds for all of it
-- @tparam ?table cancel a canceller
-- @treturn table span: client, deadline (on the transport's monotonic clock), cancel
function M.begin(client, seconds, cancel)
  if client.closed then return nil, life.cancelled() end
  local err = client.started or start.run(client)
  if err ~= true then
    errors.redact(err, secrets.of(client))
    return nil, err
  end
  local began, problem = guarded(protected(client.transport.monotonic, client.transport))
  if not began then return nil, problem end
  return { client = client, deadline = began + (seconds or client.timeout), cancel = cancel }
end

--- Returns the seconds that are left; or nil, error.
function M.left(span)
  local client = span.client
  if client.closed then return nil, life.cancelled() end
  local now, problem = guarded(protected(client.transport.monotonic, client.transport))
  if not now then return nil, problem end
  return span.deadline - now
end

--- Returns the options of the next call: `o`, with what is left of the time; or nil, error.
-- @tparam table span
-- @tparam table o changed
-- @tparam ?number most seconds that it may take by itself
function M.options(span, o, most)
  local left, problem = M.left(span)
  if not left then return nil, problem end
  o.timeout = math.max(math.min(left, most or left), LEAST_SECONDS)
  o.cancel = span.cancel
  return o
end

--- Returns a clock of the work, () -> seconds, for dynamo.progress; once it cannot be read it stands.
function M.clock(span)
  local now = 0
  return function()
    local left = M.left(span)
    if left then now = span.deadline - left end
    return now
  end
end

--- Waits; returns nil, or the error of why the work is to end: it was cancelled, its client closed.
function M.rest(span, seconds)
  return pause.run(span.client, seconds, span.cancel)
end

return M
