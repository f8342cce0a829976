-- SPDX-License-Identifier: MIT
local parts = require "dynamo.table.prepare"
local operations = require "dynamo.operations"
local prepare = require "dynamo.table.prepare_read"

local NAMES = { "id" }

-- Prepares a get of a table without a client.
local function get(key, options)
  local ask = {
    noun = { name = "Users", extensions = {} },
    verb = { name = "get" },
    params = { TableName = "Users" },
    options = options or {},
  }
  assert.is_nil(parts.read(ask))
  return prepare.get(ask, NAMES, key)
end

describe("a read is prepared", function()
  it("as an operation and its parameters", function()
    local operation, params = get({ id = "x" }, { projection = "a, b[0]" })
    assert.are.equal(operations.by_method.get_item, operation)
    assert.are.same({
      TableName = "Users",
      Key = { id = "x" },
      ProjectionExpression = "#n0, #n1[0]",
      ExpressionAttributeNames = { ["#n0"] = "a", ["#n1"] = "b" },
    }, params)
  end)

  it("or is refused, with an error", function()
    local operation, err = get { id = "x", more = 1 }
    assert.is_nil(operation)
    assert.are.equal("Key.more", err.path)
  end)
end)
