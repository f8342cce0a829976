-- SPDX-License-Identifier: MIT
--- The servers that answer on loopback: build/bench/canned_server, and nginx with TLS before it.

local nginx = require "support.nginx"
local shell = require "bench.shell"

local M = {}

local FOLDER = "build/bench/"

local function read_line(path)
  local file = assert(io.open(path))
  local line = file:read("*l")
  file:close()
  return line
end

--- Starts a canned server.
-- @param arguments nil, or those behind the item's file, see bench/canned_server.c
-- @treturn number port
-- @treturn file the pipe that keeps it alive until closed
function M.canned(arguments)
  local path = os.tmpname()
  local server = ("build/bench/canned_server bench/item.json %s >%s"):format(arguments or "", path)
  local pipe = assert(io.popen(shell.on_core(shell.SERVER_CORE, server), "w"))
  for _ = 1, 50 do
    local port = tonumber(read_line(path) or "")
    if port then
      os.remove(path)
      return port, pipe
    end
    os.execute("sleep 0.1")
  end
  error("the server did not start")
end

local TLS_SERVER = [[
  upstream canned { server 127.0.0.1:%d; keepalive 64; }
  server {
    listen 127.0.0.1:%d ssl;
    ssl_protocols TLSv1.3;
    ssl_certificate %s;
    ssl_certificate_key %s;
    location / {
      proxy_pass http://canned;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }
  }
]]

local NEW_CERTIFICATE = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
  .. "-days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout %s -out %s 2>&1"

--- Where the certificate of M.tls lies.
M.CA_FILE = FOLDER .. "certificate.pem"

--- Starts nginx, which speaks TLS and asks the canned server at `port`.
-- @treturn number port
-- @treturn table of support.nginx, with :stop()
function M.tls(port)
  local key = FOLDER .. "key.pem"
  shell.output(NEW_CERTIFICATE:format(key, M.CA_FILE))
  local own, here = nginx.free_port(), shell.output("pwd"):match("[^\n]+") .. "/"
  return own,
    nginx.start {
      http = TLS_SERVER:format(port, own, here .. M.CA_FILE, here .. key),
      main = shell.nginx_affinity(shell.SERVER_CORE),
    }
end

return M
