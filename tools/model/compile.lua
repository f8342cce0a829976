-- SPDX-License-Identifier: MIT
--- Turns an API model as AWS publishes it into the operations and shapes of `dynamo.model`.
-- A shape keeps what checking, writing and reading a value needs; documentation and patterns go,
-- and so does every shape that no operation can reach.

local M = {}

-- What the API model leaves to prose: the limits of names and expressions, the tokens' first byte.
local FORMATS = {
  TableName = "table_name",
  TableArn = "table_arn",
  ConditionExpression = "expression",
  KeyExpression = "expression",
  ProjectionExpression = "expression",
  UpdateExpression = "expression",
}
local PREFIXES = { ExpressionAttributeNameMap = "#", ExpressionAttributeValueMap = ":" }

-- How the names of operations begin that change nothing.
local READING =
  { "^BatchGet", "^Describe", "^Get", "^List", "^Query", "^Scan", "^Search", "^TransactGet" }

local function snake_case(name)
  return (name:gsub("(%l)(%u)", "%1_%2"):lower())
end

local function is_read(name)
  for _, pattern in ipairs(READING) do
    if name:find(pattern) then return true end
  end
end

-- The sorted names of the members that carry a trait; its value is `wanted` if that is given.
local function members_with(shape, trait, wanted)
  local names = {}
  for name, member in pairs(shape.members) do
    local value = member[trait]
    if value and (wanted == nil or value.name == wanted) then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

-- One function for each type that has more to it than a range: (shape, name) -> definition.
local build = {}

function build.structure(shape)
  local members = {}
  for name, member in pairs(shape.members) do
    members[name] = member.shape
  end
  return { members = members, required = shape.required or {} }
end

function build.list(shape)
  return { member = shape.member.shape }
end

function build.map(shape, name)
  return {
    key = shape.key.shape,
    value = shape.value.shape,
    prefix = PREFIXES[name],
    is_key = name == "Key" or nil,
  }
end

function build.string(shape, name)
  return { enum = shape.enum, format = FORMATS[name] }
end

local function define(shape, name)
  if name == "AttributeValue" then return { type = "attribute_value" } end
  local definition = build[shape.type] and build[shape.type](shape, name) or {}
  definition.type, definition.min, definition.max = shape.type, shape.min, shape.max
  return definition
end

-- A copy of a definition with `f` applied to the name of every shape it refers to.
local function map_references(definition, f)
  local copy = {}
  for key, value in pairs(definition) do
    copy[key] = value
  end
  for _, key in ipairs { "member", "key", "value" } do
    copy[key] = definition[key] and f(definition[key])
  end
  if definition.members then
    copy.members = {}
    for name, shape in pairs(definition.members) do
      copy.members[name] = f(shape)
    end
  end
  return copy
end

-- The members of "List[*].Action.Member" or "List[*].[Action.Member, ...][]", or nil.
local function path_through_list(path)
  local list, rest = path:match("^(%w+)%[%*%]%.(.*)$")
  if not list then return nil end
  local found = { list = list, actions = {} }
  for action, member in (rest:match("^%[(.*)%]%[%]$") or rest):gmatch("(%w+)%.(%w+)") do
    assert(found.member == nil or found.member == member, path)
    found.actions[#found.actions + 1], found.member = action, member
  end
  return found
end

-- Where an operation names its resource deeper than at the top of its members: { keys = a map },
-- { structure, member } or { list, actions, member }. The model says it by a JMESPath.
local function resource_path(operation)
  local params = operation.operationContextParams
  if not params then return nil end
  local path = (params.ResourceArn or params.ResourceArnList).path
  local keys = path:match("^keys%((%w+)%)$")
  if keys then return { keys = keys } end
  local structure, member = path:match("^(%w+)%.(%w+)$")
  if structure then return { structure = structure, member = member } end
  return assert(path_through_list(path), path)
end

-- true for an operation that goes to the hosts of searches, else nil.
local function is_search(operation)
  local static = operation.staticContextParams
  return static and static.IsSearchOperation and static.IsSearchOperation.value or nil
end

local function compile_operation(api, service, name)
  local operation = api.operations[name]
  local input = operation.input and operation.input.shape
  local input_shape = api.shapes[input] or { members = {} }
  return {
    name = name,
    service = service,
    target = api.metadata.targetPrefix .. "." .. name,
    input = input,
    output = operation.output and operation.output.shape,
    resource = members_with(input_shape, "contextParam", "ResourceArn")[1],
    resource_path = resource_path(operation),
    search = is_search(operation),
    token = members_with(input_shape, "idempotencyToken")[1],
    read = is_read(name),
  }
end

--- Compiles one service's API model.
-- @tparam table api the parsed model: metadata, operations, shapes
-- @tparam string service "dynamodb" or "streams"
-- @treturn table { operations = { get_item = ... }, shapes = { GetItemInput = ... }, exceptions = {
--   "ResourceNotFoundException", ... }: the names of shapes }
function M.compile(api, service)
  local operations, shapes, exceptions = {}, {}, {}
  local function reach(name)
    if name and not shapes[name] then
      shapes[name] = define(assert(api.shapes[name], name), name)
      map_references(shapes[name], reach)
    end
    return name
  end
  for name in pairs(api.operations) do
    local operation = compile_operation(api, service, name)
    operations[snake_case(name)] = operation
    reach(operation.input)
    reach(operation.output)
    for _, exception in ipairs(api.operations[name].errors or {}) do
      exceptions[#exceptions + 1] = reach(exception.shape)
    end
  end
  return { operations = operations, shapes = shapes, exceptions = exceptions }
end

local function is_same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  for key, value in pairs(a) do
    if not is_same(value, b[key]) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return true
end

local function refers_to(definition, names)
  local found = false
  map_references(definition, function(name)
    found = found or names[name] ~= nil
    return name
  end)
  return found
end

-- The set of names that mean different things in two shape tables, if only by what they refer to.
local function clashes(first, second)
  local found, grew = {}, true
  while grew do
    grew = false
    for name, definition in pairs(second) do
      local is_shared = first[name] and not found[name]
      if is_shared and (refers_to(definition, found) or not is_same(first[name], definition)) then
        found[name], grew = true, true
      end
    end
  end
  return found
end

--- Adds a second service's model to a first one. Where a shape's name means different things in the
-- two, the second one's is renamed.
-- @tparam table first a compiled model; changed
-- @tparam table second another; must share no operation
-- @tparam string prefix what a renamed shape's name begins with
-- @treturn table `first`
function M.merge(first, second, prefix)
  local clash = clashes(first.shapes, second.shapes)
  local function rename(name)
    return name and (clash[name] and prefix .. name or name)
  end
  for name, definition in pairs(second.shapes) do
    first.shapes[rename(name)] = map_references(definition, rename)
  end
  for _, exception in ipairs(second.exceptions) do
    assert(not clash[exception], "an exception's name is its code on the wire: " .. exception)
  end
  for key, operation in pairs(second.operations) do
    assert(not first.operations[key], key)
    operation.input, operation.output = rename(operation.input), rename(operation.output)
    first.operations[key] = operation
  end
  return first
end

return M
