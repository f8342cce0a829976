-- SPDX-License-Identifier: MIT
--- Turns AWS's endpoint rule sets and partitions into the tables of `dynamo.endpoint`, and
-- refuses what they could not say.

local M = {}

-- What dynamo.endpoint.rules can evaluate.
local FUNCTIONS = {
  isSet = true,
  ["not"] = true,
  booleanEquals = true,
  stringEquals = true,
  getAttr = true,
  parseURL = true,
  isValidHostLabel = true,
  ["aws.partition"] = true,
  ["aws.parseArn"] = true,
}

-- The key that a getAttr's path stands for: "name" itself, 1 for "[0]".
local function key_of(path)
  local index = path:match("^%[(%d+)%]$")
  assert(index or path:find("^%w+$"), "getAttr of " .. path)
  return index and tonumber(index) + 1 or path
end

local compile_call

-- A constant or template stays as it is, a reference becomes a template, a call a list.
local function argument(value)
  if type(value) ~= "table" then return value end
  if value.ref then return "{" .. value.ref .. "}" end
  return compile_call(value)
end

function compile_call(call)
  assert(FUNCTIONS[call.fn], "unknown function " .. call.fn)
  local first, second = argument(call.argv[1]), argument(call.argv[2])
  if call.fn == "getAttr" then second = key_of(second) end
  assert(call.fn ~= "isValidHostLabel" or second == false, "a label of labels")
  return { call.fn, first, second, assign = call.assign }
end

-- The region an endpoint is signed for where it is not the client's.
local function signing_region(endpoint)
  assert(not next(endpoint.headers or {}), "an endpoint with headers")
  local schemes = (endpoint.properties or {}).authSchemes or {}
  local scheme = schemes[1] or { name = "sigv4", signingName = "dynamodb" }
  assert(#schemes <= 1 and scheme.name == "sigv4" and scheme.signingName == "dynamodb")
  return scheme.signingRegion
end

-- A rule with but one child is that child, under the conditions of both.
local function merge_only_child(rule)
  if not rule.rules or #rule.rules > 1 then return rule end
  local only, conditions = rule.rules[1], rule.conditions or {}
  for _, condition in ipairs(only.conditions or {}) do
    conditions[#conditions + 1] = condition
  end
  only.conditions = next(conditions) and conditions
  return only
end

local function compile_rule(rule)
  local compiled = { error = rule.error }
  for index, condition in ipairs(rule.conditions) do
    compiled.conditions = compiled.conditions or {}
    compiled.conditions[index] = compile_call(condition)
  end
  if rule.endpoint then
    compiled.url = argument(rule.endpoint.url)
    compiled.signing_region = signing_region(rule.endpoint)
  elseif rule.rules then
    compiled.rules = M.compile(rule)
  end
  return merge_only_child(compiled)
end

--- Compiles one rule set.
-- @tparam table rule_set the parsed publication
-- @treturn {table,...} rules: conditions or nil, and error, url or rules
function M.compile(rule_set)
  local compiled = {}
  for index, rule in ipairs(rule_set.rules) do
    compiled[index] = compile_rule(rule)
  end
  return compiled
end

-- What comes before "-name-digit" in the regions a regular expression matches; each partition's is
-- of the form ^prefix\-\w+\-\d+$, with one choice in it at most.
local function prefixes_of(regex)
  local prefix = assert(regex:match("^%^(.+)\\%-\\w%+\\%-\\d%+%$$"), regex):gsub("\\%-", "-")
  local before, choice, after = prefix:match("^([%w-]*)%(([%w|]+)%)([%w-]*)$")
  if not choice then
    assert(prefix:find("^[%w-]+$"), regex)
    return { prefix }
  end
  local prefixes = {}
  for word in choice:gmatch("%w+") do
    prefixes[#prefixes + 1] = before .. word .. after
  end
  return prefixes
end

local function compile_partition(partition)
  local regions, outputs = {}, partition.outputs
  for region, own in pairs(partition.regions) do
    assert(
      next(own) == nil or next(own) == "description" and next(own, "description") == nil,
      region .. " has outputs of its own"
    )
    regions[#regions + 1] = region
  end
  table.sort(regions)
  return {
    name = partition.id,
    dnsSuffix = outputs.dnsSuffix,
    dualStackDnsSuffix = outputs.dualStackDnsSuffix,
    supportsFIPS = outputs.supportsFIPS,
    supportsDualStack = outputs.supportsDualStack,
    prefixes = prefixes_of(partition.regionRegex),
    regions = regions,
  }
end

--- Compiles the partitions.
-- @tparam table document the parsed publication
-- @treturn {table,...} { name, dnsSuffix, dualStackDnsSuffix, supportsFIPS, supportsDualStack,
--   prefixes, regions }, the partition of unknown regions first
function M.partitions(document)
  local compiled = {}
  for index, partition in ipairs(document.partitions) do
    compiled[index] = compile_partition(partition)
  end
  assert(compiled[1].name == "aws")
  return compiled
end

return M
