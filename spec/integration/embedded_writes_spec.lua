-- SPDX-License-Identifier: MIT
-- Random updates and conditions on the embedded store, held against the model of writes, which has
-- not a line of the library: the same items, the same conditions failed, the same refusals.
local json = require "dkjson"

local dynamo = require "dynamo"
local random_value = require "support.random_value"
local random_write = require "support.random_write"
local scale = require "support.scale"
local write_model = require "support.write_model"

local TRIPLES, ITEMS = scale(10000), 50

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

local FAILED, REFUSED = "ConditionalCheckFailedException", "ValidationException"

-- Returns the item after a write, or the code of its refusal, as the model has it; and a second code
-- if an update that is refused has a condition that fails: what is wrong with any item comes first.
local function expected(item, update, condition)
  if write_model.is_refused(condition) then return REFUSED end
  local after = write_model.apply(item, update)
  if write_model.holds(item, condition) then return after or REFUSED end
  return FAILED, not after and REFUSED or nil
end

-- Returns the same of the store.
local function written(typed, item, members)
  assert(typed:put_item { TableName = "writes", Item = item })
  members.TableName, members.Key, members.ReturnValues = "writes", { pk = item.pk }, "ALL_NEW"
  local response, _, err = typed:update_item(members)
  if not response then return err.code end
  return response.Attributes
end

local function alike(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  return write_model.same_item(a, b)
end

describe("updates of the embedded store", function()
  local db

  setup(function()
    db = dynamo.new { endpoint = "memory:" }
    assert(db:create_table {
      TableName = "writes",
      KeySchema = { { AttributeName = "pk", KeyType = "HASH" } },
      AttributeDefinitions = { { AttributeName = "pk", AttributeType = "S" } },
      BillingMode = "PAY_PER_REQUEST",
    })
  end)

  teardown(function()
    db:close()
  end)

  it(("are what the model says, %d times"):format(TRIPLES), function()
    local random = random_value.source(20120810)
    for n = 1, TRIPLES do
      local item, update, condition = random_write.triple(random)
      item.pk = { S = tostring(n % ITEMS) }
      local members = random_write.members(update, condition)
      local wanted, other = expected(item, update, condition)
      local got = written(db.typed, item, members)
      if not alike(got, wanted) and got ~= (other or wanted) then
        error(told(n, item, members, got, wanted))
      end
    end
  end)
end)
