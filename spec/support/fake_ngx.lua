-- SPDX-License-Identifier: MIT
-- Enough of nginx's Lua API for unit specs of what runs inside nginx: sockets that do as told, light
-- threads that run at once, a clock that only waiting moves.
--
--   local fake = fake_ngx.install()      before the modules are required
--   fake.sockets = { { kept = true, send = "closed" }, { response = "HTTP/1.1 ..." } }
--   fake.restore()
--
-- A socket's script: connect, tls, send: the error of that operation, or nil (tls = "closes": it
-- succeeds, but the socket is closed); send_seconds: how long each write takes; kept: the connection
-- is a kept one; answer: what can be read, then `ending` ("closed"); keep: the error of setkeepalive.
-- Sockets connect by the scripts in turn, the last one for ever. fake.log lists what was done.
local M = {}

local MODULES = { "connection", "cosocket", "quiet", "tls_words" }

local Socket = {}
Socket.__index = Socket

local function note(socket, ...)
  socket.fake.log[#socket.fake.log + 1] = table.concat({ ... }, " ")
end

function Socket:settimeouts(connect, send, read)
  self.limits = { connect, send, read }
end

function Socket:connect(host, port, options)
  local scripts = self.fake.sockets
  self.script = #scripts > 1 and table.remove(scripts, 1) or scripts[1]
  note(self, "connect", host, port)
  self.fake.pool = options.pool
  if self.script.connect then return nil, self.script.connect end
  return 1
end

function Socket:getreusedtimes()
  if self.is_closed then return nil, "closed" end
  return self.script.kept and 1 or 0
end

function Socket:sslhandshake(session, name, verify)
  note(self, "tls", tostring(session), name, tostring(verify))
  if self.script.tls == "closes" then self.is_closed = true end
  if self.script.tls and not self.is_closed then return nil, self.script.tls end
  return true
end

function Socket:send(text)
  note(self, "send", #text)
  if self.script.send then return nil, self.script.send end
  self.fake.now = self.fake.now + (self.script.send_seconds or 0)
  self.fake.sent = (self.fake.sent or "") .. text
  return #text
end

function Socket:receiveany(max)
  local text = self.script.response or ""
  if text == "" then return nil, self.script.ending or "closed", "" end
  self.script.response = text:sub(max + 1)
  return text:sub(1, max)
end

function Socket:setkeepalive()
  note(self, "keep")
  if self.script.keep then return nil, self.script.keep end
  return 1
end

function Socket:close()
  note(self, "close")
end

local function forget_modules()
  for _, name in ipairs(MODULES) do
    package.loaded["dynamo.transport." .. name] = nil
  end
end

--- Puts the fake in place of nginx.
-- @treturn table with `phase` ("content"), `now`, `log`, `sockets`
function M.install()
  local fake = { phase = "content", now = 1000, log = {}, sockets = {} }
  local ngx = { socket = {}, thread = {}, worker = {}, config = { subsystem = "stream" } }
  function ngx.get_phase()
    return fake.phase
  end
  function ngx.now()
    return fake.now
  end
  function ngx.update_time() end
  function ngx.sleep(seconds)
    fake.now = fake.now + seconds
    fake.log[#fake.log + 1] = "sleep " .. seconds
  end
  function ngx.socket.tcp()
    if fake.phase ~= "content" then error("API disabled in the context of " .. fake.phase) end
    return setmetatable({ fake = fake }, Socket)
  end
  function ngx.thread.spawn(body, ...)
    body(...)
  end
  function ngx.thread.wait() end
  function ngx.worker.pid()
    return 7
  end
  forget_modules()
  local before, time = rawget(_G, "ngx"), package.loaded["resty.core.time"]
  rawset(_G, "ngx", ngx)
  package.loaded["resty.core.time"] = { monotonic_time = ngx.now }
  function fake.restore()
    forget_modules()
    rawset(_G, "ngx", before)
    package.loaded["resty.core.time"] = time
  end
  return fake
end

return M
