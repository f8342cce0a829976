-- SPDX-License-Identifier: MIT
local uuid = require "dynamo.random_uuid"
local world = require "dynamo.world"

describe("uuid", function()
  it("sets version 4 and the variant", function()
    assert.are.equal(
      "ffffffff-ffff-4fff-bfff-ffffffffffff",
      uuid.v4(function(n)
        return ("\255"):rep(n)
      end)
    )
    assert.are.equal(
      "00000000-0000-4000-8000-000000000000",
      uuid.v4(function(n)
        return ("\0"):rep(n)
      end)
    )
  end)

  it("is another one each time with real randomness", function()
    local one, other = uuid.v4(world.random), uuid.v4(world.random)
    assert.matches("^%x+%-%x+%-4%x+%-[89ab]%x+%-%x+$", one)
    assert.are.equal(36, #one)
    assert.are_not.equal(one, other)
  end)

  it("passes on that there is no randomness", function()
    local none, message = uuid.v4(function()
      return nil, "no device"
    end)
    assert.is_nil(none)
    assert.are.equal("no device", message)
  end)
end)
