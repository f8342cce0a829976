-- SPDX-License-Identifier: MIT
--- Finds the operations whose answers come page by page in the API models, for `dynamo.paginators`, and
-- holds what AWS publishes of its paginators to that: those are five of them. A paginator is
--
--   token        the member that says where a page begins
--   next_token   the member of the answer that says where the next one does
--   items        the member of the answer that is the page's list
--
-- where a member of the answer may be "Structure.Member". Left out are ExecuteStatement, which may write,
-- and GetRecords, which goes on for as long as its shard is open.

local M = {}

local LEFT_OUT = { ExecuteStatement = true, GetRecords = true }

local function snake_case(name)
  return (name:gsub("(%l)(%u)", "%1_%2"):lower())
end

-- Returns the members of a shape, and those of the structures in it as "Structure.Member": name -> type.
local function types_of(api, shape, before, types)
  for name, member in pairs(shape.members or {}) do
    local own = api.shapes[member.shape]
    types[before .. name] = own.type
    if own.type == "structure" and before == "" then types_of(api, own, name .. ".", types) end
  end
  return types
end

-- Returns the member of the answer that is the input member of the next request: NextToken, or the
-- LastEvaluatedX of an ExclusiveStartX; nil for none.
local function next_token_of(token, outputs)
  local wanted = token:gsub("^ExclusiveStart", "LastEvaluated")
  if token ~= "NextToken" and wanted == token then return nil end
  for name in pairs(outputs) do
    if name:match("%w+$") == wanted then return name end
  end
end

-- Returns the one list of an answer that has its next token beside it.
local function items_of(outputs, next_token)
  local found
  local beside = next_token:match("^%w+%.") or ""
  for name, kind in pairs(outputs) do
    local is_beside = name:sub(1, #beside) == beside and not name:find(".", #beside + 1, true)
    if kind == "list" and is_beside and name:match("%w+$") ~= "KeySchema" then
      assert(not found, "two lists: " .. name)
      found = name
    end
  end
  return assert(found, next_token)
end

local function compile_operation(api, operation)
  if not (operation.input and operation.output) then return nil end
  local outputs = types_of(api, api.shapes[operation.output.shape], "", {})
  for token in pairs(api.shapes[operation.input.shape].members) do
    local next_token = next_token_of(token, outputs)
    if next_token then
      return { token = token, next_token = next_token, items = items_of(outputs, next_token) }
    end
  end
end

-- Raises unless a published paginator says what we found.
local function hold(name, found, published)
  local result = published.result_key
  if type(result) == "table" then result = result[1] end
  assert(found, name)
  assert(
    found.token == published.input_token
      and found.next_token == published.output_token
      and found.items == result,
    name
  )
end

--- Finds the paged operations of a service.
-- @tparam table api the parsed model
-- @tparam table published the parsed publication of its paginators
-- @treturn table method -> paginator
function M.compile(api, published)
  local paginators = {}
  for name, operation in pairs(api.operations) do
    local own = not LEFT_OUT[name] and compile_operation(api, operation) or nil
    paginators[snake_case(name)] = own
  end
  for name, own in pairs(published.pagination) do
    hold(name, paginators[snake_case(name)], own)
  end
  return paginators
end

return M
