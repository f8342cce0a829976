-- SPDX-License-Identifier: MIT
-- What a statement asks of a table: a method and its arguments, and where in the statement each part
-- stands, so that what the library says of them can be shown there.
--
--   { method, record (see dynamo.prompt.catalogue), arguments = { n, ... } with the options last, options,
--     at (byte of what is asked), places = name of an expression -> byte of its text, key, item }
local mistake = require "dynamo.prompt.mistake"

local M = {}

local unpack = rawget(table, "unpack") or rawget(_G, "unpack")

--- Returns what is asked.
-- @tparam string method
-- @tparam table record
-- @tparam table o at, places, key, item, options and, in front of those, arguments (a list)
function M.new(method, record, o)
  local arguments = o.arguments or {}
  local options = o.options or {}
  arguments[#arguments + 1] = options
  arguments.n = #arguments
  return {
    method = method,
    record = record,
    arguments = arguments,
    options = options,
    at = o.at,
    places = o.places or {},
    key = o.key,
    item = o.item,
  }
end

-- Returns the byte in `text` of the character that is the `column`-th from byte `from` on.
local function byte_of(text, from, column)
  local at = from
  for _ = 2, column do
    at = text:match("^[^\128-\191][\128-\191]*()", at) or at + 1
  end
  return at
end

-- Raises a misuse that the library raised as a mistake in the statement.
local function raise_misuse(asked, text, message)
  local word, column, problem = message:match "(%a+): column (%d+): ([^\n]*)"
  local place = word and asked.places[word]
  if place then mistake.raise(byte_of(text, place, tonumber(column)), problem) end
  message = message:gsub("^table:%a+: ", ""):gsub("\n.*$", "")
  mistake.raise(asked.places.expression or asked.at, message)
end

-- Returns what a call returned; raises a failure. What is wrong with the values that were typed, for
-- which nothing was sent, is a mistake in the statement.
local function checked(asked, ok, result, message, err)
  if result == nil and message ~= nil then
    if err and err.kind == "validation" then
      mistake.raise(asked.places.expression or asked.at, (message:gsub("\n.*$", "")))
    end
    mistake.fail(message, err)
  end
  return result, err, ok
end

--- Does what is asked; returns the result, and its info. Raises mistakes and failures.
-- @tparam table asked
-- @tparam string text the statement
function M.call(asked, text)
  local noun = asked.record.noun
  local function judged(ok, result, message, err)
    if not ok then raise_misuse(asked, text, tostring(result)) end
    return checked(asked, ok, result, message, err)
  end
  return judged(pcall(noun[asked.method], noun, unpack(asked.arguments, 1, asked.arguments.n)))
end

--- Returns the request of what is asked.
function M.explain(asked, text)
  local noun = asked.record.noun
  local function judged(ok, result, message, err)
    if not ok then raise_misuse(asked, text, tostring(result)) end
    return (checked(asked, ok, result, message, err))
  end
  local arguments = asked.arguments
  return judged(pcall(noun.explain, noun, asked.method, unpack(arguments, 1, arguments.n)))
end

return M
