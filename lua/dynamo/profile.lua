-- SPDX-License-Identifier: MIT
-- The profiles of the shared config and credentials files, and which of them is chosen.
-- @see https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
local config_file = require "dynamo.config_file"

local M = {}

-- Returns the parsed file at `path`; or nil, message, and true if the file is there but damaged.
local function parsed(path, is_config, read_file)
  if not path then return nil, "HOME is not set" end
  local text, message = read_file(path)
  if not text then return nil, tostring(message) end
  local file, problem = config_file.parse(text, is_config)
  if not file then return nil, ("%s: %s"):format(path, problem), true end
  return file
end

-- Returns the properties of `name` in both files, the credentials file's before the config file's;
-- nil if it is in neither.
local function merge(name, config, shared)
  local of_config = config and config.profiles[name]
  local of_shared = shared and shared.profiles[name]
  if not of_config and not of_shared then return nil end
  local properties = {}
  for key, value in pairs(of_config or {}) do properties[key] = value end
  for key, value in pairs(of_shared or {}) do properties[key] = value end
  return properties
end

--- Returns the chosen profile; or nil, why there is none; or nil, what is wrong, true.
-- @tparam table options { profile, getenv, read_file }; without profile, AWS_PROFILE or "default"
-- @treturn table { name, properties (name -> text), of (function(name) -> another profile's
--   properties, or nil), file_of (function(property) -> the path it is from), sso_sessions, services
--   (section's name -> property -> text) }
function M.read(options)
  local chosen = options.profile or config_file.value(options.getenv("AWS_PROFILE"))
  local name = chosen or "default"
  local config_path, shared_path = config_file.locations(options.getenv)
  local config, no_config, bad_config = parsed(config_path, true, options.read_file)
  local shared, no_shared, bad_shared = parsed(shared_path, false, options.read_file)
  if bad_config or bad_shared then return nil, bad_config and no_config or no_shared, true end
  local properties = merge(name, config, shared)
  if not properties then
    local message = ('there is no profile "%s" (%s; %s)'):format(
      name, no_config or "not in " .. config_path, no_shared or "not in " .. shared_path)
    return nil, message, chosen ~= nil
  end
  return {
    name = name,
    properties = properties,
    of = function(other) return merge(other, config, shared) end,
    file_of = function(property)
      local own = shared and shared.profiles[name]
      return own and own[property] and shared_path or config_path
    end,
    sso_sessions = config and config.sso_sessions or {},
    services = config and config.services or {},
  }
end

return M
