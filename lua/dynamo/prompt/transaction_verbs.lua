-- SPDX-License-Identifier: MIT
-- Several writes at once: begin, the verbs that write, check, then commit or rollback. What a verb is: see
-- dynamo.prompt.item_verbs.
local asks = require "dynamo.prompt.asked"
local cells = require "dynamo.prompt.cells"
local clauses = require "dynamo.prompt.clauses"
local key_parts = require "dynamo.prompt.key_parts"
local last_write = require "dynamo.prompt.last_write"
local mistake = require "dynamo.prompt.mistake"

local M = {}

-- Returns a verb of one word.
local function define(name, help, run)
  M[name] = { usage = name, help = help, brackets = "values", explains = false, run = run }
  M[name].parse = function(_, reader)
    reader:finish "the end"
    return {}
  end
end

-- Returns the transaction, which is there; raises a mistake if not.
local function open_transaction(session)
  if session.transaction then return session.transaction end
  mistake.raise(1, "there is no transaction: begin")
end

define("begin", "The writes that follow are done all or not at all, by commit.", function(session)
  if session.transaction then mistake.raise(1, "there is a transaction: commit or rollback") end
  session.transaction = { builder = session.db:transaction(), count = 0 }
  session.printer:say "begun: writes wait for commit"
end)

define("rollback", "Forgets the writes since begin; none was sent.", function(session)
  local transaction = open_transaction(session)
  session.transaction = nil
  session.printer:say("forgotten: " .. cells.counted(transaction.count, "action"))
end)

-- Raises unless several actions may be done: whoever can be asked is asked, but not again where nobody knows
-- whether they were done.
local function confirm(session, transaction)
  if transaction.count == 1 or not session.ask or transaction.is_unknown then return end
  session:confirm("do " .. cells.counted(transaction.count, "action"))
end

define("commit", "Does the writes since begin, all or none.", function(session)
  local transaction = open_transaction(session)
  if transaction.count == 0 then mistake.raise(1, "nothing is in the transaction: rollback") end
  confirm(session, transaction)
  local done, message, err = transaction.builder:commit { return_consumed_capacity = "TOTAL" }
  local is_unknown = not done and err.maybe_applied == "unknown"
  transaction.is_unknown = is_unknown
  if not is_unknown then session.transaction = nil end
  if not done then
    mistake.fail(message, err, is_unknown and "commit, nothing is done twice" or nil)
  end
  last_write.forget(session, "the last write was a commit, undo takes back the writes of one item")
  session.printer:say("committed: " .. cells.counted(transaction.count, "action"))
end)

M.check = {
  usage = "check KEY CONDITION",
  help = "Of a transaction: it is done only if the item is as the condition says.",
  brackets = "expression",
  explains = false,
}

function M.check.parse(session, reader)
  local record = session:in_use(reader)
  if not session.transaction then reader:fail("there is no transaction: begin", 1) end
  local key, at = key_parts.read(reader, record.keys)
  local parts = clauses.split(reader, {})
  if parts[1].text == "" then reader:fail "expected a condition, got the end" end
  return asks.new("check", record, {
    arguments = { key, parts[1].text },
    at = at,
    places = { condition = parts[1].from },
    key = key,
  })
end

function M.check.run(session, asked)
  session:add_to_transaction(asked)
end

return M
