-- SPDX-License-Identifier: MIT
-- undo: what it sends, what it refuses.
local prompt_world = require "support.prompt_world"

local ANN = '{"userId":{"S":"1"},"name":{"S":"Ann"},"n":{"N":"1"}}'
local CHANGED = '{"userId":{"S":"1"},"name":{"S":"Ann"},"n":{"N":"2"}}'

-- Runs a statement that is fine; returns what it printed, and the last request.
local function run(world, text)
  local code, out, err = world:run(text)
  assert.equal("", err)
  assert.equal(0, code)
  local sent = world.sent[#world.sent] or {}
  return out, sent[2], sent[1]
end

-- Runs a statement that fails; returns what it said.
local function fails(world, text, wanted)
  local code, _, err = world:run(text)
  assert.equal(wanted, code, err)
  return err
end

local function old(item)
  return ('{"Attributes":%s}'):format(item)
end

local function found(item)
  return ('{"Item":%s}'):format(item)
end

describe("undo", function()
  it("deletes what was created, if it is as it was written", function()
    local world = prompt_world.new { tells_changes = true }
    run(world, 'insert 1 { name = "Ann", ["a.b"] = 1 }')
    world.answers.GetItem = found '{"userId":{"S":"1"},"name":{"S":"Ann"},"a.b":{"N":"1"}}'
    local out, sent, operation = run(world, "undo")
    assert.equal("DeleteItem", operation)
    local condition = sent.ConditionExpression:gsub("[()]", " "):gsub(" +", " ")
    assert.equal("attribute_exists #n0 AND #n1 = :v0 AND #n2 = :v1", condition)
    assert.equal(
      'undoes: insert 1 { name = "Ann", ["a.b"] = 1 }\n'
        .. '- userId  "1"\n- a.b     1\n- name    "Ann"\ndeleted: Users 1\n',
      out
    )
  end)

  it("writes back what an update changed, and no more", function()
    local world = prompt_world.new {
      tells_changes = true,
      answers = { UpdateItem = old(ANN), GetItem = found(CHANGED) },
    }
    run(world, "update 1 ADD n 1")
    local out, sent, operation = run(world, "undo")
    assert.equal("UpdateItem", operation)
    assert.equal("SET #n0 = :v0", sent.UpdateExpression)
    assert.same({ [":v0"] = { N = "1" } }, { [":v0"] = sent.ExpressionAttributeValues[":v0"] })
    assert.truthy(sent.ConditionExpression:find "=")
    assert.equal("undoes: update 1 ADD n 1\n  n  2 -> 1\nrestored: Users 1\n", out)
  end)

  it("takes itself back", function()
    local world = prompt_world.new { answers = { DeleteItem = old(ANN), GetItem = found(ANN) } }
    run(world, "delete 1")
    local out, sent, operation = run(world, "undo")
    assert.equal("undoes: delete 1\ncreated: Users 1\n", out)
    assert.equal("PutItem", operation)
    assert.same({ S = "Ann" }, sent.Item.name)
    assert.truthy(sent.ConditionExpression:find "attribute_not_exists")
    out, sent, operation = run(world, "undo")
    assert.equal("undoes: undo\ndeleted: Users 1\n", out)
    assert.equal("DeleteItem", operation)
    assert.same({ userId = { S = "1" } }, sent.Key)
  end)

  it("restores what put replaced and upsert set, by what is known of them", function()
    local world = prompt_world.new { answers = { UpdateItem = old(ANN) } }
    run(world, "upsert 1 { n = 2 }")
    world.answers.GetItem = found(CHANGED)
    local _, sent = run(world, "undo")
    assert.equal("SET #n0 = :v0", sent.UpdateExpression)
    world.answers.PutItem = old(ANN)
    run(world, "put 1 { n = 2, x = 1 }")
    world.answers.GetItem = found '{"userId":{"S":"1"},"n":{"N":"2"},"x":{"N":"1"}}'
    _, sent = run(world, "undo")
    assert.equal("SET #n0 = :v0, #n1 = :v1 REMOVE #n2", sent.UpdateExpression)
  end)

  it("refuses where the item was changed since, and shows it", function()
    local world = prompt_world.new { answers = { UpdateItem = old(ANN) } }
    run(world, "upsert 1 { n = 2 }")
    world.answers.GetItem = found '{"userId":{"S":"1"},"n":{"N":"7"}}'
    local err = fails(world, "undo", 1)
    assert.truthy(err:find("Users 1 was changed since; nothing was written\n", 1, true), err)
    assert.truthy(err:find "n +N +7")
    world.answers.GetItem = "{}"
    err = fails(world, "undo", 1)
    assert.truthy(err:find("Users 1 was deleted since; nothing was written\n", 1, true), err)
    run(world, "put 2 { n = 2 }")
    world.answers.GetItem = found '{"userId":{"S":"2"},"n":{"N":"2"},"more":{"N":"7"}}'
    err = fails(world, "undo", 1)
    assert.truthy(err:find "more +N +7")
    assert.equal("GetItem", world.sent[#world.sent][1])
  end)

  it("refuses what is no longer to be deleted, and what is there again", function()
    local function refused()
      return '{"__type":"x#ConditionalCheckFailedException","message":"no","Item":'
        .. '{"userId":{"S":"1"},"n":{"N":"8"}}}',
        400
    end
    local world = prompt_world.new()
    run(world, "put 1 { n = 2 }")
    world.answers.GetItem = found '{"userId":{"S":"1"},"n":{"N":"2"}}'
    world.answers.DeleteItem = refused
    assert.truthy(fails(world, "undo", 1):find("was changed since", 1, true))
    world.answers.DeleteItem = old(ANN)
    run(world, "delete 1")
    world.answers.PutItem = refused
    assert.truthy(fails(world, "undo", 1):find("was changed since", 1, true))
  end)

  it("refuses where there is nothing that could be undone", function()
    local world = prompt_world.new()
    assert.truthy(fails(world, "undo", 64):find("nothing was written by a verb yet", 1, true))
    assert.truthy(fails(world, "undo 1", 64):find("expected the end", 1, true))
    run(world, "update 1 SET a = 1")
    assert.truthy(fails(world, "undo", 64):find("was not read", 1, true))
    run(world, "delete 1")
    assert.equal("the last write changed nothing\n", (run(world, "undo")))
    run(world, "begin")
    run(world, "put 1 {}")
    assert.truthy(fails(world, "undo", 64):find("rollback", 1, true))
    run(world, "commit")
    assert.truthy(fails(world, "undo", 64):find("the last write was a commit", 1, true))
    run(world, "sql DELETE FROM Users WHERE userId = '1'")
    assert.truthy(fails(world, "undo", 64):find("PartiQL", 1, true))
  end)

  it("refuses after a write of which nobody knows whether it happened", function()
    local world = prompt_world.new()
    run(world, "put 1 {}")
    world.answers.UpdateItem = function()
      return { kind = "transport", code = "ConnectionLost", sent = "complete" }
    end
    fails(world, "update 1 ADD n 1", 2)
    assert.truthy(fails(world, "undo", 64):find("not known; look first", 1, true))
  end)

  it("is a write", function()
    local world = prompt_world.new { read_only = true }
    assert.truthy(fails(world, "undo", 64):find("read-only", 1, true))
  end)
end)
