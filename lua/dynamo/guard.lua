-- SPDX-License-Identifier: MIT
-- Calls of functions that may raise, may yield, and may never come back. A pcall is not enough: Lua
-- 5.1's cannot be yielded across, and none ends a function that yields for ever. So the function
-- gets a coroutine of its own, whose yields are handed on to whoever runs ours.
local protected = require "dynamo.protected"
local tasks = require "dynamo.task"

local M = {}

local unpack = table.unpack or unpack

-- Whether the caller can be suspended.
local is_yieldable = coroutine.isyieldable
  or function()
    local running, is_main = coroutine.running()
    return running ~= nil and not is_main
  end

local function pack(...)
  return { n = select("#", ...), ... }
end

local function ended(call)
  local results = call.results
  if results[1] then return unpack(results, 1, results.n) end
  return false, "raised", results[2]
end

local woken

-- Takes what resuming the coroutine gave: it has ended, or is to be waited for.
local function go_on(call, ok, ...)
  call.is_resuming = false
  if call.results then return ended(call) end
  if not ok then return false, "raised", (...) end
  if not is_yieldable() then return false, "stuck" end
  if call.is_late() then return false, "late" end
  call.waiting = coroutine.running()
  return woken(call, coroutine.yield(...))
end

function woken(call, ...)
  call.waiting = nil
  if call.results then return ended(call) end
  call.is_resuming = true
  return go_on(call, coroutine.resume(call.inner, ...))
end

--- Calls f(...).
-- @tparam function is_late asked whenever f yields: whether to give it up
-- @tparam function f
-- @treturn[1] boolean true, and what f returned
-- @treturn[2] boolean false
-- @treturn[2] string "raised", "late", or "stuck": it yielded outside of any coroutine
-- @return[2] what f raised
function M.call(is_late, f, ...)
  local call = { is_late = is_late }
  call.inner = coroutine.create(function(...)
    call.results = pack(protected(f, ...))
    -- An event loop that remembers coroutines by coroutine.running() has resumed the inner one
    -- itself; the one that waits for it does not know.
    if not call.is_resuming and call.waiting then coroutine.resume(call.waiting) end
  end)
  tasks.adopt(call.inner)
  return woken(call, ...)
end

return M
