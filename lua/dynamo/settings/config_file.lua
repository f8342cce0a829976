-- SPDX-License-Identifier: MIT
-- The INI grammar of AWS's shared config and credentials files.
-- @see https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
local shell_words = require "dynamo.settings.shell_words"
local texts = require "dynamo.text"

local M = {}

local MAX_BYTES = 1024 * 1024
-- The kinds of section of a config file, and where parse() puts them.
local KINDS = { profile = "profiles", ["sso-session"] = "sso_sessions", services = "services" }
-- What a name may be made of unless it is quoted: AWS's SDKs agree in this much, and the AWS CLI
-- writes blanks, too.
local NAME = "^[%w%-/.%%@_:+ \t\128-\255]+$"

local NO_SIGN = "Expected an '=' sign defining a property"
local NO_PROPERTY = "Expected a property definition, found a continuation"

local trim = texts.trim

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

-- Returns a remedy for a line in the form that other INI files have, "" for any other line.
local function colon_hint(line)
  return line:find("^[^=]*:") and ' (there is a ":"; write "name = value")' or ""
end

-- Returns the name and the value of a line; or nil, what is wrong, without a word of the line.
local function split(line)
  local name, value = line:match("^([^=:]*)=(.*)$")
  if not name then return nil, NO_SIGN .. colon_hint(line) end
  name = trim(name):lower()
  if name == "" then return nil, "Property did not have a name" end
  return name, trim(value)
end

-- --- sections ------------------------------------------------------------------------------------

-- Returns what is between the brackets of a section's line, up to the first "]" outside of quotes;
-- nil without one.
local function header_of(line)
  local start, quote = line:find("[", 1, true) + 1, nil
  for place, byte in line:gmatch("()([%]'\"])") do
    if byte == quote then
      quote = nil
    elseif not quote then
      if byte == "]" then return trim(line:sub(start, place - 1)) end
      quote = byte
    end
  end
  local last = line:find("]", start, true)
  return last and trim(line:sub(start, last - 1))
end

-- Returns the name that stands behind a section's kind, quoted or not; nil for one that is none.
local function name_of(text)
  if not text:find("['\"\\]") then return text:find(NAME) and text or nil end
  local words = shell_words.split(text)
  return words and #words == 1 and words[1] ~= "" and words[1] or nil
end

-- Returns where the section "[profile x]" belongs and its name, or nil if a config file has none
-- like it. `prefixed` tells [profile default] from [default].
local function section_of(text, is_config)
  if not is_config or text == "default" then return "profiles", text, false end
  local kind, name = text:match("^(%S+)%s+(%S.*)$")
  name = KINDS[kind] and name_of(name)
  if name then return KINDS[kind], name, true end
end

-- Returns the table for the properties of a section, which [profile default] takes over from
-- [default], and never the other way round.
local function open_section(state, kind, name, prefixed)
  local of_kind = state.sections[kind]
  if kind == "profiles" and name == "default" then
    if state.default_prefixed and not prefixed then return {} end
    if prefixed and not state.default_prefixed then of_kind[name] = nil end
    state.default_prefixed = prefixed
  end
  of_kind[name] = of_kind[name] or {}
  return of_kind[name]
end

-- --- lines ---------------------------------------------------------------------------------------

-- Ends the open property, whose value is all of its lines; blank ones at the end do not count.
local function end_property(state)
  local lines = state.lines
  if not state.property then return end
  while #lines > 1 and lines[#lines] == "" do
    lines[#lines] = nil
  end
  state.section[state.property] = table.concat(lines, "\n")
  state.property = nil
end

local function read_section(state, line)
  local text = header_of(line)
  if not text then return "Profile definition must end with ']'" end
  end_property(state)
  local kind, name, prefixed = section_of(text, state.is_config)
  if kind then
    state.section = open_section(state, kind, name, prefixed)
  else
    state.section, state.sections.passed_over[text] = {}, state.number
  end
end

-- A property without a value of its own has a block of properties.
local function read_continuation(state, line)
  local lines = state.lines
  if lines[1] == "" then
    local name, problem = split(line)
    if not name then return ("%s within %s"):format(problem, state.property) end
  end
  lines[#lines + 1] = trim(line)
end

local function read_property(state, line, indent)
  if not state.section then return "Expected a profile definition" end
  local name, value = split(without_comment(line))
  if name then
    end_property(state)
    state.property, state.lines = name, { value }
  elseif indent > 1 and not state.property then
    return NO_PROPERTY .. colon_hint(line)
  end
  return not name and value or nil
end

-- Returns nil, or what is wrong with the line. One that is indented deeper than the property before
-- it continues its value.
local function read_line(state, line)
  if is_comment(line) then return nil end
  local indent = line:find("%S")
  if not indent then
    if state.property then state.lines[#state.lines + 1] = "" end
    return nil
  end
  if state.property and indent > state.indent then return read_continuation(state, line) end
  state.indent = indent
  if line:find("^%[", indent) then return read_section(state, line) end
  return read_property(state, line, indent)
end

-- The state of a parse: `sections` is the result; `section`, `property`, `lines` (of its value) and
-- `indent` are what is open.
local function new_state(is_config)
  return {
    is_config = is_config,
    sections = { profiles = {}, sso_sessions = {}, services = {}, passed_over = {} },
    section = nil, -- a table; one that nobody sees for a section that is passed over
    property = nil, -- its name
    lines = nil,
    indent = 1,
    number = 0, -- of the line
    default_prefixed = false,
  }
end

--- Parses the text of a shared file, in time linear in its length. Property names come out in lower
-- case; of a property given twice, the last counts; a nested block is one value that begins with a
-- line feed.
-- @tparam string text at most 1 MiB
-- @tparam boolean is_config a config file ("[profile x]"), not a credentials file ("[x]")
-- @treturn[1] table { profiles, sso_sessions, services }, each name -> property -> value, and
--   passed_over: what is in the brackets of each other section -> its line
-- @treturn[2] nil
-- @treturn[2] string what is wrong, with the number of the line and without a word of it
function M.parse(text, is_config)
  if #text > MAX_BYTES then return nil, "it is larger than 1 MiB" end
  local state = new_state(is_config)
  text = text:gsub("^\239\187\191", ""):gsub("\r\n?", "\n") -- a byte order mark; all line ends
  for line in text:gmatch("([^\n]*)\n?") do
    state.number = state.number + 1
    local problem = read_line(state, line)
    if problem then return nil, ("line %d: %s"):format(state.number, problem) end
  end
  end_property(state)
  return state.sections
end

--- Parses a nested block, the value of a property of a services section.
-- @tparam ?string text of parse(), which has checked it; nil or "" has no properties
-- @treturn table property in lower case -> value
function M.nested(text)
  local properties = {}
  for line in (text or ""):gmatch("[^\n]+") do
    local name, value = split(line)
    if name then properties[name] = value end
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
