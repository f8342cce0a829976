-- SPDX-License-Identifier: MIT
-- What the table verbs send. Each takes an ask and the verb's argument. An ask is
--   { noun, timeout, params (fresh: what the options said),
--     words (member -> what the user calls it),
--     tokens (value token -> attribute of the user's item, where a verb made them) }.
local alias = require "dynamo.table.alias"
local call = require "dynamo.call"
local errors = require "dynamo.call.error"
local operations = require "dynamo.operations"
local schema = require "dynamo.table.schema"

local M = {}

local get_item = operations.by_method.get_item
local put_item = operations.by_method.put_item
local update_item = operations.by_method.update_item
local delete_item = operations.by_method.delete_item

-- Returns the path of one attribute of the item, as messages write it.
local function attribute_path(name)
  if name:find("^[%a_:#-][%w_:#-]*$") then return "Item." .. name end
  return ('Item["%s"]'):format(errors.excerpt(name))
end

-- Returns what the user calls the place `path`: the argument, option or attribute it came from.
local function own_path(ask, path)
  local token, inside = path:match("^ExpressionAttributeValues%.(:v%d+)(.*)$")
  local attribute = token and ask.tokens and ask.tokens[token]
  if attribute then return attribute_path(attribute) .. inside end
  local head, rest = path:match("^(%w+)(.*)$")
  return head and ask.words[head] and ask.words[head] .. rest or path
end

-- Runs the operation; a validation error speaks of the user's arguments.
local function run(ask, operation)
  local noun = ask.noun
  local result, message, err = call.run(noun.client, operation, ask.params, false, ask.timeout)
  if result or err.kind ~= "validation" or not err.path then return result, message, err end
  local path = own_path(ask, err.path)
  if err.message:sub(1, #err.path) == err.path then
    err.message = path .. err.message:sub(#err.path + 1)
  end
  err.path = path
  return nil, tostring(err), err
end

-- Runs a write: returns the attributes that return_values asked for, else true.
local function write(ask, operation)
  local params = ask.params
  if params.ConditionExpression and params.ReturnValuesOnConditionCheckFailure == nil then
    params.ReturnValuesOnConditionCheckFailure = "ALL_OLD"
  end
  local result, message, err = run(ask, operation)
  if not result then return nil, message, err end
  if params.ReturnValues and params.ReturnValues ~= "NONE" then
    return result.Attributes or {}, nil, err
  end
  return true, nil, err
end

-- Joins `test` to the user's condition.
local function add_condition(params, test)
  local own = params.ConditionExpression
  params.ConditionExpression = own and ("(%s) AND (%s)"):format(own, test) or test
end

-- Makes `key` the request's key, unless the table's schema is known and it is no key of it: then
-- returns an error.
local function put_key(ask, key)
  ask.params.Key = key
  local names = ask.noun.key
  return names and schema.mismatch(names, key)
end

function M.get(ask, key)
  local problem = put_key(ask, key)
  if problem then return call.fail(get_item, problem, 0) end
  local result, message, err = run(ask, get_item)
  if not result then return nil, message, err end
  return result.Item, nil, err
end

function M.delete(ask, key)
  local problem = put_key(ask, key)
  if problem then return call.fail(delete_item, problem, 0) end
  return write(ask, delete_item)
end

function M.update(ask, key)
  local problem = put_key(ask, key)
  if problem then return call.fail(update_item, problem, 0) end
  return write(ask, update_item)
end

function M.put(ask, item)
  local names = ask.noun.key
  local problem = names and schema.missing(names, item, "Item")
  if problem then return call.fail(put_item, problem, 0) end
  ask.params.Item = item
  return write(ask, put_item)
end

-- Returns the verb that puts an item if `test` (of the partition key's token) holds.
local function put_if(test)
  return function(ask, item)
    local names, message, err = schema.names(ask.noun, ask.timeout)
    if not names then return nil, message, err end
    local space = alias.new(ask.params)
    add_condition(ask.params, test:format(space:name(names[1])))
    space:store(ask.params)
    return M.put(ask, item)
  end
end

M.insert = put_if "attribute_not_exists(%s)"
M.replace = put_if "attribute_exists(%s)"

-- Returns the attributes of `item` that are no key, sorted; or nil, error for a name that is none.
local function other_attributes(item, names)
  local others = {}
  for name in next, item do
    if type(name) ~= "string" then
      local path = ("Item[%s]"):format(tostring(name))
      return nil, errors.validation("type", path,
        ("%s: an attribute name must be a string, not a %s"):format(path, type(name)))
    end
    if name ~= names[1] and name ~= names[2] then others[#others + 1] = name end
  end
  table.sort(others)
  return others
end

-- Returns the attributes to set, sorted, or nil, error for an item that cannot be sent.
local function settable(item, names, must_set)
  local problem = schema.missing(names, item, "Item")
  if problem then return nil, problem end
  local attributes, err = other_attributes(item, names)
  if attributes and must_set and not attributes[1] then
    return nil, errors.validation("nothing_to_set", "Item", "Item: nothing to set beside the key")
  end
  return attributes, err
end

-- Makes the SET clause of the attributes, and remembers which token stands for which.
local function set_clause(ask, item, attributes, space)
  local actions, tokens = {}, {}
  for i, name in ipairs(attributes) do
    local token = space:value(rawget(item, name))
    actions[i] = space:name(name) .. " = " .. token
    tokens[token] = name
  end
  ask.tokens = tokens
  if actions[1] then ask.params.UpdateExpression = "SET " .. table.concat(actions, ", ") end
end

-- Returns the key's part of an item.
local function key_of(item, names)
  local key = {}
  for _, name in ipairs(names) do key[name] = rawget(item, name) end
  return key
end

-- Sets the given attributes of one item; `test`, if any, is a condition on the partition key.
local function set_attributes(ask, item, test)
  local names, message, err = schema.names(ask.noun, ask.timeout)
  if not names then return nil, message, err end
  local attributes, problem = settable(item, names, test ~= nil)
  if not attributes then return call.fail(update_item, problem, 0) end
  local params, space = ask.params, alias.new(ask.params)
  params.Key = key_of(item, names)
  set_clause(ask, item, attributes, space)
  if test then add_condition(params, test:format(space:name(names[1]))) end
  space:store(params)
  return write(ask, update_item)
end

function M.upsert(ask, item)
  return set_attributes(ask, item, nil)
end

function M.patch(ask, item)
  return set_attributes(ask, item, "attribute_exists(%s)")
end

return M
