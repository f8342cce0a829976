-- SPDX-License-Identifier: MIT
-- create: the table that short words or Lua say.
local prompt_world = require "support.prompt_world"

local ACTIVE = '{"Table":{"TableName":"Orders","TableStatus":"ACTIVE"}}'

-- Returns a world where tables are made at once, and what it asked CreateTable and UpdateTimeToLive for.
local function new_world(o)
  o = o or {}
  o.answers = {
    CreateTable = '{"TableDescription":{"TableName":"Orders","TableStatus":"CREATING"}}',
    DescribeTable = ACTIVE,
  }
  return prompt_world.new(o)
end

local function sent_to(world, operation)
  for _, sent in ipairs(world.sent) do
    if sent[1] == operation then return sent[2] end
  end
end

local function run(world, text)
  local code, out, err = world:run(text)
  assert.equal("", err)
  assert.equal(0, code)
  return out
end

describe("create", function()
  it("makes a table of short words, and shows the request", function()
    local world = new_world()
    local out = run(
      world,
      "create Orders customer:S ordered:S INDEX byDay day:S ordered:S ONLY total, note "
        .. "LOCAL byTotal total:N ONLY KEYS INDEX all 'the day':B STREAM new TTL expires CAPACITY 5 6;"
    )
    assert.truthy(out:find "^POST https://[^\n]*\nDynamoDB_20120810.CreateTable\n{")
    assert.truthy(out:find "created: table Orders\n$")
    local sent = sent_to(world, "CreateTable")
    assert.same({
      { AttributeName = "customer", KeyType = "HASH" },
      { AttributeName = "ordered", KeyType = "RANGE" },
    }, sent.KeySchema)
    local by_name = {}
    for _, index in ipairs(sent.GlobalSecondaryIndexes) do
      by_name[index.IndexName] = index
    end
    assert.equal("day", by_name.byDay.KeySchema[1].AttributeName)
    assert.same({ "total", "note" }, by_name.byDay.Projection.NonKeyAttributes)
    assert.equal("the day", by_name.all.KeySchema[1].AttributeName)
    assert.equal("ALL", by_name.all.Projection.ProjectionType)
    local own = sent.LocalSecondaryIndexes[1]
    assert.equal("total", own.KeySchema[2].AttributeName)
    assert.equal("KEYS_ONLY", own.Projection.ProjectionType)
    assert.same({ StreamEnabled = true, StreamViewType = "NEW_IMAGE" }, sent.StreamSpecification)
    assert.same(
      { ReadCapacityUnits = 5, WriteCapacityUnits = 6 },
      { ReadCapacityUnits = sent.ProvisionedThroughput.ReadCapacityUnits, WriteCapacityUnits = 6 }
    )
    assert.equal(
      "expires",
      sent_to(world, "UpdateTimeToLive").TimeToLiveSpecification.AttributeName
    )
  end)

  it("takes what table:create takes", function()
    local world = new_world()
    run(
      world,
      'create "Orders" { partition_key = { id = "N" }, deletion_protection_enabled = true }'
    )
    local sent = sent_to(world, "CreateTable")
    assert.same({ { AttributeName = "id", AttributeType = "N" } }, sent.AttributeDefinitions)
    assert.is_true(sent.DeletionProtectionEnabled)
    assert.equal("PAY_PER_REQUEST", sent.BillingMode)
  end)

  it("has both images in a stream unless told", function()
    local world = new_world()
    run(world, "create Orders id:S STREAM")
    assert.equal(
      "NEW_AND_OLD_IMAGES",
      sent_to(world, "CreateTable").StreamSpecification.StreamViewType
    )
  end)

  it("is explained, and says no request where data is read", function()
    local world = new_world()
    assert.truthy(run(world, "explain create Orders id:S"):find '"TableName":"Orders"')
    assert.is_nil(sent_to(world, "CreateTable"))
    world = new_world { format = "json" }
    local _, out, err = world:run "create Orders id:S"
    assert.equal("", out)
    assert.equal("created: table Orders\n", err)
  end)

  it("is refused in a read-only session, and fails where the table is there", function()
    local world = new_world { read_only = true }
    local code, _, err = world:run "create Orders id:S"
    assert.equal(64, code)
    assert.truthy(err:find("read-only", 1, true))
    world = new_world()
    world.answers.CreateTable = function()
      return '{"__type":"x#ResourceInUseException","message":"Table already exists: Orders"}', 400
    end
    code, _, err = world:run "create Orders id:S"
    assert.equal(2, code)
    assert.truthy(err:find("Table already exists", 1, true))
  end)

  it("says that the table was made where what came after failed", function()
    local world = new_world()
    world.answers.UpdateTimeToLive = function()
      return '{"__type":"x#AccessDeniedException","message":"no"}', 400
    end
    local code, _, err = world:run "create Orders id:S TTL at"
    assert.equal(2, code)
    assert.truthy(err:find("^the table was made, but then: AccessDenied"), err)
  end)

  for text, wanted in pairs {
    ["create"] = "column 7: expected the name of a table, got the end",
    ["create Orders"] = "column 14: expected the partition key, such as userId:S",
    ["create Orders id"] = "column 15: expected a key attribute with its type, such as userId:S, N or B",
    ["create Orders id:X"] = "column 15: expected a key attribute with its type",
    ["create Orders id:S at:N x:N"] = "column 25: there are key attributes enough",
    ["create Orders id:S INDEX"] = "column 25: expected the name of an index, got the end",
    ["create Orders id:S INDEX a"] = "column 27: expected the partition key of the index",
    ["create Orders id:S LOCAL a b:S c:S"] = "column 32: there are key attributes enough",
    ["create Orders id:S INDEX a b:S INDEX a c:S"] = "column 43: index a is written twice",
    ["create Orders id:S ONLY a"] = "column 20: ONLY belongs to an INDEX or a LOCAL before it",
    ["create Orders id:S STREAM bth"] = 'column 27: STREAM takes both, new, old or keys, did you mean "both"?',
    ["create Orders id:S STREAM STREAM"] = "column 27: STREAM is written twice",
    ["create Orders id:S TTL a b"] = 'column 26: expected the next clause, got "b"',
    ["create Orders id:S CAPACITY 5"] = "column 30: CAPACITY takes the units of reads and of writes: 5 5",
    ["create Orders { partition = 1 }"] = 'column 15: unknown option "partition"',
    ["create x id:S"] = "column",
  } do
    it("names the place of a mistake: " .. text, function()
      local world = new_world()
      local code, _, err = world:run(text)
      assert.equal(64, code)
      assert.equal(wanted, err:sub(1, #wanted))
    end)
  end
end)
