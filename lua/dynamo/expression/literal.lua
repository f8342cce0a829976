-- SPDX-License-Identifier: MIT
-- The values of an expression: literals, holes (`?` and `:v`), and lists and maps of both.
local codec = require "dynamo.codec"
local nodes = require "dynamo.expression.tree"
local value = require "dynamo.value"

local M = {}

local WORDS = { TRUE = true, FALSE = false, NULL = value.null }

-- Reads digits as the number that an item with them would give.
local function number(cursor, sign)
  local token = cursor:take()
  local content = codec.decode(('{"N":"%s%s"}'):format(sign, token.text))
  if content == nil then
    cursor:fail(
      token,
      "%s is no DynamoDB number: those have up to 38 digits, 1E-130 to 9.9E+125",
      cursor:quote(token)
    )
  end
  return nodes.value(content)
end

-- Reads one value within a list or map.
local function inner_value(cursor, where)
  local node = M.read(cursor)
  if not node then
    cursor:expected(("a value in the %s (text is written in quotes)"):format(where))
  end
  return node
end

-- Tells whether all the nodes are plain values.
local function all_known(items)
  for _, item in ipairs(items) do
    if item.kind ~= "value" then return false end
  end
  return true
end

--- Returns the value of a list, or of a map if there are `names`, whose items are value nodes.
function M.document(names, items)
  local content = {}
  for i, item in ipairs(items) do
    content[names and names[i] or i] = item.value
  end
  return nodes.value(names and content or value.list(content))
end

local function list(cursor)
  cursor:enter()
  cursor:take()
  local items = {}
  while not cursor:accept "]" do
    if items[1] then cursor:expect(",", "between the elements of a list") end
    items[#items + 1] = inner_value(cursor, "list")
  end
  cursor:leave()
  return all_known(items) and M.document(nil, items) or nodes.list(items)
end

-- Reads the name of a pair in a map.
local function pair_name(cursor, seen)
  local token = cursor:peek()
  if token.type ~= "name" and token.type ~= "quoted" and token.type ~= "string" then
    cursor:expected "a name in the map"
  elseif token.text == "" then
    cursor:fail(token, "an attribute name has at least one character")
  elseif seen[token.text] then
    cursor:fail(token, "%s is in the map twice", cursor:quote(token))
  end
  seen[token.text] = true
  cursor:take()
  cursor:expect(":", "after the name")
  return token.text
end

local function map(cursor)
  cursor:enter()
  cursor:take()
  local names, items, seen = {}, {}, {}
  while not cursor:accept "}" do
    if items[1] then cursor:expect(",", "between the pairs of a map") end
    names[#names + 1] = pair_name(cursor, seen)
    items[#items + 1] = inner_value(cursor, "map")
  end
  cursor:leave()
  if all_known(items) then return M.document(names, items) end
  return nodes.map(names, items)
end

-- By the type of the token that begins a value.
local VALUES = { ["["] = list, ["{"] = map }

function VALUES.string(cursor)
  return nodes.value(cursor:take().text)
end

function VALUES.number(cursor)
  return number(cursor, "")
end

VALUES["-"] = function(cursor)
  if cursor:peek(1).type ~= "number" then return nil end
  cursor:take()
  return number(cursor, "-")
end

VALUES["?"] = function(cursor)
  return nodes.placeholder(cursor:take_hole().n)
end

VALUES["value token"] = function(cursor)
  return nodes.token(cursor:take_hole().text)
end

function VALUES.name(cursor)
  local content = WORDS[cursor:peek().text:upper()]
  if content == nil then return nil end
  cursor:take()
  return nodes.value(content)
end

--- Reads a literal or a hole; returns nil, and stays, if none is next.
function M.read(cursor)
  local read = VALUES[cursor:peek().type]
  return read and read(cursor)
end

return M
