-- SPDX-License-Identifier: MIT
-- begin, commit and what is between them.
local prompt_world = require "support.prompt_world"

local function run(world, text)
  local code, out, err = world:run(text)
  assert.equal("", err)
  assert.equal(0, code)
  return out
end

describe("a transaction", function()
  it("sends its writes together, at the commit", function()
    local world = prompt_world.new()
    assert.equal("begun: writes wait for commit\n", run(world, "begin"))
    assert.equal("waits for commit: insert Users 1\n", run(world, "insert 1 { a = 1 }"))
    run(world, "update 2 ADD n 1 IF n < 5")
    run(world, "use Events")
    run(world, "delete d 7")
    run(world, "check d 8 open = true")
    assert.same({ "DescribeTable", "DescribeTable" }, world:operations())
    assert.equal("committed: 4 actions\n", run(world, "commit"))
    local sent = world.sent[#world.sent]
    assert.equal("TransactWriteItems", sent[1])
    local kinds = {}
    for i, action in ipairs(sent[2].TransactItems) do
      kinds[i] = (next(action))
    end
    assert.same({ "Put", "Update", "Delete", "ConditionCheck" }, kinds)
    assert.equal("created: Events d 9\n", run(world, "put d 9 {}"))
  end)

  it("of several actions says how many, and asks who can be asked", function()
    local asked, answer = {}, "no"
    local world = prompt_world.new {
      ask = function(question)
        asked[#asked + 1] = question
        return answer
      end,
    }
    run(world, "begin")
    run(world, "put 1 {}")
    run(world, "put 2 {}")
    local code, _, err = world:run "commit"
    assert.equal(64, code)
    assert.equal("nothing was done\n", err)
    assert.same({ "do 2 actions? Type yes: " }, asked)
    answer = "yes"
    assert.equal("committed: 2 actions\n", run(world, "commit"))
    run(world, "begin")
    run(world, "put 1 {}")
    assert.equal("committed: 1 action\n", run(world, "commit"))
    assert.equal(2, #asked)
  end)

  it("is forgotten by rollback", function()
    local world = prompt_world.new()
    run(world, "begin")
    run(world, "put 1 {}")
    assert.equal("forgotten: 1 action\n", run(world, "rollback"))
    assert.same({ "DescribeTable" }, world:operations())
  end)

  it("tells which action failed, and ends with 1", function()
    local world = prompt_world.new {
      answers = {
        TransactWriteItems = function()
          return '{"__type":"x#TransactionCanceledException","message":"cancelled","CancellationReasons":['
            .. '{"Code":"None"},{"Code":"ConditionalCheckFailed","Message":"no",'
            .. '"Item":{"userId":{"S":"2"},"n":{"N":"9"}}}]}',
            400
        end,
      },
    }
    run(world, "begin")
    run(world, "put 1 {}")
    run(world, "update 2 ADD n 1 IF n < 5")
    local code, _, err = world:run "commit"
    assert.equal(1, code)
    assert.truthy(err:find("action 2: ConditionalCheckFailed", 1, true))
    assert.truthy(err:find("n       N     9", 1, true) or err:find("n +N +9"))
    assert.is_nil(world.session.transaction)
  end)

  it("that may have been done is committed again to find out", function()
    local lost = true
    local world = prompt_world.new {
      answers = {
        TransactWriteItems = function()
          if lost then return { kind = "transport", code = "ConnectionLost", sent = "complete" } end
          return "{}"
        end,
      },
    }
    run(world, "begin")
    run(world, "update 1 ADD n 1")
    local code, _, err = world:run "commit"
    assert.equal(2, code)
    assert.truthy(err:find("To find out: commit, nothing is done twice", 1, true))
    lost = false
    assert.equal("committed: 1 action\n", run(world, "commit"))
    local tokens = {}
    for _, sent in ipairs(world.sent) do
      if sent[1] == "TransactWriteItems" then tokens[sent[2].ClientRequestToken] = true end
    end
    local first = next(tokens)
    assert.is_nil(next(tokens, first))
  end)

  for text, wanted in pairs {
    commit = "column 1: there is no transaction: begin",
    rollback = "column 1: there is no transaction: begin",
    ["check 1 a = 1"] = "column 1: there is no transaction: begin",
    ["begin 5"] = 'column 7: expected the end, got "5"',
  } do
    it("is begun first: " .. text, function()
      local code, _, err = prompt_world.new():run(text)
      assert.equal(64, code)
      assert.equal(wanted, err:sub(1, #wanted))
    end)
  end

  it("is told of mistakes as they are typed", function()
    local world = prompt_world.new()
    run(world, "begin")
    local code, _, err = world:run "update 1 SET a = = 1"
    assert.equal(64, code)
    assert.truthy(err:find("^column 18: "))
    code, _, err = world:run "check 1 a = = 1"
    assert.equal(64, code)
    assert.truthy(err:find("^column 13: "))
    code, _, err = world:run "commit"
    assert.equal(64, code)
    assert.truthy(err:find("nothing is in the transaction", 1, true))
    code, _, err = world:run "begin"
    assert.equal(64, code)
    assert.truthy(err:find("there is a transaction: commit or rollback", 1, true))
  end)
end)
