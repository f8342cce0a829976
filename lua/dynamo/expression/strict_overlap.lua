-- SPDX-License-Identifier: MIT
-- Paths of one expression that the service does not take side by side.
local evaluate_update = require "dynamo.expression.evaluate_update"
local refusal = require "dynamo.service_refusal"

local M = {}

--- Returns a path as the service shows one: [a, b, [0]].
function M.shown(path)
  local parts = {}
  for i = 1, #path do
    parts[i] = type(path[i]) == "number" and ("[%d]"):format(path[i]) or path[i]
  end
  return ("[%s]"):format(table.concat(parts, ", "))
end

-- Returns how two paths relate: "overlap", "conflict" (a list here, a map there), or nil.
local function relation(a, b)
  for i = 1, math.min(#a, #b) do
    if a[i] ~= b[i] then return type(a[i]) ~= type(b[i]) and "conflict" or nil end
  end
  return "overlap"
end

-- Refuses two paths of a list that do not go together.
local function check(paths, what)
  for i = 1, #paths do
    for j = i + 1, #paths do
      local found = relation(paths[i], paths[j])
      if found then
        refusal.validation(
          "Invalid %s: Two document paths %s with each other; must remove or rewrite one of these "
            .. "paths; path one: %s, path two: %s",
          what,
          found,
          M.shown(paths[i]),
          M.shown(paths[j])
        )
      end
    end
  end
end

--- Refuses an update whose paths overlap.
function M.check_update(tree, what)
  check(evaluate_update.paths(tree), what)
end

--- Refuses a projection whose paths overlap.
function M.check_projection(tree, what)
  check(tree, what)
end

return M
