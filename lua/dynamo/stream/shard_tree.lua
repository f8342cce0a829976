-- SPDX-License-Identifier: MIT
-- Which shards of a stream are read, and when: a shard is closed some day, and its children go on with
-- its keys. So that the changes of a key keep their order, a shard is read only once its parent has
-- been handed out to the end. No I/O here.
--
-- A tree is
--   front     a list of the shards that are read now, and of those that were handed out to the end and
--             have no children yet
--   by_id     id -> the shard on the front
--   passed    the set of the ids behind the front, as far as they are still listed
--   listed    what the stream was last said to consist of: { { id, parent, is_closed }, ... }, the
--             parents before the children; nil before. listed_at: when, in seconds since 1970
--   is_begun  whether that was taken for the beginning
--   is_stale  whether a shard has ended since
-- and a shard
--   id        text
--   position  see dynamo.stream.checkpoint; beside those "latest", before it has an iterator
--   iterator  text, the service's; nil where a new one is needed
--   is_closed whether nothing is written to it any more, as far as that was said
--   due       when it is to be read next, on the clock of the transport
--   turn      which turn it had last; 0 for none
--   empties   how many answers without records it gave in a row
--   seen      see dynamo.stream.checkpoint
--   earliest  seconds since 1970: what is older is skipped; nil for nothing
--   gap       { position (where to go on), seen, is_new (nothing of it was read) }: records of it may be
--             lost, and that has not been told yet; nil for none
local M = {}

--- Seconds for which the service keeps records.
-- https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
M.RETENTION = 86400

--- Returns a shard that is to be read from a position on.
function M.shard(id, position, seen)
  return {
    id = id,
    position = position,
    iterator = nil,
    is_closed = false,
    due = -math.huge,
    turn = 0,
    empties = 0,
    seen = seen,
    earliest = nil,
    gap = nil,
  }
end

--- Makes a tree.
-- @tparam ?table shards those on the front, { { id, position, seen }, ... }; nil for a beginning
function M.new(shards)
  local tree = {
    front = {},
    by_id = {},
    passed = {},
    listed = nil,
    listed_at = nil,
    is_begun = shards ~= nil,
    is_stale = false,
  }
  for _, shard in ipairs(shards or {}) do
    M.join(tree, M.shard(shard.id, shard.position, shard.seen))
  end
  return tree
end

--- Puts a shard on the front.
function M.join(tree, shard)
  tree.front[#tree.front + 1], tree.by_id[shard.id] = shard, shard
end

--- Notes that records of a shard may be lost, which is to be told.
-- @tparam table shard
-- @tparam table position where it goes on
-- @tparam ?number seen
-- @tparam ?boolean is_new whether nothing of it was read
function M.note_gap(shard, position, seen, is_new)
  shard.gap = { position = position, seen = seen, is_new = is_new or false }
end

--- Whether a shard was handed out to the end.
function M.is_finished(shard)
  return shard.position.word == "finish"
end

-- Returns id -> what is listed, and the set of the ids that are somebody's parent.
local function indexed(listed)
  local by_id, parents = {}, {}
  for _, each in ipairs(listed) do
    by_id[each.id] = each
    if each.parent then parents[each.parent] = true end
  end
  return by_id, parents
end

-- Notes as passed all that is above the front.
local function pass_ancestors(tree, by_id)
  for _, shard in ipairs(tree.front) do
    local each = by_id[shard.id]
    while each and each.parent and not tree.passed[each.parent] do
      tree.passed[each.parent] = true
      each = by_id[each.parent]
    end
  end
end

-- Whether a parent keeps its child waiting: it is read now, or has to be before.
local function is_ahead(tree, by_id, id)
  local parent = tree.by_id[id]
  if parent then return not M.is_finished(parent) end
  return by_id[id] ~= nil and not tree.passed[id]
end

-- Puts on the front what nothing keeps waiting. Whose parent nobody knows any more may have lost records,
-- unless all begins here.
local function advance(tree, by_id, is_beginning)
  for _, each in ipairs(tree.listed) do
    local id, parent = each.id, each.parent
    if not tree.by_id[id] and not tree.passed[id] and not is_ahead(tree, by_id, parent) then
      local before = tree.by_id[parent]
      local seen = not is_beginning and before and before.seen or tree.listed_at
      local shard = M.shard(id, { word = "start" }, seen)
      local is_orphan = parent and not before and not tree.passed[parent]
      if is_orphan and not is_beginning then M.note_gap(shard, shard.position, seen, true) end
      M.join(tree, shard)
    end
  end
end

-- Whether a shard that was handed out to the end leaves the front: it has children, or is gone. As long as
-- it is listed without, none were lost; where it went unseen, they may have been, and gone before it.
local function is_passed(tree, shard, each, has_children)
  if has_children then return true end
  if each then
    shard.seen = math.max(shard.seen or 0, tree.listed_at)
    return false
  end
  if not shard.seen or tree.listed_at - shard.seen <= M.RETENTION then return true end
  M.note_gap(shard, shard.position, tree.listed_at)
  return false
end

-- Takes from the front what is passed.
local function pass_finished(tree, by_id, parents)
  local front = {}
  for _, shard in ipairs(tree.front) do
    local id = shard.id
    local each = by_id[id]
    if M.is_finished(shard) and is_passed(tree, shard, each, parents[id]) then
      tree.by_id[id], tree.passed[id] = nil, true
    else
      shard.is_closed = each ~= nil and each.is_closed
      front[#front + 1] = shard
    end
  end
  tree.front = front
end

-- Goes by what is listed. Nothing is concluded from a shard's not being listed while it is read: who
-- reads it will see.
local function settle(tree, is_beginning)
  local by_id, parents = indexed(tree.listed)
  pass_ancestors(tree, by_id)
  advance(tree, by_id, is_beginning)
  pass_finished(tree, by_id, parents)
  return by_id
end

-- Begins behind all that is there: with the shards that have no children.
local function begin_latest(tree)
  local _, parents = indexed(tree.listed)
  for _, each in ipairs(tree.listed) do
    if not parents[each.id] then M.join(tree, M.shard(each.id, { word = "latest" })) end
  end
end

--- Takes what the stream was said to consist of.
-- @tparam table tree
-- @tparam table listed a list of { id, parent, is_closed }
-- @tparam boolean from_latest whether a beginning is behind all that is there
-- @tparam number moment when it was, seconds since 1970
function M.take(tree, listed, from_latest, moment)
  local is_beginning = not tree.is_begun
  tree.listed, tree.listed_at, tree.is_begun, tree.is_stale = listed, moment, true, false
  if is_beginning and from_latest then begin_latest(tree) end
  local by_id = settle(tree, is_beginning)
  for id in next, tree.passed do
    if not by_id[id] then tree.passed[id] = nil end
  end
end

--- Notes that a shard has been handed out to the end; its children are read from now on.
function M.finish(tree, shard)
  shard.position, shard.iterator, shard.gap = { word = "finish" }, nil, nil
  tree.is_stale = true
  settle(tree, false)
end

--- Whether more shards are wanted than those that are known.
function M.wants_more(tree)
  local open = 0
  for _, shard in ipairs(tree.front) do
    if M.is_finished(shard) then return true end
    open = open + 1
  end
  return open == 0
end

--- Whether all that was listed has been handed out.
function M.is_over(tree)
  if not tree.listed or tree.is_stale then return false end
  for _, shard in ipairs(tree.front) do
    if not M.is_finished(shard) or shard.gap then return false end
  end
  return true
end

--- Returns the shard whose loss of records is to be told, or nil.
function M.gap(tree)
  for _, shard in ipairs(tree.front) do
    if shard.gap then return shard end
  end
end

--- Returns the shards of a checkpoint: those of which something was lost, and nobody was told yet, will
-- be found anew.
function M.positions(tree)
  local shards = {}
  for _, shard in ipairs(tree.front) do
    if not (shard.gap and shard.gap.is_new) then shards[#shards + 1] = shard end
  end
  return shards
end

return M
