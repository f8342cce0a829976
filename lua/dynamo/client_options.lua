-- SPDX-License-Identifier: MIT
-- The options of dynamo.new: what each may be, and what it is when it is not given.
local hooks = require "dynamo.call.hooks"
local credentials = require "dynamo.credentials"
local endpoint = require "dynamo.endpoint"
local url = require "dynamo.endpoint.url"
local check = require "dynamo.options_check"
local ca_file = require "dynamo.settings.ca_file"
local settings = require "dynamo.settings.lookup"
local tasks = require "dynamo.task"
local foreign = require "dynamo.transport.foreign"
local world = require "dynamo.world"

local M = {}

-- Stand in for what only the first call knows, where options are judged together.
local SOME_REGION, SOME_ACCOUNT = "us-east-1", "000000000000"

-- What environment or profile may say has no default here: see dynamo.settings.lookup.
local DEFAULTS = {
  connect_timeout = 3.1,
  attempt_timeout = 5,
  timeout = 30,
  allow_http = false,
  retry_unsafe = false,
  numbers = "auto",
  getenv = world.getenv,
  read_file = world.read_file,
  write_file = world.write_file,
  run_process = world.run_process,
  random = world.random,
}

-- Options of other libraries that would switch verification off.
local REFUSED = {
  "verify",
  "ssl_verify",
  "tls_verify",
  "verify_peer",
  "verify_ssl",
  "insecure",
  "ssl_verifypeer",
}

local CHECKS = {
  profile = check.text,
  user_agent = check.text,
  retry_mode = check.one_of { "standard", "adaptive", "off" },
  retry_unsafe = check.boolean,
  numbers = check.one_of { "auto", "exact" },
  connect_timeout = check.seconds,
  attempt_timeout = check.seconds,
  timeout = check.seconds,
  allow_http = check.boolean,
  use_fips = check.boolean,
  use_dualstack = check.boolean,
  ignore_configured_endpoint_urls = check.boolean,
  account_id_endpoint_mode = check.one_of(endpoint.ACCOUNT_ID_ENDPOINT_MODES),
  getenv = check.callable,
  read_file = check.callable,
  write_file = check.callable,
  run_process = check.callable,
  random = check.callable,
}

function CHECKS.region(value)
  if not endpoint.is_region(value) then
    return "must be the name of a region: letters, digits and hyphens, such as eu-west-1"
  end
end

function CHECKS.endpoint(value, options)
  if type(value) ~= "string" then return ("must be a string, not a %s"):format(type(value)) end
  if url.is_embedded(value) then return nil end
  local place, problem = url.parse(value)
  if not place then return "is not a URL to send to: " .. problem end
  problem = url.clear_text_problem(place, options.allow_http)
  return problem and "is not safe: " .. problem
end

function CHECKS.account_id(value)
  if type(value) ~= "string" or not value:find("^%d%d%d%d%d%d%d%d%d%d%d%d$") then
    return "must be a string of 12 digits"
  end
end

local MOST_CONNECTIONS = 10000

function CHECKS.max_connections(value)
  local is_count = type(value) == "number" and value >= 1 and value <= MOST_CONNECTIONS
  if not is_count or value % 1 ~= 0 then
    return ("must be a whole number from 1 to %d"):format(MOST_CONNECTIONS)
  end
end

function CHECKS.max_attempts(value)
  local problem = settings.attempts_problem(value)
  return problem and "must be " .. problem
end

function CHECKS.proxy(value)
  if value == false then return nil end
  if type(value) ~= "string" or not value:find("^https?://[^%c%s]+$") then
    return "must be a URL such as http://proxy:3128, or false for none"
  end
end

function CHECKS.credentials(value)
  if type(value) ~= "table" then return ("must be a table, not a %s"):format(type(value)) end
  if type(value.get) == "function" then return nil end
  return credentials.problem(value)
end

function CHECKS.shared_dict(value, options)
  if options.credentials then
    return "shares what the default chain finds, and credentials are given; "
      .. "give it to dynamo.credentials"
  end
  return credentials.shared_dict_problem(value)
end

CHECKS.transport = foreign.problem
CHECKS.loop = tasks.loop_problem

local HOOKS = {}
for _, name in ipairs(hooks.NAMES) do
  HOOKS[name] = check.callable
end

function CHECKS.hooks(value)
  if type(value) ~= "table" then return ("must be a table, not a %s"):format(type(value)) end
  return check.problem(value, HOOKS, { unknown = "has no hook" })
end

function CHECKS.extensions(value)
  local problem = require("dynamo.table.chain").problem(value) -- with all of expressions
  return problem and (problem:gsub("^extensions:? ?", ""))
end

function CHECKS.ca_file(value, options)
  return check.text(value) or ca_file.problem(value, options.read_file or world.read_file)
end

-- Returns nil, or why an option cannot be had.
local function refusal_of(given)
  for _, name in ipairs(REFUSED) do
    if type(given) == "table" and rawget(given, name) ~= nil then
      return (
        '"%s": verification cannot be switched off; give ca_file = "/path/to/ca.pem" to '
        .. "trust a certificate authority of your own"
      ):format(name)
    end
  end
end

-- Returns nil, or how options that say where requests go contradict each other, whatever
-- environment and profile say, in the words of AWS's rules.
local function contradiction(options)
  if options.endpoint and url.is_embedded(options.endpoint) then return nil end
  local _, message = endpoint.resolve {
    region = options.region or not options.endpoint and SOME_REGION or nil,
    endpoint = options.endpoint,
    use_fips = options.use_fips,
    use_dualstack = options.use_dualstack,
    account_id = options.account_id or SOME_ACCOUNT,
    account_id_endpoint_mode = options.account_id_endpoint_mode,
    allow_http = options.allow_http,
  }
  return message and "the options contradict each other: " .. message
end

--- Returns a copy of the options with the defaults filled in, or nil, what is wrong.
-- @tparam ?table given
function M.check(given)
  local refusal = refusal_of(given)
  if refusal then return nil, refusal end
  local options, problem = check.checked(given, CHECKS, { defaults = DEFAULTS })
  problem = problem or contradiction(options)
  if problem then return nil, problem end
  return options
end

return M
