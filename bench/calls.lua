-- SPDX-License-Identifier: MIT
--- Measures clients on rows, in rounds, and prints a table of their CPU a call. The first client is
-- the floor.

local report = require "bench.report"
local shell = require "bench.shell"

local M = {}

-- Runs one client process; returns { cpu, wall } in microseconds a call, or nil without a command.
local function measure(client, row, url)
  local command = client.command(row, url)
  if not command then return nil end
  local cpu, wall = shell.output(command):match("^(%S+) (%S+)")
  if not cpu then error("no result from: " .. command, 0) end
  return { cpu = tonumber(cpu), wall = tonumber(wall) }
end

-- Returns samples[row][client], lists of measurements with one entry a round.
local function run_rounds(rows, clients, rounds)
  local samples = {}
  for round = 1, rounds do
    io.stderr:write(("round %d of %d\n"):format(round, rounds))
    for _, row in ipairs(rows) do
      samples[row] = samples[row] or {}
      for _, client in ipairs(clients) do
        local list = samples[row][client] or {}
        samples[row][client], list[round] = list, measure(client, row, row.url)
      end
    end
  end
  return samples
end

-- Returns the median of each round's own ratio.
local function ratio(list, to)
  return report.median(list, function(entry, round)
    return entry.cpu / to[round].cpu
  end)
end

local function cpu_of(entry)
  return entry.cpu
end

local function wall_of(entry)
  return entry.wall
end

local function cell(list, floor)
  if #list == 0 then return "-" end
  return ("%.1f us, %.2fx (%.0f/s)"):format(
    report.median(list, cpu_of),
    ratio(list, floor),
    1e6 / report.median(list, wall_of)
  )
end

-- Returns the cells of a row: each client's, then how those compare that have a past.
local function cells_of(row, clients, of_row)
  local cells = { row.title }
  for _, client in ipairs(clients) do
    cells[#cells + 1] = cell(of_row[client], of_row[clients[1]])
  end
  for _, client in ipairs(clients) do
    local past = client.against and of_row[client.against]
    if past then cells[#cells + 1] = ("%.2fx"):format(ratio(of_row[client], past)) end
  end
  return cells
end

local function print_head(title, clients)
  local head = { title }
  for _, client in ipairs(clients) do
    head[#head + 1] = client.title
  end
  for _, client in ipairs(clients) do
    if client.against then head[#head + 1] = client.title .. ", to before" end
  end
  report.head(head)
end

--- Measures and prints.
-- @tparam string title of the first column
-- @tparam {table,...} rows of bench/clients.lua, each with the `url` of its server
-- @tparam {table,...} clients
-- @tparam number rounds
function M.run(title, rows, clients, rounds)
  local samples = run_rounds(rows, clients, rounds)
  print_head(title, clients)
  for _, row in ipairs(rows) do
    report.row(cells_of(row, clients, samples[row]))
  end
  print()
end

return M
