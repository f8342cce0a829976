-- SPDX-License-Identifier: MIT
-- What the encoder found wrong with the parameters, as an error for people.
local errors = require "dynamo.error"
local nearest = require "dynamo.nearest"
local operations = require "dynamo.operations"
local tables = require "dynamo.tables"

local M = {}

-- Returns the list as '"A", "B" or "C"', cut after a few.
local function choices(words)
  local quoted = {}
  for i, word in ipairs(words) do
    quoted[i] = ('"%s"'):format(word)
  end
  if #quoted > 6 then
    for i = #quoted, 6, -1 do
      quoted[i] = nil
    end
    quoted[6] = "..."
  end
  return table.concat(quoted, ", ")
end

-- One sentence per code of a problem; any other code has its sentence in `detail`.
local SENTENCES = {}

function SENTENCES.unknown_member(problem)
  local shape = operations.shapes[problem.shape]
  local members = shape and tables.sorted_keys(shape.members) or {}
  return ('unknown member "%s"%s'):format(problem.member, nearest.hint(problem.member, members))
end

function SENTENCES.missing_member(problem)
  return ('missing member "%s"'):format(problem.member)
end

function SENTENCES.enum(problem)
  local words = operations.shapes[problem.shape].enum
  local guess = nearest.nearest(problem.got, words)
  local hint = guess and (', did you mean "%s"?'):format(guess) or "; one of " .. choices(words)
  return ('"%s" is not a word it takes%s'):format(problem.got, hint)
end

-- Returns the path of the member a problem is about, and that of the structure it belongs to.
local function paths_of(problem)
  local path = problem.path
  if problem.code == "unknown_member" then
    return path == "" and problem.member or path .. "." .. problem.member, path
  elseif problem.code == "missing_member" then
    return path, path:sub(1, -#problem.member - 1):gsub("%.$", "")
  end
  return path, path
end

--- Returns the error for a problem of core.encode; `whole` names what was encoded, for a problem
-- that has no path within it.
function M.to_error(problem, whole)
  local sentence = SENTENCES[problem.code]
  local text = sentence and sentence(problem) or problem.detail
  local path, place = paths_of(problem)
  local message = (place == "" and whole or place) .. ": " .. text
  return errors.validation(problem.code, path ~= "" and path or nil, message)
end

return M
