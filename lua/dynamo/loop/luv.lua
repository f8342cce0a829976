-- SPDX-License-Identifier: MIT
-- libuv's loop, by the binding luv.
-- @see https://github.com/luvit/luv
local given = require "dynamo.given"
local callbacks = require "dynamo.loop.callbacks"

local M = {}

--- Returns the loop of luv, as uv.run() runs it.
-- @tparam table uv what `require "luv"` gave
-- @treturn table loop, with :spawn(f)
-- @usage
-- local uv = require "luv"
-- local loop = dynamo.loop.luv(uv)
-- loop:spawn(function() users:put { userId = "1" } end)
-- uv.run()
function M.luv(uv, ...)
  given.no_more("dynamo.loop.luv", ...)
  if type(uv) ~= "table" or not (uv.new_poll and uv.new_timer) then
    error('dynamo.loop.luv: what require "luv" gave expected', 2)
  end
  -- Returns what ends a handle: it calls nothing any more and is freed.
  local function closing(handle)
    return function()
      uv.close(handle)
    end
  end
  return callbacks.new {
    watch = function(fd, mode, f)
      local poll = assert(uv.new_poll(fd))
      uv.poll_start(poll, mode, f)
      return closing(poll)
    end,
    after = function(seconds, f)
      local timer = uv.new_timer()
      uv.update_time() -- it may have stood still while the program worked
      uv.timer_start(timer, math.ceil(seconds * 1000), 0, f)
      return closing(timer)
    end,
  }
end

return M
