-- SPDX-License-Identifier: MIT
--- profile.lua CALL [CHECKOUT]: where the work of a call is, by file, function and line.
--
-- CALL is one of tools/warm_calls.lua. Run it by Lua 5.4 at the repository's root after the build;
-- CHECKOUT is the folder whose lua/ and build/ are asked (.). "vm" counts the instructions of Lua's
-- virtual machine, "bytes" what they and the C functions that they call allocate. What a C function
-- executes is not seen: for that there is valgrind's callgrind.
require("tools.checkout").use(arg[2])

local warm_calls = require "tools.warm_calls"

local COUNT = 50
local LIMITS = { file = 50, ["function"] = 50, line = 40 }

-- Adds an instruction to a tally of { name, vm, bytes } by name.
local function add(tally, name, bytes)
  local entry = tally[name] or { name = name, vm = 0, bytes = 0 }
  tally[name], entry.vm, entry.bytes = entry, entry.vm + 1, entry.bytes + bytes
end

local function allocated()
  return collectgarbage "count" * 1024
end

-- Returns a hook that adds to tallies. It is called before an instruction: what was allocated since
-- it last ended is the work of the one before. What the hook allocates is left out.
local function counter(tallies)
  local last, before
  return function()
    local bytes = allocated() - (before or 0)
    for kind, name in pairs(last or {}) do
      add(tallies[kind], name, bytes)
    end
    local info = debug.getinfo(2, "Sl")
    local file = info.short_src:gsub("^.*lua/dynamo/", "")
    last = {
      file = file,
      ["function"] = ("%s:%d"):format(file, info.linedefined),
      line = ("%s:%d"):format(file, info.currentline),
    }
    before = allocated()
  end
end

-- Returns the tallies of COUNT calls.
local function tallies_of(call)
  local tallies = { file = {}, ["function"] = {}, line = {} }
  collectgarbage "stop"
  debug.sethook(counter(tallies), "", 1)
  for _ = 1, COUNT do
    call()
  end
  debug.sethook()
  collectgarbage "restart"
  return tallies
end

-- Returns the entries of a tally, those with most instructions first, and the sum of them all.
local function ranked(tally)
  local list, sum = {}, { name = "all", vm = 0, bytes = 0 }
  for _, entry in pairs(tally) do
    list[#list + 1] = entry
    sum.vm, sum.bytes = sum.vm + entry.vm, sum.bytes + entry.bytes
  end
  table.sort(list, function(a, b)
    if a.vm ~= b.vm then return a.vm > b.vm end
    return a.name < b.name
  end)
  return list, sum
end

local function print_entry(entry, sum)
  local vm, bytes = 100 * entry.vm / sum.vm, 100 * entry.bytes / sum.bytes
  local line = "%-44s %6.0f %5.1f %7.0f %5.1f"
  print(line:format(entry.name, entry.vm / COUNT, vm, entry.bytes / COUNT, bytes))
end

local function print_tally(kind, tally)
  local list, sum = ranked(tally)
  print(("%-44s %6s %5s %7s %5s"):format("by " .. kind, "vm", "%", "bytes", "%"))
  for i = 1, math.min(LIMITS[kind], #list) do
    print_entry(list[i], sum)
  end
  print_entry(sum, sum)
  print()
end

local tallies = tallies_of(warm_calls.new(arg[1] or "update"))
for _, kind in ipairs { "file", "function", "line" } do
  print_tally(kind, tallies[kind])
end
