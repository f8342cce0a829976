-- SPDX-License-Identifier: MIT
-- The lines of an import that are no good: the first one ends it, or all go into a file.
local item_reader = require "dynamo.prompt.item_reader"
local mistake = require "dynamo.prompt.mistake"
local out_file = require "dynamo.prompt.out_file"

local M = {}

local REMEDY = "mend it, or have such lines put into a file: REJECTS FILE"

-- Returns what raises.
local function raising(reader)
  return {
    bytes = 0,
    raises = true,
    add = function(record)
      mistake.fail(("%s\n%s"):format(item_reader.words(reader.name, record), REMEDY))
    end,
    close = function() end,
  }
end

--- Returns what takes such lines: { add(record), close(), bytes, raises (whether add does) }.
-- @tparam table reader of dynamo.prompt.item_reader
-- @tparam ?string path of the file; nil: the first one is raised
-- @tparam ?integer bytes of it that stay, of an import that goes on
-- @tparam table printer where each is told
function M.new(reader, path, bytes, printer)
  if not path then return raising(reader) end
  local file = out_file.open(path, nil, bytes)
  local rejects = { bytes = file.bytes, close = file.close }
  function rejects.add(record)
    printer:warn((item_reader.words(reader.name, record):gsub("\n.*$", "")))
    if reader.header and file.bytes == 0 then file.write(reader.header .. "\n") end
    file.write(record.text .. "\n")
    file.flush()
    rejects.bytes = file.bytes
  end
  return rejects
end

return M
