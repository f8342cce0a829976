-- SPDX-License-Identifier: MIT
-- What users:create is told of a table, as the parameters of CreateTable.
local layout = require "dynamo.table.layout"

-- Returns the parameters, or nil, what is wrong.
local function params_of(o, told)
  local params = {}
  local problem = layout.add(params, o, told)
  if problem then return nil, problem end
  return params
end

local function element(name, kind)
  return { AttributeName = name, KeyType = kind }
end

local function attribute(name, kind)
  return { AttributeName = name, AttributeType = kind }
end

local ALL = { ProjectionType = "ALL" }

describe("layout.add", function()
  it("makes a key", function()
    assert.same({
      KeySchema = { element("id", "HASH") },
      AttributeDefinitions = { attribute("id", "S") },
      BillingMode = "PAY_PER_REQUEST",
    }, params_of { partition_key = { id = "S" } })
    assert.same(
      {
        KeySchema = { element("z", "HASH"), element("a", "RANGE") },
        AttributeDefinitions = { attribute("a", "B"), attribute("z", "N") },
        BillingMode = "PAY_PER_REQUEST",
      },
      params_of { partition_key = { z = "N" }, sort_key = { a = "B" }, billing = "PAY_PER_REQUEST" }
    )
  end)

  it("makes indexes, in the order of their names", function()
    local params = params_of {
      partition_key = { id = "S" },
      sort_key = { at = "N" },
      indexes = {
        d = {
          partition_key = { { a = "S" }, { b = "N" } },
          sort_key = { { c = "S" }, { at = "N" } },
        },
        c = { sort_key = { a = "S" } },
        b = { partition_key = { at = "N" }, projection = "KEYS_ONLY" },
        a = { partition_key = { id = "S" }, projection = { "x", "y" } },
      },
    }
    assert.same({
      {
        IndexName = "a",
        KeySchema = { element("id", "HASH") },
        Projection = { ProjectionType = "INCLUDE", NonKeyAttributes = { "x", "y" } },
      },
      {
        IndexName = "b",
        KeySchema = { element("at", "HASH") },
        Projection = { ProjectionType = "KEYS_ONLY" },
      },
      {
        IndexName = "d",
        KeySchema = {
          element("a", "HASH"),
          element("b", "HASH"),
          element("c", "RANGE"),
          element("at", "RANGE"),
        },
        Projection = ALL,
      },
    }, params.GlobalSecondaryIndexes)
    assert.same({
      {
        IndexName = "c",
        KeySchema = { element("id", "HASH"), element("a", "RANGE") },
        Projection = ALL,
      },
    }, params.LocalSecondaryIndexes)
    assert.same({
      attribute("a", "S"),
      attribute("at", "N"),
      attribute("b", "N"),
      attribute("c", "S"),
      attribute("id", "S"),
    }, params.AttributeDefinitions)
  end)

  it("gives units to the table, and to global indexes that say nothing else", function()
    local params = params_of {
      partition_key = { id = "S" },
      sort_key = { at = "N" },
      billing = { read = 5, write = 6 },
      indexes = {
        a = { partition_key = { x = "S" } },
        b = { partition_key = { x = "S" }, billing = { read = 1, write = 2 } },
        c = { sort_key = { x = "S" } },
      },
    }
    local units = { ReadCapacityUnits = 5, WriteCapacityUnits = 6 }
    assert.equal("PROVISIONED", params.BillingMode)
    assert.same(units, params.ProvisionedThroughput)
    assert.same(units, params.GlobalSecondaryIndexes[1].ProvisionedThroughput)
    assert.same(
      { ReadCapacityUnits = 1, WriteCapacityUnits = 2 },
      params.GlobalSecondaryIndexes[2].ProvisionedThroughput
    )
    assert.is_nil(params.LocalSecondaryIndexes[1].ProvisionedThroughput)
  end)

  it("agrees with what db:table was told", function()
    assert.is_table(params_of({ partition_key = { id = "S" } }, { "id" }))
    local _, problem = params_of({ partition_key = { id = "S" } }, { "userId" })
    assert.equal("the key is id, and db:table was told { userId }", problem)
    _, problem = params_of({ partition_key = { id = "S" } }, { "id", "at" })
    assert.equal("the key is without a sort key, and db:table was told { id, at }", problem)
  end)

  local KEY = 'must be { name = "S" }, of type "S", "N" or "B"'
  local refused = {
    { {}, "partition_key is missing; it " .. KEY },
    { { partition_key = "id" }, "partition_key " .. KEY },
    { { partition_key = { "id" } }, "partition_key " .. KEY },
    { { partition_key = { id = "string" } }, "partition_key " .. KEY },
    { { partition_key = { a = "S", b = "S" } }, "partition_key " .. KEY },
    { { partition_key = { id = "S" }, sort_key = {} }, "sort_key " .. KEY },
    {
      { partition_key = { id = "S" }, sort_key = { id = "N" } },
      'sort_key: id is of type "N" there, and "S" in partition_key',
    },
    {
      { partition_key = { id = "S" }, billing = "ON_DEMAND" },
      'billing must be "PAY_PER_REQUEST" or { read = units, write = units }',
    },
    { { partition_key = { id = "S" }, billing = { read = 1 } }, "billing: write must be" },
    {
      { partition_key = { id = "S" }, billing = { read = 1, write = 1, x = 1 } },
      'billing: unknown field "x"',
    },
    { { partition_key = { id = "S" }, indexes = "x" }, "indexes must be a table, not a string" },
    { { partition_key = { id = "S" }, indexes = { {} } }, "indexes must be { name = " },
    { { partition_key = { id = "S" }, indexes = { a = 1 } }, "indexes must be { name = " },
    {
      { partition_key = { id = "S" }, indexes = { a = { pk = 1 } } },
      'indexes.a: unknown field "pk"',
    },
    {
      { partition_key = { id = "S" }, indexes = { a = {} } },
      "indexes.a.partition_key or sort_key is missing",
    },
    {
      { partition_key = { id = "S" }, indexes = { a = { sort_key = { x = "S" } } } },
      "indexes.a.partition_key is missing: a local index needs a table with a sort key",
    },
    {
      { partition_key = { id = "S" }, indexes = { a = { partition_key = { id = "N" } } } },
      'indexes.a.partition_key: id is of type "N" there, and "S" in partition_key',
    },
    {
      { partition_key = { id = "S" }, indexes = { a = { partition_key = { x = "X" } } } },
      "indexes.a.partition_key " .. KEY .. ", or a list of these",
    },
    {
      {
        partition_key = { id = "S" },
        indexes = { a = { partition_key = { x = "S" }, projection = "SOME" } },
      },
      'indexes.a.projection must be "ALL", "KEYS_ONLY" or a list of attributes',
    },
    {
      {
        partition_key = { id = "S" },
        indexes = { a = { partition_key = { x = "S" }, projection = { "a", 1 } } },
      },
      'indexes.a.projection must be "ALL", "KEYS_ONLY" or a list of attributes',
    },
    {
      {
        partition_key = { id = "S" },
        indexes = { a = { partition_key = { x = "S" }, billing = { read = 1, write = 1 } } },
      },
      'indexes.a.billing must be "PAY_PER_REQUEST", as that of the table is',
    },
    {
      {
        partition_key = { id = "S" },
        billing = { read = 1, write = 1 },
        indexes = { a = { partition_key = { x = "S" }, billing = "PAY_PER_REQUEST" } },
      },
      "indexes.a.billing must be { read = units, write = units }, as that of the table is",
    },
    { { partition_key = { id = "S" }, indexes = { [true] = {} } }, "indexes must be { name = " },
    {
      {
        partition_key = { id = "S" },
        indexes = { a = { partition_key = { x = "S" }, billing = 5 } },
      },
      "indexes.a.billing must be",
    },
    {
      {
        partition_key = { id = "S" },
        sort_key = { at = "S" },
        billing = { read = 1, write = 1 },
        indexes = { a = { sort_key = { x = "S" }, billing = { read = 1, write = 1 } } },
      },
      "indexes.a.billing is the table's: the index is a local one",
    },
  }
  for i, case in ipairs(refused) do
    it("names the place, case " .. i .. ": " .. case[2], function()
      local params, problem = params_of(case[1])
      assert.is_nil(params)
      assert.equal(case[2], problem:sub(1, #case[2]))
    end)
  end
end)
