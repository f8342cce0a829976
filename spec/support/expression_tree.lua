-- SPDX-License-Identifier: MIT
-- The nodes of expression trees, for those that make trees at random or compare them.
local random_value = require "support.random_value"

local M = {}

function M.path(...)
  return { kind = "path", ... }
end
function M.value(content)
  return { kind = "value", value = content }
end
function M.call(name, ...)
  return { kind = "call", name = name, ... }
end
function M.test(name, ...)
  return { kind = "test", name = name, ... }
end

function M.compare(left, op, right)
  return { kind = "compare", op = op, left = left, right = right }
end

function M.arith(left, op, right)
  return { kind = "arith", op = op, left = left, right = right }
end

--- Tells, at random, yes so many times in a hundred.
function M.chance(random, percent)
  return random.upto(100) <= percent
end

--- Returns a sequence of at least `least` and at most `most` of what `make` returns.
function M.several(random, least, most, make, ...)
  local list = {}
  for i = 1, least - 1 + random.upto(most - least + 1) do
    list[i] = make(random, ...)
  end
  return list
end

--- Tells whether two trees are the same; where their actions come from is no part of them.
function M.same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  if a.kind == "value" then return b.kind == "value" and random_value.same(a.value, b.value) end
  for key, child in pairs(a) do
    if key ~= "source" and not M.same(child, b[key]) then return false end
  end
  for key in pairs(b) do
    if key ~= "source" and a[key] == nil then return false end
  end
  return true
end

return M
