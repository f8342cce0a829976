-- SPDX-License-Identifier: MIT
-- Whether a kept connection is still as it was left. nginx closes one as soon as it sees the server
-- close it or send stray bytes, but while a worker is busy it sees nothing: requests that wait in
-- its queue may come before that news. Looking at the socket itself costs one system call, and spares
-- a write that was not sent from being reported as one that may have been.

-- What the socket object of nginx's Lua module has at this place, as lua-resty-core uses it.
local UPSTREAM = 1
local MSG_PEEK = 2

-- Returns function(upstream) -> file descriptor, or nil where nginx does not tell.
local function descriptor_reader(ffi)
  if ngx.config.subsystem ~= "http" then return nil end
  ffi.cdef [[
    int dynamo_ngx_fd(void *upstream, int fd, unsigned char *message, size_t *length)
      __asm__("ngx_http_lua_ffi_socket_tcp_hack_fd");
    intptr_t dynamo_recv(int fd, void *bytes, size_t length, int flags) __asm__("recv");
  ]]
  if not pcall(function()
    return ffi.C.dynamo_ngx_fd
  end) then return nil end
  local message, length = ffi.new "unsigned char[256]", ffi.new "size_t[1]"
  return function(upstream)
    length[0] = 256
    return ffi.C.dynamo_ngx_fd(upstream, -1, message, length) -- -1: tell it, change nothing
  end
end

local found, ffi = pcall(require, "ffi")
local descriptor = found and descriptor_reader(ffi)
if not descriptor then
  return function()
    return true
  end
end

local byte = ffi.new "char[1]"

--- Whether nothing came over a kept connection, not its end either. True where there is no telling.
-- @tparam table sock of ngx.socket.tcp, connected
return function(sock)
  local upstream = sock[UPSTREAM]
  if type(upstream) ~= "userdata" then return true end
  local fd = descriptor(upstream)
  return fd < 0 or ffi.C.dynamo_recv(fd, byte, 1, MSG_PEEK) < 0
end
