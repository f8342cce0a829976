-- SPDX-License-Identifier: MIT
local calendar = require "dynamo.calendar"

describe("calendar.epoch", function()
  local cases = {
    { 0, 1970, 1, 1, 0, 0, 0 },
    { 951827696, 2000, 2, 29, 12, 34, 56 },
    { 1440938160, 2015, 8, 30, 12, 36, 0 },
    { 4102444799, 2099, 12, 31, 23, 59, 59 },
    { 4107542400, 2100, 3, 1, 0, 0, 0 }, -- 2100 has no leap day
    { -1, 1969, 12, 31, 23, 59, 59 },
  }
  for _, case in ipairs(cases) do
    it(("of %d"):format(case[1]), function()
      assert.are.equal(case[1], calendar.epoch((table.unpack or unpack)(case, 2)))
    end)
  end

  it("agrees with the C library's on each day of many years", function()
    for day = -40000, 60000 do
      local date = os.date("!*t", day * 86400)
      assert.are.equal(day * 86400, calendar.epoch(date.year, date.month, date.day, 0, 0, 0))
    end
  end)
end)
