-- SPDX-License-Identifier: MIT
-- The exact difference of two numbers as DynamoDB counts: in decimal, where 0.3 - 0.1 is 0.2.
local core = require "dynamo.core"

local MAX_DIGITS = 15 -- what a double counts with exactly
local MAX_WHOLE = 2 ^ 52 -- so that the difference of two is exact

local function is_small_whole(number)
  return type(number) == "number" and number % 1 == 0 and number <= MAX_WHOLE
    and number >= -MAX_WHOLE
end

-- Returns the digits of a canonical decimal text as a whole number, with `places` of them after
-- the point; or nil if they are too many.
local function scaled(sign, whole, fraction, places)
  local digits = (whole .. fraction .. ("0"):rep(places - #fraction)):gsub("^0+", "")
  if #digits > MAX_DIGITS then return nil end
  return tonumber(sign .. "0" .. digits)
end

--- Returns a - b, exactly.
-- @param a a number, dynamo.number or FFI integer
-- @param b the same
-- @return[1] a number or dynamo.number
-- @treturn[2] nil
-- @treturn[2] string message: one is no number of DynamoDB's, or they have too many digits
return function(a, b)
  if is_small_whole(a) and is_small_whole(b) then return a - b end
  local left, problem = core.number(a)
  if not left then return nil, problem end
  local right
  right, problem = core.number(b)
  if not right then return nil, problem end
  local pattern = "^(%-?)(%d+)%.?(%d*)$"
  local sign_a, whole_a, fraction_a = tostring(left):match(pattern)
  local sign_b, whole_b, fraction_b = tostring(right):match(pattern)
  local places = math.max(#fraction_a, #fraction_b)
  local scaled_a = scaled(sign_a, whole_a, fraction_a, places)
  local scaled_b = scaled(sign_b, whole_b, fraction_b, places)
  if not scaled_a or not scaled_b then
    return nil, ("%s - %s has more digits than can be counted here"):format(
      tostring(left), tostring(right))
  end
  return core.number(("%.0fE-%d"):format(scaled_a - scaled_b, places))
end
