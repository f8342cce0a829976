-- SPDX-License-Identifier: MIT
-- The INI grammar of AWS's shared config and credentials files.
-- @see https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
local M = {}

-- The kinds of section of a config file, and where parse() puts them.
local KINDS = { profile = "profiles", ["sso-session"] = "sso_sessions", services = "services" }
local NAME = "^[%w%-/.%%@_:+]+$"

--- Returns the text of a setting, of a file or the environment; nil for one that is not there or
-- blank.
function M.value(text)
  return text and text:find("%S") and text or nil
end

local function trim(text)
  return (text:match("^%s*(.-)%s*$"))
end

-- A line that is nothing but a comment. An indented one continues no value.
local function is_comment(line)
  return line:find("^%s*[#;]") ~= nil
end

-- Returns the part of a property's line before a comment: a value may hold '#', so a comment needs
-- a space before it.
local function without_comment(line)
  local start = line:find("%s[#;]")
  return start and line:sub(1, start - 1) or line
end

-- Returns the kind and the name of the section "[profile x]" opens, or nil if the line opens one
-- that is to be skipped. `prefixed` tells [profile default] from [default].
local function section_of(text, is_config)
  local kind, name = text:match("^(%S+)%s+(%S.*)$")
  if not kind then
    if is_config and text ~= "default" then return nil end
    return "profiles", text, false
  end
  if not is_config then return nil end
  return KINDS[kind], name, true
end

-- The state of a parse: `sections` is the result, `section` and `property` are what is open.
local function new_state(is_config)
  return {
    is_config = is_config,
    sections = { profiles = {}, sso_sessions = {}, services = {} },
    section = nil, -- the open section's table, false for one that is skipped
    property = nil, -- the open property's name
    default_prefixed = false,
  }
end

-- Makes the section called `name` of a kind the open one, which [profile default] takes over from
-- [default], and never the other way round.
local function open_section(state, kind, name, prefixed)
  state.section = false
  if not kind or not name:find(NAME) then return end
  local of_kind = state.sections[kind]
  if kind == "profiles" and name == "default" then
    if state.default_prefixed and not prefixed then return end
    if prefixed and not state.default_prefixed then of_kind[name] = nil end
    state.default_prefixed = prefixed
  end
  of_kind[name] = of_kind[name] or {}
  state.section = of_kind[name]
end

local function read_section(state, line)
  local text = line:gsub("[#;].*$", "")
  text = trim(text):match("^%[(.*)%]$")
  if not text then return "Profile definition must end with ']'" end
  open_section(state, section_of(trim(text), state.is_config))
  state.property = nil
end

local function read_continuation(state, line)
  if state.section == nil then return "Expected a profile definition" end
  if not state.property then return "Expected a property definition, found a continuation" end
  if state.section then
    state.section[state.property] = state.section[state.property] .. "\n" .. trim(line)
  end
end

local function read_property(state, line)
  if state.section == nil then return "Expected a profile definition" end
  local name, value = without_comment(line):match("^([^=]*)=(.*)$")
  if not name then return "Expected an '=' sign defining a property" end
  name = trim(name):lower()
  if name == "" then return "Property did not have a name" end
  state.property = name
  if state.section then state.section[name] = trim(value) end
end

-- Returns nil, or what is wrong with the line.
local function read_line(state, line)
  if not line:find("%S") or is_comment(line) then return nil end
  if line:find("^%[") then return read_section(state, line) end
  if line:find("^%s") then return read_continuation(state, line) end
  return read_property(state, line)
end

--- Parses the text of a shared file. Property names come out in lower case; of a property given
-- twice, the last counts; a nested block is one value that begins with a line feed.
-- @tparam string text
-- @tparam boolean is_config a config file ("[profile x]"), not a credentials file ("[x]")
-- @treturn[1] table { profiles, sso_sessions, services }, each name -> property -> value
-- @treturn[2] nil
-- @treturn[2] string what is wrong, with the number of the line
function M.parse(text, is_config)
  local state, number = new_state(is_config), 0
  text = text:gsub("^\239\187\191", "") -- a byte order mark
  for line in (text .. "\n"):gmatch("(.-)\r?\n") do
    number = number + 1
    local problem = read_line(state, line)
    if problem then return nil, ("line %d: %s"):format(number, problem) end
  end
  return state.sections
end

--- Parses a nested block, the value of a property of a services section. Lines that are no
-- property are passed over.
-- @tparam ?string text nil or "" has no properties
-- @treturn table property in lower case -> value
function M.nested(text)
  local properties = {}
  for line in (text or ""):gmatch("[^\n]+") do
    local name, value = line:match("^%s*([^%s=]+)%s*=%s*(.-)%s*$")
    if name then properties[name:lower()] = value end
  end
  return properties
end

-- Returns a path with its leading "~" replaced by the home directory; nil without one.
local function expand(path, home)
  if path ~= "~" and path:sub(1, 2) ~= "~/" then return path end
  return home and home .. path:sub(2)
end

--- Returns the paths of the config and of the credentials file; nil for one that has none.
-- @tparam function getenv
-- @see https://docs.aws.amazon.com/sdkref/latest/guide/file-location.html
function M.locations(getenv)
  local home = getenv("HOME")
  return expand(getenv("AWS_CONFIG_FILE") or "~/.aws/config", home),
    expand(getenv("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials", home)
end

return M
