-- SPDX-License-Identifier: MIT
-- users:describe, wait and ttl, and the misuse of create, over a fake transport.
local described_table = require "support.described_table"
local json = require "dkjson"

local description, refusal = described_table.description, described_table.refusal
local things_of, schema = described_table.new, described_table.schema

local CREATING, ACTIVE = description("Table", "CREATING"), description("Table", "ACTIVE")
local OK = { status = 200, body = "{}" }
local SCHEMA = described_table.SCHEMA

describe("describe, wait and ttl", function()
  it("are what they say", function()
    local things, fake = things_of { ACTIVE, CREATING, ACTIVE, refusal "ResourceNotFoundException" }
    assert.equal("ACTIVE", assert(things:describe { timeout = 3 }).TableStatus)
    assert.equal(103, fake.deadlines[1])
    local active, _, info = things:wait("active", { timeout = 5 })
    assert.equal("ACTIVE", active.TableStatus)
    assert.equal(2, info.polls)
    assert.is_true(things:wait "deleted")
    local other, transport = things_of { OK }
    assert.is_true(other:ttl("expires", { enabled = false, timeout = 3 }))
    assert.is_false(json.decode(transport.requests[1].body).TimeToLiveSpecification.Enabled)
    assert.equal(103, transport.deadlines[1])
  end)

  it("hand on what the service refuses", function()
    local things = things_of { refusal "ResourceNotFoundException" }
    for _, call in ipairs {
      function()
        return things:describe()
      end,
      function()
        return things:ttl "expires"
      end,
    } do
      local result, message, err = call()
      assert.is_nil(result)
      assert.equal("ResourceNotFoundException", err.code)
      assert.equal(err.message, message)
    end
  end)
end)

describe("a verb about the table, misused,", function()
  local cases = {
    { "create", "a table expected that says what to create, got a nil" },
    { "create", "one argument too many", SCHEMA, false },
    {
      "create",
      'unknown option "partition_ky", did you mean "partition_key"?',
      { partition_ky = 1 },
    },
    { "create", 'unknown option "key_schema"', schema { key_schema = {} } },
    { "create", 'unknown option "once"', schema { once = true } },
    { "create", "partition_key is missing", {} },
    { "create", "wait must be a boolean", schema { wait = "no" } },
    { "create", "ttl must be the name of an attribute, not a boolean", schema { ttl = true } },
    { "create", "ttl needs wait", schema { ttl = "expires", wait = false } },
    { "create", "timeout must be a number of seconds", schema { timeout = 0 } },
    { "create", "progress must be a function", schema { progress = 1 } },
    { "create", "delay must be a number of seconds", schema { delay = -1 } },
    { "create", "table_class", schema { table_class = "CHEAP" } },
    { "create", "deletion_protection_enabled", schema { deletion_protection_enabled = 1 } },
    { "describe", 'unknown option "timeuot"', { timeuot = 1 } },
    { "describe", "one argument too many", {}, false },
    { "wait", 'the state must be "active" or "deleted"' },
    { "wait", 'the state must be "active" or "deleted"', "gone" },
    { "wait", 'unknown option "timeuot"', "active", { timeuot = 1 } },
    { "wait", "one argument too many", "active", {}, false },
    { "ttl", "the attribute must be the name of an attribute, not a nil" },
    { "ttl", "the attribute must be the name of an attribute, not empty", "" },
    { "ttl", "enabled must be a boolean", "expires", { enabled = "no" } },
    { "ttl", "one argument too many", "expires", {}, false },
  }
  for i, case in ipairs(cases) do
    it(("raises at the caller's line, case %d: %s"):format(i, case[2]), function()
      local things, fake = things_of({ OK }, { key = { "id" } })
      local ok, message = pcall(function()
        local _ = things[case[1]](things, case[3], case[4], case[5])
      end)
      assert.is_false(ok)
      assert.matches("table_lifecycle_spec.lua:%d+: table:" .. case[1] .. ": ", message)
      assert.truthy(message:find(case[2], 1, true), message)
      assert.equal(0, #fake.requests)
    end)
  end
end)
