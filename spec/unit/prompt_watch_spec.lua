-- SPDX-License-Identifier: MIT
-- watch: a verb that reads, again and again.
local prompt_world = require "support.prompt_world"

-- Returns a world whose item has the next of these visits at each read, and which is interrupted while it
-- waits after the last of them; `waits` keeps the commands that it waited by.
local function new_world(visits, o)
  o = o or {}
  local round, waits = 0, {}
  o.answers = {
    GetItem = function()
      round = round + 1
      return ('{"Item":{"userId":{"S":"1"},"n":{"N":"%d"}}}'):format(visits[round])
    end,
  }
  o.run_command = function(command)
    waits[#waits + 1] = command
    return round < #visits
  end
  return prompt_world.new(o), waits
end

-- Returns what was printed, without times.
local function run(world, text)
  local code, out, err = world:run(text)
  assert.equal("", err)
  assert.equal(0, code)
  return (out:gsub("%d%d:%d%d:%d%d", "TIME"))
end

describe("watch", function()
  it("shows each round with its time, and marks what changed", function()
    local world, waits = new_world { 1, 1, 2 }
    assert.equal(
      'TIME  get 1\n  userId  S     "1"\n  n       N     1\n'
        .. "TIME  as before\n"
        .. 'TIME  get 1\n  userId  S     "1"\n* n       N     2\n- n       N     1\n'
        .. "watched: 3 times\n",
      run(world, "watch 2 get 1")
    )
    assert.same({ "sleep 2", "sleep 2", "sleep 2" }, waits)
  end)

  it("ends after so many times", function()
    local world, waits = new_world { 1, 2, 3 }
    local out = run(world, "watch 0.5 2 get 1")
    assert.truthy(out:find "watched: 2 times\n$")
    assert.same({ "sleep 0.5" }, waits)
  end)

  it("gives data round by round", function()
    local world = new_world({ 1, 1, 2 }, { format = "jsonl" })
    local _, out, err = world:run "watch 2 get 1"
    assert.equal('{"n":1,"userId":"1"}\n{"n":1,"userId":"1"}\n{"n":2,"userId":"1"}\n', out)
    assert.equal("watched: 3 times\n", err)
  end)

  it("ends at a failure", function()
    local world = new_world { 1 }
    world.answers.GetItem = function()
      return '{"__type":"x#AccessDeniedException","message":"no"}', 400
    end
    local code, _, err = world:run "watch 2 get 1"
    assert.equal(2, code)
    assert.truthy(err:find "AccessDenied")
  end)

  it("asks once where something asks", function()
    local asked, rounds = 0, 0
    local world = prompt_world.new {
      table_name = "Large",
      answers = { Scan = '{"Items":[]}' },
      ask = function()
        asked = asked + 1
        return "yes"
      end,
      run_command = function()
        rounds = rounds + 1
        return rounds < 3
      end,
    }
    assert.truthy(run(world, "watch 2 scan"):find "watched: 3 times\n$")
    assert.equal(1, asked)
    assert.falsy(world.session.yes)
  end)

  for text, wanted in pairs {
    ["watch"] = "column 6: expected a number of seconds, got the end",
    ["watch 0 get 1"] = "column 7: expected 0.1 to 86400 seconds",
    ["watch 1.2.3 get 1"] = "column 7: expected 0.1 to 86400 seconds",
    ["watch 2 0 get 1"] = "column 9: expected 1 to 1000000 times",
    ["watch 2"] = "column 8: expected a verb that reads, got the end",
    ["watch 2 gte 1"] = 'column 9: expected a verb that reads, got "gte", did you mean "get"?',
    ["watch 2 put 1 {}"] = 'column 9: "put" is no verb that reads items or tables',
    ["watch 2 watch 2 get 1"] = 'column 9: "watch" is no verb that reads items or tables',
    ["watch 2 sql DELETE FROM Users"] = "column 9: only a SELECT can be watched",
    ["watch 2 get"] = "column 12: expected userId",
  } do
    it("names the place of a mistake: " .. text, function()
      local world = prompt_world.new()
      local code, _, err = world:run(text)
      assert.equal(64, code)
      assert.equal(wanted, err:sub(1, #wanted))
    end)
  end
end)
