-- SPDX-License-Identifier: MIT
-- Settings in variables of the environment.
local texts = require "dynamo.text"

local M = {}

--- Returns the value of the first of some variables that is there and not blank, and its name; nil
-- for none.
-- @tparam function getenv
-- @tparam {string,...} names
function M.first(getenv, names)
  for _, name in ipairs(names) do
    local value = texts.present(getenv(name))
    if value then return value, name end
  end
end

return M
