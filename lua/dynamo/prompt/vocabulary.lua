-- SPDX-License-Identifier: MIT
-- All verbs by name; what a verb is: see dynamo.prompt.item_verbs.
local changes_verb = require "dynamo.prompt.changes_verb"
local copy_verb = require "dynamo.prompt.copy_verb"
local create_verb = require "dynamo.prompt.create_verb"
local diff_verb = require "dynamo.prompt.diff_verb"
local edit_verb = require "dynamo.prompt.edit_verb"
local export_verb = require "dynamo.prompt.export_verb"
local import_verb = require "dynamo.prompt.import_verb"
local item_verbs = require "dynamo.prompt.item_verbs"
local other_verbs = require "dynamo.prompt.other_verbs"
local query_verbs = require "dynamo.prompt.query_verbs"
local saved_verbs = require "dynamo.prompt.saved_verbs"
local sql_verb = require "dynamo.prompt.sql_verb"
local transaction_verbs = require "dynamo.prompt.transaction_verbs"
local undo_verb = require "dynamo.prompt.undo_verb"
local watch_verb = require "dynamo.prompt.watch_verb"

local M = {}

local ROOMS = {
  item_verbs,
  query_verbs,
  sql_verb,
  transaction_verbs,
  undo_verb,
  edit_verb,
  diff_verb,
  watch_verb,
  saved_verbs,
  create_verb,
  other_verbs,
  export_verb,
  import_verb,
  copy_verb,
  changes_verb,
}

for _, room in ipairs(ROOMS) do
  for name, verb in next, room do
    M[name] = verb
  end
end

return M
