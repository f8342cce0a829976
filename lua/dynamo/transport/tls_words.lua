-- SPDX-License-Identifier: MIT
-- Why a TLS handshake failed of which nginx's Lua module said nothing. Where the server's response is
-- there at once, module 0.10.23 closes the connection of a handshake that failed, but returns as if
-- all were well; the reason it noted can still be asked for.

-- What the socket object of nginx's Lua module has at this place, as lua-resty-core uses it.
local UPSTREAM = 1

-- Returns what asks the module for its note, or nil where it cannot be asked.
local function asker(ffi)
  local known, base = pcall(require, "resty.core.base")
  if not known or not base.get_request or ngx.config.subsystem ~= "http" then return nil end
  ffi.cdef [[
    int dynamo_ngx_tls_result(void *request, void *upstream, void **session, char **words,
      int *code) __asm__("ngx_http_lua_ffi_socket_tcp_get_sslhandshake_result");
  ]]
  if not pcall(function()
    return ffi.C.dynamo_ngx_tls_result
  end) then return nil end
  local session, words, code = ffi.new "void *[1]", ffi.new "char *[1]", ffi.new "int[1]"
  return function(upstream)
    words[0], code[0] = nil, 0
    local result = ffi.C.dynamo_ngx_tls_result(base.get_request(), upstream, session, words, code)
    if result ~= base.FFI_ERROR or words[0] == nil then return nil end
    local text = ffi.string(words[0])
    return code[0] ~= 0 and ("%d: %s"):format(code[0], text) or text
  end
end

local found, ffi = pcall(require, "ffi")
local ask = found and asker(ffi)
if not ask then
  return function()
    return nil
  end
end

--- Returns the module's words for the failed handshake of a socket, as sslhandshake should have
-- returned them; nil if it has none.
-- @tparam table sock of ngx.socket.tcp
return function(sock)
  local upstream = sock[UPSTREAM]
  return type(upstream) == "userdata" and ask(upstream) or nil
end
