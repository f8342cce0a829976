-- SPDX-License-Identifier: MIT
local credential_world = require "support.credential_world"
local setting = require "dynamo.credentials.setting"

describe("credentials.setting", function()
  local world = credential_world.new { variables = { SET = "1", BLANK = " \t" } }
  local profile = { properties = { set = "2", blank = "" } }

  local cases = {
    { "the variable first", "SET", "set", "1" },
    { "the property else", "UNSET", "set", "2" },
    { "the property for a blank variable", "BLANK", "set", "2" },
    { "nothing for blanks", "BLANK", "blank", nil },
    { "nothing for what is not there", "UNSET", "unset", nil },
  }
  for _, case in ipairs(cases) do
    it("takes " .. case[1], function()
      assert.are.equal(case[4], setting.of(world, case[2], profile, case[3]))
    end)
  end

  it("does without a profile", function()
    assert.are.equal("1", setting.of(world, "SET"))
    assert.is_nil(setting.of(world, "UNSET"))
  end)
end)
