-- SPDX-License-Identifier: MIT
-- A world for credentials sources that keep tokens in files: what they write is read back, the
-- transport plays a script, and it is 2023-11-14T22:15:00Z.
local core = require "dynamo.core"
local fake_transport = require "support.fake_transport"

local M = {}

--- The world's time, in epoch seconds.
M.NOW = 1700000100

--- Returns a world with these files, a transport that plays these steps, and these variables (HOME
-- is /h unless they say otherwise). What is written is in its files.
function M.new(files, steps, variables)
  local world = { files = files, transport = fake_transport.new(steps or {}) }
  variables = variables or { HOME = "/h" }
  world.transport.wall = M.NOW - world.transport.clock
  function world.getenv(name)
    return variables[name]
  end
  function world.read_file(path)
    if files[path] then return files[path] end
    return nil, path .. ": No such file or directory"
  end
  function world.write_file(path, text)
    files[path] = text
    return true
  end
  function world.random(n)
    return ("\255"):rep(n)
  end
  return world
end

--- Returns the parsed body of the world's nth request.
function M.body(world, n)
  return assert(core.document(world.transport.requests[n].body))
end

--- Returns the address of the world's nth request.
function M.address(world, n)
  local request = world.transport.requests[n]
  return ("%s %s://%s:%d%s"):format(
    request.method,
    request.scheme,
    request.host,
    request.port,
    request.path
  )
end

return M
