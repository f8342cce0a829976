-- SPDX-License-Identifier: MIT
-- A world of its own for credentials sources: variables, files, responses, programs' results.
local fake_transport = require "support.fake_transport"

local M = {}

--- Returns a world, and the fake transport in it.
-- @tparam ?table given variables (name -> text), files (path -> text), steps (of fake_transport; a
--   request fails without them), results (what run_process gives, by program); other fields as they
--   are
-- @treturn table with `files`, `written` (path -> text) and `commands` (a list of argument lists)
function M.new(given)
  given = given or {}
  local files, variables = given.files or {}, given.variables or {}
  local transport = fake_transport.new(given.steps or {
    function(request)
      error("an unexpected request to " .. request.host)
    end,
  })
  local world = { memory = {}, written = {}, commands = {}, transport = transport }
  for name, value in pairs(given) do
    world[name] = value
  end
  world.files, world.steps, world.variables, world.results = files, nil, nil, nil
  function world.getenv(name)
    return variables[name]
  end
  function world.read_file(path)
    if files[path] then return files[path] end
    return nil, path .. ": No such file or directory"
  end
  function world.write_file(path, text)
    world.written[path] = text
    return true
  end
  function world.random(n)
    return ("\255"):rep(n)
  end
  function world.run_process(argv, options)
    world.commands[#world.commands + 1] = argv
    world.process_options = options
    local result = (given.results or {})[argv[1]]
    if result then return result end
    return nil, "cannot run " .. argv[1] .. ": No such file or directory"
  end
  return world, transport
end

--- Returns a profile, as of dynamo.settings.profile.
-- @tparam string name
-- @tparam table properties
-- @tparam ?table others the profiles beside it: name -> properties
-- @tparam ?table sso_sessions
function M.profile(name, properties, others, sso_sessions)
  local profile = { name = name, properties = properties, services = {} }
  profile.sso_sessions = sso_sessions or {}
  function profile.of(other)
    local found = other == name and properties or (others or {})[other]
    return found and M.profile(other, found, others, sso_sessions)
  end
  function profile.file_of()
    return "~/.aws/config"
  end
  function profile.hint()
    return ""
  end
  return profile
end

return M
