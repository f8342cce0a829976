-- SPDX-License-Identifier: MIT
-- The transport of this runtime, real sockets and all, on clocks that waits move on: it sleeps not
-- at all, so that a spec may let retries wait as long as they do.
--
--   paced.sleeps     the waits asked for, in seconds
--   paced.wall       added to the wall clock from now on (default 0)
--   paced.step       added to `wall` by the next wait (default 0)
--   paced.freeze     added to `wall` by the next sending: the machine slept since the signing
local transports = require "dynamo.transport"

local M = {}

local Paced = {}
Paced.__index = Paced

--- Returns one over a transport made of `options` (as of dynamo.transport), by `make` if given.
function M.new(options, make)
  return setmetatable({
    inner = (make or transports.new)(options),
    sleeps = {},
    slept = 0,
    wall = 0,
    step = 0,
    freeze = 0,
  }, Paced)
end

function Paced:send(request, deadline)
  self.wall, self.freeze = self.wall + self.freeze, 0
  return self.inner:send(request, deadline - self.slept)
end

function Paced:sleep(seconds)
  self.sleeps[#self.sleeps + 1] = seconds
  self.slept = self.slept + seconds
  self.wall, self.step = self.wall + self.step, 0
end

function Paced:now()
  return self.inner:now() + self.wall
end
function Paced:monotonic()
  return self.inner:monotonic() + self.slept
end
function Paced:close()
  self.inner:close()
end

return M
