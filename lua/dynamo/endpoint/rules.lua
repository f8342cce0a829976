-- SPDX-License-Identifier: MIT
-- Evaluates an endpoint rule set as AWS publishes them, in the form `make model` gives them: rules
-- are tried in order; the first whose conditions all hold, and that ends in a URL or an error,
-- decides.
-- @see https://smithy.io/2.0/additional-specs/rules-engine/specification.html
local partitions = require "dynamo.endpoint.partitions"
local url = require "dynamo.endpoint.url"

local M = {}

-- The functions of a condition. One that gives nil or false does not hold.
local FUNCTIONS = { ["aws.partition"] = partitions.of }

function FUNCTIONS.isSet(value)
  return value ~= nil
end

FUNCTIONS["not"] = function(value)
  return not value
end

function FUNCTIONS.booleanEquals(a, b)
  return a == b
end

FUNCTIONS.stringEquals = FUNCTIONS.booleanEquals

function FUNCTIONS.getAttr(value, key)
  return value and value[key]
end

function FUNCTIONS.isValidHostLabel(value)
  return url.is_host_label(value)
end

function FUNCTIONS.parseURL(text)
  local parts = url.parse(text)
  return parts and { authority = parts.authority:lower() }
end

FUNCTIONS["aws.parseArn"] = function(text)
  local partition, service, region, account, resource =
    text:match("^arn:([^:]+):([^:]+):([^:]*):([^:]*):(.+)$")
  if not partition then return nil end
  return { service = service, region = region, accountId = account, resource = resource }
end

-- Returns a template's text: "{Name}" and "{Name#attribute}" stand for what `scope` has.
local function fill(template, scope)
  return (
    template:gsub("{(%w+)#?(%w*)}", function(name, attribute)
      local value = scope[name]
      return attribute == "" and value or value[attribute]
    end)
  )
end

local call

-- Returns what an argument stands for: a call, a value of the scope, a template or a constant.
local function value_of(argument, scope)
  if type(argument) == "table" then return call(argument, scope) end
  if type(argument) ~= "string" then return argument end
  local name = argument:match("^{(%w+)}$")
  if name then return scope[name] end
  return fill(argument, scope)
end

function call(condition, scope)
  local first, second = value_of(condition[2], scope), value_of(condition[3], scope)
  return FUNCTIONS[condition[1]](first, second)
end

-- Whether a rule's conditions all hold; what they assign goes into `scope`.
local function holds(rule, scope)
  for _, condition in ipairs(rule.conditions or {}) do
    local value = call(condition, scope)
    if value == nil or value == false then return false end
    if condition.assign then scope[condition.assign] = value end
  end
  return true
end

--- Returns what the rules give for some parameters.
-- @tparam {table,...} rules
-- @tparam table parameters by AWS's names; left as they are
-- @treturn[1] table { url, signing_region (nil: the client's) }
-- @treturn[2] nil
-- @treturn[2] ?string AWS's words for what is wrong; nil if no rule applies
function M.evaluate(rules, parameters)
  for _, rule in ipairs(rules) do
    local scope = setmetatable({}, { __index = parameters })
    if holds(rule, scope) then
      if rule.error then return nil, fill(rule.error, scope) end
      if rule.url then
        return { url = value_of(rule.url, scope), signing_region = rule.signing_region }
      end
      local found, problem = M.evaluate(rule.rules, scope)
      if found or problem then return found, problem end
    end
  end
  return nil
end

return M
