-- SPDX-License-Identifier: MIT
-- One update made of three sources: the item, the extensions and the request.
--
-- A strategy says what happens where they write overlapping places (one path is a prefix of the
-- other, or takes for a list what the other takes for a map):
--   strict       nothing is sent: the error names both places and where each came from
--   priority     the request goes before the extensions, those before the item
--   concatenate  all is sent, item, extensions, request; the service has the last word
-- A null of the item never removes what an extension or the request writes.
local errors = require "dynamo.error"
local analyse = require "dynamo.expression.analyse"
local path = require "dynamo.expression.path"
local nodes = require "dynamo.expression.tree"

local M = {}

M.STRATEGIES = { "strict", "priority", "concatenate" }

-- Adds the actions of `update` to `whole`, but those that `dropped` (if any) is true for.
local function append(whole, update, source, dropped)
  for _, clause in ipairs(nodes.CLAUSES) do
    local actions = whole[clause]
    for _, action in ipairs(update[clause]) do
      if not (dropped and dropped(action, clause)) then
        actions[#actions + 1] = nodes.action(action.path, action.operand, action.source or source)
      end
    end
  end
end

--- Returns one update with the actions of some, each action with its source.
-- @tparam table updates { { update, source }, ... }
function M.concatenated(updates)
  local whole = nodes.update()
  for _, pair in ipairs(updates) do
    append(whole, pair[1], pair[2])
  end
  return whole
end

-- Whether `action` writes a place that one of `updates` writes too.
local function overlapped(action, updates)
  for _, update in ipairs(updates) do
    for _, other in ipairs(analyse.writes(update)) do
      if path.clash(action.path, other.path) then return true end
    end
  end
  return false
end

-- Returns the item's update without what would remove an attribute that others write.
local function kept_nulls(sources)
  local others, item = { sources.extension, sources.request }, nodes.update()
  append(item, sources.item, "item", function(action, clause)
    return clause == "remove" and overlapped(action, others)
  end)
  return item
end

local function in_order(sources)
  return M.concatenated {
    { sources.item, "item" },
    { sources.extension, "extension" },
    { sources.request, "request" },
  }
end

-- Returns the request's actions, and those of the others that meet no higher one.
local function by_priority(sources)
  local whole = M.concatenated { { sources.request, "request" } }
  for _, source in ipairs { "extension", "item" } do
    local higher = { M.concatenated { { whole, "" } } }
    append(whole, sources[source], source, function(action)
      return overlapped(action, higher)
    end)
  end
  return whole
end

-- Returns the request's update if the others do nothing, else nil.
local function request_alone(sources)
  return nodes.is_empty(sources.item) and nodes.is_empty(sources.extension) and sources.request
end

-- Returns what the sources make together.
local function joined(sources, strategy)
  local alone = request_alone(sources)
  if alone then return alone end
  local all =
    { item = kept_nulls(sources), extension = sources.extension, request = sources.request }
  return strategy == "priority" and by_priority(all) or in_order(all)
end

local function shown(write)
  return ("%s (%s)"):format(path.show(write.path), write.source or "request")
end

--- Returns the error of two writes that clash.
function M.overlap_error(first, second)
  local rule = path.overlap(first.path, second.path) and "an update may write a place once"
    or "an update may write one of the two"
  local problem = path.clash_format(second.path, first.path):format(shown(second), shown(first))
  return errors.validation("overlapping_paths", path.show(second.path), problem .. ": " .. rule)
end

--- Returns the update that the sources make, or nil, error.
-- @tparam table sources item, extension, request: updates
-- @tparam string strategy
function M.merged(sources, strategy)
  local whole = joined(sources, strategy)
  if strategy == "concatenate" then return whole end
  local overlap = analyse.overlaps(whole)
  if overlap then return nil, M.overlap_error(overlap.first, overlap.second) end
  return whole
end

--- Returns nil, or the error of an update that writes a key attribute.
-- @tparam table update
-- @tparam table names the key attributes
function M.key_problem(update, names)
  local written = analyse.key_written(update, names)
  if not written then return nil end
  local place = path.show(written)
  return errors.validation(
    "key_written",
    place,
    place .. " is in the key of the item; no update can write it"
  )
end

return M
