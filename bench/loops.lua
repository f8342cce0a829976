-- SPDX-License-Identifier: MIT
--- Runs scripts that print "name<TAB>microseconds" lines, in rounds, and prints a table of them.

local clients = require "bench.clients"
local report = require "bench.report"
local shell = require "bench.shell"

local M = {}

local BUDGETS = {
  ["decode page of 100 items, an item"] = "5.4: 2.6, LuaJIT: 2.1",
  ["signer:authorization 1 KB"] = "1.6",
  ["table wing: update by text"] = "5.4: 3",
}

-- Adds what a script printed to times[name][column]; names keep their order in `order`.
local function collect(times, order, column, text)
  for name, microseconds in text:gmatch("([^\n]-)\t(%S+)") do
    if not times[name] then
      times[name], order[#order + 1] = {}, name
    end
    local list = times[name][column] or {}
    times[name][column], list[#list + 1] = list, tonumber(microseconds)
  end
end

-- Returns the columns: { title, commands } of each runtime now, and of each before. What looks inside
-- is asked of its own checkout; what does not is this one's.
local function columns_of(before)
  local columns = {}
  for _, root in ipairs { ".", before } do
    for _, runtime in ipairs(clients.RUNTIMES) do
      columns[#columns + 1] = {
        title = (root == "." and "" or "before, ") .. runtime.title,
        commands = {
          clients.lua(root, runtime, root .. "/bench/micro.lua"),
          clients.lua(root, runtime, "bench/wing.lua"),
        },
      }
    end
  end
  return columns
end

local function run_rounds(columns, rounds)
  local times, order = {}, {}
  for _ = 1, rounds do
    for _, column in ipairs(columns) do
      for _, command in ipairs(column.commands) do
        local text = shell.output(command)
        if text == "" then error("no result from: " .. command, 0) end
        collect(times, order, column, text)
      end
    end
  end
  return times, order
end

local function print_head(columns)
  local head = { "hot loops, us" }
  for i, column in ipairs(columns) do
    head[i + 1] = column.title
  end
  head[#head + 1] = "budget"
  report.head(head)
end

--- Measures and prints.
-- @tparam ?string before another checkout
-- @tparam number rounds
function M.run(before, rounds)
  local columns = columns_of(before)
  local times, order = run_rounds(columns, rounds)
  print_head(columns)
  for _, name in ipairs(order) do
    local row = { name }
    for _, column in ipairs(columns) do
      local list = times[name][column]
      row[#row + 1] = list and ("%.2f"):format(report.median(list)) or "-"
    end
    row[#row + 1] = BUDGETS[name] or ""
    report.row(row)
  end
  print()
end

return M
