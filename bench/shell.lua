-- SPDX-License-Identifier: MIT
--- Running other programs, each on a core of its own where the machine has two.

local M = {}

--- Whether a command ends well; what it prints is thrown away.
function M.succeeds(command)
  local result = os.execute(command .. " >/dev/null 2>&1")
  return result == true or result == 0
end

--- Returns what a command prints.
function M.output(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("*a")
  pipe:close()
  return text
end

--- Runs a command, which must end well.
function M.run(command)
  local result = os.execute(command)
  assert(result == true or result == 0, command)
end

--- Whether there are two cores to pin programs to.
M.IS_PINNED = M.succeeds("taskset -c 0,1 true") and tonumber(M.output("nproc")) >= 2

--- Whether the machine shall be busy: see bench/busy.lua.
M.IS_BUSY = os.getenv "BENCH_BUSY" == "1"

--- The cores of clients, and of servers.
M.CLIENT_CORE = 1
M.SERVER_CORE = M.IS_BUSY and M.CLIENT_CORE or 0

--- Returns the command that runs a program on one core.
function M.on_core(core, command)
  return M.IS_PINNED and ("taskset -c %d %s"):format(core, command) or command
end

--- Returns the line of nginx's configuration that keeps its worker on one core.
function M.nginx_affinity(core)
  return M.IS_PINNED and ("worker_cpu_affinity %s;"):format(core == 0 and "01" or "10") or ""
end

--- Returns a word of a command, whatever characters it has.
function M.quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

return M
