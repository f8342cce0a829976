-- SPDX-License-Identifier: MIT
-- Calls a fault server while no more files can be opened; run by process_spec.lua with a small limit
-- of them. Returns what became of a counter's increment on a fresh client, on one whose connection
-- was closed by the service (its own file is then free for another), and on both once there are
-- files again.
local classes = require "support.fault.replay_classes"
local curl = require "dynamo.curl"
local fault_client = require "support.fault.client"

local server = { port = tonumber(os.getenv "FAULT_PORT") }
function server.ca_file()
  return os.getenv "FAULT_CA"
end

local KEY = os.getenv "FAULT_KEY"

local function fact(result, _, told)
  return {
    ok = result and true,
    kind = told.kind,
    maybe_applied = told.maybe_applied,
    attempts = told.attempts,
  }
end

-- Opens files until there are none left; returns them.
local function exhaust()
  local files = {}
  repeat
    local file = io.open "/dev/null"
    files[#files + 1] = file
  until not file
  return files
end

local function increment(db)
  return fact(classes.UNSAFE.run(db, KEY))
end

local fresh, used = fault_client.new(server), fault_client.new(server)
assert(used:get_item { TableName = classes.TABLE, Key = { id = KEY } })
curl.sleep(0.1) -- until the close has come through
local files = exhaust()
local facts = { opened = #files, fresh = increment(fresh), lost = increment(used) }
for _, file in ipairs(files) do
  file:close()
end
facts.fresh_again, facts.lost_again = increment(fresh), increment(used)
return facts
