-- SPDX-License-Identifier: MIT
local child = require "support.child"
local shape = require "tools.shape"
local known_calls = require "support.known_calls"

describe("the functions that a call enters", function()
  it("are counted by their places", function()
    local seen = shape.entered(known_calls.work, "support/known_calls.lua")
    assert.are.same({ functions = 3, files = 1, calls = 4 }, seen)
  end)

  it("are those of the files that are asked about", function()
    local seen = shape.entered(known_calls.work, "no/such/folder/")
    assert.are.same({ functions = 0, files = 0, calls = 0 }, seen)
  end)

  it("are seen where LuaJIT compiles", function()
    for _ = 1, 200 do
      known_calls.work()
    end
    assert.are.equal(4, shape.entered(known_calls.work, "support/known_calls.lua").calls)
  end)
end)

describe("the garbage of a call", function()
  it("is what it allocates", function()
    local kept
    local bytes = shape.garbage(function()
      kept = ("x"):rep(1000) .. tostring({})
    end, 100)
    assert.is_true(kept and bytes > 1000 and bytes < 5000, bytes)
  end)

  it("is nothing for one that allocates nothing", function()
    local bytes = shape.garbage(function() end, 1000)
    assert.is_true(bytes < 10, bytes)
  end)
end)

describe("tools/call_shape.lua", function()
  it("prints a line for each call", function()
    local lines, status = child.lines("tools/call_shape.lua", "")
    assert.are.equal("0", status)
    local numbers = ": %d+ functions, %d+ files, %d+ calls, %d+ bytes$"
    assert.is_truthy(lines[1]:find("^users:update" .. numbers))
    assert.is_truthy(lines[2]:find("^db:update_item" .. numbers))
    assert.is_nil(lines[3])
  end)
end)
