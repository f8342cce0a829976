-- SPDX-License-Identifier: MIT
--- The embedded store as an object of its user's: for tests of programs, with faults on purpose and a
-- clock of their own.
local embedded = require "dynamo.embedded"
local errors = require "dynamo.error"
local faults = require "dynamo.embedded.faults"
local given = require "dynamo.given"
local options_check = require "dynamo.options_check"
local foreign = require "dynamo.transport.foreign"
local transports = require "dynamo.transport"

local M = {}

local CHECKS = {
  path = options_check.text,
  durable = options_check.boolean,
  clock = options_check.callable,
  faults = function(value)
    local _, problem = faults.new(value)
    if problem then return "dynamo.embedded: " .. problem, true end
  end,
}
local WORDS = {
  no_table = "dynamo.embedded: the options must be a table, not a %s",
  unknown = "dynamo.embedded: unknown option",
  named = "dynamo.embedded: %s %s",
}

-- ---- faults ------------------------------------------------------------------------------------

local THROTTLED = '{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException",'
  .. '"message":"Rate of requests exceeds the allowed throughput."}'
local LOST = {
  kind = "transport",
  code = "ConnectionLost",
  message = "the answer was lost, as a fault on purpose",
  sent = "complete",
}

-- Whether an operation is on items: tables are made and looked at without faults.
local function is_on_items(operation)
  local name = operation.name
  if name:find "Item" or name:find "Statement" or name:find "Transaction" then return true end
  return name == "Query" or name == "Scan"
end

-- Returns what carries out an operation: as `perform` does, with faults.
local function with_faults(perform, made)
  return function(self, operation, body)
    if not is_on_items(operation) then return perform(self, operation, body) end
    if made:delay() > 0 then self:sleep(made:delay()) end
    if made:throttles() then return 400, THROTTLED end
    local status, answer, failed = perform(self, operation, body)
    if status and made:loses() then return nil, LOST.message, LOST end
    return status, answer, failed
  end
end

-- ---- the object --------------------------------------------------------------------------------

-- Empties the store, and begins with the first fault again.
local function reset(self, ...)
  given.no_more("store:reset", ...)
  self.store:reset()
  if self.store.faults then self.store.faults:restart() end
end

-- Copies what is there into a new file: true; or nil, message, err.
local function backup(self, path, ...)
  given.no_more("store:backup", ...)
  local problem = options_check.text(path)
  if problem then error("store:backup: the path " .. problem, 2) end
  local ok, failed = pcall(self.store.backup, self.store, path)
  if ok then return true end
  return errors.fail { kind = failed.kind, code = failed.code, message = failed.message }
end

local function endpoint_of(path)
  return path and "file:" .. path or "memory:"
end

-- Returns the object over an open store.
local function object(store, base, options)
  local self = embedded.new(store, base, options.clock)
  if options.faults then
    store.faults = faults.new(options.faults)
    self.perform = with_faults(self.perform, store.faults)
  end
  self.reset, self.backup = reset, backup
  foreign.trust(self)
  return self
end

--- Opens a store that many clients can be given: `dynamo.new { transport = store }`.
-- @tparam[opt] table options
--   path (of a file; nil: in memory, this object's own), durable (boolean, false: what is acknowledged
--   outlives a loss of power), clock (function that returns seconds since 1970: the store's time),
--   faults { throttle, lose_response, unprocessed (shares from 0 to 1), delay (seconds), seed (a whole
--   number, 1) }
-- @treturn[1] table store: :reset(), :backup(path), :close()
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table err kind "config": StoreNotOpened, StoreDamaged, StoreNewer, NoSqlite
function M.embedded(options, ...)
  given.no_more("dynamo.embedded", ...)
  local checked, problem = options_check.checked(options, CHECKS, WORDS)
  if not checked then error(problem, 2) end
  local base, err = transports.new {}
  if not base then return errors.give(err) end
  local store, failure = embedded.store({
    endpoint = endpoint_of(checked.path),
    durable = checked.durable,
  }, base)
  if not store then return errors.give(failure) end
  return object(store, base, checked)
end

return M
