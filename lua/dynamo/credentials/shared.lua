-- SPDX-License-Identifier: MIT
-- One fetch for all workers of nginx: what one of them fetched lies in a lua_shared_dict until it
-- ends, and while one fetches the others wait. Within a worker the cache sees to that. The dictionary
-- is memory of nginx's own; nothing of it goes to disk or into a log.
local snapshot = require "dynamo.credentials.snapshot"
local transports = require "dynamo.credentials.source_transport"
local errors = require "dynamo.error"

local M = {}

local PATIENCE = 30 -- seconds for a fetch, where there is no deadline
local GRACE = 1 -- seconds after its deadline when a worker that fetches counts as dead
local NAP = 0.05 -- seconds between two looks

local LATE = "another worker did not fetch the credentials in time"

-- --- the dictionary ------------------------------------------------------------------------------

--- Returns nil, or why credentials cannot be shared in a dictionary of that name.
function M.problem(name)
  local ngx = rawget(_G, "ngx")
  if not ngx or not ngx.shared then return "is for nginx: there is no nginx here" end
  if type(name) ~= "string" then return ("must be a string, not a %s"):format(type(name)) end
  if ngx.shared[name] then return nil end
  return ('names no dictionary: put "lua_shared_dict %s 1m;" into nginx.conf'):format(
    name:gsub("[^%w_]", "?")
  )
end

-- What decides which credentials a chain finds: clients that agree in all of it share them.
local DECISIVE = {
  "AWS_PROFILE",
  "AWS_DEFAULT_PROFILE",
  "AWS_CONFIG_FILE",
  "AWS_SHARED_CREDENTIALS_FILE",
  "HOME",
  "AWS_ROLE_ARN",
  "AWS_ROLE_SESSION_NAME",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "AWS_EC2_METADATA_SERVICE_ENDPOINT",
}

local function key_of(holder)
  local parts = { "dynamo credentials", holder.profile or "" }
  for _, name in ipairs(DECISIVE) do
    parts[#parts + 1] = holder.getenv(name) or ""
  end
  return table.concat(parts, "\n")
end

-- --- what lies in it -----------------------------------------------------------------------------

local FIELDS = { "access_key_id", "secret_access_key", "session_token", "account_id" }

local function text_of(found)
  local parts = { ("%.3f"):format(found.expires_at) }
  for _, name in ipairs(FIELDS) do
    parts[#parts + 1] = found[name] or ""
  end
  return table.concat(parts, "\n")
end

local function credentials_of(text)
  local found, i = {}, 0
  for part in (text .. "\n"):gmatch("([^\n]*)\n") do
    if part ~= "" then found[FIELDS[i] or "expires_at"] = i == 0 and tonumber(part) or part end
    i = i + 1
  end
  return found
end

-- Returns what another worker fetched since this one did, or nil. What was refused is of no use,
-- however long it lasts.
local function fetched_elsewhere(self, now, refresh)
  local text = self.dict:get(self.key)
  if not text or text == self.last then return nil end
  local found, last = credentials_of(text), self.last and credentials_of(self.last)
  if found.expires_at <= now then return nil end
  if last and not refresh and found.expires_at <= last.expires_at then return nil end
  self.last = text
  return found
end

-- Puts credentials there for the other workers; those without an end are not worth it. Values that
-- are in order have no line end in them.
local function put(self, found, now)
  if snapshot.problem(found) or not found.expires_at or found.expires_at <= now then return end
  self.last = text_of(found)
  self.dict:set(self.key, self.last, found.expires_at - now)
end

-- --- one who fetches -----------------------------------------------------------------------------

-- Fetches, as the one worker who does.
local function fetch_for_all(self, holder, ask)
  local clock = transports.clock(holder)
  local found = fetched_elsewhere(self, clock:now(), ask.refresh)
  if found then return found end
  local message, err
  found, message, err = self.fetch(holder, ask)
  if type(found) == "table" then put(self, found, clock:now()) end
  return found, message, err
end

-- Ends our lock, unless it took so long that another worker has one of its own; hands on what pcall
-- gave.
local function unlock(self, mark, ok, ...)
  if self.dict:get(self.lock) == mark then self.dict:delete(self.lock) end
  if not ok then error((...), 0) end
  return ...
end

-- Returns a mark if this worker may fetch for so many seconds, or cannot be kept from it: the
-- dictionary is full.
local function try_lock(self, seconds)
  self.count = self.count + 1
  local mark = ("%d:%d"):format(rawget(_G, "ngx").worker.pid(), self.count)
  local locked, problem = self.dict:add(self.lock, mark, seconds)
  return (locked or problem ~= "exists") and mark or nil
end

local function fetch(self, holder, ask)
  local clock = transports.clock(holder)
  local deadline = ask.deadline or clock:monotonic() + PATIENCE
  while true do
    local found = fetched_elsewhere(self, clock:now(), ask.refresh)
    if found then return found end
    local left = deadline - clock:monotonic()
    local mark = try_lock(self, math.max(0, left) + GRACE)
    if mark then return unlock(self, mark, pcall(fetch_for_all, self, holder, ask)) end
    if left <= NAP then return errors.give(errors.credentials("CredentialsTimeout", LATE)) end
    clock:sleep(NAP)
  end
end

--- Returns a fetch function, as of dynamo.credentials.cache, that shares what another gives.
-- @tparam function fetch_alone (holder, { deadline, refresh }) -> credentials | nil, message, err
-- @tparam table holder shared_dict, profile, getenv
function M.over(fetch_alone, holder)
  local key = key_of(holder)
  local self = {
    fetch = fetch_alone,
    dict = rawget(_G, "ngx").shared[holder.shared_dict],
    key = key,
    lock = key .. "\nlock",
    count = 0,
    last = nil, -- the text this worker knows
  }
  return function(asker, ask)
    return fetch(self, asker, ask)
  end
end

return M
