-- SPDX-License-Identifier: MIT
--- Conditions joined: all, any, negate; and projections.
-- A condition is what the comparisons of `dynamo.attr` give. It serves as a condition, a filter and
-- a key condition. From Lua 5.3 on, `a & b`, `a | b` and `~a` are all(a, b), any(a, b), negate(a).
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
local object = require "dynamo.expression.object"
local show = require "dynamo.expression.show"

local M = {}

local tree_of = object.tree

-- The kinds of tree that are conditions.
M.KINDS = {
  compare = true, between = true, ["in"] = true, test = true,
  ["and"] = true, ["or"] = true, ["not"] = true,
}

local function shown(self) return (show(tree_of(self))) end

local meta = { __tostring = shown }
local class = object.class("a condition", {}, meta)

--- Returns the object of a condition's tree.
function M.new(tree)
  return object.new(tree, class)
end

-- Returns the tree of a condition, or raises at the caller of `who`.
local function condition(given, who)
  local tree = tree_of(given)
  if tree and M.KINDS[tree.kind] then return tree end
  local got = tree and "another expression" or type(given)
  error(("dynamo.%s: a condition such as dynamo.attr(path):eq(value) expected, got %s")
    :format(who, got), 4)
end

-- Adds a condition to the parts of an AND or OR; one of the same kind brings its parts.
local function add(tree, part)
  if part.kind ~= tree.kind then
    tree[#tree + 1] = part
    return
  end
  for _, inner in ipairs(part) do tree[#tree + 1] = inner end
end

-- Returns the conditions as one of `kind`; one alone as it is, nil if there is none.
local function join(kind, who, ...)
  local tree, only = { kind = kind }, nil
  for i = 1, select("#", ...) do
    local given = select(i, ...)
    if given then
      add(tree, condition(given, who))
      only = given
    end
  end
  if #tree > 1 then return M.new(tree) end
  return only
end

--- Returns the condition that all of the given ones hold.
-- @param ... conditions; nil and false are skipped, so `flag and condition` is an argument
-- @treturn ?table a condition; the only one as it is, nil if there is none
-- @usage dynamo.all(dynamo.attr("age"):ge(18), dynamo.attr("name"):exists())
function M.all(...)
  local joined = join("and", "all", ...)
  return joined
end

--- Returns the condition that at least one of the given ones holds.
-- @param ... conditions; nil and false are skipped
-- @treturn ?table a condition; the only one as it is, nil if there is none
function M.any(...)
  local joined = join("or", "any", ...)
  return joined
end

-- Returns the condition that `given` does not hold, or nil for none.
local function negated(given, who)
  if not given then return nil end
  return M.new { kind = "not", condition(given, who) }
end

--- Returns the condition that the given one does not hold.
-- @tparam ?table given
-- @treturn ?table nil for nil
function M.negate(given)
  local not_given = negated(given, "negate")
  return not_given
end

function meta.__band(a, b)
  local joined = join("and", "all", a, b)
  return joined
end

function meta.__bor(a, b)
  local joined = join("or", "any", a, b)
  return joined
end

function meta.__bnot(a)
  local not_a = negated(a, "negate")
  return not_a
end

local projection_class = object.class("a projection", {}, { __tostring = shown })

--- Returns the projection of some attributes: what a read brings of each item.
-- @param ... paths: text such as "a.b[2]", or dynamo.path{...}
-- @treturn table for the option `projection`
-- @usage users:get(key, { projection = dynamo.projection("name", "address.city") })
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ProjectionExpressions.html
function M.projection(...)
  local tree = { kind = "projection" }
  for i = 1, select("#", ...) do
    local path, message = object.path((select(i, ...)))
    if not path then error("dynamo.projection: " .. message, 2) end
    tree[i] = path
  end
  if not tree[1] then error("dynamo.projection: at least one path expected", 2) end
  return object.new(tree, projection_class)
end

return M
