-- SPDX-License-Identifier: MIT
-- The columns of every character of Unicode 14.0 are those of the C library.
local oracle = require "support.oracle"
local width = require "dynamo.prompt.width"

-- What glibc counts as two columns although Unicode 14.0 has them as narrow or ambiguous: circled numbers
-- on black squares, the hexagrams.
local function is_odd(point)
  return point >= 0x3248 and point <= 0x324F or point >= 0x4DC0 and point <= 0x4DFF
end

describe("the columns of a character", function()
  it("are those that wcwidth tells", function()
    local judged, wrong = 0, {}
    local lines, greeting = oracle.lines "width"
    if not greeting:find "glibc.*Unicode 14%.0" then
      return pending("knows other widths: " .. greeting)
    end
    for line in lines do
      local first, last, columns = line:match "^(%d+) (%d+) (-?%d+)$"
      for point = tonumber(first), tonumber(last) do
        judged = judged + 1
        if width.of_point(point) ~= tonumber(columns) and not is_odd(point) then
          wrong[#wrong + 1] = ("%X: %s"):format(point, columns)
        end
      end
    end
    assert.equal("", table.concat(wrong, ", "))
    assert.truthy(judged > 140000, judged)
  end)
end)
