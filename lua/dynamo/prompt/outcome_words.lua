-- SPDX-License-Identifier: MIT
-- Failures in words, and the exit code of each.
local layout_tree = require "dynamo.prompt.layout_tree"

local M = {}

--- Exit codes: all well; a condition did not hold; something failed; used wrongly, nothing was sent.
M.OK, M.CONDITION, M.FAILURE, M.USAGE = 0, 1, 2, 64

local CONDITION = "ConditionalCheckFailed"

-- Whether a transaction was cancelled by a condition.
local function is_condition_in(reasons)
  for _, reason in ipairs(reasons or {}) do
    if (reason.code or ""):sub(1, #CONDITION) == CONDITION then return true end
  end
  return false
end

--- Returns the exit code of a failure.
function M.code(err)
  local is_condition = (err.code or ""):sub(1, #CONDITION) == CONDITION
  if is_condition or is_condition_in(err.reasons) then return M.CONDITION end
  return M.FAILURE
end

local APPLIED = {
  unknown = "It may have happened all the same, or not: nobody answered.",
  yes = "It has happened all the same: the service had answered before.",
}

-- Writes whether a write that failed may have been done, and what to run to know.
local function write_applied(printer, err, look)
  local words = APPLIED[err.maybe_applied]
  if not words then return end
  printer:warn(words .. (look and (" To find out: " .. look) or " Read the item to find out."))
end

local function write_item(printer, title, item, keys)
  if not item then return end
  printer:warn(title)
  local lines = layout_tree.lines(item, keys, printer.columns, function(text)
    return text
  end)
  for _, line in ipairs(lines) do
    printer:warn("  " .. line)
  end
end

local function write_reasons(printer, reasons)
  for i, reason in ipairs(reasons or {}) do
    if reason.code and reason.code ~= "None" then
      printer:warn(
        ("action %d: %s%s"):format(i, reason.code, reason.message and ": " .. reason.message or "")
      )
      write_item(printer, "the item as it is:", reason.item)
    end
  end
end

--- Writes a failure and what follows from it; returns its exit code.
-- @tparam table printer
-- @tparam table failure { message, err }
-- @tparam table about keys (of the table), look (the statement that shows the item)
function M.write(printer, failure, about)
  local err = failure.err
  printer:warn(printer:red(failure.message))
  write_item(printer, "the item that failed the condition:", err.item, about.keys)
  write_reasons(printer, err.reasons)
  write_applied(printer, err, about.look)
  return M.code(err)
end

return M
