-- SPDX-License-Identifier: MIT
--- Makes the machine busy. With BENCH_BUSY=1 servers and clients share one core (see bench/shell.lua),
-- which they take turns on and which never sleeps; the other has a loop that does nothing. So nobody
-- is charged for waking a core, which on an idle machine is most of what a small call costs.

local shell = require "bench.shell"

local M = {}

local LOOP = "sh -c 'while :; do :; done'"
local UNTIL_CLOSED = "%s & loop=$!; cat >/dev/null; kill $loop"

--- Starts the loop, which ends when the returned pipe is closed or this process ends; or returns
-- nil, when the machine shall be as it is.
function M.start()
  if not shell.IS_BUSY then return nil end
  return assert(io.popen(UNTIL_CLOSED:format(shell.on_core(0, LOOP)), "w"))
end

return M
