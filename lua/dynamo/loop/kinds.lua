-- SPDX-License-Identifier: MIT
--- Loops of other libraries, in which calls wait without keeping anything else waiting.
-- @module dynamo.loop
local nearest = require "dynamo.nearest"

-- Name -> the module that has it: most programs need one at most.
local MODULES = {
  luv = "dynamo.loop.luv",
  cqueues = "dynamo.loop.cqueues",
  new = "dynamo.loop.callbacks",
}
local NAMES = { "cqueues", "luv", "new" }

return setmetatable({}, {
  __index = function(kinds, name)
    if not MODULES[name] then return nearest.no_field("dynamo.loop", NAMES, name, 2) end
    kinds[name] = require(MODULES[name])[name]
    return kinds[name]
  end,
})
