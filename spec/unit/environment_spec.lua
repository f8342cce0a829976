-- SPDX-License-Identifier: MIT
local world = require "dynamo.environment"

local function temporary(text)
  local path = os.tmpname()
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
  return path
end

describe("the default world", function()
  it("knows the environment", function()
    assert.are.equal(os.getenv("HOME"), world.getenv("HOME"))
    assert.are.equal(os.getenv("PATH"), world.getenv("PATH"))
    assert.is_nil(world.getenv("DYNAMO_NO_SUCH_VARIABLE"))
  end)

  it("remembers every variable of AWS's that the library reads", function()
    local asked, real = {}, os.getenv
    os.getenv = function(name) asked[name] = true end -- luacheck: ignore 122
    dofile("lua/dynamo/environment.lua")
    os.getenv = real -- luacheck: ignore 122
    local names = io.popen([[grep -rhoE --exclude=model.lua '"AWS_[A-Z0-9_]+"' lua | sort -u]])
    local count = 0
    for name in names:lines() do
      assert.is_true(asked[name:sub(2, -2)], name)
      count = count + 1
    end
    names:close()
    assert.is_true(count > 15)
  end)

  for name, text in pairs { ["some bytes"] = "a\0b\nc", nothing = "" } do
    it("reads a file of " .. name, function()
      local path = temporary(text)
      assert.are.equal(text, world.read_file(path))
      os.remove(path)
    end)
  end

  it("names a file that is not there, is a directory or is too large (C9)", function()
    local large = temporary(("x"):rep(1024 * 1024 + 1))
    for _, path in ipairs { "/nonexistent/dynamo", "/tmp", large } do
      local text, message = world.read_file(path)
      assert.is_nil(text)
      assert.matches(path, message, 1, true)
    end
    os.remove(large)
  end)

  it("gives as many random bytes as asked", function()
    assert.are.equal(16, #world.random(16))
    assert.are_not.equal(world.random(16), world.random(16))
  end)
end)
