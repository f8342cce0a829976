-- SPDX-License-Identifier: MIT
local action_list = require "dynamo.table.action_list"
local errors = require "dynamo.error"
local fake_client = require "support.fake_client"
local operations = require "dynamo.operations"
local tables = require "dynamo.table"
local transact = require "dynamo.table.transact"
local verbs = require "dynamo.table.verbs"

local OK = { status = 200, body = "{}" }

-- Returns a transport and what a table of its client knows.
local function noun_of(o)
  local db, fake = fake_client.new { OK }
  return tables.noun(db:table("Users", o or { key = { "id" } })), fake
end

local function send(noun, actions, explain)
  return action_list.send {
    client = noun.client,
    operation = transact.write,
    actions = actions,
    request = {},
    options = {},
    explain = explain,
  }
end

describe("the actions of a transaction", function()
  it("are asks with their subjects", function()
    local noun, item = noun_of(), { id = "1" }
    local action = assert(action_list.action(noun.client, noun, verbs.put, item))
    assert.are.equal(verbs.put, action.ask.verb)
    assert.are.equal(item, action.subject)
    assert.is_false(action.is_prepared)
  end)

  it("are of one client's tables", function()
    local noun, other = noun_of(), noun_of()
    local action, problem = action_list.action(other.client, noun, verbs.put, {})
    assert.is_nil(action)
    assert.are.equal("the table Users is of another client", problem)
  end)

  it("are prepared once", function()
    local count = 0
    local counting = {
      name = "counting",
      before_write = function()
        count = count + 1
      end,
    }
    local noun, fake = noun_of { key = { "id" }, extensions = { counting } }
    local actions = { assert(action_list.action(noun.client, noun, verbs.put, { id = "1" })) }
    local shown = assert(send(noun, actions, true))
    assert(send(noun, actions))
    assert.are.equal(1, count)
    assert.are.equal(shown.body, fake.requests[1].body)
  end)

  it("are refused in the same words each time", function()
    local failing = errors.validation("x", nil, "no such day")
    local noun = noun_of {
      key = { "id" },
      extensions = {
        {
          name = "failing",
          before_write = function()
            return nil, failing.message, failing
          end,
        },
      },
    }
    local actions = { assert(action_list.action(noun.client, noun, verbs.put, { id = "1" })) }
    for _ = 1, 2 do
      local _, message, err = send(noun, actions)
      assert.are.equal("actions[1]: no such day", message)
      assert.are.equal(1, err.action)
    end
    assert.are.equal("no such day", failing.message)
  end)

  it("are 1 to 100", function()
    local noun, fake = noun_of()
    local _, message, err = send(noun, {})
    assert.are.equal("actions: there are 0; a transaction takes 1 to 100", message)
    assert.are.equal(operations.by_method.transact_write_items.method, err.operation)
    assert.are.equal(0, #fake.requests)
  end)
end)
