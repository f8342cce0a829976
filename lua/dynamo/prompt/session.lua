-- SPDX-License-Identifier: MIT
-- A session: runs one statement after the other and says what came of each.
--
--   db, catalogue, printer, verbs, environment (the globals of Lua)
--   table_name, record   the table in use; the record is read when a verb needs it
--   read_only, yes, timing, tells_changes, is_conversation   settings
--   hooks     of clients: they count what requests take
--   world     what verbs use of the world outside: see dynamo.prompt.outside
--   ask       function(question) -> line that was answered; nil where nobody can
--   text      the statement that runs;  last = { text, is_unknown } the last verb's
--   calls     what the requests of the statement took: { count, seconds, read_units, write_units }
--   shape     what is known of a script's lines (see dynamo.prompt.line_shape); nil in a conversation
--   written   nil, or what the last write replaced: see dynamo.prompt.last_write
--   transaction  nil, or { builder, count (of actions) } since `begin`
local asks = require "dynamo.prompt.asked"
local brackets = require "dynamo.prompt.brackets"
local catalogue = require "dynamo.prompt.catalogue"
local grammar = require "dynamo.prompt.grammar"
local guess = require "dynamo.prompt.guess"
local ctrl_c = require "dynamo.prompt.ctrl_c"
local key_parts = require "dynamo.prompt.key_parts"
local last_write = require "dynamo.prompt.last_write"
local line_shape = require "dynamo.prompt.line_shape"
local lua_line = require "dynamo.prompt.lua_line"
local mistake = require "dynamo.prompt.mistake"
local outcome = require "dynamo.prompt.outcome_words"
local piped = require "dynamo.prompt.piped"
local printer = require "dynamo.prompt.printer"
local read_only = require "dynamo.prompt.read_only"
local reader = require "dynamo.prompt.reader"
local surroundings = require "dynamo.prompt.surroundings"
local vocabulary = require "dynamo.prompt.vocabulary"

local Session = {}
Session.__index = Session

local M = {}

-- ---- what verbs use ----------------------------------------------------------------------------

--- Returns the record of the table in use; raises a mistake where there is none.
function Session:in_use(at_reader)
  if not self.table_name then at_reader:fail("no table is in use: use TABLE, or --table", 1) end
  if not self.record then self.record = catalogue.record(self.catalogue, self.table_name) end
  return self.record
end

--- Does what a verb asks for: returns the result, and its info.
function Session:call(asked)
  self.asked = asked
  return asks.call(asked, self.text)
end

--- Adds what a verb asks for to the transaction.
function Session:add_to_transaction(asked)
  local transaction = self.transaction
  asks.add(asked, self.text, transaction.builder)
  transaction.count = transaction.count + 1
  local key = key_parts.text(asked.record.keys, asked.key)
  self.printer:say(("waits for commit: %s %s %s"):format(asked.method, asked.record.name, key))
end

--- Returns the names of all verbs, in order.
function Session:verb_names()
  local names = {}
  for name in next, self.verbs do
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

--- Returns the names of the verbs that have a request to show.
function Session:explainable()
  local names = {}
  for _, name in ipairs(self:verb_names()) do
    if self.verbs[name].explains ~= false then names[#names + 1] = name end
  end
  return names
end

--- Raises unless somebody says yes to what is about to be done.
-- @tparam string what such as "delete the table Users"
-- @tparam ?string word what must be typed; "yes" without it
function Session:confirm(what, word)
  if self.yes then return end
  if not self.ask then
    mistake.refuse(("to %s needs a yes, and nobody can be asked: --yes"):format(what))
  end
  local wanted = word or "yes"
  local answer = self.ask(("%s? Type %s: "):format(what, wanted))
  if answer ~= wanted then mistake.refuse "nothing was done" end
end

-- ---- statements --------------------------------------------------------------------------------

-- Returns what a statement asks a verb for; of the lines of a script it learns.
local function parse(self, verb, past, text)
  local at = reader.new(text, past, self.evaluate)
  local learns = self.shape and verb.repeats and not self.transaction
  return learns and line_shape.parse(self.shape, self, verb, at) or verb.parse(self, at)
end

-- Runs a verb; `whole` is the statement with what stands behind the verb.
local function run_verb(self, verb, past, text, whole)
  if verb.writes and self.read_only then
    mistake.refuse "refused: this session is read-only (--read-only), nothing was sent"
  end
  local asked = parse(self, verb, past, text)
  if verb.explains ~= false then self.last = { text = whole } end
  verb.run(self, asked)
end

--- Returns what a line of a script asks for, if it is like those before; else nil.
function Session:known(line)
  if self.transaction then return nil end
  return line_shape.read(self.shape, self.record, line)
end

-- Runs a line that is known.
local function run_known(self, asked)
  self.text, self.asked, self.last = asked.text, nil, asked
  asked.verb.run(self, asked)
end

-- Returns the words that may begin a statement.
local function first_words(self)
  local words = self:verb_names()
  for _, name in ipairs(self.catalogue.names or {}) do
    words[#words + 1] = name
  end
  return words
end

-- Returns the function of a statement of Lua; raises the mistake in it.
local function compile(self, text)
  local ok, chunk = pcall(lua_line.compile, text, self.environment)
  if ok then return chunk end
  if mistake.is(chunk) then grammar.judge_word(text, first_words(self), chunk) end
  error(chunk, 0)
end

-- Raises what a statement of Lua raised; a global that is not there, as a mistake with its place.
local function raise_of_lua(self, text, problem)
  if type(problem) ~= "string" then error(problem, 0) end
  local name = problem:match "global '([%a_][%w_]*)'"
  local at = name and text:find("%f[%w_]" .. name .. "%f[^%w_]")
  if at and rawget(self.environment, name) == nil then
    local hint = guess.hint(name, first_words(self))
    mistake.raise(at, ('"%s" is no verb, table or variable%s'):format(name, hint))
  end
  mistake.fail((problem:gsub("^lua:(%d+): ", text:find "\n" and "line %1: " or "")))
end

-- Writes the values of an expression: nil, message, err is a failure; behind one value, an info is not
-- shown.
local function write_values(self, text, count, values)
  local first, second, third = values[1], values[2], values[3]
  if first == nil and type(second) == "string" then mistake.fail(second, third) end
  if first == nil and count == 1 then grammar.judge_word(text, first_words(self)) end
  local has_info = count == 3 and second == nil and type(third) == "table"
  for i = 1, has_info and 1 or count do
    self:write_value(values[i])
  end
end

--- Writes one value; the items of a query's result one by one.
function Session:write_value(value)
  if type(value) == "table" and getmetatable(value) == "dynamo.result" then
    self.printer:items(value:items())
  else
    self.printer:value(value)
  end
end

local function run_lua(self, text)
  local chunk = compile(self, text)
  local function written(ok, ...)
    if not ok then raise_of_lua(self, text, (...)) end
    write_values(self, text, select("#", ...), { ... })
  end
  written(pcall(chunk))
end

--- Runs a statement; raises mistakes and failures.
function Session:perform(text)
  self.text, self.asked = text, nil
  local verb, past = grammar.verb(text, self.verbs)
  if verb then
    if text:find ";%s*$" then text = text:gsub(";%s*$", "") end
    self.text = text
    local at = not verb.takes_rest and brackets.pipe(text, verb.brackets)
    if not at then return run_verb(self, verb, past, text, text) end
    piped.run(self, text:sub(at + 1), at, verb.speaks, function()
      run_verb(self, verb, past, text:sub(1, at - 1), text)
    end)
  else
    run_lua(self, text)
  end
end

-- Returns what the statement's requests took in words, or nil.
local function taken(calls)
  if calls.count == 0 then return nil end
  local parts = {}
  for _, unit in ipairs { { "read_units", "RCU" }, { "write_units", "WCU" } } do
    local units = calls[unit[1]]
    if units > 0 then parts[#parts + 1] = ("%s %s"):format(("%.1f"):format(units), unit[2]) end
  end
  parts[#parts + 1] = ("%.0f ms"):format(calls.seconds * 1000)
  return table.concat(parts, "   ")
end

-- Returns the statement that shows the item that was written, nil if it is not known.
local function look_of(asked)
  local key = asked and asked.key and key_parts.text(asked.record.keys, asked.key)
  return key and ("get %s CONSISTENT"):format(key)
end

-- Says what went wrong; returns the exit code.
local function judge(self, problem, where)
  local out = self.printer
  if mistake.is(problem) then
    out:warn(out:red(where .. mistake.text(self.text, problem)))
    return outcome.USAGE
  elseif not mistake.is_failure(problem) then
    local message = tostring(problem):gsub("^[^\n]*:%d+: (interrupted!)$", "%1")
    problem = { message = message, err = {} }
  end
  local asked = self.asked
  local is_unknown = problem.err.maybe_applied == "unknown"
  if self.last then self.last.is_unknown = is_unknown end
  if is_unknown then
    last_write.forget(self, "whether the last write has happened is not known; look first")
  end
  local failure = { message = where .. problem.message, err = problem.err }
  return outcome.write(out, failure, {
    keys = asked and asked.record.keys,
    look = problem.look or look_of(asked),
  })
end

--- Runs a statement and says what came of it; returns the exit code, and true where the output is closed.
-- @tparam string text
-- @tparam ?string name of the file, that mistakes and failures begin with
-- @tparam ?integer line where the statement begins in it
-- @tparam ?table known what it asks for, where that is known: see Session:known
function Session:run(text, name, line, known)
  local calls = self.calls
  calls.count, calls.seconds, calls.read_units, calls.write_units = 0, 0, 0, 0
  local ok, problem = pcall(known and run_known or self.perform, self, known or text)
  if not ok and self.is_conversation then ctrl_c.rearm() end
  if problem == printer.CLOSED then return outcome.FAILURE, true end
  local code = ok and outcome.OK
    or judge(self, problem, name and ("%s:%d: "):format(name, line) or "")
  self.printer:tell_lost()
  local words = self.timing and taken(calls)
  if words then self.printer:say(self.printer:dim(words)) end
  return code
end

local READS = { get_item = 1, query = 1, scan = 1, batch_get_item = 1, transact_get_items = 1 }

--- Adds what a request took: the hook after_response of the client.
function Session:count(record)
  local calls = self.calls
  calls.count = calls.count + 1
  calls.seconds = calls.seconds + (record.seconds or 0)
  local unit = READS[record.operation] and "read_units" or "write_units"
  calls[unit] = calls[unit] + (record.consumed_capacity or 0)
end

--- Returns a session.
-- @tparam table o printer, new_client (function of hooks), table_name, read_only, yes, timing,
--   tells_changes, is_conversation, ask, world
function M.new(o)
  local self = setmetatable({}, Session)
  for name, value in next, o do
    self[name] = value
  end
  local function count(record)
    self:count(record)
  end
  local is_counted = self.timing or self.is_conversation
  self.shape = not self.is_conversation and line_shape.new() or nil
  function self.evaluate(expression)
    return lua_line.value(expression, self.environment)
  end
  self.calls = { count = 0, seconds = 0, read_units = 0, write_units = 0 }
  self.hooks = is_counted and { after_response = count } or nil
  self.db = o.new_client(self.hooks)
  self.verbs = vocabulary
  self.catalogue = catalogue.new(self.db)
  local guarded = self.read_only and read_only.guarded
  local db = guarded and guarded(self.db) or self.db
  self.environment = surroundings.new(self.catalogue, db, guarded)
  return self
end

return M
