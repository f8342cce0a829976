-- SPDX-License-Identifier: MIT
-- Many items written, read and deleted in batches, and counted one by one: in a script, and inside nginx.
local M = {}

-- Returns how often each number from 1 on was seen in a table, and how many items there were.
local function seen_in(things)
  local seen, count = {}, 0
  local result = things:scan { consistent_read = true }
  local item, message = result:next()
  while item do
    seen[item.id], count = (seen[item.id] or 0) + 1, count + 1
    item, message = result:next()
  end
  assert(message == nil, message)
  return seen, count
end

-- Returns how many of the numbers 1 to n were seen once, if they are wanted, or not at all, if not.
local function right_ones(n, seen, is_wanted)
  local right = 0
  for id = 1, n do
    if (seen[id] or 0) == (is_wanted(id) and 1 or 0) then right = right + 1 end
  end
  return right
end

local function all()
  return true
end

local function is_kept(id)
  return id % 10 ~= 0
end

-- Writes n items, some of them again, which are folded or wait.
local function write(things, n)
  local _, _, info = assert(things:writer({ in_flight = 8 }, function(w)
    for id = 1, n do
      w:put { id = id, v = "old" }
      w:put { id = id, v = "item " .. id }
      if id > 100 then w:put { id = id - 100, v = "item " .. id - 100 } end
    end
  end))
  return info
end

-- Returns how many items stand where their keys do: those kept, and nil for the others.
local function read(things, n)
  local keys = {}
  for id = 1, n do
    keys[id] = id
  end
  local items = assert(things:batch_get(keys, { projection = "v", consistent_read = true }))
  local right = 0
  for id = 1, n do
    local v = items[id] and items[id].v
    if v == (is_kept(id) and "item " .. id or nil) then right = right + 1 end
  end
  return right
end

--- Does it all with a table of the partition key `id`, a number.
-- @treturn table writes (that were done or folded), written, counted, deleted, kept, read: each n if all
--   is right, but writes, and deleted, which is a tenth of it
function M.run(db, name, n)
  local things = db:table(name, { key = { "id" } })
  local info = write(things, n)
  local seen, counted = seen_in(things)
  local told = {
    writes = info.done + info.folded,
    written = right_ones(n, seen, all),
    counted = counted,
  }
  local deletes = {}
  for id = 10, n, 10 do
    deletes[#deletes + 1] = id
  end
  told.deleted = select(3, assert(things:batch_write { delete = deletes })).done
  told.kept = right_ones(n, (seen_in(things)), is_kept)
  told.read = read(things, n)
  return told
end

--- Returns what M.run returns where all is right.
function M.expected(n)
  return {
    writes = 2 * n + math.max(n - 100, 0),
    written = n,
    counted = n,
    deleted = math.floor(n / 10),
    kept = n,
    read = n,
  }
end

return M
