-- SPDX-License-Identifier: MIT
-- The table that a copy goes to, and whether it can take the items of another.
local catalogue = require "dynamo.prompt.catalogue"
local guess = require "dynamo.prompt.guess"
local key_text = require "dynamo.prompt.key_text"
local mistake = require "dynamo.prompt.mistake"

local M = {}

-- Returns a table of names with the types that a description gives them.
local function kinds_of(record)
  local kinds = {}
  for _, attribute in ipairs(record.description.AttributeDefinitions or {}) do
    kinds[attribute.AttributeName] = attribute.AttributeType
  end
  return kinds
end

-- Returns "userId (S), at (N)".
local function key_words(keys)
  local parts = {}
  for i, key in ipairs(keys) do
    parts[i] = ("%s (%s)"):format(key.name, key.kind)
  end
  return table.concat(parts, ", ")
end

--- Returns nil, or how the keys of two tables differ.
function M.key_mismatch(from, to)
  local words, wanted = key_words(from.keys), key_words(to.keys)
  if words == wanted then return nil end
  return ("the key of %s is %s, that of %s is %s"):format(from.name, words, to.name, wanted)
end

-- Returns nil, or why the items of one table cannot be those of another.
local function mismatch(from, to)
  local problem = M.key_mismatch(from, to)
  if problem then return problem end
  local kinds = kinds_of(from)
  for name, kind in next, kinds_of(to) do
    if kinds[name] and kinds[name] ~= kind then
      local text = "an index of %s has %s as %s, one of %s as %s"
      return text:format(to.name, name, kind, from.name, kinds[name])
    end
  end
end

-- Returns the record of the table; raises a mistake with the nearest name where there is none.
local function record_of(target, db, at)
  local known = catalogue.new(db)
  local ok, record = pcall(catalogue.record, known, target.name)
  if ok then return record end
  local is_missing = mistake.is_failure(record) and record.err.code == "ResourceNotFoundException"
  if not is_missing then error(record, 0) end
  local names = catalogue.names(known) or {}
  local text = 'there is no table "%s"%s'
  mistake.raise(at, text:format(target.name, guess.hint(target.name, names)))
end

--- Takes what a statement says of it: { name, profile }, written "profile:Table", and its byte.
function M.read(reader)
  local text, at = key_text.read_name(reader)
  if not text then reader:fail("expected the name of a table, got " .. reader:coming()) end
  local profile, name = text:match "^([^:]+):([^:]+)$"
  if not name and not text:find ":" then name = text end
  if not name then reader:fail("expected Table or profile:Table", at) end
  return { name = name, profile = profile }, at
end

-- Opens the client of a target: the session's own, where nothing else is said.
local function client_of(session, target)
  if not (target.profile or target.region or target.endpoint) then return session.db end
  local ok, db = pcall(session.world.open_client, target, session.hooks)
  if not ok then mistake.refuse((tostring(db):gsub("^[^:]*:%d+: ", ""))) end
  return db
end

--- Opens a table, here or elsewhere; returns { record, place (text), close() }. Raises that there is none.
-- @tparam table session
-- @tparam table target name, profile, region, endpoint
-- @tparam integer at its byte in the statement
function M.connect(session, target, at)
  local db = client_of(session, target)
  local function close()
    if db ~= session.db then db:close() end
  end
  local ok, record = pcall(record_of, target, db, at)
  if ok then return { record = record, place = tostring(db), close = close } end
  close()
  error(record, 0)
end

--- Opens the target of a copy, as M.connect does; raises what is wrong with it.
-- @tparam table session
-- @tparam table from the record of the table that is copied
-- @tparam table target name, profile, region, endpoint
-- @tparam integer at its byte in the statement
function M.open(session, from, target, at)
  local opened = M.connect(session, target, at)
  local problem = mismatch(from, opened.record)
  local is_here = opened.place == tostring(session.db) and not target.profile
  if target.name == from.name and is_here then
    problem = target.name .. " cannot be copied into itself"
  end
  if not problem then return opened end
  opened.close()
  mistake.raise(at, problem)
end

return M
