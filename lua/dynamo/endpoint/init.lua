-- SPDX-License-Identifier: MIT
-- Where requests go and how they are signed for it, by the rules AWS publishes. Pure: what it needs
-- it is given.
local options_check = require "dynamo.options_check"
local no_more = require("dynamo.given").no_more
local rule_sets = require "dynamo.endpoint.rule_sets"
local rules = require "dynamo.endpoint.rules"
local url = require "dynamo.endpoint.url"
local tables = require "dynamo.tables"

local M = {}

local SIGNING_NAME = "dynamodb" -- of both services
-- The region an endpoint of one's own is signed for when none is chosen: emulators take any.
local DEFAULT_SIGNING_REGION = "us-east-1"

local text, switch = options_check.expected "string", options_check.expected "boolean"

local CHECKS = {
  region = text,
  endpoint = text,
  use_fips = switch,
  use_dualstack = switch,
  account_id = text,
  account_id_endpoint_mode = text,
  resource_arn = text,
  resource_arn_list = options_check.expected "table",
  search = switch,
  service = text,
  allow_http = switch,
}
local WHAT = { needed = true, no_table = "table expected, got %s", named = "%s: %s" }

-- The options that are parameters of the rule sets.
local PARAMETERS = {
  region = "Region",
  endpoint = "Endpoint",
  use_fips = "UseFIPS",
  use_dualstack = "UseDualStack",
  account_id = "AccountId",
  account_id_endpoint_mode = "AccountIdEndpointMode",
  resource_arn = "ResourceArn",
  resource_arn_list = "ResourceArnList",
  search = "IsSearchOperation",
}

--- The words of account_id_endpoint_mode.
M.ACCOUNT_ID_ENDPOINT_MODES = { "preferred", "required", "disabled" }

-- A region becomes part of a host name and of the signature's scope.
M.is_region = url.is_host_label

-- Returns a checked copy of the options; or nil, what is wrong with how resolve was called.
local function checked(given)
  local options, problem = options_check.checked(given, CHECKS, WHAT)
  if not options then return nil, problem end
  local first = (options.resource_arn_list or {})[1]
  if first == nil or type(first) == "string" then return options end
  return nil, ("resource_arn_list[1]: string expected, got %s"):format(type(first))
end

local function is_mode(mode)
  return mode == nil or tables.holds(M.ACCOUNT_ID_ENDPOINT_MODES, mode)
end

-- Returns nil, or what the rules would take amiss or not look at.
local function problem_of(options)
  if options.region and not M.is_region(options.region) then
    return "the region is not the name of one: letters, digits and hyphens, such as eu-west-1"
  elseif not rule_sets[options.service or "dynamodb"] then
    return 'the service must be "dynamodb" or "streams"'
  elseif not is_mode(options.account_id_endpoint_mode) then
    return 'account_id_endpoint_mode must be "preferred", "required" or "disabled"'
  end
end

-- Returns the options under the rule sets' names.
local function parameters_of(options)
  local parameters = { UseFIPS = false, UseDualStack = false }
  for name, parameter in pairs(PARAMETERS) do
    if options[name] ~= nil then parameters[parameter] = options[name] end
  end
  return parameters
end

--- Finds where requests go. A misspelt option or one of the wrong type raises at the caller's line.
-- @tparam table options all optional: region; endpoint (a URL of one's own); use_fips,
--   use_dualstack (booleans); account_id; account_id_endpoint_mode ("preferred", "required" or
--   "disabled", as without it: hosts of accounts are not used); resource_arn (a table's name or
--   ARN), resource_arn_list (a list of them, of which the first counts); search (boolean: for
--   SearchVectors); service ("dynamodb", as without it, or "streams"); allow_http (boolean: clear
--   text to another machine)
-- @treturn[1] table { url, scheme, host, port, path, authority, signing_region, signing_name }
-- @treturn[2] nil
-- @treturn[2] string what is wrong, in AWS's words where AWS has a rule for it
-- @usage print(dynamo.resolve_endpoint({ region = "eu-west-1", use_dualstack = true }).url)
-- @see https://docs.aws.amazon.com/general/latest/gr/ddb.html
-- @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-account-endpoints.html
function M.resolve(options, ...)
  no_more("dynamo.resolve_endpoint", ...)
  local misuse
  options, misuse = checked(options)
  if not options then error("resolve_endpoint: " .. misuse, 2) end
  local problem = problem_of(options)
  if problem then return nil, problem end
  local rule_set = rule_sets[options.service or "dynamodb"]
  local found, message = rules.evaluate(rule_set, parameters_of(options))
  if not found then return nil, message end
  local place, unusable = url.parse(found.url)
  unusable = unusable or url.clear_text_problem(place, options.allow_http)
  if unusable then return nil, "the endpoint is not usable: " .. unusable end
  place.signing_region = found.signing_region or options.region or DEFAULT_SIGNING_REGION
  place.signing_name = SIGNING_NAME
  return place
end

return M
