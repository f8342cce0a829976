-- SPDX-License-Identifier: MIT
-- The alias space of one request: tokens for the names and values of all its expressions, #n0, #n1,
-- :v0, :v1, ... in the order asked for.
local codec = require "dynamo.codec"

local M = {}

local Space = {}
Space.__index = Space

-- Tokens made before, by their number: most requests need the first few alone.
local name_tokens, value_tokens = {}, {}
local MAX_KEPT_TOKENS = 256

local function token_of(kept, prefix, n)
  local token = kept[n]
  if token then return token end
  token = prefix .. n
  if n < MAX_KEPT_TOKENS then kept[n] = token end
  return token
end

--- Returns the token of the nth name, and of the nth value, counted from 0.
function M.name_token(n)
  return token_of(name_tokens, "#n", n)
end
function M.value_token(n)
  return token_of(value_tokens, ":v", n)
end

--- Returns an empty alias space.
function M.new()
  return setmetatable({
    names = {}, -- token -> attribute name, as sent
    values = {}, -- token -> value, as sent
    name_tokens = {}, -- attribute name -> token
    value_tokens = {}, -- value -> token; boxed_tokens, when there are: JSON -> token
    -- Of a text whose holes are not filled: holes (token -> node), hole_tokens (key -> token), when
    -- there are.
    places = {}, -- value token -> the path whose value it is
    name_count = 0,
    value_count = 0,
    -- Of the expression at work; bad_in and bad_range (see compile.check), when there are such.
    operators = 0,
  }, Space)
end

--- Returns the token that stands for an attribute name.
function Space:name(attribute)
  local token = self.name_tokens[attribute]
  if token then return token end
  token = M.name_token(self.name_count)
  self.name_count = self.name_count + 1
  self.name_tokens[attribute] = token
  self.names[token] = attribute
  return token
end

-- Returns the map and the key in it under which an equal value has its token: scalars are equal by
-- type and content, tables by identity. No key for a value that equals none, such as NaN.
local function shelf_of(space, value)
  local kind = type(value)
  if kind ~= "userdata" and kind ~= "cdata" then
    if value ~= value then return space.value_tokens, nil end
    return space.value_tokens, value
  end
  if not space.boxed_tokens then space.boxed_tokens = {} end
  return space.boxed_tokens, (codec.encode(value))
end

-- Returns a new token for a value at `place`.
local function new_token(space, place)
  local token = M.value_token(space.value_count)
  space.value_count = space.value_count + 1
  space.places[token] = place
  return token
end

--- Returns the token that stands for a value.
-- @param value not nil
-- @tparam ?table place the path whose value it is, for messages
function Space:value(value, place)
  local shelf, key = shelf_of(self, value)
  local token = key ~= nil and shelf[key]
  if token then return token end
  token = new_token(self, place)
  if key ~= nil then shelf[key] = token end
  self.values[token] = value
  return token
end

--- Returns the token that stands for what a hole will be filled with.
-- @param key the same for holes that are filled with the same
-- @tparam table node
-- @tparam ?table place as of a value
function Space:hole(key, node, place)
  if not self.holes then
    self.holes, self.hole_tokens = {}, {}
  end
  local token = self.hole_tokens[key]
  if token then return token end
  token = new_token(self, place)
  self.hole_tokens[key], self.holes[token] = token, node
  return token
end

--- Puts the tokens into `params`; none are no member at all, as the service wants it.
function Space:store(params)
  params.ExpressionAttributeNames = self.name_count > 0 and self.names or nil
  params.ExpressionAttributeValues = self.value_count > 0 and self.values or nil
end

return M
