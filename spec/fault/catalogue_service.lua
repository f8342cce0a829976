-- SPDX-License-Identifier: MIT
-- A service that refuses, fails, or does not believe the request's date or key.
-- support/fault/catalogue.lua says what a row is.
local assert = require "luassert"
local canary = require "support.canary"
local outcomes = require "support.fault.outcomes"

local HTML = "<html><body>Service Unavailable</body></html>"

-- Returns an exchange that responses with an error of DynamoDB.
local function error_of(code, status)
  return { error = { code = code, message = "said by the service", status = status } }
end

-- Asserts what the waits were, to the millisecond.
local function assert_waits(expected, seen)
  local waits = {}
  for i, seconds in ipairs(seen.sleeps) do
    waits[i] = math.floor(seconds * 1000 + 0.5)
  end
  assert.same(expected, waits)
end

-- A refusal that asks for fewer requests: a wait of a second, doubled.
local function throttled(what, exchange)
  return {
    what,
    exchanges = { exchange },
    expect = outcomes.retried(),
    verify = function(seen)
      assert_waits({ 1000 }, seen)
    end,
  }
end

-- The outcomes of a request that failed on the service's side.
local function failed(code, applied)
  return outcomes.ambiguous { kind = "service", code = code, applied = applied }
end

-- ... again and again.
local function always_failed(code, applied)
  return outcomes.exhausted { kind = "service", code = code, applied = applied }
end

local function told(code)
  return outcomes.told { kind = "service", code = code }
end

local function with_request_id(seen)
  assert.equal(seen.log.requests[1].request_id, seen.told.request_id)
  assert.equal(seen.told.code .. ": said by the service", seen.message)
end

-- A second call of the same client needs no second attempt.
local function settled(seen)
  local _, _, info = assert(seen.db:get_item { TableName = "Things", Key = { id = "nobody's" } })
  assert.equal(1, info.attempts)
end

local OTHER = "AKIAOTHER"

-- Returns what makes options with a provider of keys: `first`, then, asked for anew, `second`.
local function refreshing(first, second)
  return function()
    local current = first
    return {
      credentials = {
        get = function(_, ask)
          if ask and ask.refresh then current = second end
          return canary.credentials { access_key_id = current }
        end,
      },
    }
  end
end

-- A provider whose keys change at each call.
local function alternating()
  local n = 0
  return {
    credentials = {
      get = function()
        n = n + 1
        return canary.credentials { access_key_id = n % 2 == 1 and canary.ACCESS_KEY_ID or OTHER }
      end,
    },
  }
end

local known = { secret = canary.SECRET, token = canary.TOKEN }
local expired = { secret = canary.SECRET, token = canary.TOKEN, expired = true }

local rows = {
  throttled("throughput exceeded", error_of "ProvisionedThroughputExceededException"),
  throttled("throttled", error_of "ThrottlingException"),
  throttled("a limit of requests", error_of "RequestLimitExceeded"),
  throttled("a 429 with a code of its own", error_of("Busy", 429)),
  throttled("a transaction in progress", error_of "TransactionInProgressException"),
  {
    "throttled for ever",
    always = true,
    exchanges = { error_of "ThrottlingException" },
    expect = outcomes.hopeless { kind = "service", code = "ThrottlingException" },
    verify = function(seen)
      assert.is_true(seen.told.throttled)
      assert_waits({ 1000, 2000, 4000 }, seen)
    end,
  },
  {
    "a conflict of replicas",
    exchanges = { error_of("ReplicatedWriteConflictException", 409) },
    expect = outcomes.retried(),
    verify = function(seen)
      assert_waits({ 25 }, seen)
    end,
  },
  {
    "a 500, not applied",
    exchanges = { error_of("InternalServerError", 500) },
    expect = failed("InternalServerError", false),
  },
  {
    "a 500, applied",
    expect = failed("InternalServerError", true),
    exchanges = { { apply = true, error = { code = "InternalServerError", message = "oops" } } },
  },
  {
    "a 500 each time, applied",
    always = true,
    expect = always_failed("InternalServerError", true),
    exchanges = { { apply = true, error = { code = "InternalServerError", message = "oops" } } },
  },
  {
    "a 503 each time, not applied",
    always = true,
    exchanges = { error_of("ServiceUnavailable", 503) },
    expect = always_failed("ServiceUnavailable", false),
  },
  {
    "a 503 in JSON",
    exchanges = { error_of("ServiceUnavailable", 503) },
    expect = failed("ServiceUnavailable", false),
  },
  {
    "a 503 in HTML, applied",
    exchanges = { { response = { status = 503, body = HTML } } },
    expect = failed("HTTP503", true),
    verify = function(seen)
      if seen.told.status == 503 then assert.matches("Service Unavailable", seen.message) end
    end,
  },
  {
    "a wrong secret",
    always = true,
    exchanges = { { bad_signature = true } },
    keys = { [canary.ACCESS_KEY_ID] = { secret = "another", token = canary.TOKEN } },
    expect = told "InvalidSignatureException",
    verify = function(seen)
      assert.matches("secret", seen.message)
    end,
  },
  {
    "a clock that is set within a wait",
    step = 3600,
    exchanges = { error_of "ThrottlingException" },
    expect = outcomes.retried { attempts = 3 },
  },
  {
    "a clock that is set a little within a wait",
    step = -100,
    exchanges = { error_of "ThrottlingException" },
    expect = outcomes.retried(),
  },
  {
    "an expired key, renewed",
    expect = outcomes.retried(),
    verify = settled,
    keys = { [canary.ACCESS_KEY_ID] = expired, [OTHER] = known },
    options = refreshing(canary.ACCESS_KEY_ID, OTHER),
  },
  {
    "an unknown key, renewed",
    expect = outcomes.retried(),
    verify = settled,
    options = refreshing(OTHER, canary.ACCESS_KEY_ID),
  },
  {
    "an expired key that stays as it is",
    expect = told "ExpiredTokenException",
    keys = { [canary.ACCESS_KEY_ID] = expired },
    options = refreshing(canary.ACCESS_KEY_ID, canary.ACCESS_KEY_ID),
  },
  {
    "an expired key, renewed to another",
    expect = outcomes.told {
      kind = "service",
      code = "ExpiredTokenException",
      requests = 2,
      attempts = 2,
    },
    keys = { [canary.ACCESS_KEY_ID] = expired, [OTHER] = expired },
    options = refreshing(canary.ACCESS_KEY_ID, OTHER),
  },
  {
    "a fixed key that expired",
    expect = told "ExpiredTokenException",
    keys = { [canary.ACCESS_KEY_ID] = expired },
  },
  {
    "other keys at the second attempt",
    keys = { [OTHER] = known },
    exchanges = { error_of "ThrottlingException" },
    options = alternating,
    expect = outcomes.retried(),
  },
}

for _, code in ipairs {
  "ValidationException",
  "AccessDeniedException",
  "ResourceNotFoundException",
  "ResourceInUseException",
} do
  rows[#rows + 1] = {
    code,
    exchanges = { error_of(code, 400) },
    expect = told(code),
    verify = with_request_id,
  }
end

for status, what in pairs { [502] = "Bad Gateway", [504] = "Gateway Timeout" } do
  for _, applied in ipairs { true, false } do
    rows[#rows + 1] = {
      ("a %d of a proxy, %sapplied"):format(status, applied and "" or "not "),
      exchanges = { { apply = applied, response = { status = status, body = "<html>" .. what } } },
      expect = failed("HTTP" .. status, applied),
    }
  end
end

-- A request's date may be five minutes off.
for _, skew in ipairs { 1200, -1200, 360, -360, 86400, -86400 } do
  rows[#rows + 1] = {
    ("a clock that is off by %d s"):format(-skew),
    skew = skew,
    verify = settled,
    expect = outcomes.retried(),
  }
end
for _, freeze in ipairs { 400, 700, 1000 } do
  rows[#rows + 1] = {
    ("a machine that slept %d s before it sent"):format(freeze),
    freeze = freeze,
    expect = outcomes.retried(),
    verify = settled,
  }
end
rows[#rows + 1] = { "a clock that is right enough", skew = 240, expect = outcomes.unharmed() }

return rows
