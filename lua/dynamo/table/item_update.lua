-- SPDX-License-Identifier: MIT
-- The update that sets all attributes of an item. It is prepared once for their names, and kept: the
-- items of one program have few sets of names.
local bind = require "dynamo.expression.bind"
local fill = require "dynamo.expression.fill"
local nodes = require "dynamo.expression.tree"

local M = {}

local MAX_KEPT = 256 -- of a table; then it begins anew

--- Makes what a table keeps.
function M.kept()
  return { templates = {}, count = 0 }
end

-- Returns the template of an update that sets attributes, each with a hole for its value.
local function new_template(attributes, entries)
  local update, holes = nodes.update(), {}
  for i, name in ipairs(attributes) do
    local path, operand, entry = nodes.path(name), nodes.placeholder(i), entries[name]
    if entry and entry.write == "if_absent" then operand = nodes.if_not_exists(path, operand) end
    update.set[i], holes[i] = nodes.action(path, operand), { type = "?", n = i, at = 1 }
  end
  local template = bind.template("update", "", update, holes)
  template.attributes = attributes
  return template
end

-- Keeps a template and returns it.
local function keep(kept, key, template)
  if kept.count >= MAX_KEPT then
    kept.templates, kept.count = {}, 0
  end
  kept.templates[key], kept.count = template, kept.count + 1
  return template
end

-- Whether a template sets these attributes: a name may hold what stands between two names in a key.
local function sets(template, attributes)
  for i, name in ipairs(template.attributes) do
    if attributes[i] ~= name then return false end
  end
  return #attributes == #template.attributes
end

--- Returns the update, prepared (see dynamo.expression.prepared), and its values.
-- @tparam table noun see dynamo.table.definition
-- @tparam table item
-- @tparam table attributes those of its names that are to be set, sorted; owned from now on
function M.prepare(noun, item, attributes)
  local kept, key = noun.updates, table.concat(attributes, "\0")
  local template = kept.templates[key]
  if not template or not sets(template, attributes) then
    template = keep(kept, key, new_template(attributes, noun.attributes))
  end
  local values = { n = #attributes }
  for i = 1, #attributes do
    values[i] = rawget(item, attributes[i])
  end
  return fill.fill(template, nil, nil, values)
end

return M
