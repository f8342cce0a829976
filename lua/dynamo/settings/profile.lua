-- SPDX-License-Identifier: MIT
-- The profiles of the shared config and credentials files, and which of them is chosen.
-- @see https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
local config_file = require "dynamo.settings.config_file"
local tables = require "dynamo.tables"
local texts = require "dynamo.text"

local M = {}

-- The properties that are secrets.
local SECRETS = { "aws_secret_access_key", "aws_session_token" }

-- Whether a parsed file holds a secret.
local function has_secret(file)
  for _, properties in pairs(file.profiles) do
    for _, name in ipairs(SECRETS) do
      if texts.unless_blank(properties[name]) then return true end
    end
  end
  return false
end

-- Returns the parsed file at `path`; or nil, message, and true if the file is there, but damaged or
-- not to be read. Warns of one with credentials that others may read: a credentials file is one.
local function parsed(path, is_config, options)
  if not path then return nil, "HOME is not set" end
  local text, found, is_there = options.read_file(path)
  if not text then return nil, tostring(found), is_there == true end
  local file, problem = config_file.parse(text, is_config)
  if options.warnings and (not is_config or file and has_secret(file)) then
    options.warnings:of_file(path, found)
  end
  if not file then return nil, ("%s: %s"):format(path, problem), true end
  return file
end

-- Returns the properties of `name` in both files, the credentials file's before the config file's;
-- nil if it is in neither.
local function merge(name, config, shared)
  local of_config = config and config.profiles[name]
  local of_shared = shared and shared.profiles[name]
  if not of_config and not of_shared then return nil end
  local properties = tables.copy(of_config or {})
  for key, value in pairs(of_shared or {}) do
    properties[key] = value
  end
  return properties
end

-- The variables that choose a profile, in order.
local VARIABLES = { "AWS_PROFILE", "AWS_DEFAULT_PROFILE" }

-- Returns the name of the profile, and the variable that chose it: nil for none, false for an option.
local function choose(options)
  if options.profile then return options.profile, false end
  for _, variable in ipairs(VARIABLES) do
    local name = texts.unless_blank(options.getenv(variable))
    if name then return name, variable end
  end
  return "default", nil
end

-- Returns a hint at the section of a config file that was passed over for how its name is written:
-- `written` is one that was looked for, `right` how it would be found. "" without one.
local function hint(path, file, written, right)
  local line = file and file.passed_over[written]
  if not line then return "" end
  return ("; line %d of %s has [%s]: write [%s] there"):format(line, path, written, right)
end

-- Returns a hint at why a config file has no section of a kind and name, "" without one.
-- @tparam string path
-- @tparam ?table file as parsed
-- @tparam string kind "profile", "sso-session" or "services"
-- @tparam string name
local function section_hint(path, file, kind, name)
  local full = kind .. " " .. name
  local quoted = name:find("'", 1, true) and '"' .. name .. '"' or "'" .. name .. "'"
  local bare = hint(path, file, name, full)
  return bare ~= "" and bare or hint(path, file, full, kind .. " " .. quoted)
end

-- Returns a hint at why neither file has a profile.
local function profile_hint(name, config_path, config, shared_path, shared)
  if shared and shared.profiles["profile " .. name] then
    return ("; %s has [profile %s]: write [%s] there"):format(shared_path, name, name)
  end
  return section_hint(config_path, config, "profile", name)
end

--- Returns the chosen profile; or nil, why there is none; or nil, what is wrong, true.
-- @tparam table options { profile, getenv, read_file, warnings (of dynamo.warning, or nil) };
--   without profile, AWS_PROFILE, AWS_DEFAULT_PROFILE or "default"
-- @treturn table { name, chosen_by (the variable, or nil), properties (name -> text), of
--   (function(name) -> another profile's properties, or nil), file_of (function(property) -> the
--   path it is from), sso_sessions, services (section's name -> property -> text), hint
--   (function(kind, name) -> why there is no such section, or "") }
function M.read(options)
  local name, chosen_by = choose(options)
  local config_path, shared_path = config_file.locations(options.getenv)
  local config, no_config, bad_config = parsed(config_path, true, options)
  local shared, no_shared, bad_shared = parsed(shared_path, false, options)
  if bad_config or bad_shared then return nil, bad_config and no_config or no_shared, true end
  local properties = merge(name, config, shared)
  if not properties then
    local message = ('there is no profile "%s"%s (%s; %s)%s'):format(
      name,
      chosen_by and (", which %s chooses"):format(chosen_by) or "",
      no_config or "not in " .. config_path,
      no_shared or "not in " .. shared_path,
      profile_hint(name, config_path, config, shared_path, shared)
    )
    return nil, message, chosen_by ~= nil
  end
  return {
    name = name,
    chosen_by = chosen_by or nil,
    properties = properties,
    of = function(other)
      return merge(other, config, shared)
    end,
    file_of = function(property)
      local own = shared and shared.profiles[name]
      return own and own[property] and shared_path or config_path
    end,
    sso_sessions = config and config.sso_sessions or {},
    services = config and config.services or {},
    hint = function(kind, of_name)
      if kind == "profile" then
        return profile_hint(of_name, config_path, config, shared_path, shared)
      end
      return section_hint(config_path, config, kind, of_name)
    end,
  }
end

return M
