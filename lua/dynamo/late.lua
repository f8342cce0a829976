-- SPDX-License-Identifier: MIT
-- Methods whose rooms are loaded by their first use: whoever writes an item a request does not pay
-- for what scans a table.
local M = {}

--- Returns a method that is carried out elsewhere.
-- @tparam string whose "table", "db": what the object is called where a message names the method
-- @tparam string name of the method
-- @tparam string room the module that has, under that name,
--   read   function(knowledge, ...) -> what is asked; or nil, what is wrong with the arguments, which
--          raises at the line of the call
--   run    function(what is asked) -> what the method returns
--   explain    nil, or function(what is asked) -> the request, which is not sent
-- @tparam function knowledge_of (object, name) -> what the object knows; or nil, what is wrong with
--   the object
-- @treturn function
function M.method(whose, name, room, knowledge_of)
  return function(self, ...)
    local knowledge, problem = knowledge_of(self, name)
    if not knowledge then error(problem, 2) end
    local own = require(room)[name]
    local asked, wrong = own.read(knowledge, ...)
    if not asked then error(("%s:%s: %s"):format(whose, name, wrong), 2) end
    return own.run(asked)
  end
end

--- Returns what shows the request of such a method, explain(what is asked), and what is asked; or nil,
-- what is wrong.
-- @tparam string whose "table", "db"
-- @tparam string name of the method
-- @tparam string room
-- @tparam table knowledge what the object knows
-- @param ... the arguments of the method
function M.explainer(whose, name, room, knowledge, ...)
  local own = require(room)[name]
  if not own.explain then return nil, ("%s:explain: not available for %s"):format(whose, name) end
  local asked, problem = own.read(knowledge, ...)
  if not asked then return nil, ("%s:%s: %s"):format(whose, name, problem) end
  return own.explain, asked
end

return M
