-- SPDX-License-Identifier: MIT
-- The places for values in a named statement: $1, $2, ... outside of quotes.
local M = {}

-- Calls visit(number, at, past) for each place.
local function each(text, visit)
  local at = text:find "[\"'`$]"
  while at do
    local quote = text:match("^[\"'`]", at)
    local past
    if quote then
      past = text:match("^.-[^\\]" .. quote .. "()", at) or #text + 1
    else
      local digits
      digits, past = text:match("^%$(%d+)()", at)
      if digits then visit(tonumber(digits), at, past) end
    end
    at = text:find("[\"'`$]", past or at + 1)
  end
end

--- Returns how many values a statement takes, and the first number that is left out, nil for none.
function M.count(text)
  local most, seen = 0, {}
  each(text, function(number)
    most, seen[number] = math.max(most, number), true
  end)
  for number = 1, math.min(most, 100) do
    if not seen[number] then return most, number end
  end
  return most
end

--- Returns a statement with values in its places, as they were typed.
-- @tparam string text
-- @tparam table values a list of texts
function M.filled(text, values)
  local parts, from = {}, 1
  each(text, function(number, at, past)
    parts[#parts + 1] = text:sub(from, at - 1)
    parts[#parts + 1] = values[number]
    from = past
  end)
  parts[#parts + 1] = text:sub(from)
  return table.concat(parts)
end

return M
