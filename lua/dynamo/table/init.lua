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
local hidden = require "dynamo.hidden"
local late = require "dynamo.late"
local nearest = require "dynamo.nearest"
local settings = require "dynamo.table.definition"
local send = require "dynamo.table.send"
local vocabulary = require "dynamo.table.verbs"

local M = {}

local table_methods = {}
local meta = { __name = "dynamo.table", __metatable = "dynamo.table" }
-- What a table object knows: see dynamo.table.definition.
local new_table, _, KNOWN = hidden.class(meta)

-- Returns what `self` knows, or nil, what is wrong with using it.
local function noun_of(self, verb)
  local noun = core.hidden(self, KNOWN)
  if not noun then return nil, ("use table:%s(...), with a colon"):format(verb) end
  if noun.client.closed then return nil, "the client is closed" end
  return noun
end

-- Raises what is wrong with the arguments of a verb, at the line that called our caller.
local function misused(name, problem, is_whole)
  error(is_whole and problem or ("table:%s: %s"):format(name, problem), 3)
end

for name, verb in next, vocabulary do
  table_methods[name] = function(self, ...)
    local noun, problem = noun_of(self, name)
    if not noun then error(problem, 2) end
    local ask, subject, is_whole = verb.ask(noun, ...)
    if not ask then misused(name, subject, is_whole) end
    return send.run(ask, subject)
  end
end

-- The verbs about many items: verb -> the room that has it, loaded by its first use (see dynamo.late);
-- there it may have explain(what is asked), too.
local ROOMS = {
  batch_get = "dynamo.table.batch.of_table",
  batch_write = "dynamo.table.batch.of_table",
  changes = "dynamo.stream",
  count = "dynamo.table.query",
  create = "dynamo.table.creation",
  describe = "dynamo.table.lifecycle",
  modify = "dynamo.table.modify",
  query = "dynamo.table.query",
  scan = "dynamo.table.query",
  search = "dynamo.table.search",
  ttl = "dynamo.table.lifecycle",
  wait = "dynamo.table.lifecycle",
  writer = "dynamo.table.batch.of_table",
}

for name, room in pairs(ROOMS) do
  table_methods[name] = late.method("table", name, room, noun_of)
end

--- Returns the exact request of a verb, signed, and sends nothing: explain(verb, arguments...).
--
-- An update that ensures parents has their requests in `before`, a verb of several batches those that
-- follow the first in `after`. The key must have been given to db:table where the verb needs to know it.
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
    local explain, asked = late.explainer("table", verb, ROOMS[verb], noun, ...)
    if not explain then error(asked, 2) end
    return explain(asked)
  end
  if not vocabulary[verb] then
    error(nearest.unknown("table:explain: no verb", verb, vocabulary), 2)
  end
  local ask, subject, is_whole = vocabulary[verb].ask(noun, ...)
  if not ask then misused(verb, subject, is_whole) end
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
-- @tparam ?table o all optional: key ({ "pk" } or { "pk", "sk" }); indexes: index
--   -> the names of its key attributes; attributes: name -> { write =
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
