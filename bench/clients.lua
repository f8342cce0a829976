-- SPDX-License-Identifier: MIT
--- Who is measured. A client is
--   { title, program (what it needs), command(row, url), against (the same client of before) }
-- and its command prints the CPU and the wall time in microseconds a call; there is none for a row
-- that the client lacks. A row is { name (in bench/scenarios.lua), title, count, peer_count }.

local shell = require "bench.shell"

local M = {}

--- Returns the file with the request that bare libcurl sends for a row.
function M.request_file(row)
  return ("build/bench/%s.request"):format(row.name)
end

--- Returns the command that runs one of bench's scripts.
-- @tparam string root the checkout whose lua/ and build/ are loaded
-- @tparam table runtime { program, abi }
-- @tparam string words the script and its arguments
-- @tparam ?string before words before the interpreter
function M.lua(root, runtime, words, before)
  return ("LUA_PATH=%s LUA_CPATH=%s %s"):format(
    shell.quoted(("%s/lua/?.lua;%s/lua/?/init.lua;;"):format(root, root)),
    shell.quoted(("%s/build/%s/?.so;;"):format(root, runtime.abi)),
    shell.on_core(shell.CLIENT_CORE, ("%s %s %s"):format(before or "", runtime.program, words))
  )
end

--- The interpreters.
M.RUNTIMES = {
  { program = "lua5.4", abi = "5.4", title = "Lua 5.4" },
  { program = "luajit", abi = "5.1", title = "LuaJIT" },
}

--- Bare libcurl: the floor.
-- @tparam ?number in_flight calls at once, 1
-- @tparam ?string before words before the program
function M.bare_curl(in_flight, before)
  local function command(row, url)
    local words = "%s build/bench/bare_curl %s %s %d %d"
    local request = M.request_file(row)
    return shell.on_core(
      shell.CLIENT_CORE,
      words:format(before or "", url, request, row.count, in_flight or 1)
    )
  end
  return { title = "bare libcurl", program = "build/bench/bare_curl", command = command }
end

--- dynamo on a runtime, as it is in the checkout `root`.
-- @tparam string root
-- @tparam table runtime
-- @tparam string title what stands before the runtime's
-- @tparam number in_flight calls at once
-- @tparam ?string before words before the interpreter
function M.dynamo(root, runtime, title, in_flight, before)
  local function command(row, url)
    local words = ("bench/client.lua %s %s %d %d"):format(row.name, url, row.count, in_flight)
    return M.lua(root, runtime, words, before)
  end
  return { title = title .. runtime.title, program = runtime.program, command = command }
end

local PYTHON = "build/emulators/python/bin/python"

--- boto3, "client" or "table".
function M.boto3(kind, title)
  local function command(row, url)
    if not row.peer_count then return nil end
    local words = "%s bench/peer_boto3.py %s %s %s %d"
    return shell.on_core(
      shell.CLIENT_CORE,
      words:format(PYTHON, kind, row.name, url, row.peer_count)
    )
  end
  return { title = title, program = PYTHON, command = command }
end

local GO = "build/bench/peer_go"

--- Go's SDK.
-- @tparam ?number in_flight calls at once, 1
function M.go(in_flight)
  local function command(row, url)
    if not row.go_count then return nil end
    local words = "%s %s %s %d %d"
    return shell.on_core(
      shell.CLIENT_CORE,
      words:format(GO, row.name, url, row.go_count, in_flight or 1)
    )
  end
  return { title = "Go SDK v2", program = GO, command = command }
end

--- Returns dynamo on each runtime, each writing in batches, so many at once.
function M.each_writer(in_flight)
  local list = {}
  for i, runtime in ipairs(M.RUNTIMES) do
    local function command(row, url)
      return M.lua(
        ".",
        runtime,
        ("bench/batch_client.lua %s %d %d"):format(url, row.count, in_flight)
      )
    end
    list[i] = { title = "dynamo, " .. runtime.title, program = runtime.program, command = command }
  end
  return list
end

--- Returns dynamo on each runtime, and behind that what it was before in the checkout `before`, if
-- that is given.
-- @tparam ?string before
-- @tparam ?number in_flight calls at once, 1
-- @tparam ?string words before the interpreter
function M.each_dynamo(before, in_flight, words)
  local list, old = {}, {}
  for i, runtime in ipairs(M.RUNTIMES) do
    list[i] = M.dynamo(".", runtime, "dynamo, ", in_flight or 1, words)
    old[i] = before and M.dynamo(before, runtime, "before, ", in_flight or 1, words)
    list[i].against = old[i]
  end
  for _, client in ipairs(old) do
    list[#list + 1] = client
  end
  return list
end

--- Returns those clients whose programs are there, and says which are not.
function M.present(clients)
  local present = {}
  for _, client in ipairs(clients) do
    if shell.succeeds("command -v " .. client.program) then
      present[#present + 1] = client
    else
      print(("Left out: %s, for want of `%s`.\n"):format(client.title, client.program))
    end
  end
  return present
end

return M
