-- SPDX-License-Identifier: MIT
-- An expression's arguments: as many values as its text has ?, and the options behind them.
local fill = require "dynamo.expression.fill"
local given = require "dynamo.given"
local arguments = require "dynamo.table.arguments"

local M = {}

-- Returns nil, or what is wrong with what stands behind an expression of `count` ?: too much, or
-- too little, be it that the options stand where a value is missing.
local function count_problem(noun, words, count, ...)
  local behind = select("#", ...)
  if behind > count + 1 and given.surplus_problem(select(count + 2, ...)) then
    return ("%d arguments behind %d ? of the expression; it takes a value each, and options"):format(
      behind,
      count
    )
  elseif count == 0 or behind > count then
    return nil
  end
  local last = behind > 0 and select(behind, ...)
  if arguments.are_options(noun, words, last) then
    return (
      "no value for ? number %d of %d: the options stand there; a map whose names are all "
      .. "words of options is stored by { text, values... }"
    ):format(behind, count)
  elseif behind < count then
    return ("no value for ? number %d of %d"):format(behind + 1, count)
  end
end

--- Returns the positional values after an expression, and the options that follow them; or nil,
-- nil, what is wrong. What is wrong with the text itself is told by who reads it.
-- @tparam table noun
-- @tparam table words the options of the verb
-- @tparam string kind "update", "condition"
-- @param expression
-- @param ... what stands behind it
-- @treturn ?table { n = count, ... }; nil for an expression without ?
-- @return the options
function M.split(noun, words, kind, expression, ...)
  local template = type(expression) == "string" and fill.template(kind, expression)
  if type(expression) == "string" and not template then return nil end
  return M.values(noun, words, template and template.placeholders or 0, ...)
end

--- As split, for a text of `count` ?.
function M.values(noun, words, count, ...)
  local values, behind = count > 0 and { n = count, ... } or nil, select("#", ...)
  if behind == count and not (values and type(values[count]) == "table") then return values end
  local problem = count_problem(noun, words, count, ...)
  if problem then return nil, nil, problem end
  return values, (select(count + 1, ...))
end

return M
