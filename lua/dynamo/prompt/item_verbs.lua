-- SPDX-License-Identifier: MIT
-- The verbs about one item: get put insert replace upsert patch update delete. A verb is
--   { usage, help, writes, brackets (see dynamo.prompt.brackets), repeats (whether what is asked depends on
--     nothing but the text and the table in use), clauses (of dynamo.prompt.clause_words) and takes_file
--     for completion, parse(session, reader) -> what is asked, run(session, what is asked) }
local asks = require "dynamo.prompt.asked"
local changes = require "dynamo.prompt.changes"
local clauses = require "dynamo.prompt.clauses"
local dynamo = require "dynamo"
local key_parts = require "dynamo.prompt.key_parts"
local last_write = require "dynamo.prompt.last_write"
local value_text = require "dynamo.prompt.value_text"

local M = {}

local function read_options(session)
  return { return_consumed_capacity = session.timing and "TOTAL" or nil }
end

-- The old item comes with every write at no cost: it says whether there was one.
local function write_options(session)
  local options = read_options(session)
  options.return_values = "ALL_OLD"
  return options
end

-- Takes an IF at the end; returns the place of its text. The condition goes into the options.
local function read_if(reader, options)
  local at = reader:keyword "IF"
  if not at then
    reader:finish "IF or the end"
    return nil
  end
  local parts = clauses.split(reader, {})
  if parts[1].text == "" then reader:fail "expected a condition after IF, got the end" end
  options.condition = parts[1].text
  return parts[1].from
end

-- ---- get ---------------------------------------------------------------------------------------

M.get = {
  usage = "get KEY [CONSISTENT]",
  help = "Shows one item. With CONSISTENT it is as the last write left it, at twice the cost.",
  brackets = "values",
  repeats = true,
}

function M.get.parse(session, reader)
  local record, options = session:in_use(reader), read_options(session)
  local key, at = key_parts.read(reader, record.keys)
  if reader:keyword "CONSISTENT" then options.consistent_read = true end
  reader:finish "CONSISTENT or the end"
  return asks.new("get", record, { arguments = { key }, options = options, at = at, key = key })
end

function M.get.run(session, asked)
  local item = session:call(asked)
  if item then return session.printer:item(item, asked.record.keys) end
  session.printer:no_item()
  session.printer:say "no such item"
end

-- ---- writes --------------------------------------------------------------------------------------

-- What a write did, by whether there was an item.
local WORDS = {
  put = { "created", "replaced" },
  insert = { "created", "replaced" },
  replace = { "created", "replaced" },
  upsert = { "created", "updated" },
  patch = { "created", "updated" },
  update = { "created", "updated" },
  delete = { "nothing was there", "deleted" },
}

-- Returns the item after a write, and whether it was read for that.
local function item_after(session, asked)
  local known, is_exact = last_write.new_item(asked)
  if is_exact then return known, false end
  local noun = asked.record.noun
  local options = read_options(session)
  options.consistent_read = true
  local item, message = noun:get(asked.key, options)
  if not item and message then
    session.printer:warn("what changed is not known: " .. message)
    return nil
  end
  return item or {}, true
end

-- Says attribute by attribute what a write changed; returns the item after it, nil if that is not known.
local function tell_changes(session, asked, old)
  local new, was_read = item_after(session, asked)
  if not new then return nil end
  local printer = session.printer
  local lines = changes.lines(old, new, asked.record.keys, printer.columns)
  for _, line in ipairs(lines) do
    printer:say(line)
  end
  if not lines[1] then printer:say "  nothing differs" end
  if was_read then printer:say(printer:dim "  (as read after the write)") end
  return new
end

local function run_write(session, asked)
  if session.transaction then return session:add_to_transaction(asked) end
  local old = session:call(asked)
  if type(old) ~= "table" then old = {} end
  local was_there = next(old) ~= nil
  last_write.note_asked(session, asked, old)
  local word = WORDS[asked.method][was_there and 2 or 1]
  local key = key_parts.text(asked.record.keys, asked.key)
  session.printer:say(word .. ": " .. asked.record.name .. " " .. key)
  local is_idle = asked.method == "delete" and not was_there
  if not session.tells_changes or is_idle then return end
  local after = tell_changes(session, asked, old)
  asked.new = last_write.new_item(asked) or after
end

-- Returns an item together with the key that was written before it, which must agree.
local function joined(reader, record, item, key, at)
  for name, value in next, key or {} do
    if item[name] ~= nil and not dynamo.equal(item[name], value) then
      reader:fail(("%s is another one in the key"):format(name), at)
    end
    item[name] = value
  end
  key_parts.require_all(reader, record.keys, item, at)
  local own = {}
  for _, part in ipairs(record.keys) do
    own[part.name] = item[part.name]
  end
  return item, own
end

-- Defines a write of an item: verb [KEY] ITEM [IF condition].
local function define(name, help)
  M[name] = { usage = name .. " [KEY] {...} [IF CONDITION]", help = help, writes = true }
  M[name].brackets, M[name].repeats, M[name].run = "values", true, run_write
  M[name].parse = function(session, reader)
    local record, options, key = session:in_use(reader), write_options(session), nil
    if reader:peek() ~= "{" then key = key_parts.read(reader, record.keys) end
    local item, at = value_text.read_item(reader)
    local condition_at = read_if(reader, options)
    local whole, own = joined(reader, record, item, key, at)
    return asks.new(name, record, {
      arguments = { whole },
      options = options,
      at = at,
      places = { condition = condition_at },
      key = own,
      item = whole,
    })
  end
end

define("put", "Writes a whole item, whether there is one or not.")
define("insert", "Writes an item if there is none with its key.")
define("replace", "Writes a whole item in place of the one that is there.")
define("upsert", "Sets the given attributes, and creates the item if there is none.")
define("patch", "Sets the given attributes of an item that is there.")

M.update = {
  usage = "update KEY SET ... [REMOVE ...] [ADD ...] [DELETE ...] [IF CONDITION]",
  help = "Changes an item as the expression says, and creates it if there is none.",
  writes = true,
  brackets = "values",
  repeats = true,
  run = run_write,
}

function M.update.parse(session, reader)
  local record, options = session:in_use(reader), write_options(session)
  local key, at = key_parts.read(reader, record.keys)
  local parts = clauses.split(reader, { IF = true })
  local update, condition = parts[1], parts[2]
  if update.text == "" then
    reader:fail(
      "expected SET, REMOVE, ADD or DELETE, got " .. (condition and '"IF"' or "the end"),
      update.from
    )
  elseif condition and condition.text == "" then
    reader:fail("expected a condition after IF, got the end", condition.from)
  elseif parts[3] then
    reader:fail("one IF is enough: join conditions by AND", parts[3].at)
  end
  options.condition = condition and condition.text
  return asks.new("update", record, {
    arguments = { key, update.text },
    options = options,
    at = at,
    places = { expression = update.from, condition = condition and condition.from },
    key = key,
  })
end

M.delete = {
  usage = "delete KEY [IF CONDITION]",
  help = "Deletes one item.",
  writes = true,
  brackets = "values",
  repeats = true,
  run = run_write,
}

function M.delete.parse(session, reader)
  local record, options = session:in_use(reader), write_options(session)
  local key, at = key_parts.read(reader, record.keys)
  local condition_at = read_if(reader, options)
  return asks.new("delete", record, {
    arguments = { key },
    options = options,
    at = at,
    places = { condition = condition_at },
    key = key,
  })
end

return M
