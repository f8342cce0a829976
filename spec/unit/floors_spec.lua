-- SPDX-License-Identifier: MIT
-- The check of the floors finds what it is for: tools/floors.lua over little houses.
local program = io.popen("pwd"):read() .. "/tools/floors.lua"

-- Returns what the check says of a house: path -> what the file requires.
local function judged(house)
  local folder = os.tmpname()
  os.remove(folder)
  for path, required in pairs(house) do
    os.execute(("mkdir -p %s/lua/dynamo/%s"):format(folder, path:match "^(.-)[^/]*$"))
    local file = assert(io.open(("%s/lua/dynamo/%s.lua"):format(folder, path), "w"))
    for _, module in ipairs(required) do
      file:write(('local x = require "dynamo.%s"\n'):format(module))
    end
    file:close()
  end
  local pipe = io.popen(("cd %s && lua5.4 %s check; echo $?"):format(folder, program))
  local said = pipe:read "*a"
  pipe:close()
  os.execute("rm -rf " .. folder)
  return said
end

describe("the check of the floors", function()
  it("lets arrows run down, and beside", function()
    assert.are.equal(
      "0\n",
      judged {
        ["table/init"] = { "call.hooks", "error", "core" },
        ["call/hooks"] = { "show" },
        error = { "show" },
        show = {},
      }
    )
  end)

  it("finds an arrow that runs up", function()
    local said = judged { ["call/x"] = { "table.y" }, ["table/y"] = {} }
    assert.are.equal(
      "floors: lua/dynamo/call/x.lua requires dynamo.table.y, which is above it\n1\n",
      said
    )
  end)

  it("finds a circle of rooms on one floor", function()
    local said = judged { ["transport/a"] = { "endpoint" }, ["endpoint/init"] = { "transport.a" } }
    assert.are.equal("floors: a circle of rooms goes through endpoint/\n1\n", said)
    said = judged { show = { "value" }, value = { "show" } }
    assert.are.equal("floors: a circle of rooms goes through show\n1\n", said)
  end)

  it("finds two files of one name, but init.lua", function()
    local house = { ["call/init"] = {}, ["table/init"] = {}, ["call/x"] = {}, ["table/x"] = {} }
    assert.are.equal(
      "floors: lua/dynamo/table/x.lua has the name of lua/dynamo/call/x.lua\n1\n",
      judged(house)
    )
  end)

  it("finds a folder without a floor", function()
    local said = judged { ["attic/x"] = {}, error = { "attic.x" } }
    assert.are.equal(
      "floors: lua/dynamo/attic/: this folder has no floor; give it one in tools/floors.lua\n1\n",
      said
    )
  end)

  it("finds a prompt that looks behind the door", function()
    local house = { ["../dynamo"] = { "show" }, show = {}, ["prompt/a"] = { "prompt.b", "show" } }
    house["prompt/b"] = {}
    assert.are.equal(
      "floors: lua/dynamo/prompt/a.lua requires dynamo.show: it may require dynamo alone\n1\n",
      judged(house)
    )
  end)
end)
