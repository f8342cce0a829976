-- SPDX-License-Identifier: MIT
-- Random operations and random faults for chaos_spec.lua, the same for the same seed on every Lua.
local M = {}

local TABLE = "Chaos"

-- ---- chance --------------------------------------------------------------------------------

--- Which random operations there are: DYNAMO_SEED, or 1.
M.SEED = tonumber(os.getenv "DYNAMO_SEED" or "") or 1

--- Returns a function roll(n) -> a whole number from 1 to n.
function M.dice(seed)
  local state = seed % 2147483646 + 1
  return function(n)
    state = state * 16807 % 2147483647
    return state % n + 1
  end
end

local function pick(roll, list)
  return list[roll(#list)]
end

-- ---- faults --------------------------------------------------------------------------------

local CLOSES = { "fin", "rst", "silent" }
local HTML = "<html>Bad Gateway</html>"

-- Each makes an exchange of the fault server.
local FAULTS = {
  function()
    return { connect = "close" }
  end,
  function(roll)
    return { read = roll(60) - 1, cut = 0, close = pick(roll, CLOSES) }
  end,
  function(roll)
    return { apply = false, cut = 0, close = pick(roll, CLOSES) }
  end,
  function(roll)
    return { cut = 0, close = pick(roll, CLOSES) }
  end,
  function(roll)
    return { cut = 0, close = pick(roll, CLOSES) }
  end,
  function(roll)
    return { cut = roll(400), close = pick(roll, CLOSES) }
  end,
  function(roll)
    return { cut = roll(400), response = { framing = "chunked" } }
  end,
  function(roll)
    return { cut = roll(400), response = { framing = "close" } }
  end,
  function()
    return { error = { code = "InternalServerError", message = "not done" } }
  end,
  function()
    return { apply = true, error = { code = "InternalServerError", message = "done" } }
  end,
  function(roll)
    return { apply = roll(2) == 1, response = { status = 502, body = HTML } }
  end,
  function(roll)
    return { apply = roll(2) == 1, response = { status = 503, body = HTML } }
  end,
  function()
    return { error = { code = "RequestLimitExceeded", message = "slow down" } }
  end,
  function()
    return { response = { crc = "1" } }
  end,
  function()
    return { response = { gzip = "cut" } }
  end,
  function()
    return { response = { gzip = "bad_crc" } }
  end,
  function()
    return { response = { body = "" } }
  end,
  function()
    return { response = { body = '{"Item":{"id":{"S":"forged"}}' } }
  end,
  function()
    return { send = { "garbage\r\n\r\n" }, close = "fin" }
  end,
}

local STRAY = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

-- What is unusual and does no harm.
local ODDITIES = {
  function()
    return { response = { gzip = "good" } }
  end,
  function()
    return { response = { framing = "chunked" } }
  end,
  function()
    return { response = { framing = "close" }, close = "fin" }
  end,
  function()
    return { close = "fin" }
  end,
  function()
    return { response = { crc = false } }
  end,
  -- In one piece: what comes only after the next request went out cannot be told from its response.
  function()
    return { send = { { response = true, text = STRAY } } }
  end,
}

local function stall(roll)
  return { stall = roll(500) - 1, apply = roll(3) > 1 }
end

--- What happens to an attempt that is throttled.
M.THROTTLE = { error = { code = "ThrottlingException", message = "slow down" } }

--- Returns what happens to one attempt.
function M.exchange(roll)
  local chance = roll(100)
  if chance <= 2 then return stall(roll) end
  if chance <= 50 then return pick(roll, FAULTS)(roll) end
  if chance <= 65 then return pick(roll, ODDITIES)(roll) end
  return {}
end

--- Returns the exchanges of one operation: what happens to up to five attempts.
function M.plan(roll)
  local plan, hopeless = {}, roll(20) == 1
  for i = 1, 5 do
    plan[i] = hopeless and M.THROTTLE or M.exchange(roll)
  end
  return plan
end

-- ---- operations ----------------------------------------------------------------------------

local function count_of(item)
  return item and item.n and tonumber(item.n.N) or 0
end

local function length_of(item)
  return item and item.log and #item.log.L or 0
end

local function is_written(item)
  return item ~= nil and item.v ~= nil and item.v.S == "written"
end

local function counts(look)
  return count_of(look.item) == look.applied
end

local function lists(look)
  return length_of(look.item) == look.applied
end

local function writes(look)
  return is_written(look.item) == (look.applied > 0)
end

local function marks(look)
  local marked = look.item and look.item.marks
  return (marked ~= nil and #marked.SS == 1 and marked.SS[1] == "a") == (look.applied > 0)
end

local function update(text, ...)
  local value = ...
  return function(chaos, key, o)
    return chaos.things:update({ id = key }, text, value, o)
  end
end

-- Each is { class, run(chaos, key, options), whether the item is as its writes say }.
local OPERATIONS = {
  { "UNSAFE", update("ADD n ?", 1), counts },
  { "UNSAFE", update("ADD n ?", 1), counts },
  { "UNSAFE", update("SET n = if_not_exists(n, 0) + ?", 1), counts },
  { "UNSAFE", update("SET n = if_not_exists(n, 0) + ?, v = 'written'", 1), counts },
  { "UNSAFE", update("SET log = list_append(if_not_exists(log, []), ?)", { "entry" }), lists },
  {
    "UNSAFE",
    function(chaos, key)
      return chaos.db:update_item {
        TableName = TABLE,
        Key = { id = key },
        UpdateExpression = "ADD n :one",
        ExpressionAttributeValues = { [":one"] = 1 },
      }
    end,
    counts,
  },
  {
    "IDEMPOTENT",
    function(chaos, key)
      return chaos.things:put { id = key, v = "written" }
    end,
    writes,
  },
  {
    "IDEMPOTENT",
    function(chaos, key)
      return chaos.things:upsert { id = key, v = "written" }
    end,
    writes,
  },
  {
    "IDEMPOTENT",
    function(chaos, key)
      return chaos.things:update({ id = key }, "ADD marks ?", chaos.set { "a" })
    end,
    marks,
  },
  {
    "CONDITIONAL",
    function(chaos, key)
      return chaos.things:insert { id = key, v = "written" }
    end,
    writes,
  },
  {
    "CONDITIONAL",
    function(chaos, key)
      return chaos.things:update(
        { id = key },
        "SET v = ?",
        "written",
        { condition = "attribute_not_exists(v)" }
      )
    end,
    writes,
  },
  {
    "CONDITIONAL",
    function(chaos, key)
      return chaos.things:update(
        { id = key },
        "SET n = if_not_exists(n, 0) + ?",
        1,
        { condition = "attribute_not_exists(n)" }
      )
    end,
    counts,
  },
  {
    "TOKEN",
    function(chaos, key)
      return chaos.things:update({ id = key }, "ADD n ?", 1, { once = true })
    end,
    counts,
  },
  {
    "TOKEN",
    function(chaos, key)
      return chaos.db:transact_write_items {
        TransactItems = {
          { Put = { TableName = TABLE, Item = { id = key, v = "written" } } },
        },
      }
    end,
    writes,
  },
  {
    "READ",
    function(chaos)
      local item, message, told = chaos.things:get { id = chaos.known_id }
      if message then return nil, message, told end
      if not item or item.id ~= chaos.known_id or item.v ~= chaos.known then
        error "a read returned what was never written, or another's answer"
      end
      return item, nil, told
    end,
    function(look)
      return look.applied == 0
    end,
  },
  {
    "unsafe",
    function(chaos, key)
      return chaos.things:update({ id = key }, "ADD n ?", 1, { retry_unsafe = true })
    end,
    counts,
  },
}

M.TABLE = TABLE

--- Returns a random operation: { class, run, holds }.
function M.operation(roll)
  local operation = pick(roll, OPERATIONS)
  return { class = operation[1], run = operation[2], holds = operation[3] }
end

-- ---- judgement -----------------------------------------------------------------------------

local AT_MOST_ONCE = { UNSAFE = true, CONDITIONAL = true, TOKEN = true, READ = true }

--- Returns nil, or what is wrong with what a call said, given what became of its item.
-- @tparam table operation
-- @tparam ?table err nil for a success
-- @tparam table look { applied, item }
function M.judge(operation, err, look)
  local class, applied, maybe = operation.class, look.applied, err and err.maybe_applied
  if not operation.holds(look) then return "the item is not what its writes make of it" end
  if AT_MOST_ONCE[class] and applied > 1 then return "done more than once" end
  if class == "READ" then return err and maybe and "a read that may have been applied" or nil end
  if not err then return applied == 0 and "said to be done and was not" or nil end
  if maybe == "no" and applied > 0 then return 'maybe_applied "no", and it was done' end
  if maybe == "yes" and applied == 0 then return 'maybe_applied "yes", and it was not done' end
  if maybe ~= "no" and maybe ~= "yes" and maybe ~= "unknown" then return "no maybe_applied" end
end

return M
