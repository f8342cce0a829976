-- SPDX-License-Identifier: MIT
-- What our objects know, out of reach of those who print or change them.
--
-- It lies in a metatable of the object's own, which `__metatable` locks, and so it lives as long as
-- the object. A weak table would keep the object for ever on Lua 5.1 and LuaJIT wherever what it
-- knows refers to it, as a hook does that uses its client.
local core = require "dynamo.core"

local M = {}

--- Returns the functions of a class of objects.
-- @tparam table meta the metamethods of all its objects; `__metatable` among them
-- @treturn function new(object, knowledge) -> object, which has no metatable before
-- @treturn function of(object) -> knowledge; nil for what is no object of this class
-- @treturn table key: core.hidden(object, key) says the same as of(object)
function M.class(meta)
  local KEY = {}
  local function new(object, knowledge)
    local own = { [KEY] = knowledge }
    for name, metamethod in next, meta do
      own[name] = metamethod
    end
    return setmetatable(object, own)
  end
  local function of(object)
    return core.hidden(object, KEY)
  end
  return new, of, KEY
end

return M
