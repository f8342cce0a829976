-- SPDX-License-Identifier: MIT
local binary = require("dynamo.core").binary
local check = require "dynamo.call.check"
local operations = require "dynamo.operations"

local function find(method, params, typed)
  return check.params(operations.by_method[method], params, typed or false)
end

-- Returns a Get of a transaction.
local function get(key, name)
  return { Get = { TableName = name or "T", Key = key } }
end

-- Returns a list of so many things.
local function many(count, of)
  local list = {}
  for i = 1, count do
    list[i] = of(i)
  end
  return list
end

local function key(i)
  return { a = i }
end

local function deletion(i)
  return { DeleteRequest = { Key = key(i) } }
end

describe("check.params", function()
  local fine = {
    { "get_item", { TableName = "T", Key = { a = 1 } } },
    { "scan", { Segment = 0, TotalSegments = 1 } },
    { "scan", {} },
    { "batch_get_item", { RequestItems = { T = { Keys = { { a = 1 }, { a = 2 } } } } } },
    {
      "batch_get_item",
      { RequestItems = { T = { Keys = { { a = 1 } } }, U = { Keys = { { a = 1 } } } } },
    },
    {
      "transact_get_items",
      { TransactItems = { get { a = 1 }, get { a = "1" }, get({ a = 1 }, "U") } },
    },
    {
      "transact_write_items",
      {
        TransactItems = {
          { Put = { TableName = "T", Item = { a = 1 } } },
          { Put = { TableName = "T", Item = { a = 1 } } },
        },
      },
    },
    { "transact_get_items", { TransactItems = { {} } } },
    { "batch_write_item", { RequestItems = { T = many(20, deletion), U = many(5, deletion) } } },
    {
      "batch_get_item",
      { RequestItems = { T = { Keys = many(50, key) }, U = { Keys = many(50, key) } } },
    },
  }
  for i, case in ipairs(fine) do
    it(("has nothing against %s, case %d"):format(case[1], i), function()
      assert.is_nil(find(case[1], case[2]))
    end)
  end

  local cases = {
    {
      "batch_write_item",
      { RequestItems = { T = many(20, deletion), U = many(6, deletion) } },
      "range",
      "RequestItems",
    },
    {
      "batch_get_item",
      { RequestItems = { T = { Keys = many(50, key) }, U = { Keys = many(51, key) } } },
      "range",
      "RequestItems",
    },
    {
      "batch_get_item",
      { RequestItems = { T = { Keys = { { a = 1 }, { b = 1 }, { a = 1.0 } } } } },
      "duplicate",
      "RequestItems.T.Keys[3]",
    },
    {
      "transact_get_items",
      { TransactItems = { get { a = binary "x" }, get { a = binary "x" } } },
      "duplicate",
      "TransactItems[2]",
    },
    {
      "transact_write_items",
      {
        TransactItems = {
          { Update = { TableName = "T", Key = { a = 1 }, UpdateExpression = "x" } },
          { Delete = { TableName = "T", Key = { a = 1 } } },
        },
      },
      "duplicate",
      "TransactItems[2]",
    },
    { "scan", { Segment = 2, TotalSegments = 2 }, "segments", "Segment" },
    { "scan", { Segment = 2 }, "segments", "TotalSegments" },
    { "scan", { TotalSegments = 2 }, "segments", "Segment" },
  }
  for i, case in ipairs(cases) do
    it(("finds %s in %s, case %d"):format(case[3], case[1], i), function()
      local err = find(case[1], case[2])
      assert.are.equal("validation", err.kind)
      assert.are.equal(case[3], err.code)
      assert.are.equal(case[4], err.path)
      assert.are.equal(1, (err.message:find(case[4], 1, true)))
    end)
  end

  it("compares wire-typed keys too, by value", function()
    for _, number in ipairs { "1", "1.0", "10e-1" } do
      local keys = { { a = { N = "1" } }, { a = { N = number } } }
      local err = find("batch_get_item", { RequestItems = { T = { Keys = keys } } }, true)
      assert.are.equal("duplicate", err.code)
    end
    local keys = { { a = { N = "1" } }, { a = { S = "1" } } }
    assert.is_nil(find("batch_get_item", { RequestItems = { T = { Keys = keys } } }, true))
  end)

  it("takes a table's ARN for the table", function()
    local arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/T"
    local items = { get { a = 1 }, get({ a = 1 }, arn) }
    local err = find("transact_get_items", { TransactItems = items })
    assert.are.equal("duplicate", err.code)
  end)
end)

describe("check.one_action_each", function()
  local items = {
    { Put = { TableName = "T", Item = { a = 1, b = 2 } } },
    { Delete = { TableName = "T", Key = { a = 1 } } },
  }

  it("knows what a Put is about where it is told the key", function()
    local err = check.one_action_each(items, false, { { a = 1 } }, "actions")
    assert.are.equal("actions[2]", err.path)
    assert.are.equal(
      "actions[2]: the same item as actions[1]; a transaction takes each item once",
      err.message
    )
    assert.is_nil(check.one_action_each(items, false, { { a = 2 } }, "actions"))
    assert.is_nil(check.one_action_each(items, false, {}, "actions"))
  end)
end)

describe("check.transaction_size", function()
  local MIB = 1024 * 1024

  -- Returns the parameters of a transaction that puts so many items of 64 KiB.
  local function puts(count, typed)
    local items, text = {}, ("x"):rep(65536 - 2)
    for i = 1, count do
      items[i] = { Put = { TableName = "T", Item = { a = typed and { S = text } or text .. "x" } } }
    end
    return { TransactItems = items }
  end

  it("takes 4 MiB, whatever is sent around them", function()
    assert.is_nil(check.transaction_size(puts(64), false, 5 * MIB))
  end)

  it("refuses more", function()
    local params = puts(64)
    params.TransactItems[65] = { Put = { TableName = "T", Item = { a = "" } } }
    local err = check.transaction_size(params, false, 5 * MIB)
    assert.are.same(
      { "validation", "too_large", "TransactItems" },
      { err.kind, err.code, err.path }
    )
    assert.matches(
      "the items to put have 4194305 bytes; a transaction may have 4194304",
      err.message
    )
    assert.are.equal("too_large", check.transaction_size(puts(65, true), true, 5 * MIB).code)
  end)

  it("counts what is put alone", function()
    local delete = { Delete = { TableName = "T", Key = { a = 1 } } }
    assert.is_nil(check.transaction_size({ TransactItems = { delete } }, false, 5 * MIB))
    assert.is_nil(check.transaction_size({ TransactStatements = {} }, false, 5 * MIB))
  end)
end)
