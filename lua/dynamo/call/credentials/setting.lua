-- SPDX-License-Identifier: MIT
-- Settings of credentials sources: a variable of the environment, else a property of the profile.
local M = {}

--- Returns a text; nil for one that is not there or blank.
function M.text(text)
  return text and text:find("%S") and text or nil
end

--- Returns the value of a setting, or nil.
-- @tparam table world getenv
-- @tparam string variable of the environment, which counts first
-- @tparam ?table profile of dynamo.profile
-- @tparam ?string property of the profile
function M.of(world, variable, profile, property)
  return M.text(world.getenv(variable)) or profile and M.text(profile.properties[property]) or nil
end

return M
