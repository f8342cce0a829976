-- SPDX-License-Identifier: MIT
-- The profiles of the shared config and credentials files, and which of them is chosen.
-- @see https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
local config_file = require "dynamo.settings.config_file"
local environment = require "dynamo.settings.variables"
local tables = require "dynamo.tables"
local texts = require "dynamo.text"

local M = {}

-- The properties that are secrets, and those that say what is run, where requests go and whom they
-- trust.
local SECRET = { "aws_secret_access_key", "aws_session_token" }
local TRUSTED = { "credential_process", "endpoint_url", "ca_bundle" }

-- Adds the secrets in the profiles of a parsed file, if there is one, to a list; returns that.
local function add_secrets(file, found)
  for _, properties in pairs(file and file.profiles or {}) do
    for _, name in ipairs(SECRET) do
      found[#found + 1] = texts.present(properties[name])
    end
  end
  return found
end

-- Whether there is a trusted property in one of many tables of properties.
local function has_trusted(all)
  for _, properties in pairs(all) do
    for _, name in ipairs(TRUSTED) do
      if texts.present(properties[name]) then return true end
    end
  end
  return false
end

-- Whether a services section of a parsed file names an endpoint.
local function has_service_endpoint(file)
  for _, section in pairs(file.services) do
    for _, block in pairs(section) do
      if has_trusted { config_file.nested(block) } then return true end
    end
  end
  return false
end

-- Returns what others than its owner must not do to a file, a word of warning.of_file: a credentials
-- file, be it damaged, is secret.
local function kind_of(file, is_config)
  if not is_config or add_secrets(file, {})[1] then return "secret" end
  local is_trusted = file and (has_trusted(file.profiles) or has_service_endpoint(file))
  return is_trusted and "trusted" or nil
end

-- Returns the parsed file at `path`; or nil, message, and true if the file is there, but damaged or
-- not to be read. Warns of one that others may do with what they must not.
local function parsed(path, is_config, options)
  if not path then return nil, "HOME is not set" end
  local text, found, is_there = options.read_file(path)
  if not text then return nil, tostring(found), is_there == true end
  local file, problem = config_file.parse(text, is_config)
  local kind = options.warnings and kind_of(file, is_config)
  if kind then options.warnings:of_file(path, found, kind) end
  if not file then return nil, ("%s: %s"):format(path, problem), true end
  return file
end

-- The variables that choose a profile, in order.
local VARIABLES = { "AWS_PROFILE", "AWS_DEFAULT_PROFILE" }

-- Returns the name of the profile, and the variable that chose it: nil for none, false for an option.
local function choose(options)
  if options.profile then return options.profile, false end
  local name, variable = environment.first(options.getenv, VARIABLES)
  return name or "default", variable
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
local function profile_hint(files, name)
  if files.shared and files.shared.profiles["profile " .. name] then
    return ("; %s has [profile %s]: write [%s] there"):format(files.shared_path, name, name)
  end
  return section_hint(files.config_path, files.config, "profile", name)
end

-- Returns the properties of a profile in both files, the credentials file's before the config
-- file's; nil if it is in neither.
local function properties_of(files, name)
  local of_config = files.config and files.config.profiles[name]
  local of_shared = files.shared and files.shared.profiles[name]
  if not of_config and not of_shared then return nil end
  local properties = tables.copy(of_config or {})
  for key, value in pairs(of_shared or {}) do
    properties[key] = value
  end
  return properties
end

local new

-- Returns a profile, or nil if it is in neither file: the only place where one is made.
--   name          text
--   chosen_by     the variable that chose it; nil: nothing, or an option
--   properties    name -> text
--   of            function(name) -> another profile of the same files, or nil
--   file_of       function(property) -> the path of the file that it is from
--   sso_sessions  section's name -> property -> text
--   services      likewise
--   hint          function(kind, name) -> why there is no such section, or ""
--   path          the names of the profiles that led to it; nil for none (credentials.assume_role)
function new(files, name, chosen_by)
  local properties = properties_of(files, name)
  if not properties then return nil end
  return {
    name = name,
    chosen_by = chosen_by,
    properties = properties,
    of = function(other)
      return new(files, other)
    end,
    file_of = function(property)
      local own = files.shared and files.shared.profiles[name]
      return own and own[property] and files.shared_path or files.config_path
    end,
    sso_sessions = files.config and files.config.sso_sessions or {},
    services = files.config and files.config.services or {},
    hint = function(kind, of_name)
      if kind == "profile" then return profile_hint(files, of_name) end
      return section_hint(files.config_path, files.config, kind, of_name)
    end,
  }
end

-- Returns why there is no profile.
local function absence(files, name, chosen_by, no_config, no_shared)
  return ('there is no profile "%s"%s (%s; %s)%s'):format(
    name,
    chosen_by and (", which %s chooses"):format(chosen_by) or "",
    no_config or "not in " .. files.config_path,
    no_shared or "not in " .. files.shared_path,
    profile_hint(files, name)
  )
end

--- Returns the chosen profile; or nil, why there is none; or nil, what is wrong, true.
-- @tparam table options { profile, getenv, read_file, warnings (of dynamo.warning, or nil) };
--   without profile, AWS_PROFILE, AWS_DEFAULT_PROFILE or "default"
-- @treturn table see `new`
-- @return[4] in each case {string,...}, the secrets in all profiles
function M.read(options)
  local name, chosen_by = choose(options)
  local config_path, shared_path = config_file.locations(options.getenv)
  local config, no_config, bad_config = parsed(config_path, true, options)
  local shared, no_shared, bad_shared = parsed(shared_path, false, options)
  local secrets = add_secrets(shared, add_secrets(config, {}))
  if bad_config or bad_shared then
    return nil, bad_config and no_config or no_shared, true, secrets
  end
  local files =
    { config_path = config_path, config = config, shared_path = shared_path, shared = shared }
  local profile = new(files, name, chosen_by or nil)
  if profile then return profile, nil, nil, secrets end
  return nil, absence(files, name, chosen_by, no_config, no_shared), chosen_by ~= nil, secrets
end

return M
