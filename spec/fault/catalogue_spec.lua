-- SPDX-License-Identifier: MIT
-- Each row of the fault catalogue goes by a name of its own: what is expected of it elsewhere (inside
-- nginx) is found by that.

describe("the fault catalogue", function()
  it("has no two rows of one name", function()
    local seen = {}
    for _, part in ipairs { "connection", "response", "service", "proxy" } do
      for _, row in ipairs(require("fault.catalogue_" .. part)) do
        assert.is_nil(seen[row[1]], row[1])
        seen[row[1]] = part
      end
    end
    assert.is_not_nil(next(seen))
  end)
end)
