-- SPDX-License-Identifier: MIT
--- A real nginx for specs: its own folder, loopback only, ended when the spec's process ends.
--
--   local server = nginx.start { http = "lua_shared_dict d 1m;", server = "location / { ... }" }
--   server:get "/path"            -> status, body
--   server:transport { ... }      a transport whose sockets are cosockets in that nginx
--   server:errors()               what its error log has
--   server:stop()
local curl = require "dynamo.curl"
local json = require "dkjson"
local transports = require "dynamo.transport.curl"

local M = {}

local Server = {}
Server.__index = Server

local MODULES = "/usr/lib/nginx/modules/"
local PATIENCE = 60 -- seconds for nginx to do as told

-- A sanitizer preloaded into this process is not for its children. The shell outlives nginx, and
-- ends it when this process closes the pipe or dies.
local START = [[exec env -i PATH="$PATH:/usr/sbin" %s sh -c '
  nginx -p "$2" -c "$1/nginx.conf" >"$1/out" 2>&1 &
  cat >/dev/null; kill -TERM $!; wait $!; rm -rf "$1"' sh %s %s]]

local CONFIGURATION = [[
%(modules)s
daemon off;
%(user)s
worker_processes %(workers)d;
pid %(folder)s/nginx.pid;
error_log %(folder)s/error.log notice;
%(main)s
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path %(folder)s/body;
  proxy_temp_path %(folder)s/proxy;
  fastcgi_temp_path %(folder)s/fastcgi;
  uwsgi_temp_path %(folder)s/uwsgi;
  scgi_temp_path %(folder)s/scgi;
  client_body_buffer_size 32m;
  client_max_body_size 64m;
  large_client_header_buffers 4 256k;
  keepalive_requests 1000000;
  lua_package_path "%(here)s/lua/?.lua;%(here)s/lua/?/init.lua;%(here)s/spec/?.lua;;";
  lua_package_cpath "%(here)s/build/5.1/?.so;;";
  %(http)s
  server {
    listen 127.0.0.1:%(port)d;
    location = /ready { return 200 ready; }
    location = /send { content_by_lua_block { require("support.inside_nginx").send() } }
    %(server)s
  }
}
]]

local function quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

-- Returns the first line that a command prints, "" if it prints none.
local function output(command)
  local pipe = assert(io.popen(command))
  local line = pipe:read("*l")
  pipe:close()
  return line or ""
end

local function exists(path)
  local file = io.open(path)
  if file then file:close() end
  return file ~= nil
end

--- Whether an nginx with its Lua module is installed.
function M.is_installed()
  if output("PATH=$PATH:/usr/sbin command -v nginx") == "" then return false end
  local built_in = output("PATH=$PATH:/usr/sbin nginx -V 2>&1 | grep -c lua") ~= "0"
  return built_in or exists(MODULES .. "ngx_http_lua_module.so")
end

-- Returns the lines that load the modules where they are files of their own, as Debian has them.
local function load_modules()
  local lines = {}
  for _, name in ipairs { "ndk_http_module.so", "ngx_http_lua_module.so" } do
    local path = MODULES .. name
    if exists(path) then lines[#lines + 1] = ("load_module %s;"):format(path) end
  end
  return table.concat(lines, "\n")
end

--- Returns a port of 127.0.0.1 that nobody listens on.
function M.free_port()
  local python = os.getenv("DYNAMO_PYTHON") or "python3"
  local program = 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); '
    .. "print(s.getsockname()[1])"
  return tonumber(output(("env -u LD_PRELOAD %s -c %s"):format(python, quoted(program))))
end

local function write_file(path, text)
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
end

local function read_file(path)
  local file = io.open(path)
  local text = file and file:read("*a") or ""
  if file then file:close() end
  return text
end

-- The workers of a master that is root run as another user, who may not read this checkout.
local function user()
  return output("id -u") == "0" and "user root;" or ""
end

local function configuration(self, options)
  local values = {
    modules = load_modules(),
    user = user(),
    workers = options.workers or 1,
    folder = self.folder,
    here = output("pwd"),
    port = self.port,
    main = options.main or "",
    http = options.http or "",
    server = options.server or "",
  }
  return (CONFIGURATION:gsub("%%%((%w+)%)[sd]", values))
end

-- Calls `condition` until it is true.
local function await(what, condition)
  local ends = curl.monotonic() + PATIENCE
  while not condition() do
    if curl.monotonic() > ends then error("nginx: " .. what, 3) end
    curl.sleep(0.01)
  end
end

local function environment(variables)
  local words = {}
  for name, value in pairs(variables or {}) do
    words[#words + 1] = quoted(name .. "=" .. value)
  end
  return table.concat(words, " ")
end

local function new_server()
  return setmetatable({
    folder = output("mktemp -d /tmp/dynamo-nginx-XXXXXX"),
    port = M.free_port(),
    client = transports.new { proxy = "", connect_timeout = PATIENCE },
  }, Server)
end

-- Starts nginx with a configuration's text, and waits until it listens and has a worker.
local function launch(self, prefix, text, variables)
  write_file(self.folder .. "/nginx.conf", text)
  self.pipe =
    assert(io.popen(START:format(environment(variables), quoted(self.folder), quoted(prefix)), "w"))
  await("it does not start", function()
    local said = self:errors()
    if said:find("[emerg]", 1, true) then error("nginx does not start:\n" .. said, 4) end
    return read_file(self.folder .. "/nginx.pid") ~= "" and #select(2, self:processes()) > 0
  end)
  return self
end

--- Starts nginx; end it with :stop().
-- @tparam table options main, http, server: configuration put at the end of that block;
--   workers (1); env: variables that only the master has, unless `env` lines in main pass them on
function M.start(options)
  local self = new_server()
  return launch(self, self.folder, configuration(self, options), options.env)
end

--- Starts nginx as a configuration file says, from this folder, but on a port of its own.
-- @tparam string path of a file that listens on 127.0.0.1:8080 and has its process id in build/
-- @tparam table variables its whole environment, beside PATH
function M.run(path, variables)
  local self = new_server()
  local text = read_file(path)
    :gsub("127%.0%.0%.1:8080;", "127.0.0.1:" .. self.port .. ";")
    :gsub("pid build/[^;]*;", "pid " .. self.folder .. "/nginx.pid; " .. user())
  return launch(self, output("pwd"), text, variables)
end

--- Sends a request.
-- @tparam string path
-- @tparam ?table more method ("GET"), headers, body, seconds (60)
-- @treturn[1] number status
-- @treturn[1] string body
-- @treturn[1] table headers
-- @treturn[2] nil
-- @treturn[2] string message
function Server:get(path, more)
  more = more or {}
  local headers = { { "Host", "127.0.0.1" } }
  for _, header in ipairs(more.headers or {}) do
    headers[#headers + 1] = header
  end
  local answer, message = self.client:send({
    method = more.method or "GET",
    scheme = "http",
    host = "127.0.0.1",
    port = self.port,
    path = path,
    headers = headers,
    body = more.body,
  }, self.client:monotonic() + (more.seconds or 60))
  if not answer then return nil, message end
  return answer.status, answer.body, answer.headers
end

--- Begins many requests at once (parallel_client.py).
-- @tparam string path with "{n}" for the number of the request, which must then be the answer
-- @tparam integer connections
-- @tparam integer requests
-- @treturn function that waits for the end and returns outcome -> how often it was seen
function Server:flood(path, connections, requests)
  local python = os.getenv("DYNAMO_PYTHON") or "python3"
  local pipe = assert(
    io.popen(
      ("exec env -u LD_PRELOAD %s %s %d %s %d %d"):format(
        python,
        "spec/support/parallel_client.py",
        self.port,
        quoted(path),
        connections,
        requests
      )
    )
  )
  return function()
    local line = pipe:read("*l")
    pipe:close()
    return (json.decode(line or error("the parallel client failed", 2)))
  end
end

--- The text of the error log.
function Server:errors()
  return read_file(self.folder .. "/out") .. read_file(self.folder .. "/error.log")
end

--- The process ids of master and workers.
function Server:processes()
  local master, workers = read_file(self.folder .. "/nginx.pid"):match("%d+"), {}
  local list = read_file(("/proc/%s/task/%s/children"):format(master, master))
  for pid in list:gmatch("%d+") do
    workers[#workers + 1] = pid
  end
  return master, workers
end

--- How many files and sockets the first worker has open.
function Server:open_files()
  local _, workers = self:processes()
  return tonumber(output(("ls /proc/%s/fd | wc -l"):format(workers[1])))
end

--- Reloads the configuration, and waits until new workers serve.
function Server:reload()
  local master, old = self:processes()
  local was = " " .. table.concat(old, " ") .. " "
  os.execute("kill -HUP " .. master)
  await("it has no new workers", function()
    local _, now = self:processes()
    for _, pid in ipairs(now) do
      if not was:find(" " .. pid .. " ", 1, true) then return true end
    end
    return false
  end)
end

--- Waits until there are so many workers: after a reload, the old ones are then gone.
function Server:await_workers(count)
  await("it has too many workers", function()
    return #select(2, self:processes()) == count
  end)
end

--- Ends nginx.
function Server:stop()
  self.client:close()
  self.pipe:close()
end

-- --- the transport in there ----------------------------------------------------------------------

local Remote = {}
Remote.__index = Remote

--- Returns a transport whose requests are sent by the cosocket transport within this nginx; clocks
-- and waiting are this process's.
-- @tparam ?table options of dynamo.transport.cosocket
-- @tparam ?string path of the location that sends ("/send")
-- @treturn table whose `patience`, if set, is how long this process waits for nginx, and `kill_after`
--   when a location that kills its light thread does so; in seconds
function Server:transport(options, path)
  return setmetatable({ server = self, options = options or {}, path = path or "/send" }, Remote)
end

function Remote:send(request, deadline)
  local seconds = deadline - curl.monotonic()
  local order =
    { options = self.options, seconds = seconds, request = {}, kill_after = self.kill_after }
  for name, value in pairs(request) do
    order.request[name] = value
  end
  order.request.body = nil
  local status, body, headers = self.server:get(self.path, {
    method = "POST",
    body = request.body,
    headers = { { "X-Order", json.encode(order) } },
    seconds = self.patience or seconds + PATIENCE,
  })
  if status ~= 200 then error(("nginx answered %s: %s"):format(tostring(status), body), 2) end
  local outcome = json.decode(headers["x-outcome"])
  if outcome.answer then
    outcome.answer.body = body
    return outcome.answer
  end
  return nil, outcome.message, outcome.failed
end

function Remote.sleep(_, seconds)
  curl.sleep(seconds)
end
function Remote.now()
  return curl.now()
end
function Remote.monotonic()
  return curl.monotonic()
end
function Remote.close() end

return M
