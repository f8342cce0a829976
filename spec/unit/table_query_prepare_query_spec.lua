-- SPDX-License-Identifier: MIT
local dynamo = require "dynamo"
local prepare = require "dynamo.table.query.prepare_query"

-- Returns an ask with these options, of which the expressions were read and stored, and what was wrong.
local function stored(condition, options)
  local ask = { options = options or {}, params = {} }
  local problem = prepare.read(ask, condition) or prepare.store(ask)
  return ask, problem
end

describe("the expressions of a query", function()
  it("share one space of tokens", function()
    local ask = stored({ id = 5 }, {
      filter = "#x = :x AND id <> :x",
      projection = "id, #x",
      names = { ["#x"] = "y" },
      values = { [":x"] = 5 },
    })
    assert.are.same({
      KeyConditionExpression = "#n0 = :v0",
      FilterExpression = "#n1 = :v0 AND #n0 <> :v0",
      ProjectionExpression = "#n0, #n1",
      ExpressionAttributeNames = { ["#n0"] = "id", ["#n1"] = "y" },
      ExpressionAttributeValues = { [":v0"] = 5 },
    }, ask.params)
  end)

  it("tell what key attributes equal", function()
    assert.are.same({ id = "a" }, stored("id = 'a' AND at > 5").equals)
    assert.are.same({ id = "a", at = 5 }, stored({ id = "a", at = 5 }).equals)
    assert.are.same({ id = 5 }, stored(dynamo.attr("id"):eq(5)).equals)
    assert.are.same({}, stored(nil).equals)
  end)

  it("are within the service's limits, or told in the user's words", function()
    local long = {}
    for i = 1, 101 do
      long[i] = i
    end
    local _, problem = stored(nil, { filter = dynamo.attr("a"):within(long) })
    assert.are.same({ "filter", "in_operands" }, { problem.path, problem.code })
    assert.matches("^filter: IN takes at most 100 values", problem.message)
    _, problem = stored({ [("x"):rep(5)] = ("y"):rep(2049) })
    assert.are.same({ "condition.xxxxx", "key" }, { problem.path, problem.code })
  end)

  it("have a projection to which attributes are added", function()
    local ask = stored(nil, { projection = "a.id, id, b[0]" })
    assert.are.same({ "a", "at" }, prepare.left_out(ask, { "id", "a", "at" }))
    prepare.project(ask, { "at" })
    assert.is_nil(prepare.store(ask))
    assert.are.equal("#n0.#n1, #n1, #n2[0], #n3", ask.params.ProjectionExpression)
    assert.are.equal("at", ask.params.ExpressionAttributeNames["#n3"])
  end)
end)
