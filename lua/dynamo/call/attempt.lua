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
local tasks = require "dynamo.task"
local messages = require "dynamo.transport.messages"

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
  local now = client.transport:monotonic()
  local wait = adaptive.take(client.limiter, now)
  if wait == 0 then return nil end
  if now + wait >= call.deadline then
    adaptive.give_back(client.limiter)
    return timed_out "the call's time is over before the service may be asked again (adaptive)"
  end
  local reason = client.transport:sleep(wait)
  return reason and life.cancelled(reason, "none")
end

-- Takes the secrets out of what will be told of an attempt: its request's id, its error.
local function clean(call, message, id, err)
  local hidden = request.secrets(message, call.snapshot)
  local own, is_fine = responses.request_id(id or err and err.request_id)
  call.request_id = is_fine and own or own and redact.line(own, hidden)
  if not err then return end
  err.request_id = call.request_id
  errors.redact(err, hidden)
end

-- Reads what came of a request: returns result, error.
local function read(client, call, message, sent_at)
  local own, asked = client.clock, call.asked
  local reader = client.readers[asked.typed or false]
  local result, err, id, is_fine, date =
    responses.read(asked.operation, message, reader, own.heard_date)
  if date and not own.heard_date then request.forget(client.caches) end
  call.corrected = (date or err and err.status >= 400) -- it may be news
    and clock.hear(own, message:headers(), sent_at, client.transport)
  call.request_id = id
  if err or not is_fine then clean(call, message, id, err) end
  return result, err
end

-- Tells the hooks of a request that is about to be sent; returns nil, or the error of a call that one
-- of them ended.
local function announce(client, call)
  hooks.before_send(client, call)
  local reason = life.ended(client, call.stop)
  if not reason then return nil end
  call.attempts = call.attempts - 1
  return life.cancelled(reason, "none")
end

-- Sends the signed request in a message and reads its response: as M.run.
local function exchange(client, call, message, started, sent_at)
  local transport = client.transport
  if client.closed then return nil, life.cancelled(nil, "none") end -- by a finaliser, just now
  local until_then = started + client.attempt_timeout
  if until_then > call.deadline then until_then = call.deadline end
  call.attempts = call.attempts + 1
  local ended = client.hooks and announce(client, call)
  if ended then return nil, ended end
  if call.is_resent then call.replayed = true end
  local done, text, failed =
    transport:carry(message, call.target, until_then, call.body, call.asked.operation)
  local result, err
  if done then
    result, err = read(client, call, message, sent_at)
  else
    err = errors.of_transport(text, failed)
    clean(call, message, nil, err)
  end
  if client.hooks then
    local seconds = transport:monotonic() - started
    hooks.after_response(client, call, seconds, done and message, result, err)
  end
  return result, err, done
end

--- Finds what an attempt is signed with and where it goes; returns nil, or an error.
-- @tparam table client
-- @tparam table call gets `snapshot` and `target`
function M.aim(client, call)
  local err
  local kept = client.credential_cache or credentials.cache(client)
  call.snapshot, err = kept:get(client, call.deadline)
  if call.snapshot then
    local asked = call.asked
    call.target, err = targets.of(client, asked.operation, call.said or asked.params, call.snapshot)
    if err then errors.redact(err, secrets.of(client, call.snapshot.secrets)) end
  end
  if client.warnings.failures > 0 then hooks.count(call, client.warnings:take_failures()) end
  return err
end

--- Makes one attempt.
-- @return result, nil, true; or nil, error, whether there was a response
function M.run(client, call)
  local problem = M.aim(client, call) or client.limiter and await_turn(client, call)
  local reason = (client.closed or call.stop or tasks.any) and life.ended(client, call.stop)
  if reason then return nil, life.cancelled(reason, "none") end
  if problem then return nil, problem end
  local transport = client.transport
  local started, sent_at = transport:monotonic(), transport:now()
  if started >= call.deadline then
    return nil, timed_out "the call's time was over before the request was sent"
  end
  local message = messages.take(transport.messages)
  local now, done = sent_at + client.clock.offset, nil
  local result, err = true, nil
  if not transport.is_unsigned then
    result, err = request.write(client, call, message, now)
  end
  if result then
    result, err, done = exchange(client, call, message, started, sent_at)
  end
  messages.give(transport.messages, message)
  return result, err, done
end

return M
