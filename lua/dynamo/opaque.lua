-- SPDX-License-Identifier: MIT
-- Texts that a program keeps for us and gives back some day: where a reading is to go on. They stand in
-- a URL as they are, and are neither secret nor proof against forgery; that they came back whole is
-- checked.
--
--   <kind>.<CRC-32 of the rest, in hexadecimal>.<base64url of the JSON of a value>
local codec = require "dynamo.codec"
local core = require "dynamo.core"
local text = require "dynamo.text"

local M = {}

-- Returns eight hexadecimal digits; the checksum may be beyond what %x takes in one.
local function checksum(content)
  local sum = core.crc32(content)
  return ("%04x%04x"):format(math.floor(sum / 65536), sum % 65536)
end

--- Returns the text of a value.
-- @tparam string kind what it is, letters and digits, with the number of its layout: "changes1"
-- @param value any value that an item may hold
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table err
function M.write(kind, value)
  local json, message, err = codec.encode(value)
  if not json then return nil, message, err end
  local content = text.base64url(json)
  return ("%s.%s.%s"):format(kind, checksum(content), content)
end

--- Whether a text begins as those of a kind do.
function M.is_of(kind, given)
  return given:sub(1, #kind + 1) == kind .. "."
end

--- Returns the value of a text that `write` gave; or nil, what is wrong with it: the end of a sentence.
-- @tparam string kind
-- @tparam string given
function M.read(kind, given)
  if not M.is_of(kind, given) then
    return nil, ('does not begin with "%s.": it is something else'):format(kind)
  end
  local sum, content = given:match("^%x%x%x%x%x%x%x%x%.", #kind + 2), given:sub(#kind + 11)
  if not sum or sum ~= checksum(content) .. "." then
    return nil, "has been cut or changed on the way: its checksum is wrong"
  end
  local json = text.from_base64url(content)
  local value = json and codec.decode(json)
  if value == nil then return nil, "is none that was given out: what is in it cannot be read" end
  return value
end

return M
