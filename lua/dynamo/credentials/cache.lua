-- SPDX-License-Identifier: MIT
-- The credentials at hand: fetched before they end, by one caller for all, and handed out whole.
--
-- Those that end are fetched anew ahead of that: from 15 minutes before it one caller tries, while
-- all others use what there is; from 10 minutes before it everyone waits for the one who fetches,
-- and a failure is a failure for all of them. Of a life of less than an hour, these are its last
-- quarter and its last sixth.
local snapshot = require "dynamo.credentials.snapshot"
local transports = require "dynamo.credentials.source_transport"
local errors = require "dynamo.error"
local guard = require "dynamo.guard"
local loops = require "dynamo.loop"
local redact = require "dynamo.redact"

local M = {}

local ADVISORY, MANDATORY = 900, 600 -- seconds before the end, as AWS's SDKs have it
local ADVISORY_PART, MANDATORY_PART = 1 / 4, 1 / 6 -- of a life of less than an hour
local QUIET = 10 -- seconds without another try after one in the advisory window failed
local PATIENCE = 30 -- seconds one waits for another, where neither has a deadline
local EARLY_PATIENCE = 10 -- seconds, in the advisory window, and no more than half of the call's
local NAP = 0.02 -- seconds between two looks at somebody else's fetch

local Cache = {}
Cache.__index = Cache

--- Makes a cache.
-- @tparam function fetch fetch(holder, { deadline, refresh }) -> credentials | nil, message, err;
--   may raise and yield
-- @tparam boolean keeps credentials without an end are kept too, not fetched for each caller
function M.new(fetch, keeps)
  return setmetatable({ source = fetch, keeps = keeps }, Cache)
end

-- Returns what raised, as far as it can be shown: an error's text may hold a secret.
local function where(raised)
  return type(raised) == "string" and raised:match("^([%w_./-]+:%d+): ")
end

local STUCK = "the provider yields, which it can only inside of a coroutine"
local LATE = "the provider did not come back in time"
local EXPIRED = "the credentials just fetched have expired already; is this machine's clock right?"
local WAITED = "the credentials did not arrive in time: another caller was still fetching them"

-- Returns the credentials a source gave, or nil, an error; `last` are those it gave before, or nil.
local function checked(last, ok, found, message, err)
  if ok and type(found) == "table" then return found end
  if not ok and found == "late" then return nil, errors.credentials("CredentialsTimeout", LATE) end
  if not ok and found == "stuck" then return nil, errors.credentials("ProviderFailed", STUCK) end
  if not ok and getmetatable(message) == "dynamo.error" then return nil, message end
  if not ok then
    local place = where(message)
    local text = "the provider raised an error" .. (place and " at " .. place or "")
    return nil, errors.credentials("ProviderFailed", text)
  end
  if getmetatable(err) == "dynamo.error" then return nil, err end
  local said = found == nil
    and type(message) == "string"
    and redact.unknown(message, last and last.set.secrets)
  return nil,
    errors.credentials("ProviderFailed", said or "the provider returned a " .. type(found))
end

-- Asks the source, whatever it does.
local function ask(self, holder, deadline, refresh)
  local function is_late()
    return deadline ~= nil and transports.clock(holder):monotonic() >= deadline
  end
  local given = { deadline = deadline, refresh = refresh }
  return checked(self.entry, guard.call(is_late, self.source, holder, given))
end

-- Returns an entry made of what was fetched, or nil, error: set (frozen), and, for one that ends,
-- the times from which it is renewed.
local function entry_of(self, holder, found)
  local last = self.entry
  local set, err = snapshot.freeze(found, last and last.set)
  if not set then return nil, err end
  local ends = set.expires_at
  if not ends then return { set = set, is_kept = self.keeps } end
  local life = ends - transports.clock(holder):now()
  if life <= 0 then return nil, errors.credentials("ExpiredCredentials", EXPIRED) end
  return {
    set = set,
    is_kept = true,
    advised = ends - math.min(ADVISORY, life * ADVISORY_PART),
    needed = ends - math.min(MANDATORY, life * MANDATORY_PART),
    ends = ends,
  }
end

-- Fetches, as the one caller who does. Returns the set, or nil, error. A caller whom the others gave
-- up meanwhile has what it fetched for itself alone.
local function fetch(self, holder, deadline, refresh)
  local flight = { deadline = deadline, owner = coroutine.running() }
  self.flight = flight
  local found, err = ask(self, holder, deadline, refresh)
  local entry
  if found then
    entry, err = entry_of(self, holder, found)
  end
  flight.is_over, flight.entry, flight.err = true, entry, err
  if self.flight == flight then
    self.flight = nil
    self.entry = entry or self.entry
  end
  return entry and entry.set, err
end

-- Whether who fetches will not end it: out of time, or its coroutine is dead. nginx's own status
-- knows the coroutines of one request alone.
local function is_lost(flight, now)
  flight.deadline = flight.deadline or now + PATIENCE
  if now >= flight.deadline then return true end
  return flight.owner ~= nil
    and rawget(_G, "ngx") == nil
    and coroutine.status(flight.owner) == "dead"
end

-- Waits for somebody else's fetch, until the deadline or the end of the call. Returns whether it is
-- over.
local function wait(clock, flight, deadline)
  while not flight.is_over do
    local now = clock:monotonic()
    if now >= deadline or is_lost(flight, now) then return false end
    local left = math.min(deadline, flight.deadline) - now
    if clock:sleep(math.min(NAP, left)) then return false end
  end
  return true
end

-- Whether a fetch failed for nothing but that its call was ended.
local function was_ended(flight)
  return flight.err ~= nil and flight.err.kind == "cancelled"
end

-- Returns the set of somebody else's fetch, or nil, an error of one's own.
local function shared(flight)
  if flight.entry then return flight.entry.set end
  return nil, errors.copy(flight.err)
end

-- Returns the set there is while it lasts, or nil, error.
local function at_last(entry, clock, refresh)
  if entry and entry.ends and entry.ends > clock:now() and not refresh then return entry.set end
  return nil, errors.credentials("CredentialsTimeout", WAITED)
end

-- Whether waiting would keep the process from the coroutine that it is for.
local function is_blocking(clock)
  return clock.blocking and loops.is_blocking()
end

-- Fetches, or waits for who does.
local function renew(self, holder, deadline, refresh)
  if not self.flight then return fetch(self, holder, deadline, refresh) end
  local clock = transports.clock(holder)
  local patience = deadline or clock:monotonic() + PATIENCE
  while self.flight and not is_blocking(clock) and not is_lost(self.flight, clock:monotonic()) do
    local flight = self.flight
    if wait(clock, flight, patience) then
      if not was_ended(flight) then return shared(flight) end
    elseif loops.ended() or clock:monotonic() >= patience then
      return at_last(self.entry, clock, refresh)
    end
  end
  return fetch(self, holder, deadline, refresh)
end

-- Tries to renew credentials that are good for a while yet; it is no harm if that fails.
local function renew_early(self, holder, deadline, now)
  local entry, clock = self.entry, transports.clock(holder)
  local is_flying = self.flight and not is_lost(self.flight, clock:monotonic())
  if is_flying or now < (self.quiet_until or now) then return entry.set end
  local moment = clock:monotonic()
  local patience = deadline and math.min(EARLY_PATIENCE, (deadline - moment) / 2) or EARLY_PATIENCE
  local set = fetch(self, holder, moment + patience)
  if not set then self.quiet_until = now + QUIET end
  return set or entry.set
end

-- Returns the set of a source that is asked each time.
local function fresh(self, holder, deadline, refresh)
  local found, err = ask(self, holder, deadline, refresh)
  if not found then return nil, err end
  local entry
  entry, err = entry_of(self, holder, found)
  self.entry = entry or self.entry
  return entry and entry.set, err
end

--- Returns one frozen set (see dynamo.credentials.snapshot), or nil, error.
-- @tparam table holder see dynamo.credentials.source_transport
-- @tparam ?number deadline on the holder's clock
-- @param refresh the set that was refused, or true: the one there is does not do
function Cache:get(holder, deadline, refresh)
  local entry = self.entry
  if not entry then return renew(self, holder, deadline, refresh) end
  if refresh and refresh ~= true and refresh ~= entry.set then refresh = nil end
  refresh = refresh and true
  if not entry.is_kept then return fresh(self, holder, deadline, refresh) end
  if refresh then return renew(self, holder, deadline, true) end
  if not entry.ends then return entry.set end
  local now = transports.clock(holder):now()
  if now < entry.advised then return entry.set end
  if now < entry.needed then return renew_early(self, holder, deadline, now) end
  return renew(self, holder, deadline)
end

return M
