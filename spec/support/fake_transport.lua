-- SPDX-License-Identifier: MIT
-- A transport that answers from a script, on a clock of its own: no socket, no waiting.
--
--   local fake = fake_transport.new { { kind = "timeout", sent = "none" }, { status = 200 } }
--   fake.requests, fake.deadlines, fake.sleeps, fake.closed    what was done to it
--   fake.clock                                        the monotonic time, which sleeps move on
--
-- A step is a response { status, headers, body, seconds }, a failure { kind, code, message, sent,
-- status, request_id, seconds }, or a function(request, fake) that returns a step; `seconds` is what the
-- sending takes. The last step serves all further requests.
local M = {}

local Fake = {}
Fake.__index = Fake

--- Returns a fake transport that plays `steps`.
function M.new(steps)
  return setmetatable({
    steps = steps,
    requests = {},
    deadlines = {},
    sleeps = {},
    clock = 100,
    wall = 1700000000.25,
    closed = 0,
  }, Fake)
end

function Fake:send(request, deadline)
  local n = #self.requests + 1
  self.requests[n], self.deadlines[n] = request, deadline
  local step = self.steps[math.min(n, #self.steps)]
  if type(step) == "function" then step = step(request, self) end
  self.clock = self.clock + (step.seconds or 0)
  if not step.kind then
    return { status = step.status, headers = step.headers or {}, body = step.body or "" }
  end
  local message = step.message or step.kind
  return nil,
    message,
    {
      kind = step.kind,
      code = step.code or "Broken",
      message = message,
      sent = step.sent,
      status = step.status,
      request_id = step.request_id,
    }
end

function Fake:sleep(seconds)
  self.sleeps[#self.sleeps + 1] = seconds
  self.clock = self.clock + seconds
end

function Fake:now()
  return self.wall + self.clock
end
function Fake:monotonic()
  return self.clock
end
function Fake:close()
  self.closed = self.closed + 1
end

--- Returns the value of a header of the nth request, or nil.
function Fake:header(n, name)
  for _, pair in ipairs(self.requests[n].headers) do
    if pair[1] == name then return pair[2] end
  end
end

return M
