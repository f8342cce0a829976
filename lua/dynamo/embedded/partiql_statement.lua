-- SPDX-License-Identifier: MIT
-- A PartiQL statement as a request of the API's own operations.
--
--   { verb = "SELECT", table_name, index, projection (text, nil for all), where (text, nil for all),
--     parts (of an AND, see dynamo.embedded.partiql_reader), order ("ASC", "DESC", nil), names, values }
--   { verb = "INSERT", request of PutItem }     { verb = "UPDATE", "DELETE": the statement is as yet
--     without its key: set, parts, returning, names, values }
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.statements.html
local lexer = require "dynamo.embedded.partiql_lexer"
local readers = require "dynamo.embedded.partiql_reader"
local values = require "dynamo.embedded.values"

local M = {}

-- Reads WHERE, if it comes next, into a statement.
local function read_where(reader, statement)
  if not reader:accept "WHERE" then return end
  statement.where, statement.parts = reader:disjunction()
end

-- Reads RETURNING, if it comes next; returns the word of ReturnValues.
local function read_returning(reader)
  if not reader:accept "RETURNING" then return nil end
  local which = reader:accept "ALL" and "ALL" or reader:accept "MODIFIED" and "UPDATED"
  local when = which and (reader:accept "OLD" and "OLD" or reader:accept "NEW" and "NEW")
  if not when then reader:unexpected() end
  reader:expect "*"
  return which .. "_" .. when
end

local VERBS = {}

-- Reads what SELECT shows; returns the text, nil for all.
local function read_shown(reader)
  if reader:accept "*" then return nil end
  local paths = {}
  repeat
    paths[#paths + 1] = reader:path()
  until not reader:accept ","
  return table.concat(paths, ", ")
end

-- Reads ORDER BY; returns "ASC", "DESC" or nil.
local function read_order(reader)
  if not reader:accept "ORDER" then return nil end
  reader:expect "BY"
  local order
  repeat
    reader:name()
    order = reader:accept "DESC" and "DESC" or reader:accept "ASC" and "ASC" or "ASC"
  until not reader:accept ","
  return order
end

function VERBS.SELECT(reader, statement)
  statement.projection = read_shown(reader)
  reader:expect "FROM"
  statement.table_name = reader:name()
  if reader:accept "." then statement.index = reader:name() end
  read_where(reader, statement)
  statement.order = read_order(reader)
end

function VERBS.INSERT(reader, statement)
  reader:expect "INTO"
  statement.table_name = reader:name()
  reader:expect "VALUE"
  local item = reader:value()
  if not item.M then lexer.refuse "VALUE takes a document" end
  statement.item = values.check_all(item.M)
end

local SETS = { set_add = "ADD", set_delete = "DELETE" }

-- Reads what follows SET; adds its action to a clause.
local function read_set(reader, clauses)
  repeat
    local path = reader:path()
    reader:expect "="
    local word = reader:peek().type == "word" and SETS[reader:peek().text:lower()]
    if word and reader:peek(1).type == "(" then
      reader:take()
      reader:expect "("
      reader:path()
      reader:expect ","
      clauses[word][#clauses[word] + 1] = ("%s %s"):format(path, (reader:operand()))
      reader:expect ")"
    else
      clauses.SET[#clauses.SET + 1] = ("%s = %s"):format(path, reader:sum())
    end
  until not reader:accept ","
end

-- Returns clauses as the text of an update.
local function update_of(clauses)
  local texts = {}
  for _, word in ipairs { "SET", "REMOVE", "ADD", "DELETE" } do
    if clauses[word][1] then
      texts[#texts + 1] = ("%s %s"):format(word, table.concat(clauses[word], ", "))
    end
  end
  return table.concat(texts, " ")
end

function VERBS.UPDATE(reader, statement)
  statement.table_name = reader:name()
  local clauses = { SET = {}, REMOVE = {}, ADD = {}, DELETE = {} }
  while reader:is_word "SET" or reader:is_word "REMOVE" do
    if reader:accept "SET" then
      read_set(reader, clauses)
    else
      reader:expect "REMOVE"
      repeat
        clauses.REMOVE[#clauses.REMOVE + 1] = reader:path()
      until not reader:accept ","
    end
  end
  statement.update = update_of(clauses)
  if statement.update == "" then reader:unexpected() end
  read_where(reader, statement)
  statement.returning = read_returning(reader)
end

function VERBS.DELETE(reader, statement)
  reader:expect "FROM"
  statement.table_name = reader:name()
  read_where(reader, statement)
  statement.returning = read_returning(reader)
end

function VERBS.EXISTS(reader, statement)
  reader:expect "("
  reader:expect "SELECT"
  VERBS.SELECT(reader, statement)
  reader:expect ")"
end

--- Reads a statement, or raises a refusal.
-- @tparam string text
-- @tparam ?table parameters wire-typed values
function M.read(text, parameters)
  local reader = readers.new(text, parameters)
  local token = reader:take()
  local verb = token.type == "word" and token.text:upper()
  if not VERBS[verb] then lexer.refuse('Unexpected token "%s" at 1', token.text) end
  local statement = { verb = verb, names = reader.names, values = reader.values }
  VERBS[verb](reader, statement)
  reader:finish()
  return statement
end

return M
