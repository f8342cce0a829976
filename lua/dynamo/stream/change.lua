-- SPDX-License-Identifier: MIT
-- What a stream has to say, as it is handed out. A change is
--
--   kind             "insert", "modify" or "remove"
--   key              the key attributes of its item
--   old, new         the item before and after; nil where the view type of the stream has it not, and
--                    where there is none
--   sequence_number  text: its place among the changes of its shard
--   at               seconds since 1970 when it was written, about
--   shard_id         text
--   event_id         text, the service's
--   by_ttl           true: the service removed an item whose time to live was over
--
-- and where records were lost before they could be read
--
--   kind             "trimmed"
--   shard_id         text
--   after            the sequence number behind which that is; nil if nothing of the shard was read
--
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html
local chain = require "dynamo.table.chain"

local M = {}

local KINDS = { INSERT = "insert", MODIFY = "modify", REMOVE = "remove" }

-- What a change shows is what its write could have returned: an extension hides nothing of that.
local VERB = { name = "changes", operation = { read = false } }

-- Whether a record is of the service's own removing.
local function is_by_ttl(identity)
  return identity ~= nil
    and identity.Type == "Service"
    and identity.PrincipalId == "dynamodb.amazonaws.com"
end

-- Returns an image as the extensions of the table hand it on.
local function image(noun, item)
  if not item or not noun.extensions[1] then return item end
  return chain.after({ noun = noun, verb = VERB }, item)
end

--- Returns nil, or what is wrong with a record.
function M.problem(record)
  local own = record.dynamodb
  if not KINDS[record.eventName] then return "is of no kind that is known" end
  if not own or not own.SequenceNumber then return "has no sequence number" end
  if not own.Keys then return "has no key" end
end

--- Returns the change that a record tells of.
-- @tparam table noun what the table knows
-- @tparam string shard_id
-- @tparam table record one that M.problem finds nothing wrong with
function M.of(noun, shard_id, record)
  local own = record.dynamodb
  return {
    kind = KINDS[record.eventName],
    key = own.Keys,
    old = image(noun, own.OldImage),
    new = image(noun, own.NewImage),
    sequence_number = own.SequenceNumber,
    at = own.ApproximateCreationDateTime,
    shard_id = shard_id,
    event_id = record.eventID,
    by_ttl = is_by_ttl(record.userIdentity) or nil,
  }
end

--- Returns what tells that records of a shard are lost.
function M.trimmed(shard)
  local position = shard.position
  return {
    kind = "trimmed",
    shard_id = shard.id,
    after = position.word == "after" and position.value or nil,
  }
end

return M
