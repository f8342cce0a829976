-- SPDX-License-Identifier: MIT
-- A verb's output as the input of a command of the shell.
local brackets = require "dynamo.prompt.brackets"
local prompt_world = require "support.prompt_world"

local ANN = '{"Item":{"userId":{"S":"1"},"name":{"S":"Ann"}}}'

-- Runs a statement in whose text FILE is a file; returns the code, what came of that file, out, err.
local function run(world, text)
  local path = os.tmpname()
  local code, out, err = world:run((text:gsub("FILE", path)))
  local file = io.open(path, "rb")
  local written = file:read "*a"
  file:close()
  os.remove(path)
  return code, written, out, err
end

describe("VERB | command", function()
  it("gives the command what the verb shows, as lines of JSON", function()
    local world = prompt_world.new { answers = { GetItem = ANN } }
    local code, written, out, err = run(world, "get 1 | tr a-z A-Z | cat >FILE")
    assert.equal("", err)
    assert.equal(0, code)
    assert.equal('{"NAME":"ANN","USERID":"1"}\n', written)
    assert.equal("", out)
    assert.equal("table", world.session.printer.format)
    assert.equal('userId  S     "1"\nname    S     "Ann"\n', select(2, world:run "get 1"))
  end)

  it("keeps another format, and words for who reads", function()
    local world = prompt_world.new { format = "lua", answers = { GetItem = ANN } }
    local _, written = run(world, "get 1 | cat >FILE")
    assert.equal('{ name = "Ann", userId = "1" }\n', written)
    world = prompt_world.new()
    local _, nothing, _, err = run(world, "put 1 {} | cat >FILE")
    assert.equal("", nothing)
    assert.equal("created: Users 1\n", err)
    assert.truthy(select(2, run(world, "help get | cat >FILE")):find "^get KEY")
  end)

  it("outlives a command that reads nothing, and one that is none", function()
    local world = prompt_world.new {
      answers = {
        Scan = function()
          return ('{"Items":[%s]}'):format(
            ('{"userId":{"S":"x"}},'):rep(20000) .. '{"userId":{"S":"y"}}'
          )
        end,
      },
    }
    assert.equal(0, (world:run "scan | true"))
    assert.equal(0, (world:run "scan | exit 3"))
    assert.equal(0, (world:run "scan | (( 2>/dev/null"))
    local _, written = run(world, "scan | head -1 >FILE")
    assert.equal('{"userId":"x"}\n', written)
  end)

  it("is done again with its command", function()
    local world = prompt_world.new { answers = { GetItem = ANN } }
    world:run "get 1 | true"
    assert.equal("get 1 | true", world.session.last.text)
  end)

  it("says mistakes in the statement, and that a command lacks", function()
    local world = prompt_world.new()
    local code, _, _, err = run(world, "get | cat >FILE")
    assert.equal(64, code)
    assert.truthy(err:find "^column 5: expected userId")
    code, _, err = world:run "get 1 |"
    assert.equal(64, code)
    assert.equal("column 7: expected a command of the shell after |", err:match "[^\n]*")
  end)

  for text, wanted in pairs {
    ["get 1 | jq ."] = 7,
    ["get a|b"] = false,
    ["put 1 { a = 'x | y' } | cat"] = 23,
    ["put 1 { a = 1 | 2 }"] = false,
    ["sql SELECT a || b FROM x"] = false,
    ["put 1 {\n  a = 1\n} |\ncat"] = 19,
  } do
    it("is told from other bars: " .. text:gsub("\n", " "), function()
      assert.equal(wanted, brackets.pipe(text, "values") or false)
    end)
  end
end)
