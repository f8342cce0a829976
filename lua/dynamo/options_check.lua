-- SPDX-License-Identifier: MIT
-- What a single option may be. Each check returns nil, or what the value must be: the end of a
-- sentence that begins with the option's name.
local M = {}

local MAX_SECONDS = 86400

-- Returns the check that a value is of a type.
local function must_be(word)
  return function(value)
    if type(value) ~= word then return ("must be a %s, not a %s"):format(word, type(value)) end
  end
end

M.callable, M.boolean = must_be "function", must_be "boolean"

--- Text for a header or a file name: no control characters, not empty.
function M.text(value)
  if type(value) ~= "string" then return ("must be a string, not a %s"):format(type(value)) end
  if value == "" or value:find("%c") then return "must not be empty or hold control characters" end
end

--- A number of seconds, of a day at most.
function M.seconds(value)
  if type(value) ~= "number" or not (value > 0 and value <= MAX_SECONDS) then
    return ("must be a number of seconds, above 0 and at most %d"):format(MAX_SECONDS)
  end
end

--- Returns the check that a value is one of some words.
function M.one_of(...)
  local words = { ... }
  return function(value)
    for _, word in ipairs(words) do
      if value == word then return nil end
    end
    return ('must be "%s"'):format(table.concat(words, '" or "'))
  end
end

return M
