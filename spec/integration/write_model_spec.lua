-- SPDX-License-Identifier: MIT
-- The model of writes that the replay classes are held against, itself held against an emulator.
local json = require "dkjson"

local emulator = require "support.emulator"
local random_value = require "support.random_value"
local random_write = require "support.random_write"
local write_model = require "support.write_model"

local TRIPLES = 400

local function told(n, item, members, got, wanted)
  return ("%d: %s if %s with %s\n on %s\n gave %s\n not %s"):format(
    n,
    members.UpdateExpression,
    tostring(members.ConditionExpression),
    json.encode(members.ExpressionAttributeValues),
    json.encode(item),
    json.encode(got),
    json.encode(wanted)
  )
end

emulator.each("the model of writes", function(host)
  local name, random

  setup(function()
    name = host:create { { "pk", "S" } }
  end)
  before_each(function()
    random = random_value.source(20121115)
  end)

  -- Returns the item after a write, told as the model tells it.
  local function expected(item, update, condition)
    if not write_model.holds(item, condition) then return "condition" end
    return write_model.apply(item, update) or "refused"
  end

  local function written(item, members)
    local typed = host.db.typed
    assert(typed:put_item { TableName = name, Item = item })
    members.TableName, members.Key, members.ReturnValues = name, { pk = item.pk }, "ALL_NEW"
    local response, _, err = typed:update_item(members)
    if response then return response.Attributes end
    return err.code == "ConditionalCheckFailedException" and "condition" or "refused"
  end

  host:it(("says what the emulator does, %d times"):format(TRIPLES), "exact_writes", function()
    for n = 1, TRIPLES do
      local item, update, condition = random_write.triple(random)
      item.pk = { S = tostring(n % 50) }
      local members = random_write.members(update, condition)
      local wanted, got = expected(item, update, condition), written(item, members)
      -- Not every emulator refuses what no item helps.
      local is_refused = type(wanted) ~= "table" or write_model.is_refused(condition)
      if got ~= "refused" or not is_refused then
        local same = got == wanted
          or type(got) == "table"
            and type(wanted) == "table"
            and write_model.same_item(got, wanted)
        if not same then error(told(n, item, members, got, wanted)) end
      end
    end
  end)
end)
