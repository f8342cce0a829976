-- SPDX-License-Identifier: MIT
-- Settings of credentials sources: a variable of the environment, else a property of the profile.
local config_file = require "dynamo.config_file"

local M = {}

--- Returns a text; nil for one that is not there or blank.
M.text = config_file.value

--- Returns the value of a setting, or nil.
-- @tparam table world getenv
-- @tparam string variable of the environment, which counts first
-- @tparam ?table profile of dynamo.profile
-- @tparam ?string property of the profile
function M.of(world, variable, profile, property)
  return M.text(world.getenv(variable)) or profile and M.text(profile.properties[property]) or nil
end

return M
