-- SPDX-License-Identifier: MIT
-- users:create over a fake transport: what is sent, in which time, and how it ends.
local dynamo = require "dynamo"
local described_table = require "support.described_table"
local json = require "dkjson"

local description, refusal = described_table.description, described_table.refusal
local things_of, schema = described_table.new, described_table.schema

local CREATED = description("TableDescription", "CREATING")
local CREATING, ACTIVE = description("Table", "CREATING"), description("Table", "ACTIVE")
local OK = { status = 200, body = "{}" }
local SCHEMA = described_table.SCHEMA

-- Returns the operations that were sent.
local function sent(fake)
  local names = {}
  for i in ipairs(fake.requests) do
    names[i] = fake:header(i, "x-amz-target"):match "%.(%w+)$"
  end
  return names
end

describe("create", function()
  it("waits until the table is active, and then says its time to live", function()
    local things, fake = things_of { CREATED, CREATING, CREATING, ACTIVE, OK }
    local made, message, info = things:create(schema { ttl = "expires" })
    assert.is_table(made, message)
    assert.equal("ACTIVE", made.TableStatus)
    assert.equal(3, info.polls)
    assert.same(
      { "CreateTable", "DescribeTable", "DescribeTable", "DescribeTable", "UpdateTimeToLive" },
      sent(fake)
    )
    assert.same({
      TableName = "Things",
      TimeToLiveSpecification = { AttributeName = "expires", Enabled = true },
    }, json.decode(fake.requests[5].body))
    -- The key is known from now on, for bare values, too.
    assert(things:insert { id = "1" })
    assert(things:delete "1")
    assert.equal("PutItem", sent(fake)[6])
    assert.same({ id = { S = "1" } }, json.decode(fake.requests[7].body).Key)
  end)

  it("sends the other members of CreateTable", function()
    local things, fake = things_of { CREATED }
    assert(things:create(schema {
      wait = false,
      deletion_protection_enabled = true,
      table_class = "STANDARD",
      stream_specification = { StreamEnabled = true, StreamViewType = "NEW_IMAGE" },
      tags = { { Key = "team", Value = "x" } },
    }))
    assert.same({ "CreateTable" }, sent(fake))
    local params = json.decode(fake.requests[1].body)
    assert.is_true(params.DeletionProtectionEnabled)
    assert.equal("STANDARD", params.TableClass)
    assert.equal("NEW_IMAGE", params.StreamSpecification.StreamViewType)
    assert.same({ { Key = "team", Value = "x" } }, params.Tags)
    assert.equal("PAY_PER_REQUEST", params.BillingMode)
  end)

  it("is done in its time, waits and all", function()
    local things, fake = things_of { CREATED, CREATING }
    local made, message, err = things:create(schema { timeout = 60 })
    assert.is_nil(made)
    assert.equal("WaitTimedOut", err.code)
    assert.is_true(err.created)
    assert.truthy(message:find("not so within 60 seconds", 1, true), message)
    assert.is_true(math.abs(fake.clock - 160) < 1e-6)
  end)

  it("may be given more time than the published wait", function()
    local things, fake = things_of { CREATED, CREATING }
    local _, message = things:create(schema { timeout = 900 })
    assert.truthy(message:find("not so within 900 seconds", 1, true), message)
    assert.is_true(math.abs(fake.clock - 1000) < 1e-6)
  end)

  it("says of what fails behind CreateTable that the table was made", function()
    local things = things_of { CREATED, ACTIVE, refusal "AccessDeniedException" }
    local _, _, err = things:create(schema { ttl = "expires" })
    assert.equal("AccessDeniedException", err.code)
    assert.equal("update_time_to_live", err.operation)
    assert.is_true(err.created)
    things = things_of { refusal "ResourceInUseException" }
    _, _, err = things:create(SCHEMA)
    assert.equal("ResourceInUseException", err.code)
    assert.equal("create_table", err.operation)
    assert.is_nil(err.created)
  end)

  it("ends with its client, and with its canceller", function()
    local stop = dynamo.canceller()
    local things = things_of {
      CREATED,
      function()
        stop:cancel()
        return CREATING
      end,
    }
    local _, _, err = things:create(schema { cancel = stop })
    assert.equal("Cancelled", err.code)
    assert.is_true(err.created)
    local own, _, db
    own, _, db = things_of {
      function()
        db:close()
        return CREATED
      end,
    }
    _, _, err = own:create(SCHEMA)
    assert.equal("ClientClosed", err.code)
  end)

  it("is shown by explain", function()
    local things, fake = things_of { OK }
    local request = assert(things:explain("create", SCHEMA))
    assert.equal("Things", json.decode(request.body).TableName)
    assert.truthy(assert(things:explain "describe").body)
    assert.truthy(assert(things:explain("ttl", "expires")).body)
    assert.equal(0, #fake.requests)
  end)
end)
