-- SPDX-License-Identifier: MIT
-- The expressions of one request: what the user gave as trees, and trees as the request's members.
local errors = require "dynamo.error"
local expression = require "dynamo.expression"
local compile = require "dynamo.expression.compile"
local parse = require "dynamo.expression.parse"

local M = {}

-- What the user calls an expression of each kind.
local WORDS = { update = "expression", condition = "condition", projection = "projection" }

-- Returns a message that begins with the user's word for the expression, not with its kind.
local function in_own_words(kind, message)
  local rest = message:match("^" .. kind .. "(:.*)$")
  return rest and WORDS[kind] .. rest or message
end

-- Reads one expression into ask.trees; returns nil, or what is wrong: an error if a value is, which
-- data may cause, else a text.
local function read(ask, kind, given, used)
  if given == nil then return nil end
  local extras = ask.extras
  local arguments = kind == "update" and ask.arguments or nil
  local tree, message, path = expression[kind](given, extras.names, extras.values, arguments, used)
  ask.trees[kind] = tree
  if tree then return nil end
  if type(path) == "table" then return path end -- the error of conflicting actions
  if not extras.update then message = in_own_words(kind, message) end
  return path and errors.validation("expression", path, message) or message
end

local NONE = {} -- never written to

--- Reads the expressions of a request into ask.trees (update, condition, projection); returns nil,
-- or what is wrong: an error if a value is, which data may cause; a text if the code is.
function M.read(ask)
  local extras = ask.extras
  if not ask.expression and next(extras) == nil then
    ask.trees = NONE
    return nil
  end
  local used = {}
  ask.trees = {}
  local problem = read(ask, "update", ask.expression, used)
    or read(ask, "condition", extras.condition, used)
    or read(ask, "projection", extras.projection, used)
  if problem or not (extras.names or extras.values) then return problem end
  return (parse.unused(extras.names, extras.values, used))
end

-- Compiles one tree into a member of the request; returns nil, or an error.
local function store(ask, kind, tree, member, space)
  if not tree then return nil end
  local text, _, err = compile[kind](tree, space)
  if not text then
    local word = ask.item and kind == "update" and "Item" or WORDS[kind]
    err.path, err.message = word, word .. err.message:sub(#kind + 1)
    return err
  end
  ask.params[member] = text ~= "" and text or nil
end

--- Puts expressions and their tokens into the request; returns nil, or an error.
-- @tparam table ask
-- @tparam table trees update and condition, each optional; the projection is the user's own
function M.store(ask, trees)
  local update, condition, projection = trees.update, trees.condition, ask.trees.projection
  if not (update or condition or projection) then return nil end
  local space = compile.space()
  ask.space = space
  local problem = store(ask, "update", update, "UpdateExpression", space)
    or store(ask, "condition", condition, "ConditionExpression", space)
    or store(ask, "projection", projection, "ProjectionExpression", space)
  if problem then return problem end
  space:store(ask.params)
end

return M
