-- SPDX-License-Identifier: MIT
-- What modify sends, what it refuses, and when it goes round again: over a fake transport.
local dynamo = require "dynamo"
local fake_client = require "support.fake_client"
local json = require "dkjson"
local arguments = require "dynamo.table.arguments"
local operations = require "dynamo.operations"

local NONE = { status = 200, body = "{}" }
local ITEM = { status = 200, body = '{"Item":{"id":{"S":"1"},"n":{"N":"1"},"x":{"S":"old"}}}' }
local FAILED = {
  status = 400,
  body = '{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",'
    .. '"message":"The conditional request failed"}',
}
local LOST = { kind = "transport", code = "ConnectionLost", sent = "complete" }

-- Returns a table over a transport that plays `steps`, and the transport.
local function things_of(steps, options, client_options)
  local db, fake = fake_client.new(steps, client_options)
  local o = { key = { "id" } }
  for name, value in pairs(options or {}) do
    o[name] = value
  end
  return db:table("Things", o), fake
end

local function body_of(fake, n)
  return json.decode(fake.requests[n].body)
end

local function increment(item)
  item = item or { n = 0 }
  item.n = item.n + 1
  return item
end

describe("modify", function()
  it("reads consistently, and writes what differs under the guard of it", function()
    local things, fake = things_of { ITEM, NONE }
    assert(things:modify("1", function(item)
      item.n, item.x, item.new = 2, nil, "y"
      return item
    end))
    local read, write = body_of(fake, 1), body_of(fake, 2)
    assert.same({ TableName = "Things", Key = { id = { S = "1" } }, ConsistentRead = true }, read)
    assert.equal("SET #n0 = :v0, #n1 = :v1 REMOVE #n2", write.UpdateExpression)
    assert.equal(
      "(#n0 = :v2 AND attribute_not_exists(#n1) AND #n2 = :v3) AND attribute_exists(#n3)",
      write.ConditionExpression
    )
    assert.same(
      { ["#n0"] = "n", ["#n1"] = "new", ["#n2"] = "x", ["#n3"] = "id" },
      write.ExpressionAttributeNames
    )
    assert.same({
      [":v0"] = { N = "2" },
      [":v1"] = { S = "y" },
      [":v2"] = { N = "1" },
      [":v3"] = { S = "old" },
    }, write.ExpressionAttributeValues)
  end)

  it("puts a new item under the condition that there is none", function()
    local things, fake = things_of { NONE, NONE }
    assert(things:modify("1", increment))
    local write = body_of(fake, 2)
    assert.same({ id = { S = "1" }, n = { N = "1" } }, write.Item)
    assert.equal("attribute_not_exists(#n0)", write.ConditionExpression)
  end)

  it("returns what was asked for of a new item", function()
    for wanted, expected in pairs {
      ALL_NEW = { id = "1", n = 1 },
      UPDATED_NEW = { n = 1 },
      ALL_OLD = {},
      UPDATED_OLD = {},
      NONE = true,
    } do
      local things, fake = things_of { NONE, NONE }
      assert.same(expected, (things:modify("1", increment, { return_values = wanted })))
      assert.is_nil(body_of(fake, 2).ReturnValues)
    end
  end)

  it("adds up what its reads and its write consumed", function()
    local units = '"ConsumedCapacity":{"TableName":"Things","CapacityUnits":%d}'
    local item = { status = 200, body = ITEM.body:sub(1, -2) .. "," .. units:format(2) .. "}" }
    local written = { status = 200, body = "{" .. units:format(5) .. "}" }
    local things, fake = things_of { item, FAILED, item, written }
    local o = { return_consumed_capacity = "TOTAL" }
    local _, _, info = things:modify("1", increment, o)
    assert.equal(9, info.consumed_capacity.CapacityUnits)
    assert.equal("TOTAL", body_of(fake, 1).ReturnConsumedCapacity)
    things = things_of { item }
    _, _, info = things:modify("1", function() end, o)
    assert.equal(2, info.consumed_capacity.CapacityUnits)
  end)

  it("goes round again after a failed guard, with longer and longer waits", function()
    local things, fake = things_of { ITEM, FAILED, ITEM, FAILED, ITEM, NONE }
    local done, message, info = things:modify("1", increment)
    assert.is_true(done, message)
    assert.equal(3, info.rounds)
    assert.equal(2, #fake.sleeps)
    assert.is_true(math.abs(fake.sleeps[1] - 0.025) < 1e-6) -- the fake randomness is all ones
    assert.is_true(math.abs(fake.sleeps[2] - 0.05) < 1e-6)
  end)

  it("waits less than a second however often it goes round", function()
    local steps = {}
    for i = 1, 20 do
      steps[2 * i - 1], steps[2 * i] = ITEM, FAILED
    end
    local things, fake = things_of(steps)
    local _, _, err = things:modify("1", increment, { attempts = 20 })
    assert.equal(20, err.rounds)
    assert.equal(19, #fake.sleeps)
    for i, seconds in ipairs(fake.sleeps) do
      assert.is_true(math.abs(seconds - math.min(0.025 * 2 ^ (i - 1), 0.8)) < 1e-6)
    end
  end)

  it("does not go round again where an earlier attempt may have done it", function()
    local things, fake = things_of { ITEM, LOST, FAILED, ITEM, NONE }
    local done, message, err = things:modify("1", increment)
    assert.is_nil(done)
    assert.equal("ConditionalCheckFailedException", err.code)
    assert.equal("unknown", err.maybe_applied)
    assert.truthy(message:find("may have done the write", 1, true), message)
    assert.equal(3, #fake.requests)
    assert.equal(1, err.rounds)
  end)

  it("sends nothing twice that its guard does not make false", function()
    -- The counter goes up whatever the list is: no proof that the guard fails once it was done.
    local counter = dynamo.extension.counter { attribute = "edits" }
    local list = { status = 200, body = '{"Item":{"id":{"S":"1"},"l":{"L":[{"N":"1"}]}}}' }
    local things, fake = things_of({ list, LOST, NONE }, { extensions = { counter } })
    local _, _, err = things:modify("1", function(item)
      item.l = { 2 }
      return item
    end)
    assert.equal("unknown", err.maybe_applied)
    assert.equal(2, #fake.requests)
    -- That of a number is one.
    things, fake = things_of({ ITEM, LOST, NONE }, { extensions = { counter } })
    assert(things:modify("1", increment))
    assert.equal(3, #fake.requests)
  end)

  it("ends at its time limit, all rounds together", function()
    local slow = { status = 400, body = FAILED.body, seconds = 2 }
    local things, fake = things_of { ITEM, slow, ITEM, slow, ITEM, slow, ITEM, NONE }
    local _, message, err = things:modify("1", increment, { timeout = 3, attempts = 100 })
    assert.equal("ConditionalCheckFailedException", err.code)
    assert.truthy(message:find("in each of 2 rounds", 1, true), message)
    assert.equal(4, #fake.requests)
    assert.equal(103, fake.deadlines[1])
  end)

  it("returns what the function failed with", function()
    local things, fake = things_of { ITEM }
    local _, message, err = things:modify("1", function()
      return nil, "not today"
    end)
    assert.equal("not today", message)
    assert.equal("function", err.kind)
    assert.equal("Failed", err.code)
    assert.equal(1, #fake.requests)
    local _, own_message, own = things:modify("1", function()
      return things:put { id = 0 / 0 }
    end)
    assert.equal("put_item", own.operation)
    assert.equal(own.message, own_message)
    -- A failed condition of another write is no guard of this one.
    things = things_of { ITEM, FAILED, ITEM, FAILED }
    local _, _, other = things:modify("1", function()
      return things:insert { id = "1" }
    end)
    assert.equal("ConditionalCheckFailedException", other.code)
    assert.equal(1, other.rounds)
  end)

  it("lets through what the function raises", function()
    local things = things_of { ITEM }
    local ok, raised = pcall(things.modify, things, "1", function()
      error { mine = true }
    end)
    assert.is_false(ok)
    assert.is_true(raised.mine)
    ok, raised = pcall(things.modify, things, "1", function()
      return "text"
    end)
    assert.is_false(ok)
    assert.equal("table:modify: the function must return a table or nil, not a string", raised)
  end)

  it("refuses a changed key, and what is written once", function()
    local once = { attributes = { x = { write = "if_absent" } } }
    local things, fake = things_of({ ITEM }, once)
    for place, f in pairs {
      ["Item.id is in the key of the item, and must not be changed"] = function(item)
        item.id = "2"
        return item
      end,
      ['Item.x must not be changed: it is written "if_absent"'] = function(item)
        item.x = nil
        return item
      end,
    } do
      local done, message, err = things:modify("1", f)
      assert.is_nil(done)
      assert.equal("validation", err.kind)
      assert.equal(place, message)
      assert.equal("no", err.maybe_applied)
    end
    assert.equal(2, #fake.requests)
  end)

  it("names the place of a value that cannot be stored", function()
    local things, fake = things_of { ITEM }
    local _, _, err = things:modify("1", function(item)
      item.scores = { 1, 0 / 0 }
      return item
    end)
    assert.equal("Item.scores[2]", err.path)
    assert.equal(1, #fake.requests)
  end)

  it("refuses what is no item", function()
    for _, step in ipairs { ITEM, NONE } do
      local things, fake = things_of { step }
      local done, message, err = things:modify("1", function()
        return { 5 }
      end)
      assert.is_nil(done)
      assert.equal("validation", err.kind, message)
      assert.equal("Item", err.path:sub(1, 4))
      assert.equal(1, #fake.requests)
    end
  end)

  it("refuses a guard that is too long, and says what to do", function()
    for count, code in pairs { [301] = "expression_operators", [280] = "expression_size" } do
      local attributes = {}
      for i = 1, count do
        attributes[i] = ('"a%d":{"N":"1"}'):format(i)
      end
      local things, fake = things_of {
        {
          status = 200,
          body = ('{"Item":{"id":{"S":"1"},%s}}'):format(table.concat(attributes, ",")),
        },
      }
      local _, message, err = things:modify("1", function()
        return {}
      end)
      assert.equal("validation", err.kind)
      assert.equal(code, err.code)
      assert.truthy(message:find("the guard of what has changed: ", 1, true), message)
      assert.truthy(message:find("extension version", 1, true), message)
      assert.equal(1, #fake.requests)
    end
  end)

  it("guards by the version alone where there is one", function()
    local versioned = { extensions = { dynamo.extension.version() } }
    local item =
      { status = 200, body = '{"Item":{"id":{"S":"1"},"n":{"N":"1"},"version":{"N":"7"}}}' }
    local things, fake = things_of({ item, NONE }, versioned)
    local _, _, info = things:modify("1", function(read)
      read.n, read.version = 2, 55
      return read
    end)
    assert.equal(8, info.version)
    local write = body_of(fake, 2)
    assert.equal("attribute_exists(#n2) AND #n1 = :v2", write.ConditionExpression)
    assert.same({ N = "7" }, write.ExpressionAttributeValues[":v2"])
    assert.same({ N = "8" }, write.ExpressionAttributeValues[":v1"])
    things, fake = things_of({ NONE, NONE }, versioned)
    assert(things:modify("1", function()
      return { version = 9 }
    end))
    assert.same({ N = "1" }, body_of(fake, 2).Item.version)
  end)

  it("ends with its client, and with its canceller", function()
    local things = things_of { ITEM, FAILED }
    local stop = dynamo.canceller()
    local _, _, err = things:modify("1", function(item)
      stop:cancel()
      return increment(item)
    end, { cancel = stop })
    assert.equal("Cancelled", err.code)
    local db = fake_client.new { ITEM, FAILED }
    _, _, err = db:table("Things", { key = { "id" } }):modify("1", function(item)
      db:close()
      return increment(item)
    end)
    assert.equal("ClientClosed", err.code)
  end)
end)

describe("modify, misused,", function()
  local things, fake = things_of({ ITEM }, { extensions = { dynamo.extension.version() } })
  for _, case in ipairs {
    { "a function expected, got a nil", "1" },
    { "a function expected, got a table", "1", {} },
    { "key must be a table, not nil", nil, increment },
    { "the options must be a table, not a number", "1", increment, 5 },
    { 'unknown option "atempts", did you mean "attempts"?', "1", increment, { atempts = 1 } },
    { "attempts must be a whole number, 1 at least", "1", increment, { attempts = 0 } },
    { "attempts must be a whole number, 1 at least", "1", increment, { attempts = 1.5 } },
    { 'unknown option "condition"', "1", increment, { condition = "a = 1" } },
    { 'unknown option "projection"', "1", increment, { projection = "a" } },
    { "version is no option of modify", "1", increment, { version = 3 } },
    { "one argument too many, a boolean", "1", increment, {}, false },
  } do
    it("raises at the caller's line: " .. case[1], function()
      local ok, message = pcall(function()
        local _ = things:modify(case[2], case[3], case[4], case[5])
      end)
      assert.is_false(ok)
      assert.matches("table_modify_spec.lua:%d+: ", message)
      assert.truthy(message:find("table:modify: ", 1, true), message)
      assert.truthy(message:find(case[1], 1, true), message)
      assert.equal(0, #fake.requests)
    end)
  end

  it("refuses a key that is none", function()
    local _, _, err = things:modify({ id = "1", x = 2 }, increment)
    assert.equal("Key.x", err.path)
    assert.equal("no", err.maybe_applied)
    assert.equal(0, #fake.requests)
  end)
end)

describe("every option of modify", function()
  local things, fake = things_of { ITEM }
  local options = arguments.options_of("modify", operations.by_method.update_item)
  options.condition, options.names, options.values = nil, nil, nil

  -- Asserts that options are refused at the caller's line, with some words.
  local function refused(o, words)
    local ok, message = pcall(function()
      local _ = things:modify("1", increment, o)
    end)
    assert.is_false(ok)
    assert.matches("table_modify_spec.lua:%d+: table:modify: ", message)
    assert.truthy(message:find(words, 1, true), message)
    assert.equal(0, #fake.requests)
  end

  for name in pairs(options) do
    it("is refused for a wrong type, and misspelt: " .. name, function()
      refused({ [name] = print }, name)
      local misspelt = name:sub(1, 2) .. name:sub(2)
      refused(
        { [misspelt] = true },
        ('unknown option "%s", did you mean "%s"?'):format(misspelt, name)
      )
    end)
  end
end)
