-- SPDX-License-Identifier: MIT
-- What the user calls a place of the request that could not be encoded: the argument, option or
-- attribute it came from.
local core = require "dynamo.core"
local errors = require "dynamo.error"
local paths = require "dynamo.expression.path"
local prepare = require "dynamo.table.prepare"
local tables = require "dynamo.tables"

local M = {}

local MAX_SHOWN = 120 -- bytes of a name

-- Returns a name on one line: what is no UTF-8 or no text as escapes.
local function shown(name)
  if #name > MAX_SHOWN then return errors.excerpt(name) end
  local pattern = core.utf8_valid(name) and "%c" or "[^\32-\126]"
  return (name:gsub(pattern, function(byte)
    return ("\\x%02x"):format(byte:byte())
  end))
end

-- Returns the place of a name in a table, as messages write it.
local function member(table_place, name)
  if name:find("^[%a_:#-][%w_:#-]*$") then return table_place .. "." .. name end
  return ('%s["%s"]'):format(table_place, shown(name))
end

-- Whether two values are one, NaN included.
local function same(a, b)
  return rawequal(a, b) or (type(a) == "number" and type(b) == "number" and a ~= a and b ~= b)
end

-- Returns the place of a value among those of `map`, or nil.
local function found_in(map, value, table_place)
  for _, name in ipairs(tables.sorted_keys(map or {})) do
    if same(rawget(map, name), value) then return member(table_place, name) end
  end
end

-- Returns the place of a value in a list { n = count } or a sequence, or nil.
local function found_at(list, value, form)
  for i = 1, list.n or #list do
    if same(list[i], value) then return form:format(i) end
  end
end

-- Returns the place of a value among those of an option { text, values... }, or nil.
local function found_beside(given, value, word)
  if type(given) ~= "table" or getmetatable(given) then return nil end
  return found_at(given, value, word .. "[%d]") or found_in(given, value, word)
end

-- Returns what the user calls the verb's own expression.
local function own_word(ask)
  if ask.verb.expression then return ask.verb.expression end
  return ask.options.update and "update" or "expression"
end

-- Returns where the user wrote a value of the request's expressions, or nil.
local function origin(ask, value)
  local options = ask.options
  return found_in(ask.item, value, "Item")
    or found_in(options.values, value, "values")
    or ask.arguments and found_at(ask.arguments, value, "arguments[%d]")
    or found_beside(ask.expression, value, own_word(ask))
    or found_beside(options.condition, value, "condition")
    or found_beside(options.filter, value, "filter")
end

-- Returns the place of a value token, or nil.
local function of_token(ask, token)
  local known = origin(ask, ask.params.ExpressionAttributeValues[token])
  if known then return known end
  local path = prepare.places(ask)[token]
  path = path and paths.show(path)
  -- A mode of ignore_nulls takes an item's maps apart.
  local within_item = path and ask.item and ask.options.ignore_nulls
  return within_item and "Item." .. path or path
end

-- Returns the place of the attribute name that a token stands for.
local function of_name(ask, token)
  local name = ask.params.ExpressionAttributeNames[token]
  if ask.item and rawget(ask.item, name) ~= nil then return member("Item", name) end
  return found_in(ask.options.names, name, "names") or ('the name "%s"'):format(shown(name))
end

-- Returns what the user calls the place of a token, and the rest of the path; or nil.
local function own_token(ask, path)
  local token, inside = path:match("^ExpressionAttributeValues%.(:v%d+)(.*)$")
  if token then return of_token(ask, token), inside end
  token, inside = path:match("^ExpressionAttributeNames%.(#n%d+)(.*)$")
  if token then return of_name(ask, token), inside end
end

-- Returns what the user calls the place `path`.
local function own_path(ask, path)
  local known, inside
  if prepare.places(ask) then
    known, inside = own_token(ask, path)
  end
  if known then return known .. inside end
  local head, rest = path:match("^(%w+)(.*)$")
  if head == "Key" and ask.item then return "Item" .. rest end
  return head and ask.verb.words[head] and ask.verb.words[head] .. rest or path
end

--- Gives an error another path, which its message may begin with.
function M.move(err, path)
  if err.message:sub(1, #err.path) == err.path then
    err.message = path .. err.message:sub(#err.path + 1)
  end
  err.path = path
end

--- Puts the place of the whole that an error is about before its path and its message.
-- @tparam table err
-- @tparam string whole such as "actions[2]"
function M.within(err, whole)
  local path, message = err.path, err.message
  if path and message:sub(1, #path) == path then
    M.move(err, whole .. "." .. path)
  else
    err.path = path and whole .. "." .. path or whole
    err.message = ("%s: %s"):format(whole, tostring(message))
  end
end

--- Cuts a prefix off an error's path.
function M.cut(err, prefix)
  M.move(err, err.path:sub(#prefix + 1))
end

--- Makes the path of an error, which is within a map, one within the place where that is. An error
-- without a path is of the whole, and says so already.
function M.put_under(err, place)
  if not err.path then
    err.path = place
  else
    M.move(err, err.path:sub(1, 1) == "[" and place .. err.path or place .. "." .. err.path)
  end
end

--- Makes an error speak of `place` instead of the argument ("Item", "Key") that it is about; returns it.
-- What extensions say of neither is told behind the place.
function M.relocate(err, argument, place)
  local rest = type(err.path) == "string" and err.path:match("^" .. argument .. "(.*)$")
  if rest then
    M.move(err, place .. rest)
  elseif place ~= argument then
    err.path, err.message = place, ("%s: %s"):format(place, err.message)
  end
  return err
end

--- Makes an error's path what the user calls it.
function M.translate(ask, err)
  M.move(err, own_path(ask, err.path))
end

return M
