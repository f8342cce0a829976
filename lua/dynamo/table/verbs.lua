-- SPDX-License-Identifier: MIT
-- The verbs that speak of one item, by name: { name, operation, argument (its first, "key" or "item"),
-- needs_key (whether the names of the key attributes have to be known), options (see
-- dynamo.table.arguments), words (member -> what the user calls it), prepare and send (functions of an
-- ask), expression (the kind of its own one; nil for an update's), ask }. `ask` is how its arguments become one:
--
--   ask(noun, ...) -> the ask, its first argument or the key that it stands for
--   nil, what is wrong with the arguments; with true behind it, in a sentence of its own
local given = require "dynamo.given"
local operations = require "dynamo.operations"
local arguments = require "dynamo.table.arguments"
local asks = require "dynamo.table.ask"
local positional = require "dynamo.table.positional"
local prepare_read = require "dynamo.table.prepare_read"
local prepare_write = require "dynamo.table.prepare_write"
local send = require "dynamo.table.send"

local M = {}

-- Defines a verb by its words and how its arguments become an ask.
local function define_by(verb, become)
  M[verb.name] = asks.verb(verb, become)
end

-- Defines a verb of the form verb(argument, options).
local function define(verb)
  define_by(verb, function(noun, value, o, ...)
    local surplus = select("#", ...) > 0 and given.surplus_problem(...)
    if surplus then return nil, surplus end
    return asks.of(noun, verb, value, o)
  end)
end

--- Reads one item: get(key, options). Returns it; nil alone if there is none.
-- @function get
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html
-- @usage local user, message = users:get({ userId = "123" }, { consistent_read = true })
define {
  name = "get",
  operation = operations.by_method.get_item,
  argument = "key",
  prepare = prepare_read.get,
  send = send.read,
}

--- Writes a whole item, whether one is there or not: put(item, options). Returns the old attributes
-- if return_values = "ALL_OLD", else true.
-- @function put
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html
define {
  name = "put",
  operation = operations.by_method.put_item,
  argument = "item",
  prepare = prepare_write.put,
  send = send.write,
}

--- As put, but fails if there is an item with this key.
-- @function insert
define {
  name = "insert",
  operation = operations.by_method.put_item,
  argument = "item",
  prepare = prepare_write.insert,
  send = send.write,
  needs_key = true,
}

--- As put, but fails unless there is an item with this key.
-- @function replace
define {
  name = "replace",
  operation = operations.by_method.put_item,
  argument = "item",
  prepare = prepare_write.replace,
  send = send.write,
  needs_key = true,
}

--- Sets the given attributes, and leaves or creates the rest of the item: upsert(item, options).
-- Returns the attributes that return_values asked for, else true.
-- @function upsert
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
define {
  name = "upsert",
  operation = operations.by_method.update_item,
  argument = "item",
  prepare = prepare_write.upsert,
  send = send.write,
  needs_key = true,
}

--- As upsert, but fails unless there is an item with this key.
-- @function patch
define {
  name = "patch",
  operation = operations.by_method.update_item,
  argument = "item",
  prepare = prepare_write.patch,
  send = send.write,
  needs_key = true,
}

--- Deletes one item: delete(key, options). Returns the old attributes if return_values =
-- "ALL_OLD", else true, also if there was none.
-- @function delete
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteItem.html
define {
  name = "delete",
  operation = operations.by_method.delete_item,
  argument = "key",
  prepare = prepare_write.delete,
  send = send.write,
}

--- Updates one item as an update expression says, and creates it if there is none:
-- update(key, expression, values..., options).
--
-- The expression is a text, with as many values after it as it has ?; or { text, values... }; or a
-- builder (dynamo.update, dynamo.UpdateExpression). Where the service says that a parent is
-- missing, those that the builder's `:ensure` names are made, each level by a request under the same
-- condition, and the update is sent again: if it then fails, the empty parents stay.
-- @function update
-- @tparam table key the key attributes
-- @param expression such as "SET visits = if_not_exists(visits, 0) + 1, seen = ?"
-- @param ... the values of the ?, then options
-- @return the attributes that return_values asked for, else true
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
-- @usage users:update({ userId = "123" }, "ADD visits ?", 1, { return_values = "ALL_NEW" })
define_by({
  name = "update",
  operation = operations.by_method.update_item,
  argument = "key",
  prepare = prepare_write.update,
  send = send.write,
}, function(noun, key, expression, ...)
  if type(expression) ~= "string" and arguments.expression_problem(expression) then
    local hint = type(expression) == "table"
        and next(expression) ~= nil
        and "; attributes are set by upsert or patch, in one item with the key"
      or ""
    local problem = asks.argument_problem("update", "expression", arguments.EXPRESSION, expression)
    return nil, problem .. hint, true
  end
  local values, o, mismatch = positional.split(noun, M.update.options, "update", expression, ...)
  if mismatch then return nil, mismatch end
  return asks.of(noun, M.update, key, o, expression, values)
end)

return M
