-- SPDX-License-Identifier: MIT
-- What is expected of a call of each replay class when its first attempt goes wrong and whatever
-- comes after is right. An outcome is
--
--   { ok = true, or kind and code of the error, maybe_applied, replayed, response_lost
--     requests (seen by the service), applied (how often the write was done), attempts }
--
-- and a field that is nil is not compared. `requests` counts the one that failed only if the
-- service saw it.
local classes = require "support.fault.replay_classes"

local M = {}

-- Returns a table of all classes, each with what `of(class)` returns.
local function each(of)
  local all = {}
  for _, class in ipairs(classes.NAMES) do
    all[class] = of(class)
  end
  return all
end

local function writes(class, applied)
  return class == "READ" and 0 or applied
end

--- The service surely did nothing: every class is sent again.
-- @tparam ?table o seen = false: it did not even see the request; attempts: 2 unless given;
--   requests, if not as many
function M.retried(o)
  o = o or {}
  local attempts, requests, replayed = o.attempts or 2, o.requests, nil
  if o.seen == false then
    requests, replayed = requests or 1, false
  end
  return each(function(class)
    return {
      ok = true,
      requests = requests or attempts,
      applied = writes(class, 1),
      attempts = attempts,
      replayed = replayed,
    }
  end)
end

--- It never mattered: one attempt, and no error.
function M.unharmed()
  return each(function(class)
    return { ok = true, requests = 1, applied = writes(class, 1), attempts = 1, replayed = false }
  end)
end

-- A write on its condition that finds its own first attempt.
local function own_success(o)
  return {
    kind = "service",
    code = "ConditionalCheckFailedException",
    replayed = true,
    maybe_applied = o.answered and "yes" or "unknown",
    requests = 2,
    applied = 1,
    attempts = 2,
  }
end

-- Nobody knows: the counter is left alone.
local function left_alone(o)
  return {
    kind = o.kind,
    code = o.code,
    maybe_applied = o.answered and "yes" or "unknown",
    response_lost = o.answered,
    requests = 1,
    applied = o.applied and 1 or 0,
    attempts = 1,
  }
end

--- The request arrived, and what became of it is not known: all are sent again but UNSAFE.
-- @tparam table o kind, code of what is told of UNSAFE; applied = whether the first attempt was carried
--   out; answered = true if the status of a success was seen, and a request id
function M.ambiguous(o)
  local twice = o.applied and 2 or 1
  return each(function(class)
    if class == "UNSAFE" then return left_alone(o) end
    if class == "CONDITIONAL" and o.applied then return own_success(o) end
    return {
      ok = true,
      requests = 2,
      applied = writes(class, class == "IDEMPOTENT" and twice or 1),
      attempts = 2,
      replayed = true,
    }
  end)
end

--- As ambiguous, and it never ends: what may be sent again is, four times in all.
-- @tparam table o as for ambiguous; applied: each attempt that can be is carried out
function M.exhausted(o)
  local times = { READ = 0, TOKEN = 1, IDEMPOTENT = 4, CONDITIONAL = 1 }
  return each(function(class)
    if class == "UNSAFE" then return left_alone(o) end
    local maybe
    if class ~= "READ" then maybe = o.answered and "yes" or "unknown" end
    return {
      kind = o.kind,
      code = o.code,
      maybe_applied = maybe,
      replayed = true,
      requests = 4,
      applied = o.applied and times[class] or 0,
      attempts = 4,
    }
  end)
end

--- It is told as it is, at once.
-- @tparam table o kind, code, and requests, attempts, maybe_applied, applied where they are not 1,
--   1, "no", 0
function M.told(o)
  return each(function(class)
    local maybe
    if class ~= "READ" then maybe = o.maybe_applied or "no" end
    return {
      kind = o.kind,
      code = o.code,
      maybe_applied = maybe,
      response_lost = class ~= "READ" and o.response_lost or nil,
      requests = o.requests or 1,
      applied = writes(class, o.applied or 0),
      attempts = o.attempts or 1,
    }
  end)
end

--- It never ends, and the service surely does nothing: told after as many attempts as may be.
-- @tparam table o kind, code, and requests where they are not 4
function M.hopeless(o)
  return each(function(class)
    local maybe
    if class ~= "READ" then maybe = "no" end
    return {
      kind = o.kind,
      code = o.code,
      maybe_applied = maybe,
      requests = o.requests or 4,
      applied = 0,
      attempts = 4,
    }
  end)
end

return M
