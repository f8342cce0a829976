-- SPDX-License-Identifier: MIT
-- One attempt of a call: what it is signed with and where it goes, the request, the response.
local adaptive = require "dynamo.call.adaptive"
local clock = require "dynamo.call.clock"
local hooks = require "dynamo.call.hooks"
local life = require "dynamo.call.life"
local request = require "dynamo.call.request"
local responses = require "dynamo.call.response"
local targets = require "dynamo.call.target"
local credentials = require "dynamo.credentials"
local errors = require "dynamo.error"
local redact = require "dynamo.redact"
local secrets = require "dynamo.settings.secrets"

local M = {}

local function timed_out(message)
  return errors.new {
    kind = "timeout",
    code = "DeadlineExceeded",
    message = message,
    sent = "none",
    retryable = false,
  }
end

-- Waits until the adaptive limiter lets a request go; returns nil, or an error if the call's time
-- would be over before, or it is ended meanwhile.
local function await_turn(client, call)
  local now = call.transport:monotonic()
  local wait = adaptive.take(client.limiter, now)
  if wait == 0 then return nil end
  if now + wait >= call.deadline then
    adaptive.give_back(client.limiter)
    return timed_out "the call's time is over before the service may be asked again (adaptive)"
  end
  local reason = call.transport:sleep(wait)
  return reason and life.cancelled(reason, "none")
end

-- Learns the service's time from a response, if it may say something new; returns whether it
-- corrected ours.
local function hear(client, call, response, sent_at)
  local own = client.clock
  if response.headers.date == own.heard_date and response.status < 400 then return false end
  return clock.hear(own, response, sent_at, call.transport)
end

-- Takes the secrets out of what will be told of an attempt: its request's id, its error.
local function clean(call, signed, response, err)
  local id = response and responses.request_id(response) or err and err.request_id
  local is_fine = not id or redact.is_request_id(id)
  call.request_id = id
  if is_fine and not err then return end
  local hidden = request.secrets(signed, call.snapshot)
  if not is_fine then call.request_id = redact.line(id, hidden) end
  if not err then return end
  err.request_id = call.request_id
  errors.redact(err, hidden)
end

-- Sends a signed request and reads its response: as M.run.
local function exchange(client, call, signed, started, sent_at)
  local transport = call.transport
  local until_then = math.min(call.deadline, started + client.attempt_timeout)
  call.attempts = call.attempts + 1
  if client.hooks then hooks.before_send(client, call) end
  local reason = client.hooks and life.ended(client, call.stop)
  if reason then
    call.attempts = call.attempts - 1
    return nil, life.cancelled(reason, "none")
  end
  call.replayed = call.replayed or call.is_resent
  local response, message, failed = transport:send(signed, until_then)
  local result, err
  if response then
    call.corrected = hear(client, call, response, sent_at)
    result, err = responses.read(call.operation, response, client.readers[call.typed])
  else
    err = errors.of_transport(message, failed)
  end
  clean(call, signed, response, err)
  if client.hooks then
    hooks.after_response(client, call, transport:monotonic() - started, response, result, err)
  end
  return result, err, response
end

--- Finds what an attempt is signed with and where it goes; returns nil, or an error.
-- @tparam table client
-- @tparam table call gets `snapshot` and `target`
function M.aim(client, call)
  local err
  call.snapshot, err = credentials.snapshot(client, call.deadline)
  if call.snapshot then
    call.target, err = targets.of(client, call.operation, call.params, call.snapshot)
    if err then errors.redact(err, secrets.of(client, call.snapshot.secrets)) end
  end
  hooks.count(call, client.warnings:take_failures())
  return err
end

--- Makes one attempt.
-- @return result, nil, response; or nil, error, response or nil
function M.run(client, call)
  local problem = M.aim(client, call) or client.limiter and await_turn(client, call)
  local reason = life.ended(client, call.stop)
  if reason then return nil, life.cancelled(reason, "none") end
  if problem then return nil, problem end
  local started, sent_at = call.transport:monotonic(), call.transport:now()
  if started >= call.deadline then
    return nil, timed_out "the call's time was over before the request was sent"
  end
  local signed, err =
    request.signed(client, call, call.target, call.snapshot, sent_at + client.clock.offset)
  if not signed then return nil, err end
  return exchange(client, call, signed, started, sent_at)
end

return M
