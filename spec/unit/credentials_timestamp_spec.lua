-- SPDX-License-Identifier: MIT
local timestamp = require "dynamo.credentials.timestamp"

describe("credentials.timestamp", function()
  local good = {
    { "1970-01-01T00:00:00Z", 0 },
    { "1969-12-31T23:59:59Z", -1 },
    { "2009-02-13T23:31:30Z", 1234567890 },
    { "2000-02-29T12:00:00Z", 951825600 },
    { "2100-03-01T00:00:00Z", 4107542400 }, -- 2100 has no leap day
    { "2024-12-31T23:59:60Z", 1735689600 },
    { "2021-08-16T20:52:53.500Z", 1629147173.5 },
    { "2021-08-16T22:52:53+02:00", 1629147173 },
    { "2021-08-16T15:52:53-0500", 1629147173 },
    { "2021-08-16T20:52:53UTC", 1629147173 },
    { "2021-08-16 20:52:53z", 1629147173 },
  }
  for _, case in ipairs(good) do
    it("reads " .. case[1], function()
      assert.are.equal(case[2], timestamp.parse(case[1]))
    end)
  end

  local bad = {
    "",
    "soon",
    "1234567890",
    "2021-08-16",
    "2021-08-16T20:52:53",
    "2021-08-16T20:52Z",
    "2021-13-16T20:52:53Z",
    "2021-00-16T20:52:53Z",
    "2021-08-32T20:52:53Z",
    "2021-08-16T25:00:00Z",
    "2021-08-16T20:60:00Z",
    "2021-08-16T20:52:53+2",
    "2021-08-16T20:52:53Z\n",
    " 2021-08-16T20:52:53Z",
    "2021-08-16T20:52:53.Z",
    "2021-08-16T20:52:53EST",
  }
  for _, text in ipairs(bad) do
    it(("refuses %q"):format(text), function()
      assert.is_nil(timestamp.parse(text))
    end)
  end

  it("agrees with the runtime over four centuries", function()
    for day = 0, 146097, 97 do
      local seconds = day * 86400
      assert.are.equal(seconds, timestamp.parse(os.date("!%Y-%m-%dT%H:%M:%SZ", seconds)))
    end
  end)
end)
