-- SPDX-License-Identifier: MIT
-- What makes lua/dynamo/paginators.lua and lua/dynamo/waiters.lua, and what it refuses.
local model = require "dynamo.model"
local paginators = require "dynamo.paginators"
local paging = require "tools.model.paging"
local waiters = require "dynamo.waiters"
local waiting = require "tools.model.waiting"

-- Returns a waiter with one acceptor, compiled.
local function compiled(acceptor)
  local document = {
    waiters = {
      ItIsSo = { operation = "DescribeIt", delay = 5, maxAttempts = 3, acceptors = { acceptor } },
    },
  }
  return waiting.compile(document).it_is_so
end

describe("tools.model.waiting", function()
  it("compiles a waiter", function()
    assert.same({
      operation = "describe_it",
      delay = 5,
      max_attempts = 3,
      acceptors = { { state = "success", path = "It.State", expected = { "SO" } } },
    }, compiled { state = "success", matcher = "path", argument = "It.State", expected = "SO" })
  end)

  it("compiles each matcher", function()
    local function own(acceptor)
      return compiled(acceptor).acceptors[1]
    end
    assert.same(
      { state = "retry", error = "NotThere" },
      own { state = "retry", matcher = "error", expected = "NotThere" }
    )
    assert.same(
      { state = "success", list = "Parts", path = "State", each = "any", expected = { "SO" } },
      own { state = "success", matcher = "pathAny", argument = "Parts[].State", expected = "SO" }
    )
    local all =
      "length(Parts) > `0`  && length(Parts[?State == 'A' || State == 'B']) ==  length(Parts)"
    assert.same(
      { state = "failure", list = "Parts", path = "State", each = "all", expected = { "A", "B" } },
      own { state = "failure", matcher = "path", argument = all, expected = true }
    )
  end)

  for i, acceptor in ipairs {
    { state = "perhaps", matcher = "path", argument = "A", expected = "B" },
    { state = "success", matcher = "status", expected = 200 },
    { state = "success", matcher = "path", argument = "A[0].B", expected = "C" },
    { state = "success", matcher = "pathAny", argument = "A.B", expected = "C" },
    {
      state = "failure",
      matcher = "path",
      argument = "length(A) > `0` && length(A[?B == 'C' || D == 'E']) == length(A)",
      expected = true,
    },
    {
      state = "failure",
      matcher = "path",
      argument = "length(A) > `0` && length(A[?B == 'C']) == length(D)",
      expected = true,
    },
  } do
    it("refuses what the table could not say, case " .. i, function()
      assert.has_error(function()
        compiled(acceptor)
      end)
    end)
  end

  it("has waiters of operations that only read", function()
    local count = 0
    for _, waiter in pairs(waiters) do
      count = count + 1
      assert.is_true(model.operations[waiter.operation].read)
    end
    assert.equal(6, count)
  end)
end)

-- Returns an API of one operation.
local function api_of(inputs, outputs)
  local shapes = {
    In = { type = "structure", members = {} },
    Out = { type = "structure", members = {} },
    Text = { type = "string" },
    List = { type = "list" },
    Map = { type = "map" },
    Part = {
      type = "structure",
      members = { Things = { shape = "List" }, LastEvaluatedId = { shape = "Text" } },
    },
  }
  for name, shape in pairs(inputs) do
    shapes.In.members[name] = { shape = shape }
  end
  for name, shape in pairs(outputs) do
    shapes.Out.members[name] = { shape = shape }
  end
  return {
    shapes = shapes,
    operations = { ListThings = { input = { shape = "In" }, output = { shape = "Out" } } },
  }
end

local NOTHING = { pagination = {} }

describe("tools.model.paging", function()
  it("finds tokens and the list beside them", function()
    assert.same(
      { list_things = { token = "NextToken", next_token = "NextToken", items = "Things" } },
      paging.compile(
        api_of({ NextToken = "Text" }, { NextToken = "Text", Things = "List" }),
        NOTHING
      )
    )
    assert.same(
      {
        list_things = {
          token = "ExclusiveStartId",
          next_token = "LastEvaluatedId",
          items = "Things",
        },
      },
      paging.compile(
        api_of({ ExclusiveStartId = "Text" }, { LastEvaluatedId = "Text", Things = "List" }),
        NOTHING
      )
    )
    assert.same({
      list_things = {
        token = "ExclusiveStartId",
        next_token = "Part.LastEvaluatedId",
        items = "Part.Things",
      },
    }, paging.compile(api_of({ ExclusiveStartId = "Text" }, { Part = "Part" }), NOTHING))
  end)

  it("finds nothing where there are no tokens", function()
    assert.same(
      {},
      paging.compile(api_of({ ClientRequestToken = "Text" }, { Things = "List" }), NOTHING)
    )
  end)

  it("refuses two lists, and what is published otherwise", function()
    local api = api_of(
      { NextToken = "Text" },
      { NextToken = "Text", Things = "List", Others = "List" }
    )
    assert.has_error(function()
      paging.compile(api, NOTHING)
    end)
    api = api_of({ NextToken = "Text" }, { NextToken = "Text", Things = "List" })
    local published =
      { input_token = "NextToken", output_token = "NextToken", result_key = "Things" }
    assert.is_table(paging.compile(api, { pagination = { ListThings = published } }))
    published.result_key = { "Others", "Count" }
    assert.has_error(function()
      paging.compile(api, { pagination = { ListThings = published } })
    end)
    assert.has_error(function()
      paging.compile(api, { pagination = { ListOthers = published } })
    end)
  end)

  it("has every operation that reads and has a token, but GetRecords", function()
    local found = {}
    for method, operation in pairs(model.operations) do
      for name in pairs(model.shapes[operation.input].members) do
        if name == "NextToken" or name:find "^ExclusiveStart" then found[method] = true end
      end
    end
    found.execute_statement = nil
    for method in pairs(found) do
      assert.is_table(paginators[method], method)
    end
    for method in pairs(paginators) do
      assert.is_true(found[method], method)
      assert.is_true(model.operations[method].read)
    end
  end)
end)
