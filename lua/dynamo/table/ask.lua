-- SPDX-License-Identifier: MIT
-- How the arguments of a verb become an ask: what the table knows, the verb, and what is asked of it.
-- What is wrong with the code that calls the verb is told here, for whoever may raise at its line.
local arguments = require "dynamo.table.arguments"
local prepare = require "dynamo.table.prepare"
local prepare_write = require "dynamo.table.prepare_write"
local tables = require "dynamo.tables"

local M = {}

--- Completes the record of a verb (see dynamo.table.verbs) with its words, and with how its arguments
-- become an ask.
function M.verb(verb, become)
  local options = arguments.options_of(verb.name, verb.operation)
  verb.options, verb.words, verb.ask = options, arguments.words_of(options), become
  return verb
end

--- Returns what is wrong with an argument of a verb that is of no type it takes: a whole sentence.
function M.argument_problem(verb, argument, must_be, value)
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
  local argument, key, hint = verb.argument, nil, ""
  if argument == "key" then
    key, hint = key_of(noun, value)
  end
  if key then return key end
  return nil, M.argument_problem(verb.name, argument, "a table", value):sub(1, -2) .. hint .. ")"
end

local NONE = tables.NONE

-- To dynamo.call an ask is a request whose class of replay is told by its trees.
local Ask = { __index = { replay_class = prepare_write.replay_class } }

--- Returns the ask of a verb; or nil, what is wrong with its arguments, and true if that is a sentence
-- of its own. An ask is
--   noun, verb         what the table knows (see dynamo.table.definition), and the verb
--   params             the parameters of the request, fresh: what the options said; then Key, Item and
--                      the expressions
--   options            those that are no member: timeout, once, ...; not to be changed
--   arguments          the values of the ? in the verb's own expression, { n = count, ... }
--   expression         the verb's own expression as it was given, if it is no text
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
-- @tparam table verb of dynamo.table.verbs
-- @param subject its first argument
-- @tparam ?table o the options
-- @param expression the verb's own, such as the update of update
-- @tparam ?table values of its ?
-- @treturn[1] table
-- @treturn[1] table the first argument, or the key that it stands for
function M.of(noun, verb, subject, o, expression, values)
  if type(subject) ~= "table" then
    local key, no_subject = subject_of(noun, verb, subject)
    if not key then return nil, no_subject, true end
    subject = key
  end
  local params
  local options = NONE
  if o == nil then
    params = {
      TableName = noun.name,
      Key = nil, -- room for what most come to, so that the table need not grow
      UpdateExpression = nil,
      ExpressionAttributeNames = nil,
      ExpressionAttributeValues = nil,
    }
  else
    params, options = arguments.params(noun, verb.options, o)
    if not params then return nil, options end
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
  if expression == nil and options == NONE then return ask, subject end -- no expression anywhere
  local problem = prepare.read(ask, expression)
  if options.update and ask.update and ask.update.ensure then
    problem = "update: only the verb update can ensure parents"
  end
  if type(problem) == "string" then return nil, problem end
  if problem then ask.refusal = problem end
  if type(expression) == "table" then ask.expression = expression end
  return ask, subject
end

return M
