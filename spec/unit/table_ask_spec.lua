-- SPDX-License-Identifier: MIT
local asks = require "dynamo.table.ask"
local dynamo = require "dynamo"
local fake_client = require "support.fake_client"
local tables = require "dynamo.table"
local verbs = require "dynamo.table.verbs"

-- Returns what a table with these key names knows.
local function noun_of(key)
  local db = fake_client.new {}
  return tables.noun(db:table("Users", { key = key }))
end

describe("an ask", function()
  it("has what the verb was asked for", function()
    local noun, item = noun_of { "id" }, { id = "1" }
    local ask, subject = asks.of(
      noun,
      verbs.put,
      item,
      { timeout = 2, return_values = "ALL_OLD", condition = "a = 1" }
    )
    assert.are.equal(item, subject)
    assert.are.equal(noun, ask.noun)
    assert.are.equal(verbs.put, ask.verb)
    assert.are.same({ TableName = "Users", ReturnValues = "ALL_OLD" }, ask.params)
    assert.are.equal(2, ask.options.timeout)
    assert.are.equal("condition", ask.condition.kind)
  end)

  it("takes a bare value for a key of one attribute", function()
    local _, subject = asks.of(noun_of { "id" }, verbs.get, "1")
    assert.are.same({ id = "1" }, subject)
  end)

  it("says what is wrong with a subject in a sentence of its own", function()
    local ask, problem, is_whole = asks.of(noun_of { "id", "at" }, verbs.delete, 1)
    assert.is_nil(ask)
    assert.is_true(is_whole)
    assert.are.equal(
      "bad argument to 'delete' (key must be a table, not number; "
        .. "the key has two attributes, id and at)",
      problem
    )
  end)

  it("says what is wrong with an option", function()
    local ask, problem, is_whole = asks.of(noun_of { "id" }, verbs.put, {}, { conditon = "a = 1" })
    assert.is_nil(ask)
    assert.is_nil(is_whole)
    assert.are.equal('unknown option "conditon", did you mean "condition"?', problem)
  end)

  it("lets only an update ensure parents", function()
    local update = dynamo.update():ensure("a"):set("a.b", 1)
    local ask, problem = asks.of(noun_of { "id" }, verbs.upsert, { id = "1" }, { update = update })
    assert.is_nil(ask)
    assert.are.equal("update: only the verb update can ensure parents", problem)
  end)

  it("keeps what data made wrong of an expression", function()
    local noun, key, values = noun_of { "id" }, { id = "1" }, { n = 1, "a text" }
    local ask = asks.of(noun, verbs.update, key, nil, "SET a = a + ?", values)
    assert.are.equal("validation", ask.refusal.kind)
    assert.are.equal(values, ask.arguments)
  end)
end)
