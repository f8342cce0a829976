-- SPDX-License-Identifier: MIT
--- Expression texts: the service's own language, with literals, `?` and back-quoted names.
-- A text becomes a template; a template and the values of its holes become a tree. Who meets a text
-- again and again asks dynamo.expression.fill, which keeps templates.
local bind = require "dynamo.expression.bind"
local cursor = require "dynamo.expression.cursor"
local key_condition = require "dynamo.expression.key_condition"

local M = {}

local GRAMMARS = {
  update = require "dynamo.expression.parse_update",
  condition = require "dynamo.expression.parse_condition",
  projection = require "dynamo.expression.parse_projection",
}

-- Returns the function that parses one kind of expression.
local function parser(kind)
  local grammar = GRAMMARS[kind]
  return function(text)
    if type(text) ~= "string" then
      error(("dynamo.%s: the expression must be a string, not a %s"):format(kind, type(text)), 2)
    end
    local tree, holes = cursor.read(kind, text, grammar.grammar, grammar)
    if not tree then return nil, holes end
    return bind.template(kind, text, tree, holes)
  end
end

--- Parses an update expression, such as "SET visits = if_not_exists(visits, 0) + 1, seen = ?".
-- @function update
-- @tparam string text
-- @treturn[1] table template, for bind
-- @treturn[2] nil
-- @treturn[2] string message: the column, what was expected, and the text with a caret
M.update = parser "update"

--- Parses a condition, filter or key condition expression, such as "size(tags) > 3 AND NOT done".
-- @function condition
-- @tparam string text
-- @return as `update`
M.condition = parser "condition"

--- Parses a projection expression, such as "userId, profile.name, log[0]".
-- @function projection
-- @tparam string text
-- @return as `update`
M.projection = parser "projection"

--- Fills the holes of a template; see dynamo.expression.bind.
M.bind = bind.bind

--- Names the tokens that no bind used; see dynamo.expression.bind.
M.unused = bind.unused

--- Tells whether a condition's tree can be a key condition; see dynamo.expression.key_condition.
M.key_condition = key_condition.check

return M
