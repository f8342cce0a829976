-- SPDX-License-Identifier: MIT
--- Counts the instructions that clients execute in a call, without the kernel's, and prints a table.
--
-- valgrind's cachegrind counts those of a whole process. A client is run with two counts of calls,
-- and the difference is what so many calls cost: no start, no warm-up.

local report = require "bench.report"
local shell = require "bench.shell"

local M = {}

local FEW, MANY = 500, 1500

--- The words before a program whose instructions are counted.
M.COUNTER = "valgrind --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null"

-- A client makes a tenth more calls than it is told, to warm up.
local CALLS = 1.1 * (MANY - FEW)

local function count(client, row, calls)
  local command = client.command({ name = row.name, count = calls }, row.url)
  local said = shell.output(command .. " 2>&1")
  local number = said:match("I%s+refs:%s+([%d,]+)")
  if not number then error("no count from: " .. command .. "\n" .. said, 0) end
  return tonumber((number:gsub(",", "")))
end

-- Returns the instructions of one call; a row may ask for fewer calls.
local function of_call(client, row)
  local few, many = FEW / (row.fewer or 1), MANY / (row.fewer or 1)
  return (count(client, row, many) - count(client, row, few)) * (row.fewer or 1) / CALLS
end

--- Counts and prints.
-- @tparam {table,...} rows of bench/clients.lua; `fewer` divides their calls
-- @tparam {table,...} clients whose commands start with M.COUNTER
function M.run(rows, clients)
  local head = { "instructions a call" }
  for i, client in ipairs(clients) do
    head[i + 1] = client.title
  end
  report.head(head)
  for _, row in ipairs(rows) do
    local cells = { row.title }
    for i, client in ipairs(clients) do
      cells[i + 1] = report.thousands(of_call(client, row))
    end
    report.row(cells)
  end
  print()
end

return M
