-- SPDX-License-Identifier: MIT
-- Lines as statements: one goes on while a bracket is open, or while Lua lacks an end.
local brackets = require "dynamo.prompt.brackets"
local grammar = require "dynamo.prompt.grammar"
local lua_line = require "dynamo.prompt.lua_line"

local M = {}

local CR = ("\r"):byte()

-- Whether a line says nothing: blanks, a comment of Lua, the first line of a program.
local function is_empty(line, number)
  if number == 1 and line:sub(1, 2) == "#!" then return true end
  return line:find "^%s*$" ~= nil or line:find "^%s*%-%-" ~= nil and not line:find "^%s*%-%-%["
end

-- Returns how the brackets of a statement are counted, by its first line.
local function kind_of(line, verbs)
  local verb = grammar.verb(line, verbs)
  return verb and verb.brackets or "lua"
end

--- Whether a statement that has no bracket open goes on all the same, in Lua.
-- @tparam string text
-- @tparam table account its brackets
function M.lacks_end(text, account)
  return account.kind == "lua" and lua_line.lacks_end(text)
end

--- Returns an iterator: text, number of its first line, and what `known` says of it. Lines may end in CR LF.
-- @tparam function next_line
-- @tparam table verbs
-- @tparam ?function known (line) -> anything, of a line that is known to be a statement; nil of others
function M.each(next_line, verbs, known)
  local number = 0
  return function()
    local lines, first, account
    for line in next_line do
      number = number + 1
      if line:byte(-1) == CR then line = line:sub(1, -2) end
      local what = known and not first and known(line)
      if what then return line, number, what end
      if first or not is_empty(line, number) then
        if not first then
          lines, first, account = {}, number, brackets.new(kind_of(line, verbs))
        end
        lines[#lines + 1] = line
        local is_open = brackets.feed(account, line)
        if not is_open then
          local text = table.concat(lines, "\n")
          if not M.lacks_end(text, account) then return text, first end
        end
      end
    end
    if first then return table.concat(lines, "\n"), first end
  end
end

return M
