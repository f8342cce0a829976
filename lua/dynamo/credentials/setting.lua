-- SPDX-License-Identifier: MIT
-- Settings of credentials sources: a variable of the environment, else a property of the profile.
local core = require "dynamo.core"
local texts = require "dynamo.text"

local M = {}

--- Returns what a source of credentials says of one thing; nil for a blank text, and for a null.
function M.text(value)
  if value == core.null then return nil end
  return texts.unless_blank(value)
end

--- Returns the value of a setting, or nil.
-- @tparam table world getenv
-- @tparam string variable of the environment, which counts first
-- @tparam ?table profile of dynamo.settings.profile
-- @tparam ?string property of the profile
function M.of(world, variable, profile, property)
  return M.text(world.getenv(variable)) or profile and M.text(profile.properties[property]) or nil
end

return M
