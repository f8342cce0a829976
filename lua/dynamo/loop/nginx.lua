-- SPDX-License-Identifier: MIT
-- nginx's loop, whose coroutines are light threads. It waits for its own sockets itself: here are the
-- other waits.

-- Phases in which nothing can wait.
local WITHOUT_WAITING = {
  init = true,
  init_worker = true,
  exit_worker = true,
  set = true,
  header_filter = true,
  body_filter = true,
  log = true,
  balancer = true,
}
local LONG = 3600 -- seconds; who is woken too early waits again
local SHORTEST = 0.001 -- seconds; less would not let others go on

-- The one loop of a worker.
local loop = {}

function loop.is_here()
  return not WITHOUT_WAITING[ngx.get_phase()]
end

--- Returns a light thread, which the caller's is to reap once it has ended.
function loop.spawn(_, f)
  return assert(ngx.thread.spawn(f))
end

--- Frees what is left of a light thread that has ended.
function loop.reap(_, thread)
  ngx.thread.wait(thread)
end

function loop.suspend(_, task, _, _, seconds)
  task.semaphore = task.semaphore or assert(require("ngx.semaphore").new())
  task.semaphore:wait(math.max(seconds or LONG, SHORTEST))
end

function loop.wake(_, task)
  task.semaphore:post()
end

return loop
