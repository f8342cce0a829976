-- SPDX-License-Identifier: MIT
-- Named statements: save run saved forget. What a verb is: see dynamo.prompt.item_verbs.
local grammar = require "dynamo.prompt.grammar"
local guess = require "dynamo.prompt.guess"
local parameters = require "dynamo.prompt.parameters"
local quoted = require "dynamo.prompt.quoted"
local saved_file = require "dynamo.prompt.saved_file"

local M = {}

-- Takes a name; returns it and its byte.
local function read_name(reader)
  local name, at = reader:word()
  if not name or not name:find "^[%a_][%w_-]*$" then
    local words = "expected a name of letters, digits, - and _, got %s"
    reader:fail(words:format(name and ('"%s"'):format(name) or reader:coming()), at)
  end
  return name, at
end

-- Takes the name of a statement that is there; returns it, its text, and all.
local function read_known(session, reader)
  local name, at = read_name(reader)
  local statements = saved_file.read(session)
  if not statements[name] then
    local hint = guess.hint(name, saved_file.names(statements))
    reader:fail(('no statement is saved as "%s"%s'):format(name, hint), at)
  end
  return name, statements[name], statements
end

-- ---- save ----------------------------------------------------------------------------------------

M.save = {
  usage = "save NAME VERB ... $1 ...",
  help = "Keeps a statement under a name. $1, $2 and so on stand for what run is given.",
  takes_rest = true,
}

function M.save.parse(session, reader)
  local name = read_name(reader)
  reader:peek()
  local at = reader.at
  local text = reader.text:sub(at):gsub("%s+$", "")
  local verb, _, word = grammar.verb(text, session.verbs)
  if not verb then reader:fail("expected a verb, got " .. reader:coming(), at) end
  if M[word] then reader:fail(word .. " itself cannot be saved", at) end
  local count, missing = parameters.count(text)
  if missing then reader:fail(("$%d is there, but no $%d"):format(count, missing), at) end
  return { name = name, text = text, count = count }
end

function M.save.run(session, asked)
  local statements = saved_file.read(session)
  local old = statements[asked.name]
  statements[asked.name] = asked.text
  saved_file.write(session, statements)
  local takes = asked.count > 0 and (", takes %d"):format(asked.count) or ""
  session.printer:say(("saved: %s%s"):format(asked.name, takes))
  if old and old ~= asked.text then session.printer:say("it was: " .. old) end
end

-- ---- run -----------------------------------------------------------------------------------------

M.run = {
  usage = "run NAME [VALUE ...]",
  help = "Does a statement that was saved, with these values in the places of $1, $2 and so on.",
}

local OPENER = { ["{"] = "^%b{}", ["("] = "^%b()", ["["] = "^%b[]" }

-- Takes a value as it is typed.
local function read_value(reader)
  local character = reader:peek()
  if OPENER[character] then
    local text = reader:match(OPENER[character])
    return text or reader:fail(('this "%s" is not closed'):format(character))
  end
  if character == '"' or character == "'" then
    local from = reader.at
    quoted.read(reader)
    return reader.text:sub(from, reader.at - 1)
  end
  local word = reader:word()
  return word or reader:fail("expected a value, got " .. reader:coming())
end

function M.run.parse(session, reader)
  local name, text = read_known(session, reader)
  local values = {}
  while not reader:is_done() do
    values[#values + 1] = read_value(reader)
  end
  local count = parameters.count(text)
  if count ~= #values then
    local words = "%s takes %d value%s, got %d: %s"
    reader:fail(words:format(name, count, count == 1 and "" or "s", #values, text))
  end
  return { text = parameters.filled(text, values) }
end

function M.run.run(session, asked)
  session:perform(asked.text)
end

-- ---- saved, forget -------------------------------------------------------------------------------

M.saved = { usage = "saved [NAME]", help = "Shows the statements that were saved, or one." }

function M.saved.parse(session, reader)
  if reader:is_done() then return {} end
  local name, text = read_known(session, reader)
  reader:finish "the end"
  return { name = name, text = text }
end

function M.saved.run(session, asked)
  local statements = asked.name and { [asked.name] = asked.text } or saved_file.read(session)
  local printer = session.printer
  if printer.format ~= "table" then return printer:value(statements) end
  for _, name in ipairs(saved_file.names(statements)) do
    printer:say(("%s: %s"):format(name, statements[name]))
  end
  if next(statements) == nil then printer:say "none is saved: save NAME VERB ..." end
end

M.forget = { usage = "forget NAME", help = "Forgets a statement that was saved." }

function M.forget.parse(session, reader)
  local name, text, statements = read_known(session, reader)
  reader:finish "the end"
  return { name = name, text = text, statements = statements }
end

function M.forget.run(session, asked)
  asked.statements[asked.name] = nil
  saved_file.write(session, asked.statements)
  session.printer:say(("forgotten: %s: %s"):format(asked.name, asked.text))
end

for _, verb in next, M do
  verb.brackets, verb.explains = "values", false
end

return M
