-- SPDX-License-Identifier: MIT
-- Random updates with conditions on the emulators and on the embedded store: what two emulators agree
-- on, it does too. But for these, of which AWS's pages say otherwise or nothing can be seen:
--   operands that no item helps, true < a, which moto alone refuses: they have an order if they are
--     strings, numbers or binaries
--     https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
--   a = b where neither is there: true for moto and dynalite; but to be equal is said of two values
--     (the same page), so that it is false here and for dynoxide
--   SET m.x = m, of which dynalite dies
local dynamo = require "dynamo"
local json = require "dkjson"
local random_value = require "support.random_value"
local random_write = require "support.random_write"
local scale = require "support.scale"
local write_model = require "support.write_model"

local TRIPLES, ITEMS, SECONDS = scale(1000), 50, 60
local VARIABLES = { "DYNAMO_MOTO_ENDPOINT", "DYNAMO_DYNALITE_ENDPOINT", "DYNAMO_DYNOXIDE_ENDPOINT" }

-- ---- what is left out --------------------------------------------------------------------------

local function is_prefix(short, long)
  for i, segment in ipairs(short) do
    if long[i] ~= segment then return false end
  end
  return true
end

-- Whether an operand reads what a path lies in.
local function reads_around(operand, path)
  if operand.path then return is_prefix(operand.path, path) end
  for _, part in ipairs(operand) do
    if reads_around(part, path) then return true end
  end
  return false
end

local function writes_into_what_it_reads(update)
  for _, action in ipairs(update.set or {}) do
    if reads_around(action[2], action[1]) then return true end
  end
  return false
end

-- Whether two operands of a test are paths of which there is nothing in an item.
local function compares_nothing(condition, item)
  local missing = 0
  for _, part in ipairs(condition) do
    if not condition.test and compares_nothing(part, item) then return true end
    if part.path and not write_model.get(item, part.path) then missing = missing + 1 end
  end
  return condition.test ~= nil and missing > 1
end

local function is_left_out(item, update, condition)
  return write_model.is_refused(condition)
    or condition and compares_nothing(condition, item)
    or writes_into_what_it_reads(update)
end

-- ---- the services ------------------------------------------------------------------------------

-- Returns a client, wire-typed, with a table of this name at an endpoint.
local function service(endpoint, name)
  local db = dynamo.new {
    endpoint = endpoint,
    region = "us-east-1",
    credentials = { access_key_id = "local", secret_access_key = "agreement" },
    attempt_timeout = SECONDS,
    timeout = SECONDS,
  }
  assert(db:create_table {
    TableName = name,
    KeySchema = { { AttributeName = "pk", KeyType = "HASH" } },
    AttributeDefinitions = { { AttributeName = "pk", AttributeType = "S" } },
    BillingMode = "PAY_PER_REQUEST",
  })
  assert(db:table(name):wait "active")
  return db
end

-- Returns the item after a write, or the code of the refusal.
local function outcome(db, name, item, update, condition)
  local members = random_write.members(update, condition)
  assert(db.typed:put_item { TableName = name, Item = item })
  members.TableName, members.Key, members.ReturnValues = name, { pk = item.pk }, "ALL_NEW"
  local response, _, err = db.typed:update_item(members)
  return response and response.Attributes or err.code
end

local function alike(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  return write_model.same_item(a, b)
end

-- Returns what two of the outcomes agree on, nil if none do.
local function agreed(outcomes)
  for i, one in ipairs(outcomes) do
    for j = i + 1, #outcomes do
      if alike(one, outcomes[j]) then return one end
    end
  end
end

describe("the embedded store and two emulators", function()
  local emulators, embedded, name = {}, nil, "agreement_" .. os.time()

  setup(function()
    for _, variable in ipairs(VARIABLES) do
      local endpoint = os.getenv(variable)
      if endpoint then emulators[#emulators + 1] = service(endpoint, name) end
    end
    embedded = service("memory:", name)
  end)

  teardown(function()
    embedded:close()
    for _, db in ipairs(emulators) do
      db:delete_table { TableName = name }
      db:close()
    end
  end)

  local function check(item, update, condition)
    local outcomes = {}
    for i, db in ipairs(emulators) do
      outcomes[i] = outcome(db, name, item, update, condition)
    end
    local wanted = agreed(outcomes)
    local got = outcome(embedded, name, item, update, condition)
    if wanted == nil or alike(wanted, got) then return end
    local members = random_write.members(update, condition)
    error(
      ("%s\n on %s\n gave %s\n not %s"):format(
        json.encode(members),
        json.encode(item),
        json.encode(got),
        json.encode(wanted)
      )
    )
  end

  it(("agree on updates, %d times"):format(TRIPLES), function()
    local random = random_value.source(20120810)
    for n = 1, TRIPLES do
      local item, update, condition = random_write.triple(random)
      item.pk = { S = tostring(n % ITEMS) }
      if not is_left_out(item, update, condition) then check(item, update, condition) end
    end
  end)
end)
