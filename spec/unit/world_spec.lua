-- SPDX-License-Identifier: MIT
local world = require "dynamo.world"

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
    local function note(name)
      asked[name] = true
    end
    os.getenv = note -- luacheck: ignore 122
    dofile("lua/dynamo/world.lua")
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

  it("names a file that is not there, is a folder, a pipe or too large", function()
    local large, pipe = temporary(("x"):rep(1024 * 1024 + 1)), temporary("")
    os.execute("rm " .. pipe .. "; mkfifo " .. pipe)
    for _, path in ipairs { large .. "/below", "/tmp", pipe, large } do
      local text, message = world.read_file(path)
      assert.is_nil(text)
      assert.matches(path, message, 1, true)
    end
    os.remove(large)
    os.remove(pipe)
  end)

  it("replaces a file", function()
    local path = temporary("old")
    assert.is_true(world.write_file(path, "new"))
    assert.are.equal("new", world.read_file(path))
    local done, message = world.write_file(path .. "/below", "text")
    assert.is_nil(done)
    assert.matches(path .. "/below", message, 1, true)
    os.remove(path)
  end)

  it("runs a program within limits", function()
    assert.are.same(
      { status = 3, stdout = "out\n", stderr = "err\n" },
      world.run_process(
        { "sh", "-c", "echo out; echo err >&2; exit 3" },
        { timeout = 5, max_bytes = 100 }
      )
    )
    local done, message = world.run_process({ "sleep", "60" }, { timeout = 0.05, max_bytes = 1 })
    assert.is_nil(done)
    assert.matches("sleep: killed, for it did not end within 50 ms", message, 1, true)
    done, message = world.run_process({ "sleep", "60" }, { timeout = 0, max_bytes = 1 })
    assert.is_nil(done)
    assert.are.equal("sleep: not run, for no time is left", message)
  end)

  it("gives as many random bytes as asked", function()
    assert.are.equal(16, #world.random(16))
    assert.are_not.equal(world.random(16), world.random(16))
  end)
end)
