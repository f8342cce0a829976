-- SPDX-License-Identifier: MIT
-- Tokens for a request's expressions: #n0, #n1 for attribute names, :v0, :v1 for values, counted so
-- that they never meet those the user defined.
local M = {}

local Space = {}
Space.__index = Space

local function copy(map)
  local fresh = {}
  for key, value in next, map or {} do fresh[key] = value end
  return fresh
end

--- Returns an alias space that begins with the tokens of `params`; the user's tables stay as
-- they are.
function M.new(params)
  return setmetatable({
    names = copy(params.ExpressionAttributeNames),
    values = copy(params.ExpressionAttributeValues),
    next_name = 0,
    next_value = 0,
  }, Space)
end

-- Puts `meaning` under the first free token of `map` from number `n`; returns token, next number.
local function take(map, prefix, n, meaning)
  while map[prefix .. n] ~= nil do n = n + 1 end
  map[prefix .. n] = meaning
  return prefix .. n, n + 1
end

--- Returns a token that stands for the attribute name.
function Space:name(name)
  local token
  token, self.next_name = take(self.names, "#n", self.next_name, name)
  return token
end

--- Returns a token that stands for the value.
function Space:value(value)
  local token
  token, self.next_value = take(self.values, ":v", self.next_value, value)
  return token
end

--- Puts the tokens into `params`; none are no member at all, as the service wants it.
function Space:store(params)
  params.ExpressionAttributeNames = next(self.names) and self.names or nil
  params.ExpressionAttributeValues = next(self.values) and self.values or nil
end

return M
