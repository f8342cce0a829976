-- SPDX-License-Identifier: MIT
-- What the public objects of an expression are made of: a tree under a key that nobody else has,
-- and a locked metatable. Such a table is no attribute value: the encoder refuses it by its key,
-- where an empty table would pass for an empty map.
local paths = require "dynamo.expression.path"
local nearest = require "dynamo.nearest"
local tables = require "dynamo.tables"

local M = {}

local TREE, GIVEN, PREPARED, VALUES = {}, {}, {}, {}
local MAX_PATHS = 1000 -- remembered paths; more than the attributes of most programs

--- Raises, at `level`, that `word` has no member `name` but perhaps a similar one; returns nil for
-- a name that is no string, as a list's end is looked for.
-- @tparam string word
-- @tparam table members name -> anything
-- @param name
-- @tparam number level
-- @tparam ?table elsewhere name that other libraries use, in lower case without "_" -> ours
function M.refuse(word, members, name, level, elsewhere)
  if type(name) ~= "string" then return nil end
  local ours = elsewhere and elsewhere[(name:lower():gsub("_", ""))]
  local hint = ours and "; here it is " .. ours or nearest.hint(name, tables.sorted_keys(members))
  error(('%s has no method or field "%s"%s'):format(word, name, hint), level + 1)
end

--- Returns the metatable of a class of objects.
-- @tparam string word what an object is called, with its article: "a condition"
-- @tparam table methods
-- @tparam ?table meta metamethods; owned from now on
-- @tparam ?table elsewhere as `refuse` takes them
-- @treturn table
function M.class(word, methods, meta, elsewhere)
  meta = meta or {}
  meta.__name = "dynamo.expression"
  meta.__metatable = "dynamo.expression"
  meta.__index = meta.__index
    or setmetatable(methods, {
      __index = function(_, name)
        local nothing = M.refuse(word, methods, name, 2, elsewhere)
        return nothing
      end,
    })
  function meta.__newindex()
    error(word .. " takes no new fields", 2)
  end
  return meta
end

--- Returns what is called to make objects, and has members: dynamo.SetAction { ... } and
-- dynamo.SetAction.builder().
-- @tparam string word
-- @tparam function make called with the constructor itself, then the arguments
-- @tparam table members
-- @treturn table
function M.constructor(word, make, members)
  local meta = M.class(word, members, {
    __call = make,
    __tostring = function()
      return word
    end,
  })
  return setmetatable({}, meta)
end

--- Returns an object of a class (see `class`) that holds `tree`.
function M.new(tree, class)
  return setmetatable({ [TREE] = tree }, class)
end

--- As `new`, with room for what is kept with an object that changes.
function M.new_builder(tree, class)
  return setmetatable({ [TREE] = tree, [GIVEN] = nil, [PREPARED] = nil, [VALUES] = nil }, class)
end

--- Returns the tree that an object holds, or nil for anything else.
function M.tree(value)
  return type(value) == "table" and rawget(value, TREE) or nil
end

--- Gives an object another tree: for objects that accumulate.
function M.replace(self, tree)
  rawset(self, TREE, tree)
  rawset(self, GIVEN, nil)
  rawset(self, PREPARED, nil)
end

--- Gives the tree of an object away, which is not to be changed any more.
function M.give(self)
  rawset(self, GIVEN, true)
  return rawget(self, TREE)
end

--- Whether `give` gave away the tree that an object has.
function M.is_given(self)
  return rawget(self, GIVEN) ~= nil
end

--- Returns what `keep` was given for the tree that an object has; nil for nothing.
function M.kept(self)
  return rawget(self, PREPARED), rawget(self, VALUES)
end

--- Keeps with an object what was prepared of its tree, and its values. The tree is not to be changed
-- any more: only `replace` gives another one.
function M.keep(self, prepared, values)
  rawset(self, PREPARED, prepared)
  rawset(self, VALUES, values)
end

local known, known_count = {}, 0

-- Returns the path of a text, or nil, message. The same text gives the same (immutable) path.
local function parse(text)
  local path = known[text]
  if path then return path end
  local message
  path, message = paths.parse(text)
  if not path then return nil, message end
  if known_count >= MAX_PATHS then
    known, known_count = {}, 0
  end
  known[text], known_count = path, known_count + 1
  return path
end

--- Returns the path that `given` says: text such as "a.b[2].c", or an object of dynamo.attr or
-- dynamo.path; or nil, message.
function M.path(given)
  if type(given) == "string" then return parse(given) end
  local tree = M.tree(given)
  if tree and tree.kind == "path" then return tree end
  local got = tree and "another expression" or type(given)
  return nil, ('a path expected, text such as "a.b[2]" or dynamo.path{...}, got %s'):format(got)
end

return M
