-- SPDX-License-Identifier: MIT
--- One table, and verbs that say what they mean.
-- A verb returns its result, nil, info; or nil, message, err. What is wrong with the code that calls
-- it raises at its line: a wrong type, an unknown option or word, an argument too many, a text that
-- is no expression. Options are the API's members in snake_case (return_values, consistent_read,
-- return_consumed_capacity, ...) and
--
--   condition, projection   an expression: text, { text, values... } with a ? for each value, or a
--                           builder (dynamo.attr, dynamo.projection)
--   names, values           what #tokens and :tokens in the texts stand for
--   if_newer                a path: the write is done only if that is missing, or smaller than
--                           what the write brings for it
--   once                    true: sent as a transaction with a token, so that it is done once even
--                           if it must be sent again; return_values is not available then
--   required                of get: true: that there is no item is an error, code "ItemNotFound"
--   update                  of upsert and patch: an expression, done in the same request
--   ignore_nulls            of upsert and patch: "remove" (a null attribute is removed), "ignore"
--                           (left out), "maps" (left out at every depth), "scalars" (left out, and
--                           a map's leaves are set one by one); absent, null is stored as NULL
--   timeout                 seconds for the call
--   cancel                  what dynamo.canceller() gave: once that is cancelled, the call ends
--   retry_unsafe            true: sent again even if it may have been done, which a write that adds,
--                           subtracts or appends is not otherwise; false: as the client's default
--
-- A failed condition is err.code "ConditionalCheckFailedException", with the item as it is in
-- err.item.
-- @classmod table
local core = require "dynamo.core"
local fill = require "dynamo.expression.fill"
local given = require "dynamo.given"
local hidden = require "dynamo.hidden"
local late = require "dynamo.late"
local nearest = require "dynamo.nearest"
local operations = require "dynamo.operations"
local arguments = require "dynamo.table.arguments"
local settings = require "dynamo.table.definition"
local prepare = require "dynamo.table.prepare"
local prepare_read = require "dynamo.table.prepare_read"
local prepare_write = require "dynamo.table.prepare_write"
local send = require "dynamo.table.send"
local tables = require "dynamo.tables"

local M = {}

local table_methods = {}
local meta = { __name = "dynamo.table", __metatable = "dynamo.table" }
-- What a table object knows: see dynamo.table.definition.
local new_table, _, KNOWN = hidden.class(meta)

-- The verbs, by name: { name, operation, argument (its first, "key" or "item"), needs_key (whether
-- the names of the key attributes have to be known), options (see dynamo.table.arguments), words
-- (member -> what the user calls it), prepare and send (functions of an ask), ask (how its arguments
-- become one) }.
local vocabulary = {}

-- Returns what `self` knows, or nil, what is wrong with using it.
local function noun_of(self, verb)
  local noun = core.hidden(self, KNOWN)
  if not noun then return nil, ("use table:%s(...), with a colon"):format(verb) end
  if noun.client.closed then return nil, "the client is closed" end
  return noun
end

local function argument_problem(verb, argument, must_be, value)
  return ("bad argument to '%s' (%s must be %s, not %s)"):format(
    verb,
    argument,
    must_be,
    type(value)
  )
end

-- Returns the key that a bare value stands for; or nil, what is wrong with it as one.
local function key_of(noun, value)
  local names = noun.told
  if value == nil or type(value) == "boolean" or type(value) == "function" then
    return nil, ""
  elseif not names then
    return nil, "; a bare value needs the option key of db:table"
  elseif names[2] then
    return nil, ("; the key has two attributes, %s and %s"):format(names[1], names[2])
  end
  return { [names[1]] = value }
end

-- Returns the table that the first argument of a verb stands for, which is none; or nil, what is wrong.
local function subject_of(noun, verb, value)
  local argument = vocabulary[verb].argument
  local key, hint = nil, ""
  if argument == "key" then
    key, hint = key_of(noun, value)
  end
  if key then return key end
  return nil, argument_problem(verb, argument, "a table", value):sub(1, -2) .. hint .. ")"
end

local NONE = tables.NONE

-- To dynamo.call an ask is a request whose class of replay is told by its trees.
local Ask = { __index = { replay_class = prepare_write.replay_class } }

-- Returns the ask of a verb, or nil, what is wrong with its arguments. An ask is
--   noun, verb         what the table knows (see dynamo.table.definition), and the verb
--   params             the parameters of the request, fresh: what the options said; then Key, Item and
--                      the expressions
--   options            those that are no member: timeout, once, ...; not to be changed
--   arguments          of update: the values of the ? in its text, { n = count, ... }
--   expression         of update: what was given, if it is no text
--   refusal            the error of what data made wrong of the expressions
--   update, condition, projection   prepared expressions (see dynamo.expression.prepared), and
--   update_values, ...  their values: see dynamo.table.prepare
--   explain            whether to return the request, and send nothing
-- and from its preparation on
--   operation          what is sent: the ask is what dynamo.call is asked
--   places             token -> the path whose value it is, where several expressions were stored
--   item               the item of the request as the extensions left it
--   info               what extensions add to the info of the call
--   run                how it is sent where that takes more than one request, with what it needs:
--                      parents (dynamo.table.ensure), put and is_done (dynamo.table.bare)
-- @tparam table noun
-- @tparam string name of the verb
-- @param subject its first argument
-- @tparam ?table o the options
-- @param expression of update
-- @tparam ?table values of its ?
-- @treturn[1] table
-- @treturn[1] table the first argument, or the key that it stands for
local function ask_of(noun, name, subject, o, expression, values)
  if type(subject) ~= "table" then
    local key, no_subject = subject_of(noun, name, subject)
    if not key then return nil, no_subject end
    subject = key
  end
  local verb, params, options = vocabulary[name], { TableName = noun.name }, NONE
  if o ~= nil then
    params, options = arguments.params(noun, verb.options, o)
    if not params then return nil, ("table:%s: %s"):format(name, options) end
    if expression == nil then expression = options.update end
  end
  local ask = setmetatable({
    noun = noun,
    verb = verb,
    params = params,
    options = options,
    arguments = values,
    update = nil, -- room for an update, so that the table need not grow
    update_values = nil,
    operation = nil,
  }, Ask)
  local problem = prepare.read(ask, expression)
  if options.update and ask.update and ask.update.ensure then
    problem = "update: only the verb update can ensure parents"
  end
  if type(problem) == "string" then return nil, ("table:%s: %s"):format(name, problem) end
  if problem then ask.refusal = problem end
  if type(expression) == "table" then ask.expression = expression end
  return ask, subject
end

-- Defines a verb by its words and how its arguments become an ask: function(table, ...) -> ask, its
-- first argument; or nil, what is wrong.
local function define_by(verb, become)
  local options = arguments.options_of(verb.name, verb.operation)
  verb.options, verb.words, verb.ask = options, arguments.words_of(options), become
  vocabulary[verb.name] = verb
  table_methods[verb.name] = function(...)
    local ask, subject = become(...)
    if not ask then error(subject, 2) end
    return send.run(ask, subject)
  end
end

-- Defines a verb of the form verb(argument, options).
local function define(verb)
  local name = verb.name
  define_by(verb, function(self, value, o, ...)
    local noun, problem = noun_of(self, name)
    if not noun then return nil, problem end
    local surplus = given.surplus_problem(...)
    if surplus then return nil, ("table:%s: %s"):format(name, surplus) end
    return ask_of(noun, name, value, o)
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

-- Returns nil, or what is wrong with what stands behind an expression of `count` ?: too much, or
-- too little, be it that the options stand where a value is missing.
local function count_problem(noun, count, ...)
  local behind = select("#", ...)
  if behind > count + 1 and given.surplus_problem(select(count + 2, ...)) then
    return ("%d arguments behind %d ? of the expression; it takes a value each, and options"):format(
      behind,
      count
    )
  elseif count == 0 or behind > count then
    return nil
  end
  local last = behind > 0 and select(behind, ...)
  if arguments.are_options(noun, vocabulary.update.options, last) then
    return (
      "no value for ? number %d of %d: the options stand there; a map whose names are all "
      .. "words of options is stored by { text, values... }"
    ):format(behind, count)
  elseif behind < count then
    return ("no value for ? number %d of %d"):format(behind + 1, count)
  end
end

-- Returns the positional values after an expression, and the options that follow them; or nil,
-- nil, what is wrong. What is wrong with the text itself is told by who reads it.
local function split(noun, expression, ...)
  local template = type(expression) == "string" and fill.template("update", expression)
  local count = template and template.placeholders or 0
  if type(expression) == "string" and not template then return nil end
  local is_plain = select("#", ...) == count
    and (count == 0 or type((select(count, ...))) ~= "table")
  local problem = not is_plain and count_problem(noun, count, ...)
  if problem then return nil, nil, problem end
  if count == 0 then return nil, (...) end
  return { n = count, ... }, (select(count + 1, ...))
end

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
}, function(self, key, expression, ...)
  local noun, problem = noun_of(self, "update")
  if not noun then return nil, problem end
  if type(expression) ~= "string" and arguments.expression_problem(expression) then
    local hint = type(expression) == "table"
        and next(expression) ~= nil
        and "; attributes are set by upsert or patch, in one item with the key"
      or ""
    return nil, argument_problem("update", "expression", arguments.EXPRESSION, expression) .. hint
  end
  local values, o, mismatch = split(noun, expression, ...)
  if mismatch then return nil, "table:update: " .. mismatch end
  return ask_of(noun, "update", key, o, expression, values)
end)

-- The verbs about many items: verb -> the room that has it, loaded by its first use (see dynamo.late);
-- there it may have explain(what is asked), too.
local ROOMS = {}

for name, room in pairs(ROOMS) do
  table_methods[name] = late.method("table", name, room, noun_of)
end

-- Returns the request of a verb about many items.
local function explain_late(noun, name, ...)
  local own = require(ROOMS[name])[name]
  if not own.explain then return nil, "table:explain: not available for " .. name end
  local asked, problem = own.read(noun, ...)
  if not asked then return nil, ("table:%s: %s"):format(name, problem) end
  return own.explain, asked
end

--- Returns the exact request of a verb, signed, and sends nothing: explain(verb, arguments...).
--
-- An update that ensures parents has their requests in `before`. The key must have been given to
-- db:table where the verb needs to know it.
-- @function explain
-- @tparam string verb
-- @param ... what the verb takes
-- @treturn[1] table { method, url, headers = { { name, value }, ... }, body }
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table err kinds validation, credentials, config
-- @usage print(users:explain("upsert", { userId = "123", name = "Ann" }).body)
function table_methods:explain(verb, ...)
  local noun, problem = noun_of(self, "explain")
  if not noun then error(problem, 2) end
  if ROOMS[verb] then
    local explain, asked = explain_late(noun, verb, ...)
    if not explain then error(asked, 2) end
    return explain(asked)
  end
  if not vocabulary[verb] then
    error(nearest.unknown("table:explain: no verb", verb, vocabulary), 2)
  end
  local ask, subject = vocabulary[verb].ask(self, ...)
  if not ask then error(subject, 2) end
  ask.explain = true
  return send.run(ask, subject)
end

meta.__index = table_methods
setmetatable(table_methods, {
  __index = function(_, name)
    if type(name) ~= "string" then return nil end
    error(nearest.unknown("a table has no verb", name, table_methods), 2)
  end,
})

function meta.__tostring(self)
  return "dynamo table " .. core.hidden(self, KNOWN).name
end

--- Returns what a table object knows (see dynamo.table.definition); nil for what is none.
function M.noun(object)
  return core.hidden(object, KNOWN)
end

--- Returns a table of a client (its state), or nil, what is wrong with the arguments.
-- @tparam table client
-- @tparam string name
-- @tparam ?table o all optional: key ({ "pk" } or { "pk", "sk" }); attributes: name -> { write =
--   "always" or "if_absent" }, the latter for what an upsert or patch must not change once it is
--   there; extensions (a list, see dynamo.extension); merge: what happens where the item, the
--   extensions and the request's expression write overlapping places: "strict" (default: an error),
--   "priority" (request, then extension, then item) or "concatenate" (all is sent)
function M.new(client, name, o)
  local options, problem = settings.checked(name, o)
  if problem then return nil, problem end
  return new_table({}, settings.noun(client, name, options))
end

return M
