-- SPDX-License-Identifier: MIT
-- Keys as bytes (csrc/core/key_order.h), and the ranges of them. A range is its first key, and the
-- first behind it: `lower` and `upper`. Values are wire-typed, such as { S = "x" }, and checked.
local core = require "dynamo.core"

local M = {}

-- Before every key, and behind every key.
M.FIRST, M.LAST = "", ("\255"):rep(7)

--- Returns the key of an item.
-- @tparam table partition a value of type S, N or B
-- @tparam ?table sort likewise
function M.of(partition, sort)
  local type, text = next(partition)
  if not sort then return assert(core.item_key(type, text)) end
  return assert(core.item_key(type, text, next(sort)))
end

--- Returns the bytes of a sort key, for `range`.
function M.sort_bytes(value)
  return assert(core.sort_bytes(next(value)))
end

--- Returns the first bytes behind all that begin with some.
function M.behind(bytes)
  local last = #bytes
  while bytes:byte(last) == 255 do
    last = last - 1
  end
  if last == 0 then return M.LAST end
  return bytes:sub(1, last - 1) .. string.char(bytes:byte(last) + 1)
end

-- By the comparison of a sort key with bytes: the range within a partition's.
local RANGES = {
  ["="] = function(_, _, at)
    return at, at .. "\0"
  end,
  ["<"] = function(lower, _, at)
    return lower, at
  end,
  ["<="] = function(lower, _, at)
    return lower, at .. "\0"
  end,
  [">"] = function(_, upper, at)
    return at .. "\0", upper
  end,
  [">="] = function(_, upper, at)
    return at, upper
  end,
  BETWEEN = function(_, _, at, last)
    return at, last .. "\0"
  end,
  begins_with = function(_, _, at)
    return at, M.behind(at)
  end,
}

--- Returns the range of a partition's items, or of those whose sort key compares so.
-- @tparam table partition
-- @tparam ?string comparison "=", "<", "<=", ">", ">=", "BETWEEN" or "begins_with"
-- @tparam ?table first what is compared with
-- @tparam ?table last the second of BETWEEN
-- @treturn string lower
-- @treturn string upper
function M.range(partition, comparison, first, last)
  local prefix = M.of(partition)
  local upper = M.behind(prefix)
  if not comparison then return prefix, upper end
  local at = prefix .. M.sort_bytes(first)
  return RANGES[comparison](prefix, upper, at, last and prefix .. M.sort_bytes(last))
end

-- Returns a whole number below 2^32 as four bytes.
local function four_bytes(number)
  local bytes = {}
  for place = 4, 1, -1 do
    bytes[place] = string.char(number % 256)
    number = math.floor(number / 256)
  end
  return table.concat(bytes)
end

--- Returns the range of a segment of a scan.
-- @tparam integer segment from 0
-- @tparam integer total
function M.segment(segment, total)
  local lower = four_bytes(math.ceil(segment * 2 ^ 32 / total))
  if segment + 1 == total then return segment == 0 and M.FIRST or lower, M.LAST end
  return segment == 0 and M.FIRST or lower, four_bytes(math.ceil((segment + 1) * 2 ^ 32 / total))
end

return M
