-- SPDX-License-Identifier: MIT
-- What a client's options leave open, from the environment, then from the profile. Nothing is read
-- before the first call.
--
-- A setting comes as its value and where it is from. Where there is none, nil; where it cannot be
-- told or is not what it may be, nil and an error of kind "config" that names the place.
-- @see https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
local errors = require "dynamo.error"
local ca_file = require "dynamo.settings.ca_file"
local profiles = require "dynamo.settings.profile"
local environment = require "dynamo.settings.variables"
local texts = require "dynamo.text"

local M = {}

--- What a setting given to dynamo.new is from.
M.OPTION = "dynamo.new"

local MAX_ATTEMPTS = 100
local DEFAULT_ATTEMPTS = 4 -- the SDKs' figure for DynamoDB
local RETRY_MODES = { "standard", "adaptive", "legacy" }

-- Whether all that a call must have is given in code. No file can make such a client fail, for it
-- reads none; one that was given a profile, too, is meant to.
local function is_complete(client)
  return client.region and client.endpoint and client.has_credentials and not client.profile
end

--- Returns the client's profile, read once; or nil, why there is none, and true for a damaged or
-- missing one that was asked for.
function M.profile(client)
  if is_complete(client) then return nil, "region, endpoint and credentials are given", false end
  local known = client.profile_read
  if not known then
    known = { profiles.read(client) }
    client.profile_read = known
  end
  return known[1], known[2], known[3]
end

--- Returns the text of a setting and where it is from: the first of the named environment
-- variables that is not blank, else the profile's property. Else nil; or nil, error.
-- @tparam table client getenv, read_file, profile
-- @tparam {string,...} variables
-- @tparam ?string property
-- @tparam ?table profile in place of the client's own
function M.text(client, variables, property, profile)
  local value, name = environment.first(client.getenv, variables)
  if value or not property then return value, name end
  local message, broken
  if not profile then
    profile, message, broken = M.profile(client)
  end
  if not profile then return nil, broken and errors.config("BadProfile", message) or nil end
  value = texts.present(profile.properties[property])
  if not value then return nil end
  local chosen = profile.chosen_by and (" (chosen by %s)"):format(profile.chosen_by) or ""
  return value,
    ('%s of profile "%s"%s in %s'):format(property, profile.name, chosen, profile.file_of(property))
end

--- Returns a value as messages show it: of what may be a URL no user information, no query and no
-- fragment.
function M.shown(value)
  if type(value) ~= "string" then return tostring(value) end
  local scheme, rest = value:match("^(%a[%w+.-]*://)(.*)$")
  local behind = value:match("^.*@(.*)$")
  local text = (scheme or "") .. (behind and "...@" .. behind or rest or value)
  return '"' .. errors.excerpt((text:gsub("[?#].*$", "..."))) .. '"'
end

-- Returns the error for a setting that is not what it may be.
local function wrong(text, source, may_be)
  return errors.config(
    "BadSetting",
    ("%s is %s; it may be %s"):format(source, M.shown(text), may_be)
  )
end

local BOOLEANS = { ["true"] = true, ["false"] = false }

--- Returns a boolean setting and where it is from; nil; or nil, error.
-- @tparam table client
-- @tparam ?string option its name among the client's options
-- @tparam {string,...} variables
-- @tparam string property
function M.flag(client, option, variables, property)
  if option and client[option] ~= nil then return client[option], M.OPTION end
  local text, source = M.text(client, variables, property)
  if not text then return nil, source end
  local value = BOOLEANS[text:lower()]
  if value == nil then return nil, wrong(text, source, "true or false") end
  return value, source
end

--- Returns a setting that is one of some words, in lower case, and where it is from; nil; or nil,
-- error.
-- @tparam table client
-- @tparam string option its name among the client's options
-- @tparam {string,...} variables
-- @tparam string property
-- @tparam {string,...} words
function M.word(client, option, variables, property, words)
  if client[option] ~= nil then return client[option], M.OPTION end
  local text, source = M.text(client, variables, property)
  if not text then return nil, source end
  for _, word in ipairs(words) do
    if text:lower() == word then return word, source end
  end
  return nil,
    wrong(text, source, table.concat(words, ", ", 1, #words - 1) .. " or " .. words[#words])
end

--- Returns the region and where it is from; nil; or nil, error.
function M.region(client)
  if client.region then return client.region, M.OPTION end
  return M.text(client, { "AWS_REGION", "AWS_DEFAULT_REGION" }, "region")
end

--- Returns whether FIPS endpoints are wanted and where that is from; nil; or nil, error.
function M.use_fips(client)
  return M.flag(client, "use_fips", { "AWS_USE_FIPS_ENDPOINT" }, "use_fips_endpoint")
end

--- As use_fips, of dual-stack endpoints.
function M.use_dualstack(client)
  return M.flag(client, "use_dualstack", { "AWS_USE_DUALSTACK_ENDPOINT" }, "use_dualstack_endpoint")
end

--- Returns nil, or what a number of attempts must be.
function M.attempts_problem(value)
  if type(value) ~= "number" or not (value >= 1 and value <= MAX_ATTEMPTS) or value % 1 ~= 0 then
    return ("a whole number from 1 to %d"):format(MAX_ATTEMPTS)
  end
end

-- Returns the attempts of a call, or nil, error.
local function attempts_of(client)
  if client.max_attempts then return client.max_attempts end
  local text, source = M.text(client, { "AWS_MAX_ATTEMPTS" }, "max_attempts")
  if not text then return not source and DEFAULT_ATTEMPTS or nil, source end
  local value = text:find("^%d+$") and tonumber(text)
  local problem = M.attempts_problem(value)
  if problem then return nil, wrong(text, source, problem) end
  return value
end

--- Returns how calls are tried again: { max_attempts, retry_mode ("standard", "adaptive", "off") };
-- or nil, error. "legacy", which AWS's SDKs have of old, counts as "standard".
-- @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
function M.retry(client)
  local mode, source = M.word(client, "retry_mode", { "AWS_RETRY_MODE" }, "retry_mode", RETRY_MODES)
  if mode == "off" then return { max_attempts = 1, retry_mode = "off" } end
  if not mode and source then return nil, source end
  local attempts, err = attempts_of(client)
  if not attempts then return nil, err end
  return { max_attempts = attempts, retry_mode = mode == "adaptive" and mode or "standard" }
end

--- Returns the path of a file of certificate authorities to trust; nil; or nil, error.
function M.ca_file(client)
  if client.ca_file then return client.ca_file end -- dynamo.new has looked at it
  local path, source = M.text(client, { "AWS_CA_BUNDLE" }, "ca_bundle")
  if not path then return nil, source end
  local problem = ca_file.problem(path, client.read_file)
  if not problem then return path end
  return nil,
    errors.config("BadSetting", ("%s is %s, a file that %s"):format(source, M.shown(path), problem))
end

--- Returns the application's name for the User-Agent header, of characters it may have there; nil;
-- or nil, error.
-- @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-appid.html
function M.app_id(client)
  local text, source = M.text(client, { "AWS_SDK_UA_APP_ID" }, "sdk_ua_app_id")
  if not text then return nil, source end
  return (text:gsub("[^0-9A-Za-z!$%%&'*+.^_`|~,-]", "-"))
end

--- Returns whether the clock is corrected by the server's; or nil, error.
function M.clock_skew_correction(client)
  local off, source =
    M.flag(client, nil, { "AWS_DISABLE_CLOCK_SKEW_CORRECTION" }, "disable_clock_skew_correction")
  if off == nil and source then return nil, source end
  return not off
end

return M
