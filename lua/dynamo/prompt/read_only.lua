-- SPDX-License-Identifier: MIT
-- `db` and table objects that refuse what writes, before anything is sent. They look like what they stand
-- for; their methods go to it.
local mistake = require "dynamo.prompt.mistake"

local M = {}

-- Methods that write nothing.
local READS = {
  get = true,
  query = true,
  scan = true,
  count = true,
  search = true,
  changes = true,
  explain = true,
  describe = true,
  wait = true,
  tables = true,
  pages = true,
  close = true,
  batch_get = true,
  batch_get_item = true,
  transact_get = true,
  transact_get_items = true,
}
local STATEMENTS = { execute = true, execute_statement = true }

local real = setmetatable({}, { __mode = "k" })

-- Whether a method with these arguments writes nothing.
local function is_read(name, argument)
  if READS[name] or name:find "^describe_" or name:find "^list_" or name:find "^get_" then
    return true
  end
  local statement = type(argument) == "table" and argument.Statement or argument
  return STATEMENTS[name]
    and type(statement) == "string"
    and statement:find "^%s*[Ss][Ee][Ll][Ee][Cc][Tt]%s" ~= nil
end

-- Returns a method that is refused unless it reads.
local function method_of(object, name, method)
  return function(self, ...)
    if name ~= "table" and not is_read(name, (...)) then
      mistake.refuse(("refused: this session is read-only, %s was not sent"):format(name))
    end
    if self ~= nil then self = real[self] or self end
    if name == "table" then return M.guarded(method(self, ...)) end
    return method(self or object, ...)
  end
end

--- Returns what stands for a client or a table object.
function M.guarded(object)
  local proxy = setmetatable({}, {
    __metatable = getmetatable(object),
    __tostring = function()
      return tostring(object)
    end,
    __index = function(_, name)
      local value = object[name]
      if type(value) == "function" then return method_of(object, name, value) end
      return type(value) == "table" and M.guarded(value) or value
    end,
  })
  real[proxy] = object
  return proxy
end

return M
