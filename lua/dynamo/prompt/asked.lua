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
-- @tparam table o at, places, key, item, options and, in front of those, arguments (a list; n where
--   some are nil)
function M.new(method, record, o)
  local arguments = o.arguments or {}
  local options = o.options or {}
  local count = (arguments.n or #arguments) + 1
  arguments[count], arguments.n = options, arguments.n and count
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

-- Returns what is asked with the places of its parts, which a line that was known lacks.
local function placed(asked)
  return asked.places and asked or asked.parse(asked.text)
end

-- Raises a misuse that the library raised as a mistake in the statement.
local function raise_misuse(asked, text, message)
  asked = placed(asked)
  local word, column, problem = message:match "(%a+): column (%d+): ([^\n]*)"
  local place = word and asked.places[word]
  if place then mistake.raise(byte_of(text, place, tonumber(column)), problem) end
  message = message:gsub("^table:%a+: ", ""):gsub("\n.*$", "")
  mistake.raise(asked.places.expression or asked.at, message)
end

--- Raises a failure; what is wrong with the values that were typed, for which nothing was sent, is a mistake
-- in the statement.
function M.fail(asked, message, err)
  if err and err.kind == "validation" then
    asked = placed(asked)
    mistake.raise(asked.places.expression or asked.at, (message:gsub("\n.*$", "")))
  end
  mistake.fail(message, err)
end

-- Returns what a call of what is asked returned, and its info; raises what it raised.
local function judged(asked, text, ok, result, message, err)
  if not ok then raise_misuse(asked, text, tostring(result)) end
  if result == nil and message ~= nil then M.fail(asked, message, err) end
  return result, err
end

-- Calls a method of an object with an argument before those of what is asked.
local function call_with(asked, text, object, method, first)
  local arguments = asked.arguments
  return judged(
    asked,
    text,
    pcall(object[method], object, first, unpack(arguments, 1, arguments.n or #arguments))
  )
end

--- Does what is asked; returns the result, and its info. Raises mistakes and failures.
-- @tparam table asked
-- @tparam string text the statement
function M.call(asked, text)
  local noun, arguments = asked.record.noun, asked.arguments
  return judged(
    asked,
    text,
    pcall(noun[asked.method], noun, unpack(arguments, 1, arguments.n or #arguments))
  )
end

--- Returns the request of what is asked.
function M.explain(asked, text)
  return (call_with(asked, text, asked.record.noun, "explain", asked.method))
end

--- Adds what is asked to a transaction, in which no attributes are returned.
function M.add(asked, text, builder)
  asked.options.return_values, asked.options.return_consumed_capacity = nil, nil
  call_with(asked, text, builder, asked.method, asked.record.noun)
end

return M
