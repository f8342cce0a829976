-- SPDX-License-Identifier: MIT
-- Batches against a script: a client whose transport answers by functions of what was asked.
--
--   local users, sent = batch_service.new { batch_service.leave(1, 3), { kind = "timeout" }, ... }
--   sent[1].Users[2].PutRequest.Item      what the first request asked of a table, wire-typed
--
-- A step is one of support.fake_transport; the last one serves all further requests, by default one
-- that does all.
local core = require "dynamo.core"
local fake_client = require "support.fake_client"
local json = require "dkjson"

local M = {}

--- The response to a batch of which nothing is left.
M.DONE = { status = 200, body = "{}" }

local LEFT = { BatchWriteItem = "UnprocessedItems", BatchGetItem = "UnprocessedKeys" }

local function operation_of(request)
  for _, pair in ipairs(request.headers) do
    if pair[1] == "x-amz-target" then return pair[2]:match "%.(%w+)$" end
  end
end

-- Returns the entries of one table at some places; nil for none.
local function at_places(list, places)
  local left = {}
  for _, place in ipairs(places) do
    left[#left + 1] = list[place]
  end
  return left[1] and left
end

-- Returns a response that says that of each table the entries at some places are left; of the rest of
-- the keys, items: the keys themselves.
local function leaving(request, places)
  local name, asked = operation_of(request), json.decode(request.body).RequestItems
  local answer = { [LEFT[name]] = {}, Responses = {} }
  for of_table, own in pairs(asked) do
    local list = own.Keys or own
    local left = at_places(list, places)
    if left then answer[LEFT[name]][of_table] = own.Keys and { Keys = left } or left end
    answer.Responses[of_table] = {}
    for place, key in ipairs(own.Keys or {}) do
      local is_left = false
      for _, other in ipairs(places) do
        is_left = is_left or other == place
      end
      if not is_left then table.insert(answer.Responses[of_table], key) end
    end
  end
  if name == "BatchWriteItem" then answer.Responses = nil end
  if next(answer[LEFT[name]]) == nil then answer[LEFT[name]] = nil end -- dkjson would say []
  return { status = 200, body = json.encode(answer) }
end

--- Returns a step that does all but what stands at some places of each table's list, from 1.
function M.leave(...)
  local places = { ... }
  return function(request)
    return leaving(request, places)
  end
end

--- A step that leaves all of it.
function M.leave_all(request)
  local places = {}
  for place = 1, 100 do
    places[place] = place
  end
  return leaving(request, places)
end

--- Returns a table "Users" of a client that plays steps; what it sends; and the fake transport.
-- @tparam ?table steps
-- @tparam ?table o options of db:table, `key` { "id" } by default
-- @tparam ?table more options of dynamo.new
function M.new(steps, o, more)
  local db, fake = fake_client.new(steps or { M.DONE }, more)
  o = o or {}
  o.key = o.key or { "id" }
  local sent = setmetatable({}, {
    __index = function(_, n)
      local request = fake.requests[n]
      return request and assert(core.document(request.body)).RequestItems
    end,
  })
  return db:table("Users", o), sent, fake, db
end

--- Returns items with the ids first .. last.
function M.items(first, last)
  local items = {}
  for id = first, last do
    items[#items + 1] = { id = id }
  end
  return items
end

return M
