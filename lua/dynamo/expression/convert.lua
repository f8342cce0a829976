-- SPDX-License-Identifier: MIT
-- Actions with tokens to one update expression, as AWS's Enhanced Client for Java converts them. An
-- action here is { type = "SET" "REMOVE" "DELETE" "ADD", path, value, names, values }; that it is
-- a sensible one was checked by whoever made it.
local codec = require "dynamo.codec"
local errors = require "dynamo.error"
local nodes = require "dynamo.expression.tree"
local tables = require "dynamo.tables"

local M = {}

-- Returns an action without its clause's keyword.
local function body(action)
  if not action.value then return action.path end
  return action.path .. nodes.SEPARATORS[action.type:lower()] .. action.value
end

--- Returns the text of one action.
function M.action_text(action)
  return action.type .. " " .. body(action)
end

-- Returns the positions of the actions in the order sent: by clause, then as given.
local function in_order(actions)
  local positions = {}
  for _, clause in ipairs(nodes.CLAUSES) do
    for i, action in ipairs(actions) do
      if action.type == nodes.KEYWORDS[clause] then positions[#positions + 1] = i end
    end
  end
  return positions
end

--- Returns the text of all the actions: each clause once, SET REMOVE DELETE ADD; "" for none.
function M.text(actions)
  local parts, clause = {}, nil
  for n, i in ipairs(in_order(actions)) do
    local action = actions[i]
    local before = action.type == clause and ", " or (n > 1 and " " or "") .. action.type .. " "
    parts[n] = before .. body(action)
    clause = action.type
  end
  return table.concat(parts)
end

-- Tells whether two meanings of a token are the same: equal, or equal as attribute values.
local function same(a, b)
  if rawequal(a, b) then return true end
  local left = codec.encode(a)
  return left ~= nil and left == codec.encode(b)
end

local function conflict(kind, token, actions, first, second)
  local message = (
    'update: conflicting expression %s: "%s" stands for one thing in action %d, "%s", '
    .. 'and for another in action %d, "%s"'
  ):format(
    kind,
    token,
    first,
    M.action_text(actions[first]),
    second,
    M.action_text(actions[second])
  )
  local path = ("%s.%s"):format(kind, token)
  return errors.give(errors.validation("conflicting_tokens", path, message))
end

-- Returns the tokens of all the actions in one map; `kind` is "names" or "values".
local function merge(actions, kind)
  local merged, owner = {}, {}
  for _, i in ipairs(in_order(actions)) do
    local map = actions[i][kind] or {}
    for _, token in ipairs(tables.sorted_keys(map)) do
      if owner[token] and not same(merged[token], map[token]) then
        return conflict(kind, token, actions, owner[token], i)
      end
      merged[token], owner[token] = map[token], owner[token] or i
    end
  end
  return merged
end

--- Converts actions. Equal tokens that mean the same become one; that two actions write the same
-- attribute is not looked at.
-- @tparam table actions
-- @treturn[1] string text
-- @treturn[1] table names
-- @treturn[1] table values
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table err kind "validation", code conflicting_tokens: a token has two meanings
function M.convert(actions)
  local names, message, err = merge(actions, "names")
  if not names then return nil, message, err end
  local merged_values
  merged_values, message, err = merge(actions, "values")
  if not merged_values then return nil, message, err end
  return M.text(actions), names, merged_values
end

return M
