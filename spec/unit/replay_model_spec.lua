-- SPDX-License-Identifier: MIT
-- What dynamo.call.replay_class says of random writes, held against a model of what they do: a write that
-- may be sent again must leave, twice, what it leaves once.
local json = require "dkjson"

local analyse = require "dynamo.expression.analyse"
local core = require "dynamo.core"
local expressions = require "dynamo.expression"
local guard = require "dynamo.expression.self_guarding"
local operations = require "dynamo.operations"
local random_value = require "support.random_value"
local random_write = require "support.random_write"
local replay = require "dynamo.call.replay_class"
local request = require "dynamo.call.request"
local write_model = require "support.write_model"

local UPDATE = operations.by_method.update_item
local TRIPLES = require("support.scale")(20000)
local SEED = tonumber(os.getenv "DYNAMO_SEED") or 20121115
local SHARE = 0.02 -- of the triples: at least so many were done, and said to be safe

-- Returns the body of an UpdateItem.
local function body_of(members)
  members.TableName, members.Key = "Things", { pk = { S = "1" } }
  return assert(request.body(UPDATE, members, true, function() end))
end

-- Returns whether the update alone is idempotent, and whether the condition is said to guard it; twice
-- false for what is no expression to the service, such as #l > :list.
local function parts(body)
  local params = assert(core.decode(operations.model, UPDATE.input, body, false, true))
  local function tree(kind, text)
    return expressions[kind](
      text,
      params.ExpressionAttributeNames,
      params.ExpressionAttributeValues
    )
  end
  local update, text = tree("update", params.UpdateExpression), params.ConditionExpression
  local condition = text and tree("condition", text)
  if not update then return false, false end
  return analyse.is_idempotent(update), condition ~= nil and guard.holds(condition, update)
end

-- Returns the item after a write; nil if it is refused.
local function write(item, update, condition)
  return write_model.holds(item, condition) and write_model.apply(item, update) or nil
end

local function told(n, members, item, once, twice)
  return ("seed %d, triple %d: %s\n  if %s\n  on %s\n  once %s\n  twice %s"):format(
    SEED,
    n,
    members.UpdateExpression,
    tostring(members.ConditionExpression),
    json.encode(item),
    json.encode(once),
    twice and json.encode(twice) or "refused"
  )
end

describe("a write that is said to be safe to send again", function()
  it(("comes to the same twice, says the model of %d of them"):format(TRIPLES), function()
    local random, guarded, idempotent = random_value.source(SEED), 0, 0
    for n = 1, TRIPLES do
      local item, update, condition = random_write.triple(random)
      local members = random_write.members(update, condition)
      local body, once = body_of(members), write(item, update, condition)
      if once then
        local class, alone, guards = replay.class(UPDATE, body), parts(body)
        local twice = write(once, update, condition)
        local function fault(what)
          error(what .. "\n" .. told(n, members, item, once, twice))
        end
        local changed = twice and not write_model.same_item(once, twice)
        if class ~= "UNSAFE" and changed then fault("is of class " .. class) end
        if guards and write_model.holds(once, condition) then fault("is said to be guarded") end
        if alone then
          local again = write_model.apply(once, update)
          if again and not write_model.same_item(once, again) then
            fault("is said to be idempotent")
          end
          idempotent = idempotent + 1
        end
        if guards and not alone and class == "CONDITIONAL" then guarded = guarded + 1 end
      end
    end
    assert.is_true(guarded >= SHARE * TRIPLES, guarded .. " were guarded")
    assert.is_true(idempotent >= SHARE * TRIPLES, idempotent .. " were idempotent")
  end)

  it("comes to the same twice where AttributeUpdates say it", function()
    local random, idempotent, others = random_value.source(SEED), 0, 0
    for _ = 1, TRIPLES / 10 do
      local item = random_write.item(random)
      local entries, update = random_write.attribute_updates(random)
      local once = write_model.apply(item, update)
      if once then
        local again = write_model.apply(once, update)
        if replay.class(UPDATE, body_of { AttributeUpdates = entries }) == "UNSAFE" then
          others = others + 1
        else
          idempotent = idempotent + 1
          assert.is_true(
            not again or write_model.same_item(once, again),
            ("seed %d, %s"):format(SEED, json.encode(item))
          )
        end
      end
    end
    assert.is_true(idempotent >= SHARE * TRIPLES / 10 and others > 0)
  end)
end)
