-- SPDX-License-Identifier: MIT
-- The file from which long work goes on: what it is about, and how far it came.
--   { verb, about = name -> text (the same whenever it goes on), state = what the verb needs }
local dynamo = require "dynamo"
local mistake = require "dynamo.prompt.mistake"

local M = {}

local KIND = "resume file of dynamo, 1"

--- Returns what a file says; nil where there is none; raises a failure where it says nothing.
function M.read(path)
  local text, message, err = dynamo.read_file(path)
  if not text and err.code == "NoFile" then return nil end
  if not text then mistake.fail(message, err) end
  local value = dynamo.from_json(text)
  if type(value) == "table" and value.kind == KIND then return value end
  mistake.fail(path .. " tells nothing of work that stopped: it is another file, or damaged")
end

--- Writes a file anew.
function M.write(path, verb, about, state)
  local text, message, err =
    dynamo.to_json { kind = KIND, verb = verb, about = about, state = state }
  if not text then mistake.fail(("%s cannot be written: %s"):format(path, message), err) end
  local done
  done, message, err = dynamo.write_file(path, text .. "\n")
  if not done then
    mistake.fail(message .. "; RESUME and the name of a file puts it elsewhere", err)
  end
end

--- Removes a file.
function M.remove(path)
  os.remove(path)
end

--- Raises unless a file is of the work that is to go on.
function M.judge(path, found, verb, about)
  local function refuse(what, is, wanted)
    local text = "%s is of another %s: %s, not %s"
    mistake.refuse(text:format(path, what, is or "none", wanted or "none"))
  end
  if found.verb ~= verb then refuse("verb", found.verb, verb) end
  for _, side in ipairs { found.about, about } do
    for name in next, side do
      if found.about[name] ~= about[name] then refuse(name, found.about[name], about[name]) end
    end
  end
end

return M
