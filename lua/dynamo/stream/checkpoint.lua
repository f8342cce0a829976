-- SPDX-License-Identifier: MIT
-- Where a reading of a stream is, as text: the stream, and of each shard on the front (see
-- dynamo.stream.shard_tree) how far it was handed out. A position is { word, value }:
--
--   start          its oldest record that is left
--   after, at      a sequence number: what follows it, or itself and what follows
--   since          seconds since 1970: what was written then or later
--   finish         behind all of it
--
-- and with it goes `seen`: seconds since 1970, when the shard was known to be read up to the present; nil
-- where that is not known.
local opaque = require "dynamo.opaque"
local values = require "dynamo.value"

local M = {}

local KIND = "changes1"

-- Word -> the type of its value.
local WORDS = { start = "nil", after = "string", at = "string", since = "number", finish = "nil" }

--- Whether somebody means a text to be a checkpoint.
function M.is_meant(text)
  return opaque.is_of(KIND, text)
end

--- Returns the text of a checkpoint.
-- @tparam string arn of the stream
-- @tparam table shards a list of { id, position, seen }
function M.write(arn, shards)
  local list = values.list {}
  for i, shard in ipairs(shards) do
    list[i] = {
      id = shard.id,
      word = shard.position.word,
      value = shard.position.value,
      seen = shard.seen,
    }
  end
  return assert(opaque.write(KIND, { stream = arn, shards = list }))
end

-- Returns the shard of an entry; nil for what is none.
local function shard_of(entry)
  if type(entry) ~= "table" then return nil end
  local id, word, value, seen = entry.id, entry.word, entry.value, entry.seen
  if type(id) ~= "string" or WORDS[word] ~= type(value) then return nil end
  if seen ~= nil and type(seen) ~= "number" then return nil end
  return { id = id, position = { word = word, value = value }, seen = seen }
end

--- Returns what a text says: { arn, shards = { { id, position, seen }, ... } }; or nil, what is wrong with it,
-- the end of a sentence.
function M.read(text)
  local value, problem = opaque.read(KIND, text)
  if problem then return nil, problem end
  if type(value) ~= "table" then return nil, "names no stream" end
  local arn, list = value.stream, value.shards
  if type(arn) ~= "string" or type(list) ~= "table" then return nil, "names no stream" end
  local shards = {}
  for i, entry in ipairs(list) do
    shards[i] = shard_of(entry)
    if not shards[i] then return nil, "has a shard without a position" end
  end
  return { arn = arn, shards = shards }
end

return M
