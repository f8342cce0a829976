-- SPDX-License-Identifier: MIT
-- One operation of each replay class, on an item of its own in the fault server's store.
--
--   READ         a read
--   TOKEN        a transaction, which has a token
--   IDEMPOTENT   a put of a whole item
--   CONDITIONAL  a put that demands that there is none
--   UNSAFE       a counter's increment: nothing that may be done twice
--
-- Each is { prepare(db, key), run(db, key, pad), state(item), expected(applied) }: `pad` is text
-- that makes the request large, `state` what the item or the response says, `expected` what it should
-- say after so many writes.
local M = {}

M.TABLE = "Things"
M.NAMES = { "READ", "TOKEN", "IDEMPOTENT", "CONDITIONAL", "UNSAFE" }

local function nothing() end

local function counted(item)
  return item and item.n and tonumber(item.n.N) or 0
end

local function value(item)
  return item and item.v and item.v.S or "none"
end

local function put(db, key, pad, condition)
  return db:put_item {
    TableName = M.TABLE,
    Item = { id = key, v = "written", pad = pad },
    ConditionExpression = condition,
  }
end

local function increment(key, pad)
  return {
    TableName = M.TABLE,
    Key = { id = key },
    UpdateExpression = pad and "ADD n :one SET pad = :pad" or "ADD n :one",
    ExpressionAttributeValues = { [":one"] = 1, [":pad"] = pad },
  }
end

local function count(applied)
  return applied
end

local function written(applied)
  return applied > 0 and "written" or "none"
end

-- A key of the given text, which is nobody's, makes a read large.
local function read(db, key, pad)
  local request = { [M.TABLE] = { Keys = { { id = key }, { id = pad } } } }
  local response, message, info = db:batch_get_item { RequestItems = request }
  return response and { Item = response.Responses[M.TABLE][1] }, message, info
end

M.READ = {
  prepare = function(db, key)
    assert(put(db, key))
  end,
  run = function(db, key, pad)
    if pad then return read(db, key, pad) end
    return db:get_item { TableName = M.TABLE, Key = { id = key } }
  end,
  state = value,
  expected = function()
    return "written"
  end,
}

M.TOKEN = {
  prepare = nothing,
  run = function(db, key, pad)
    return db:transact_write_items { TransactItems = { { Update = increment(key, pad) } } }
  end,
  state = counted,
  expected = count,
}

M.IDEMPOTENT = { prepare = nothing, run = put, state = value, expected = written }

M.CONDITIONAL = {
  prepare = nothing,
  run = function(db, key, pad)
    return put(db, key, pad, "attribute_not_exists(id)")
  end,
  state = value,
  expected = written,
}

M.UNSAFE = {
  prepare = nothing,
  run = function(db, key, pad)
    return db:update_item(increment(key, pad))
  end,
  state = counted,
  expected = count,
}

return M
