-- SPDX-License-Identifier: MIT
-- Texts of others in our messages, without the secrets they may repeat.
local errors = require "dynamo.call.error"

local M = {}

local SHOWN_BYTES = 500
local MARK = "[redacted]"
-- A run of a key's characters. One so long, with a digit in it, may be a secret we were not told.
local RUN, SUSPECT = "[%w+/=_.%%-]+", 16
-- Half a secret must not be shown either: a run is left out for such a piece of one.
local PIECE, SHORTEST = "%w+", 8
-- What stands before a secret: "password: x", "token=x".
local NAMED = {
  "([Ss][Ee][Cc][Rr][Ee][Tt][%w_-]*[\"']?%s*[:=]%s*)[^%s,]+",
  "([Tt][Oo][Kk][Ee][Nn][%w_-]*[\"']?%s*[:=]%s*)[^%s,]+",
  "([Pp][Aa][Ss][Ss][%w_-]*[\"']?%s*[:=]%s*)[^%s,]+",
  "([Kk][Ee][Yy][%w_-]*[\"']?%s*[:=]%s*)[^%s,]+",
  "([Bb][Ee][Aa][Rr][Ee][Rr]%s+)[^%s,]+",
}

-- Returns one line of printable ASCII, cut to what a message may hold.
local function line_of(text)
  text = text:gsub("[^\32-\126]+", " "):match("^%s*(.-)%s*$")
  return #text > SHOWN_BYTES and text:sub(1, SHOWN_BYTES) .. "..." or text
end

-- Returns the mark for a run that holds a piece of one of the texts, or nil.
local function shared_with(run, texts)
  for piece in run:gmatch(PIECE) do
    for _, text in ipairs(texts) do
      if #piece >= SHORTEST and text:find(piece, 1, true) then return MARK end
    end
  end
end

-- Returns a text without the runs that share a piece with other texts.
local function without_shared(text, texts)
  return (text:gsub(RUN, function(run) return shared_with(run, texts) end))
end

--- Returns a text without the given secrets, whole or in part.
-- @tparam string text
-- @tparam {string,...} secrets none of them empty
function M.known(text, secrets)
  return line_of(without_shared(errors.redact(text, secrets), secrets))
end

-- Returns the mark for a run that looks like a secret, or nil.
local function suspect(run)
  if #run >= SUSPECT and run:find("%d") and run:find("%a") then return MARK end
end

--- Returns a text without what looks like a secret; rather too little of it than too much.
-- @tparam string text
-- @tparam string other a text that holds secrets somewhere
function M.unknown(text, other)
  for _, pattern in ipairs(NAMED) do text = text:gsub(pattern, "%1" .. MARK) end
  return line_of(without_shared(text:gsub(RUN, suspect), { other }))
end

return M
