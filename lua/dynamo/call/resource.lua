-- SPDX-License-Identifier: MIT
-- The ARN that a call names its table by, if it does: it tells the account whose host to use. As
-- everywhere, no metamethod of the user's tables runs.
local M = {}

-- Returns the least key of a map, so that the same parameters go to the same host; or nil.
local function first_key(map)
  local least
  for key in next, map do
    if type(key) == "string" and (least == nil or key < least) then least = key end
  end
  return least
end

-- Returns the member of the first action in a list, or nil.
local function in_list(list, path)
  local index, entry = 1, rawget(list, 1)
  while entry do
    for _, action in ipairs(path.actions) do
      local parameters = rawget(entry, action)
      if parameters then return rawget(parameters, path.member) end
    end
    index = index + 1
    entry = rawget(list, index)
  end
end

-- Returns what is at `path` (see tools/model/compile.lua) in the parameters, or nil.
local function at_path(path, params)
  local inner = rawget(params, path.keys or path.structure or path.list)
  if inner == nil then return nil end
  if path.keys then return first_key(inner) end
  if path.structure then return rawget(inner, path.member) end
  return in_list(inner, path)
end

--- Returns the ARN by which a call names its table (the first of them), or nil.
-- @tparam table operation a record of dynamo.operations
-- @tparam table params the API's members, encoded before
function M.arn(operation, params)
  local member, path, text = operation.resource, operation.resource_path, nil
  if member then
    text = rawget(params, member)
  elseif path then
    text = at_path(path, params)
  end
  return text and text:sub(1, 4) == "arn:" and text or nil
end

return M
