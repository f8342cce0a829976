-- SPDX-License-Identifier: MIT
-- What a function was given and does not take. Whatever is given is used or refused, never ignored.
local nearest = require "dynamo.nearest"

local M = {}

--- Returns nil, or what is wrong with arguments beyond those that a function takes. A nil is none:
-- functions that end with `return value, nil` are called as arguments, too.
function M.surplus_problem(...)
  for i = 1, select("#", ...) do
    local surplus = select(i, ...)
    if surplus ~= nil then return ("one argument too many, a %s"):format(type(surplus)) end
  end
end

--- Raises, at the caller of our caller, if there is an argument beyond those that it takes.
-- @tparam string who the function, as the message calls it
-- @param ... what came behind the arguments that it takes
-- @usage function M.number(digits, ...) given.no_more("dynamo.number", ...) ... end
function M.no_more(who, ...)
  if select("#", ...) == 0 then return end
  local problem = M.surplus_problem(...)
  if problem then error(("%s: %s"):format(who, problem), 3) end
end

--- Returns nil, or what keeps a table from being a sequence: what stands behind a hole would be lost.
-- @tparam table list
function M.list_problem(list)
  local count = 0
  while rawget(list, count + 1) ~= nil do
    count = count + 1
  end
  for key in next, list do
    if type(key) ~= "number" or key < 1 or key > count or key % 1 ~= 0 then
      local what = type(key) == "number" and "a hole before" or "beside its elements"
      return ("a list has no holes and no other keys; this one has %s [%s]"):format(
        what,
        nearest.word(key)
      )
    end
  end
end

return M
