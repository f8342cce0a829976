-- SPDX-License-Identifier: MIT
--- One table, and verbs that say what they mean.
-- A verb returns its result, nil, info; or nil, message, err. A wrong argument type or an unknown
-- option raises. Options are the API's members in snake_case (return_values, consistent_read,
-- return_consumed_capacity, ...) and: condition, projection (expressions), names, values (their
-- tokens), timeout (seconds for the call). A failed condition is err.code
-- "ConditionalCheckFailedException", with the item as it is in err.item.
-- @classmod table
local arguments = require "dynamo.table.arguments"
local nearest = require "dynamo.nearest"
local operations = require "dynamo.operations"
local schema = require "dynamo.table.schema"
local verbs = require "dynamo.table.verbs"

local M = {}

-- What a table object knows: { client (its state), name, key (once known) }.
local nouns = setmetatable({}, { __mode = "k" })

-- Returns what `self` knows, or raises at the line that called `verb`.
local function noun_of(self, verb)
  local noun = nouns[self]
  if not noun then error(("use table:%s(...), with a colon"):format(verb), 3) end
  if noun.client.closed then error("the client is closed", 3) end
  return noun
end

local function check_table(value, verb, argument)
  if type(value) == "table" then return end
  local got = type(value)
  error(("bad argument to '%s' (%s must be a table, not %s)"):format(verb, argument, got), 3)
end

-- Returns the options that an operation's verb takes, and what the user calls each member.
local function vocabulary(operation)
  local members = arguments.options_of(operation)
  local words = { UpdateExpression = "expression" }
  for option, member in pairs(members) do words[member] = option end
  return members, words
end

local function ask_of(noun, params, words, o)
  return { noun = noun, params = params, words = words, timeout = o and rawget(o, "timeout") }
end

local table_methods = {}

-- Defines a verb of the form verb(argument, options).
local function define(verb, method, argument)
  local members, words = vocabulary(operations.by_method[method])
  local run = verbs[verb]
  table_methods[verb] = function(self, value, o)
    local noun = noun_of(self, verb)
    check_table(value, verb, argument)
    local params, problem = arguments.params(noun, members, o)
    if not params then error(("table:%s: %s"):format(verb, problem), 2) end
    return run(ask_of(noun, params, words, o), value)
  end
end

--- Reads one item: get(key, options). Returns it; nil alone if there is none.
-- @function get
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html
-- @usage local user, message = users:get({ userId = "123" }, { consistent_read = true })
define("get", "get_item", "key")

--- Writes a whole item, whether one is there or not: put(item, options). Returns the old attributes
-- if return_values = "ALL_OLD", else true.
-- @function put
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html
define("put", "put_item", "item")

--- As put, but fails if there is an item with this key.
-- @function insert
define("insert", "put_item", "item")

--- As put, but fails unless there is an item with this key.
-- @function replace
define("replace", "put_item", "item")

--- Sets the given attributes, and leaves or creates the rest of the item: upsert(item, options).
-- Returns the attributes that return_values asked for, else true.
-- @function upsert
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
define("upsert", "update_item", "item")

--- As upsert, but fails unless there is an item with this key.
-- @function patch
define("patch", "update_item", "item")

--- Deletes one item: delete(key, options). Returns the old attributes if return_values =
-- "ALL_OLD", else true, also if there was none.
-- @function delete
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteItem.html
define("delete", "delete_item", "key")

local update_members, update_words = vocabulary(operations.by_method.update_item)

--- Updates one item as an update expression says; creates the item if there is none.
-- @tparam table key the key attributes
-- @tparam string expression such as "SET #n = :n"; its tokens are options.names and options.values
-- @tparam ?table o
-- @return the attributes that return_values asked for, else true
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
-- @usage users:update({ userId = "123" }, "ADD visits :one", { values = { [":one"] = 1 } })
function table_methods:update(key, expression, o)
  local noun = noun_of(self, "update")
  check_table(key, "update", "key")
  if type(expression) ~= "string" then
    local got = type(expression)
    error(("bad argument to 'update' (expression must be a string, not %s)"):format(got), 2)
  end
  local params, problem = arguments.params(noun, update_members, o)
  if not params then error("table:update: " .. problem, 2) end
  params.UpdateExpression = expression
  return verbs.update(ask_of(noun, params, update_words, o), key)
end

local meta = { __name = "dynamo.table", __metatable = "dynamo.table" }

function meta.__index(_, name)
  local method = table_methods[name]
  if method or type(name) ~= "string" then return method end
  local hint = nearest.hint(name, nearest.names(table_methods))
  error(('a table has no verb "%s"%s'):format(name, hint), 2)
end

function meta.__tostring(self)
  return "dynamo table " .. nouns[self].name
end

-- Returns nil, or what is wrong with the arguments of db:table.
local function problem_of(name, o)
  if type(name) ~= "string" then
    return ("the table's name must be a string, not %s"):format(type(name))
  elseif type(o) ~= "table" then
    return ("the options must be a table, not %s"):format(type(o))
  end
  for option in next, o do
    if option ~= "key" then
      return ('unknown option "%s"%s'):format(tostring(option), nearest.hint(option, { "key" }))
    end
  end
  return o.key ~= nil and schema.problem(o.key) or nil
end

--- Returns a table of a client (its state), or nil, what is wrong with the arguments.
-- @tparam table client
-- @tparam string name
-- @tparam ?table o { key = { "pk" } or { "pk", "sk" } }
function M.new(client, name, o)
  if o == nil then o = {} end
  local problem = problem_of(name, o)
  if problem then return nil, problem end
  local self = setmetatable({}, meta)
  nouns[self] = { client = client, name = name, key = o.key and { o.key[1], o.key[2] } }
  return self
end

return M
