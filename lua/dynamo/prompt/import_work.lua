-- SPDX-License-Identifier: MIT
-- The work of an import: items are given to a writer, and every now and then all that was given is waited
-- for; what came before is certain then. A record that the service refuses makes it refuse the whole
-- batch: what is not certain is then written one by one, to find it.
local long_work = require "dynamo.prompt.long_work"
local mistake = require "dynamo.prompt.mistake"

local M = {}

-- Memory holds the records of which it is not certain that they are written.
local MOST_BYTES = 4 * 1024 * 1024

-- Work is
--   { job, noun, reader, rejects, rejects_path, options (of the writer), items and rejected (how many are certain),
--     pending (the records that are not: { item, record }, ...) }

-- Notes that all is done before a record (nil: all that was read), so many items more than were certain.
local function settle(work, record, count)
  local place = work.reader.records:place(record and record.before)
  work.items, work.pending = work.items + count, {}
  long_work.note(work.job, {
    bytes = place.bytes,
    line = place.line,
    tail = place.tail,
    format = work.reader.format,
    header = work.reader.header,
    items = work.items,
    rejected = work.rejected,
    rejects = work.rejects_path,
    rejects_bytes = work.rejects.bytes,
  })
end

local function reject(work, record)
  work.rejects.add(record)
  work.rejected = work.rejected + 1
end

-- Notes what the library says of an item; raises what is no fault of the item's.
local function blame(record, err)
  if getmetatable(err) ~= "dynamo.error" or err.kind ~= "validation" then error(err, 0) end
  local name = (err.path or ""):match "^Item%.([%w_]+)"
  record.message = err.message:gsub("^Item%.", ""):gsub("\n.*$", "")
  record.at = name and record.text:find(name, 1, true) or 1
end

-- Gives an item to the writer; returns whether it is a good one.
local function put(work, writer, item, record)
  local pending = work.pending
  pending[#pending + 1], work.job.has_written = { item, record }, true
  local ok, err = pcall(writer.put, writer, item)
  if ok then return true end
  if getmetatable(err) == "dynamo.error" and err.kind == "validation" then
    pending[#pending] = nil
  end
  blame(record, err)
  return false
end

-- Takes one record. A bad one that ends the work does so once all before it is certain.
local function take(work, writer, item, record)
  if item and put(work, writer, item, record) then return end
  if work.rejects.raises then
    writer:flush()
    settle(work, record, #work.pending)
  end
  reject(work, record)
end

-- Whether the records that are not certain are many, or old.
local function is_due(work)
  local is_much = work.reader.records.bytes - work.job.state.bytes > MOST_BYTES
  return is_much or long_work.is_due(work.job, work.items + #work.pending)
end

local function flush(work, writer)
  writer:flush()
  settle(work, nil, #work.pending)
end

-- Gives the writer all that is left.
local function give(work, writer)
  for item, record in work.reader.next do
    take(work, writer, item, record)
    if is_due(work) then flush(work, writer) end
  end
  flush(work, writer)
end

-- Writes an item by itself; returns whether the service takes it.
local function write_one(work, item, record)
  local done, message, err = work.noun:put(item)
  if done then return true end
  if err.code ~= "ValidationException" then mistake.fail(message, err) end
  record.message, record.at = message, 1
  return false
end

-- Writes what is not certain, one by one.
local function write_pending(work)
  local count = 0
  for _, entry in ipairs(work.pending) do
    local record = entry[2]
    if write_one(work, entry[1], record) then
      count = count + 1
    else
      if work.rejects.raises then settle(work, record, count) end
      reject(work, record)
    end
  end
  settle(work, nil, count)
end

--- Does the work; raises what ends it.
function M.run(work)
  repeat
    local done, message, err = work.noun:writer(work.options, function(writer)
      return give(work, writer)
    end)
    local is_refused = not done and err.kind == "service" and err.code == "ValidationException"
    if not done and not is_refused then mistake.fail(message, err) end
    if is_refused then write_pending(work) end
  until done
end

return M
