-- SPDX-License-Identifier: MIT
-- Read, change, write back: the verb modify. The write is the difference alone, as an insert where there
-- was no item and as a patch where there was one, under the condition that what differs is as it was
-- read; so it is an ordinary write, with its extensions and its class of replay. Where that condition
-- fails all begins anew, but never where it is not known whether an earlier attempt went through.
local call = require "dynamo.call"
local retry = require "dynamo.call.retry"
local spans = require "dynamo.call.span"
local compare = require "dynamo.compare"
local errors = require "dynamo.error"
local given = require "dynamo.given"
local tallies = require "dynamo.loop.tally"
local operations = require "dynamo.operations"
local arguments = require "dynamo.table.arguments"
local asks = require "dynamo.table.ask"
local chain = require "dynamo.table.chain"
local consumed = require "dynamo.table.consumed"
local differences = require "dynamo.table.difference"
local prepare = require "dynamo.table.prepare"
local schema = require "dynamo.table.schema"
local send = require "dynamo.table.send"
local write_back = require "dynamo.table.write_back"
local tables = require "dynamo.tables"

local M = {}

local ROUNDS = 10 -- the option attempts
local DOUBLINGS = 5 -- of the wait before another round, which is below a second: nothing is wrong
local get_item, update_item = operations.by_method.get_item, operations.by_method.update_item

-- A condition of the user's own would be one that going round again does not cure.
local OPTIONS = arguments.options_of("modify", update_item)
OPTIONS.condition, OPTIONS.names, OPTIONS.values = nil, nil, nil

local VERB = {
  name = "modify",
  operation = update_item,
  argument = "key",
  options = OPTIONS,
  words = arguments.words_of(OPTIONS),
}

-- An item is read as by this verb.
local GET = { name = "get", operation = get_item }

-- ---- the arguments -------------------------------------------------------------------------

-- Returns nil, or what is wrong with options that would take the place of what is read.
local function lock_problem(lock, options)
  for _, option in ipairs(lock and lock.options or tables.NONE) do
    if options[option] ~= nil then
      return ("%s is no option of modify, which guards by the %s that it reads"):format(
        option,
        lock.lock
      )
    end
  end
end

local function read(noun, key, f, o, ...)
  local surplus = given.surplus_problem(...)
  if surplus then return nil, surplus end
  if type(f) ~= "function" then return nil, "a function expected, got a " .. type(f) end
  local ask, subject = asks.of(noun, VERB, key, o)
  if not ask then return nil, subject end
  local lock = chain.lock(noun.extensions)
  local problem = lock_problem(lock, ask.options)
  if problem then return nil, problem end
  return {
    noun = noun,
    key = subject,
    f = f,
    options = ask.options,
    params = ask.params,
    given = tables.copy(o or tables.NONE),
    lock = lock and lock.lock,
    rounds = 0,
    is_refused = false, -- whether the function has failed
  }
end

-- ---- reading -------------------------------------------------------------------------------

-- Returns the item as it is stored, {} for none, nil, info; or nil, message, err.
local function fetch(asked)
  local options, problem = spans.options(asked.span, {})
  if not options then return send.fail(get_item, problem) end
  local result, message, info = call.run(asked.noun.client, {
    operation = get_item,
    params = {
      TableName = asked.noun.name,
      Key = asked.key,
      ConsistentRead = true,
      ReturnConsumedCapacity = asked.params.ReturnConsumedCapacity,
    },
    options = options,
  })
  if not result then return nil, message, info end
  asked.consumed = consumed.sum(asked.consumed, info.consumed_capacity)
  return result.Item or {}, nil, info
end

-- Returns what was read, for dynamo.table.difference, and what the function is given.
local function as_read(asked, item)
  local is_there = next(item) ~= nil
  local stored = differences.copy(item)
  local shown = is_there and chain.after({ noun = asked.noun, verb = GET }, item) or nil
  return {
    stored = stored,
    seen = differences.copy(shown or {}),
    is_there = is_there,
    is_hidden = is_there and shown == nil,
  },
    shown
end

-- ---- what the function made ----------------------------------------------------------------

-- Returns what the function returned, nil for nothing; or nil, the error it failed with.
local function made_by(made, message, err)
  local failure = tallies.failure(true, made, message, err)
  if failure then return nil, failure end
  if made ~= nil and type(made) ~= "table" then
    error("table:modify: the function must return a table or nil, not a " .. type(made), 0)
  end
  return made
end

-- Returns nil, or the error of a place that no function may change.
local function place_problem(code, name, text)
  local place = "Item." .. name
  return errors.validation(code, place, ("%s %s"):format(place, text))
end

-- Returns nil, or the error of what may not be changed: the key, and what is written only once.
local function refusal(asked, read_item, made, difference)
  for _, name in ipairs(asked.names) do
    local value = rawget(made, name)
    if value ~= nil and not compare.are_same(value, asked.key[name]) then
      return place_problem("key", name, "is in the key of the item, and must not be changed")
    end
  end
  for name, entry in next, asked.noun.attributes do
    local differs = difference.set[name] ~= nil or difference.remove[name]
    if entry.write == "if_absent" and differs and rawget(read_item.stored, name) ~= nil then
      return place_problem("write_once", name, 'must not be changed: it is written "if_absent"')
    end
  end
end

-- Returns the attributes that are compared with nothing: the key, and what an extension guards by.
local function passed_over(asked)
  local names = {}
  if asked.lock then names[asked.lock] = true end
  for _, name in ipairs(asked.names) do
    names[name] = true
  end
  return names
end

-- ---- one round ---------------------------------------------------------------------------

-- Reads, changes and writes; returns what the verb does.
local function go_round(asked)
  local item, message, info = fetch(asked)
  if not item then return nil, message, info end
  local read_item, shown = as_read(asked, item)
  local made, failure = made_by(asked.f(shown))
  if failure then
    asked.is_refused = true
    return errors.give(failure)
  end
  if not made then return write_back.nothing(asked, read_item, info) end
  local difference = differences.of(read_item, made, passed_over(asked))
  local problem = refusal(asked, read_item, made, difference)
  if problem then return send.fail(update_item, problem) end
  if read_item.is_there and differences.is_none(difference) then
    return write_back.nothing(asked, read_item, info)
  end
  return write_back.write(asked, read_item, made, difference)
end

-- ---- again and again -----------------------------------------------------------------------

-- Whether the write failed, and did nothing, because somebody else has written meanwhile. What the
-- function fails with may look so, too.
local function was_overtaken(asked, err)
  return not asked.is_refused
    and err.code == "ConditionalCheckFailedException"
    and err.maybe_applied == "no"
end

-- Returns nil, message, err of a guard that failed in every round.
local function give_up(asked, err)
  local text = errors.text_of(err)
  errors.rename(
    err,
    err.code,
    ("%s; in each of %d rounds others wrote first"):format(text, asked.rounds)
  )
  return errors.give(err)
end

-- Notes how often the function was called, and what the reads consumed beside the write; returns the
-- results of the verb.
local function told(asked, result, message, info)
  info.rounds = asked.rounds
  if not result then return result, message, info end
  if info.written == nil then
    info.written = true
    info.consumed_capacity = consumed.sum(asked.consumed, info.consumed_capacity)
  else
    info.consumed_capacity = asked.consumed
  end
  return result, message, info
end

-- Goes round until that succeeds, or is not to be done again.
local function go_on(asked)
  local most = asked.options.attempts or ROUNDS
  local client = asked.noun.client
  while true do
    asked.rounds = asked.rounds + 1
    local result, message, info = go_round(asked)
    if result ~= nil or not was_overtaken(asked, info) then return result, message, info end
    if asked.rounds >= most then return give_up(asked, info) end
    local left, problem = spans.left(asked.span)
    local doubled, random = math.min(asked.rounds - 1, DOUBLINGS), client.random
    local delay = left and retry.delay(tables.NONE, doubled, retry.jitter(random))
    if left and delay >= left then return give_up(asked, info) end
    problem = problem or spans.rest(asked.span, delay)
    if problem then return send.fail(update_item, problem) end
  end
end

local function run(asked)
  local noun, options = asked.noun, asked.options
  local span, problem = spans.begin(noun.client, options.timeout, options.cancel)
  if not span then return send.fail(update_item, problem) end
  asked.span = span
  local o
  o, problem = spans.options(span, {})
  if not o then return send.fail(update_item, problem) end
  local names, message, err = schema.names(noun, o)
  if not names then return nil, message, err end
  asked.names = names
  problem = prepare.mismatch(names, asked.key)
  if problem then return send.fail(update_item, problem) end
  return told(asked, go_on(asked))
end

--- Reads an item, lets a function change it, and writes what differs: modify(key, function, options).
--
-- The item is read consistently. What the function returns is compared with that, attribute by
-- attribute; what differs is written by one request, under the condition that it is still as it was
-- read, or missing; and that there is an item, or none, as there was. With the extension version the
-- condition is the version. Where the condition fails, all begins anew: the function may be called
-- several times. It may change the item in place; what it returns need not have the key.
-- @function modify
-- @tparam table key the key attributes, or the bare value of the only one
-- @tparam function f (item, nil for none) -> the item as it is to be; nil: nothing is written. nil and a
--   message, and perhaps an error: that is what modify fails with. What it raises goes through.
-- @tparam ?table o all optional: attempts (10: how often the function is called at most), timeout
--   (seconds for all of it), cancel, once, retry_unsafe, return_values and the other return_...
-- @return[1] the attributes that return_values asked for, else true
-- @return[1] nil
-- @treturn[1] table info of the write, and rounds (how often the function was called), written (false:
--   nothing differed, and info is of the read); consumed_capacity is that of all reads, too
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table err with rounds; ConditionalCheckFailedException: others wrote first in each round, or,
--   if err.maybe_applied is not "no", an attempt without a clear answer may have done the write;
--   validation: key, write_once, expression_size and expression_operators (of the guard), a value
-- @usage users:modify("123", function(user)
--   user = user or { visits = 0 }
--   user.visits = user.visits + 1
--   return user
-- end)
M.modify = { read = read, run = run }

return M
