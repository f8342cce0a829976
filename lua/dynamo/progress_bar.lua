-- SPDX-License-Identifier: MIT
--- Progress of long work, for people.
-- @module dynamo.progress
local given = require "dynamo.given"
local nearest = require "dynamo.nearest"
local options_check = require "dynamo.options_check"
local tables = require "dynamo.tables"

local M = {}

local CELLS = 24 -- of a bar
local PLAIN_SECONDS = 10 -- between two lines where there is no terminal
local CLEAR = "\27[K" -- to the end of the line: https://vt100.net/docs/vt510-rm/EL.html

-- ---- texts ---------------------------------------------------------------------------------

-- Returns whole seconds as "1:02:03" or "2:03".
local function duration(seconds)
  seconds = math.floor(seconds + 0.5)
  local minutes, hours = math.floor(seconds / 60), math.floor(seconds / 3600)
  if hours > 0 then return ("%d:%02d:%02d"):format(hours, minutes % 60, seconds % 60) end
  return ("%d:%02d"):format(minutes, seconds % 60)
end

-- Returns how many a second, with one digit behind the point below ten.
local function rate_text(rate)
  if rate >= 9.95 then return ("%d/s"):format(math.floor(rate + 0.5)) end
  local tenths = math.floor(rate * 10 + 0.5)
  return ("%d.%d/s"):format(math.floor(tenths / 10), tenths % 10)
end

-- Returns the bar itself, and how much of the whole it shows.
local function bar_text(done, total)
  local part = total > 0 and math.min(done / total, 1) or 1
  local filled = math.floor(part * CELLS)
  return ("[%s%s] %3d%%"):format(
    ("#"):rep(filled),
    ("-"):rep(CELLS - filled),
    math.floor(part * 100)
  )
end

-- Returns how long it took or takes: since the beginning, and until the end where that is known.
local function time_text(done, total, seconds, rate, is_over)
  if is_over then return "in " .. duration(seconds) end
  if not total or rate == 0 then return duration(seconds) end
  return duration(math.max(total - done, 0) / rate) .. " left"
end

-- Returns what is shown, in one line without its end.
local function line_of(label, done, total, seconds, is_over)
  local rate, parts = seconds > 0 and done / seconds or 0, { label }
  if total then parts[#parts + 1] = bar_text(done, total) end
  parts[#parts + 1] = total and ("%d of %d"):format(done, total) or ("%d"):format(done)
  if rate > 0 then parts[#parts + 1] = rate_text(rate) end
  parts[#parts + 1] = time_text(done, total, seconds, rate, is_over)
  return table.concat(parts, "  ")
end

-- ---- where it is shown ----------------------------------------------------------------------

-- Shows a line in place of the one before.
local function draw(stream, line, is_over)
  stream:write("\r", line, CLEAR, is_over and "\n" or "")
  if stream.flush then stream:flush() end
end

-- Returns the function that shows lines below each other, few of them.
local function plain()
  local next_at = PLAIN_SECONDS
  return function(stream, line, is_over, seconds)
    if seconds < next_at and not is_over then return end
    next_at = seconds + PLAIN_SECONDS
    stream:write(line, "\n")
    if stream.flush then stream:flush() end
  end
end

-- ---- the door ------------------------------------------------------------------------------

local CHECKS = { label = options_check.text, is_terminal = options_check.boolean }

function CHECKS.stream(value)
  if io.type(value) == "closed file" then return "is a closed file" end
  if io.type(value) or type(value) == "table" and type(value.write) == "function" then
    return nil
  end
  return ("must be a file or have a method write, not be a %s"):format(type(value))
end

-- Whether what is written to a stream is shown by a terminal.
local function is_terminal(stream)
  return io.type(stream) == "file" and require("dynamo.process").is_terminal(stream)
end

--- Makes a function for the option `progress` that draws a bar on a terminal: how many are done, how
-- many a second, and the time left where it is known of how many. Where there is no terminal it
-- writes a line every ten seconds, and one at the end. A bar is for one piece of work.
-- @tparam ?table o all optional: label (text, before the bar), stream (io.stderr: a file, or an object
--   with the method write and, if it likes, flush), is_terminal (boolean: whether the stream is shown
--   by a terminal, which a file says itself)
-- @treturn function (done, total, seconds, is_over); total: nil where it is not known
-- @usage users:scan { progress = dynamo.progress.bar { label = "users" } }
function M.bar(o, ...)
  given.no_more("dynamo.progress.bar", ...)
  local own, problem = options_check.checked(o, CHECKS, { defaults = { stream = io.stderr } })
  if not own then error("dynamo.progress.bar: " .. problem, 2) end
  local stream, on_terminal = own.stream, own.is_terminal
  if on_terminal == nil then on_terminal = is_terminal(stream) end
  local show = on_terminal and draw or plain()
  return function(done, total, seconds, is_over)
    show(stream, line_of(own.label, done, total, seconds, is_over), is_over, seconds)
  end
end

return setmetatable(M, {
  __index = function(_, name)
    nearest.no_field("dynamo.progress", tables.sorted_keys(M), name, 2)
  end,
})
