-- SPDX-License-Identifier: MIT
-- A program that follows the changes of a table, counts them by key, and keeps its checkpoint with the
-- counts, in one transaction; killed where its arguments say.
--
--   lua changes_reader.lua TABLE COUNTS LOG DIE_AFTER MOMENT
--
-- COUNTS has an item { id = key, last = n } for each key, whose changes must come as 1, 2, 3, ..., and the
-- checkpoint in { id = "reader" }. LOG gets a line for each change as soon as it is handed out. After
-- DIE_AFTER changes (0: never) the process is killed: at once, or with MOMENT "kept" after the next
-- transaction.
local dynamo = require "dynamo"

local name, counts_name, log_path, die_after, moment = (table.unpack or unpack)(arg)
die_after = tonumber(die_after)
local BATCH = 7

local db = dynamo.new { timeout = 60, attempt_timeout = 60 }
local source = db:table(name, { key = { "id" } })
local counts = db:table(counts_name, { key = { "id" } })
local log = assert(io.open(log_path, "a"))
log:setvbuf "line"

local function die()
  os.execute "kill -9 $PPID"
end

local function message_of(kept, message)
  if kept then return kept end
  error(message, 0)
end

-- Keeps a batch and the checkpoint behind it, at once; each key's changes must follow those counted.
local function keep(batch, after, before)
  local transaction = db:transaction():update(
    counts,
    "reader",
    "SET checkpoint = ?",
    after,
    { condition = { "checkpoint = ?", before } }
  )
  for key, span in pairs(batch) do
    local condition = { "last = ?", span.first - 1 }
    if span.first == 1 then condition = "attribute_not_exists(id)" end
    transaction:update(counts, key, "SET last = ?", span.last, { condition = condition })
  end
  message_of(transaction:commit())
end

-- Returns the checkpoint that was kept; where there is none, that of the beginning is.
local function kept_checkpoint()
  local item = counts:get({ id = "reader" }, { consistent_read = true })
  if item then return item.checkpoint end
  local checkpoint = message_of(source:changes({ from = "trim_horizon" }):checkpoint())
  message_of(counts:insert { id = "reader", checkpoint = checkpoint })
  return checkpoint
end

local checkpoint = kept_checkpoint()
local changes =
  source:changes { from = checkpoint, poll_interval = 0.05, wait = 0.2, page_size = 40 }
local batch, size, handed = {}, 0, 0

local function keep_batch()
  local now = message_of(changes:checkpoint())
  keep(batch, now, checkpoint)
  checkpoint, batch, size = now, {}, 0
  if moment == "kept" and die_after > 0 and handed >= die_after then die() end
end

for change in changes:items() do
  local key, n = change.key.id, change.new.n
  log:write(("%s %d\n"):format(key, n))
  handed, size = handed + 1, size + 1
  if moment ~= "kept" and handed == die_after then die() end
  local span = batch[key] or { first = n, last = n - 1 }
  if n ~= span.last + 1 then error(("%s: %d after %d"):format(key, n, span.last), 0) end
  span.last, batch[key] = n, span
  if size == BATCH then keep_batch() end
end
if size > 0 then keep_batch() end
print("handed out " .. handed)
