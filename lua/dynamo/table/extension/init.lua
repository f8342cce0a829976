-- SPDX-License-Identifier: MIT
--- The extensions that come with the library, for the `extensions` option of `db:table`.
-- An extension is a table:
--
--   name          text, for messages
--   before_write  function(context) -> nil, or a table of what it changes: item, condition, update,
--                 info (what it adds to the call's `info`); or nil, message to refuse the write
--   after_read    function(context) -> nil, { item = ... } or { hidden = true } (whoever reads is
--                 then given no item); for every item that comes back
--   options       a list of the options of the verbs that it brings: { "version" }
--   lock          the name of an attribute whose value changes with every write, and which a write that
--                 brings it refuses where it has changed: what `modify` guards by
--
-- `before_write` runs for every write, in order, `after_read` in the reverse order. The context has
-- `operation` (the verb), `table`, `key` (the names of the key attributes), `item` (a copy, as the
-- extension before left it; the key alone for update and delete), `update` (the tree of the
-- expression that the verb `update` was given) and `options` (of the verb).
-- `condition` and `update` are what the options of these names are: text, { text, values... } or a
-- builder. `update` counts where the request is an UpdateItem (upsert, patch, update).
-- @module dynamo.extension
local nearest = require "dynamo.nearest"
local tables = require "dynamo.tables"

local M = {
  version = require "dynamo.table.extension.version",
  counter = require "dynamo.table.extension.counter",
  timestamps = require "dynamo.table.extension.timestamps",
  uuid = require "dynamo.table.extension.uuid",
  ttl = require "dynamo.table.extension.ttl",
}

return setmetatable(M, {
  __index = function(_, name)
    nearest.no_field("dynamo.extension", tables.sorted_keys(M), name, 2)
  end,
})
