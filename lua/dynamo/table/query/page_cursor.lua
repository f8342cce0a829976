-- SPDX-License-Identifier: MIT
-- The text of a place in a query or a scan. In it are the operation, the table, the index and the
-- direction, which must be those of whoever goes on from it, and the place:
--   k        a key, as the service has it in LastEvaluatedKey; nil: the beginning
-- or, of a scan in segments,
--   n, b     their number, and how many of them were begun
--   l        those that are not over yet: a list of { s = segment, k = key or nil }
local compare = require "dynamo.compare"
local core = require "dynamo.core"
local errors = require "dynamo.error"
local opaque = require "dynamo.opaque"

local M = {}

local KIND = "page1"
local MOST_SEGMENTS = 1000000 -- as the API has it

-- Returns what of an ask must be the same wherever its cursor is used.
local function frame_of(ask)
  return {
    o = ask.operation.method,
    t = ask.noun.name,
    i = ask.params.IndexName,
    d = ask.options.descending and true or nil,
  }
end

--- Returns the text of a position; or nil, message, err.
-- @tparam table ask
-- @tparam ?table position a key; nil for the beginning; or { total, begun, live } of
--   dynamo.table.query.segments
function M.write(ask, position)
  local value = frame_of(ask)
  if position and position.live then
    value.n, value.b = position.total, position.begun
    for i, part in ipairs(position.live) do
      value.l = value.l or {}
      value.l[i] = { s = part.segment, k = part.key }
    end
  else
    value.k = position
  end
  return opaque.write(KIND, value)
end

local KEY_TYPES = { S = true, N = true, B = true }

-- Whether a value is a key as the service has it.
local function is_key(value)
  if core.kind(value) ~= "M" or next(value) == nil then return false end
  for _, attribute in next, value do
    if not KEY_TYPES[core.kind(attribute) or ""] then return false end
  end
  return true
end

local function is_whole(value, least, most)
  return type(value) == "number" and value >= least and value <= most and value % 1 == 0
end

-- Returns the position of segments, or nil where the value has none.
local function segments_of(value)
  local list = value.l or {}
  if not is_whole(value.n, 1, MOST_SEGMENTS) or not is_whole(value.b, 0, value.n) then
    return nil
  end
  if core.kind(list) ~= "L" and value.l then return nil end
  local position, seen = { total = value.n, begun = value.b, live = {} }, {}
  for i, part in ipairs(list) do
    if core.kind(part) ~= "M" or not is_whole(part.s, 0, value.b - 1) or seen[part.s] then
      return nil
    end
    if part.k ~= nil and not is_key(part.k) then return nil end
    seen[part.s], position.live[i] = true, { segment = part.s, key = part.k }
  end
  return position
end

local function refusal(problem)
  return errors.validation("cursor", "cursor", "cursor: " .. problem)
end

local WORDS = {
  o = "operation",
  t = "table",
  i = "index",
  d = "direction",
}

-- Returns how messages name a side of the frame.
local function shown(name, side)
  if name == "d" then return side and "descending" or "ascending" end
  return side == nil and "none" or tostring(side)
end

-- Returns nil, or the error of a cursor that is another ask's.
local function mismatch(ask, value)
  local frame = frame_of(ask)
  for _, name in ipairs { "o", "t", "i", "d" } do
    if frame[name] ~= value[name] then
      return refusal(
        ("it is of another %s: %s, not %s"):format(
          WORDS[name],
          shown(name, value[name]),
          shown(name, frame[name])
        )
      )
    end
  end
end

-- Returns nil, or the error of a key that the condition does not allow: it is another query's.
local function outside(ask, key)
  for name, value in next, ask.equals do
    local own = key[name]
    if own ~= nil and not compare.equal(own, value) then
      return refusal(("it is of another query: %s has another value there"):format(name))
    end
  end
end

-- Returns nil, or the error of a cursor that does not go with the option segments.
local function other_segments(ask, total)
  local wanted = ask.options.segments
  if ask.options.in_flight and not total then
    return refusal "it is of a scan in one piece, which takes no in_flight"
  end
  if wanted == nil or wanted == total then return nil end
  local had = total and ("in %d segments"):format(total) or "in one piece"
  return refusal(("it is of a scan %s, not in %d segments"):format(had, wanted))
end

--- Reads a text.
-- @tparam table ask
-- @tparam string text
-- @treturn[1] boolean true
-- @treturn[1] ?table the position, as for M.write
-- @treturn[2] nil
-- @treturn[2] table err kind "validation", code "cursor"
function M.read(ask, text)
  local value, problem = opaque.read(KIND, text)
  if value == nil then return nil, refusal("the text " .. problem) end
  if core.kind(value) ~= "M" then return nil, refusal "the text is none that was given out" end
  local err = mismatch(ask, value) or other_segments(ask, value.n)
  if err then return nil, err end
  if value.n ~= nil then
    local position = segments_of(value)
    if position then return true, position end
  elseif value.k == nil or is_key(value.k) then
    err = value.k and outside(ask, value.k)
    if err then return nil, err end
    return true, value.k
  end
  return nil, refusal "the text is none that was given out"
end

return M
