-- SPDX-License-Identifier: MIT
-- db:transact_get { { table, key, options }, ... }: items of whatever tables as they were at one moment.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactGetItems.html
local given = require "dynamo.given"
local nearest = require "dynamo.nearest"
local table_objects = require "dynamo.table"
local action_list = require "dynamo.table.action_list"
local arguments = require "dynamo.table.arguments"
local chain = require "dynamo.table.chain"
local transact = require "dynamo.table.transact"
local verbs = require "dynamo.table.verbs"

local M = {}

local OPTIONS = arguments.options_of("transact_get", transact.get)

-- Returns nil, or what is wrong with the form of one get.
local function form_problem(get)
  if type(get) ~= "table" or table_objects.noun(get) then
    return ("must be { table, key, options }, not a %s"):format(
      table_objects.noun(get) and "table of db:table" or type(get)
    )
  end
  for key in next, get do
    if key ~= 1 and key ~= 2 and key ~= 3 then
      return ("is { table, key, options }; it has no [%s]"):format(nearest.word(key))
    end
  end
end

-- Returns the action of one get; or nil, what is wrong with it.
local function action_of(client, get)
  local problem = form_problem(get)
  if problem then return nil, problem end
  local noun = table_objects.noun(rawget(get, 1))
  return action_list.action(client, noun, verbs.get, rawget(get, 2), rawget(get, 3))
end

-- Returns the actions of a list of gets; or nil, what is wrong.
local function actions_of(client, gets)
  local actions = {}
  for i, get in ipairs(gets) do
    local action, problem = action_of(client, get)
    if not action then return nil, ("actions[%d]: %s"):format(i, problem) end
    actions[i] = action
  end
  return actions
end

--- See dynamo.late.
local function read(client, gets, o, ...)
  if type(gets) ~= "table" then
    return nil, ("a list of { table, key, options } expected, got %s"):format(type(gets))
  end
  local problem = given.list_problem(gets) or given.surplus_problem(...)
  if problem then return nil, problem end
  local actions, wrong = actions_of(client, gets)
  if not actions then return nil, wrong end
  local request, options = arguments.params({}, OPTIONS, o)
  if not request then return nil, options end
  return {
    client = client,
    operation = transact.get,
    actions = actions,
    request = request,
    options = options,
  }
end

-- Returns the items of a response, each as the extensions of its table hand it on.
local function items_of(actions, response)
  local items = { n = #actions }
  for i, entry in ipairs(response.Responses or {}) do
    local action = actions[i]
    if action and entry.Item then items[i] = chain.after(action.ask, entry.Item) end
  end
  return items
end

local function run(asked)
  local actions = asked.actions
  local response, message, err = action_list.send(asked)
  if not response then return nil, message, err end
  return items_of(actions, response), nil, err
end

-- Returns the request, and sends nothing.
local function explain(asked)
  asked.explain = true
  return action_list.send(asked)
end

M.transact_get = { read = read, run = run, explain = explain }

return M
