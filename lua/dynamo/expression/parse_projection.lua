-- SPDX-License-Identifier: MIT
-- The grammar of projection expressions: paths with commas between. No word is a keyword here, and
-- "-" is part of a bare name.
-- https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ProjectionExpressions.html
local term = require "dynamo.expression.term"
local nodes = require "dynamo.expression.tree"

--- Reads a projection from a cursor.
-- @treturn table tree
local function grammar(cursor)
  local tree, where = nodes.projection(), "a path"
  repeat
    tree[#tree + 1] = term.path(cursor, where)
    where = 'a path after ","'
  until not cursor:accept ","
  if cursor:peek().type ~= "end" then cursor:expected '"," or the end' end
  return tree
end

return { grammar = grammar, dashed = true }
