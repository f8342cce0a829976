-- SPDX-License-Identifier: MIT
-- Random values of every attribute type, the same sequence on every runtime for the same seed.
local dynamo = require "dynamo"

local M = {}

-- Lehmer's generator (MINSTD): exact in doubles, so 5.1, LuaJIT and 5.4 agree.
function M.source(seed)
  local state = seed
  local random = {}

  -- Returns a whole number from 1 to `limit` (below 2^31).
  function random.upto(limit)
    state = state * 16807 % 2147483647
    return math.floor(state / 2147483647 * limit) + 1
  end

  function random.pick(list)
    return list[random.upto(#list)]
  end

  return random
end

local PIECES = {
  "a",
  "Z",
  "0",
  " ",
  "\0",
  "\1",
  "\31",
  "\127",
  '"',
  "\\",
  "/",
  "\n",
  "\t",
  "é",
  "ß",
  "€",
  "漢",
  "\239\187\191",
  "\226\128\168",
  "\239\191\191",
  "😀",
  "\244\143\191\191",
  ".",
  "#",
  ":",
  "[0]",
}

local function text(random, longest)
  local parts = {}
  for i = 1, random.upto(longest + 1) - 1 do
    parts[i] = random.pick(PIECES)
  end
  return table.concat(parts)
end

local function name(random)
  return text(random, 6) .. random.pick { "a", "B", "_", "é" }
end

local function digits(random, count)
  local parts = {}
  for i = 1, count do
    parts[i] = random.upto(10) - 1
  end
  return table.concat(parts)
end

-- Returns the text of a number as it may stand on the wire: any spelling, any length and place.
function M.digits(random)
  local whole = random.pick { "", "0", "00" }
    .. random.upto(9)
    .. digits(random, random.pick { 0, 1, 5, 14, 15, 16, 17, 18, random.upto(37) })
  local point = random.upto(#whole)
  local pointed = whole:sub(1, point) .. "." .. whole:sub(point + 1)
  local room = 125 - #whole
  local exponent = random.pick {
    "",
    "E" .. random.upto(25),
    "e+" .. random.upto(25),
    "e-" .. random.upto(25),
    "E" .. (random.upto(2 * room) - room),
  }
  return random.pick { "", "-", "+" } .. random.pick { whole, pointed } .. exponent
end

local numbers = {
  function(random)
    return random.upto(2147483646) - 1073741823
  end,
  function(random)
    return (random.upto(2147483646) - 1073741823) * 4194301
  end,
  function(random)
    return random.upto(1000000) / 100
  end,
  function(random)
    return random.upto(2147483646) / random.upto(2147483646)
  end,
  function(random)
    return -(random.upto(2147483646) / 7) * 10 ^ (random.upto(106) - 100)
  end,
  function(random)
    return dynamo.number(
      random.pick { "", "-" }
        .. random.upto(9)
        .. digits(random, 37)
        .. "E"
        .. (random.upto(200) - 120)
    )
  end,
  function(random)
    return dynamo.number(random.upto(9) .. "." .. digits(random, random.upto(37)))
  end,
}

function M.number(random)
  return random.pick(numbers)(random)
end

local function bytes(random)
  local parts = {}
  for i = 1, random.upto(20) - 1 do
    parts[i] = string.char(random.upto(256) - 1)
  end
  return dynamo.binary(table.concat(parts))
end

-- Returns a set of up to five distinct elements; `tostring` of the canonical form tells them apart.
local function set_of(make)
  return function(random)
    local elements, seen = {}, {}
    for _ = 1, random.upto(5) do
      local element = make(random)
      local key = dynamo.encode(element)
      if not seen[key] then elements[#elements + 1] = element end
      seen[key] = true
    end
    return dynamo.set(elements)
  end
end

local scalars = {
  function(random)
    return text(random, 30)
  end,
  M.number,
  bytes,
  function(random)
    return random.upto(2) == 1
  end,
  function()
    return dynamo.null
  end,
  set_of(function(random)
    return text(random, 5)
  end),
  set_of(M.number),
  set_of(bytes),
}

local function list(random, depth)
  local elements = {}
  for i = 1, random.upto(6) - 1 do
    elements[i] = M.value(random, depth - 1)
  end
  return dynamo.list(elements)
end

function M.map(random, depth)
  local pairs = {}
  for _ = 1, random.upto(7) - 1 do
    pairs[name(random)] = M.value(random, depth - 1)
  end
  return pairs
end

-- Returns any value; lists and maps nest at most `depth` levels.
function M.value(random, depth)
  local choice = random.upto(depth > 0 and 12 or 8)
  if choice <= 8 then return scalars[choice](random) end
  return choice <= 10 and list(random, depth) or M.map(random, depth)
end

-- Tells whether two values are the same to DynamoDB. What comes back may be a dynamo.number where a
-- plain number went.
function M.same(a, b)
  if a == b then return true end
  if type(a) ~= "table" or type(b) ~= "table" then
    local numbers_both = (type(a) == "number" or dynamo.is_number(a))
      and (type(b) == "number" or dynamo.is_number(b))
    return numbers_both and dynamo.number(a) == dynamo.number(b)
  end
  if dynamo.is_list(a) ~= dynamo.is_list(b) or dynamo.is_set(a) ~= dynamo.is_set(b) then
    return false
  end
  if dynamo.is_set(a) then return false end -- == has compared them
  for key, element in pairs(a) do
    if b[key] == nil or not M.same(element, b[key]) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return true
end

return M
