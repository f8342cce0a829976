-- SPDX-License-Identifier: MIT
-- The capacity that several calls consumed.
-- https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ConsumedCapacity.html
local M = {}

--- Returns the sum of two ConsumedCapacity structures: numbers are added, at every depth, and the rest
-- is kept.
-- @tparam ?table sum of an earlier call of this; it is changed
-- @tparam ?table more as an info has it; left as it is
-- @treturn ?table nil where neither was given
function M.sum(sum, more)
  if more == nil then return sum end
  sum = sum or {}
  for name, value in next, more do
    if type(value) == "table" then
      sum[name] = M.sum(sum[name], value)
    elseif type(value) == "number" then
      sum[name] = (sum[name] or 0) + value
    else
      sum[name] = value
    end
  end
  return sum
end

return M
