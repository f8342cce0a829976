-- SPDX-License-Identifier: MIT
-- Items as JSON and as wire-typed trees, such as { userId = { S = "u-1" } }: N and B are texts.
local core = require "dynamo.core"

local M = {}

local model = core.model {
  AttributeValue = { type = "attribute_value" },
  Name = { type = "string" },
  Item = { type = "map", key = "Name", value = "AttributeValue" },
}

--- Returns the tree of an item's JSON; or nil, what is wrong with it.
function M.read(json)
  return core.decode(model, "Item", json, true, false)
end

--- Returns the JSON of a tree, the same bytes for the same item; or nil, what is wrong with it.
function M.write(tree)
  return core.encode(model, "Item", tree, true)
end

return M
