-- SPDX-License-Identifier: MIT
-- A change of a table for people: when, what, of which item, and each attribute that became another.
local changed = require "dynamo.prompt.changes"
local key_parts = require "dynamo.prompt.key_parts"
local layout_tree = require "dynamo.prompt.layout_tree"

local M = {}

local WORDS = { insert = "created", modify = "updated", remove = "deleted" }

-- Returns the lines of what became of the attributes, as far as the stream tells.
local function attribute_lines(change, keys, columns)
  local old, new = change.old, change.new
  local has_both = old and new or change.kind == "insert" and new or change.kind == "remove" and old
  if has_both then return changed.lines(old or {}, new or {}, keys, columns) end
  if not (old or new) then return {} end
  return layout_tree.lines(old or new, keys, columns, function(text)
    return text
  end)
end

--- Writes a change.
-- @tparam table printer
-- @tparam table change as table:changes gives it
-- @tparam table keys the key attributes of the table
function M.write(printer, change, keys)
  local at = os.date("!%Y-%m-%d %H:%M:%SZ", math.floor(change.at)) -- it may have a fraction
  if change.kind == "trimmed" then
    local text = "changes may be lost that are more than a day old (shard %s)"
    return printer:warn(text:format(change.shard_id))
  end
  local what = WORDS[change.kind] .. (change.by_ttl and " by its time to live" or "")
  printer:say(("%s %s: %s"):format(printer:dim(at), what, key_parts.text(keys, change.key)))
  for _, line in ipairs(attribute_lines(change, keys, printer.columns - 2)) do
    printer:say("  " .. line)
  end
end

return M
