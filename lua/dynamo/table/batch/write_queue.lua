-- SPDX-License-Identifier: MIT
-- The writes that a batch writer has taken and that are not settled yet. No I/O.
--
-- Of each key there is one write that is ready or flying, and one more at most that waits behind a
-- flying one: so what is applied to a key is applied in the order given, whatever has to be sent
-- again. A write takes the place of an earlier one of its key that has not been sent: it is folded.
--
-- A queue is made here alone:
--   ready       the writes that may be sent, from `first` to `last`; they are `bytes` long
--   latest      key -> its write that is ready or flying
--   flying      how many writes have been taken out to be sent, and are not settled
--   waiting     how many wait behind those
--   done        how many are done
--   folded      how many were folded
--   taken       how many there were
--   unsettled   the writes that were given up: a list
--
-- A write is of dynamo.table.batch.write_request; of it the queue writes
--   number      which one it was, from 1
--   place       where it is in `ready`
--   is_flying   whether it has been taken out
--   next        the write that waits behind it, or nil
--   is_doubtful whether it may have been done although that is not known: written by who sends it
local M = {}

-- https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
local MOST_WRITES = 25
local MOST_BYTES = 16 * 1024 * 1024
-- What a body has beside its writes: 25 names of tables at most, and a few options.
local FRAME_BYTES = 64 * 1024
local BYTES = MOST_BYTES - FRAME_BYTES

--- Makes a queue.
function M.new()
  return {
    ready = {},
    first = 1,
    last = 0,
    bytes = 0,
    latest = {},
    flying = 0,
    waiting = 0,
    done = 0,
    folded = 0,
    taken = 0,
    unsettled = {},
  }
end

-- Puts a write behind those that may be sent.
local function make_ready(queue, write)
  queue.last = queue.last + 1
  queue.ready[queue.last], write.place = write, queue.last
  queue.bytes = queue.bytes + write.bytes
  queue.latest[write.key] = write
end

-- Puts a write in the place of one that has not been sent.
local function replace(queue, old, write)
  queue.bytes = queue.bytes - old.bytes + write.bytes
  queue.ready[old.place], write.place = write, old.place
  queue.latest[write.key] = write
  queue.folded = queue.folded + 1
end

--- Takes a write.
function M.add(queue, write)
  local latest = queue.latest[write.key]
  queue.taken, write.number = queue.taken + 1, queue.taken + 1
  if not latest then
    make_ready(queue, write)
  elseif not latest.is_flying then
    replace(queue, latest, write)
  else
    if latest.next then
      queue.folded = queue.folded + 1
    else
      queue.waiting = queue.waiting + 1
    end
    latest.next = write
  end
end

--- Returns how many writes may be sent.
function M.size(queue)
  return queue.last - queue.first + 1
end

--- Whether there is as much to send as some requests take.
-- @tparam integer count of them
function M.is_full(queue, count)
  return M.size(queue) >= count * MOST_WRITES or queue.bytes >= count * BYTES
end

--- Returns how many requests there are to send, at the least.
function M.count(queue)
  return math.ceil(M.size(queue) / MOST_WRITES)
end

--- Whether nothing is left to be sent or settled.
function M.is_empty(queue)
  return queue.last < queue.first and queue.flying == 0
end

-- Takes the first write out.
local function shift(queue)
  local write = queue.ready[queue.first]
  queue.ready[queue.first] = nil
  queue.first = queue.first + 1
  queue.bytes = queue.bytes - write.bytes
  queue.flying = queue.flying + 1
  write.is_flying = true
  return write
end

--- Takes out the writes of the next request, the oldest first; returns nil if there are none.
-- @treturn ?{table,...}
function M.take(queue)
  if queue.last < queue.first then return nil end
  local batch, bytes = {}, 0
  repeat
    batch[#batch + 1] = shift(queue)
    bytes = bytes + batch[#batch].bytes
    local following = queue.ready[queue.first]
  until not following or #batch == MOST_WRITES or bytes + following.bytes > BYTES
  if queue.last < queue.first then
    queue.first, queue.last = 1, 0
  end
  return batch
end

-- Ends the flight of a write; returns the one that waited behind it, or nil.
local function land(queue, write)
  local following = write.next
  queue.flying = queue.flying - 1
  queue.latest[write.key] = nil
  write.is_flying, write.next = false, nil
  if following then queue.waiting = queue.waiting - 1 end
  return following
end

--- Settles a write that is done.
function M.settle(queue, write)
  queue.done = queue.done + 1
  local following = land(queue, write)
  if following then make_ready(queue, following) end
end

-- Whether nothing is lost if a write is dropped for the one behind it: it was certainly not done.
local function is_superseded(write, following)
  return following ~= nil and not write.is_doubtful
end

--- Gives up a write that was taken out, and what waits behind it.
function M.give_up(queue, write)
  local following, unsettled = land(queue, write), queue.unsettled
  if is_superseded(write, following) then
    queue.folded = queue.folded + 1
  else
    unsettled[#unsettled + 1] = write
  end
  unsettled[#unsettled + 1] = following
end

-- Orders writes as they were given.
local function is_earlier(one, other)
  return one.number < other.number
end

--- Returns what is not known to be done, in the order given.
-- @treturn {table,...} the writes that were certainly not done
-- @treturn {table,...} those that may have been done, those under way among them
function M.rest(queue)
  local undone, unknown = {}, {}
  local function add(write)
    local list = (write.is_flying or write.is_doubtful) and unknown or undone
    list[#list + 1] = write
  end
  for _, write in ipairs(queue.unsettled) do
    add(write)
  end
  for _, write in next, queue.latest do
    add(write)
    if write.next then add(write.next) end
  end
  table.sort(undone, is_earlier)
  table.sort(unknown, is_earlier)
  return undone, unknown
end

return M
