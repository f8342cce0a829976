-- SPDX-License-Identifier: MIT
-- What goes wrong with the store itself, not with what is asked of it: raised inside embedded/ as a
-- trouble, which says what the call's error is made of: kind, code, message, sent.
local M = {}

local unpack = table.unpack or unpack

local Trouble = {}

function Trouble.__tostring(trouble)
  return trouble.code .. ": " .. trouble.message
end

-- By dynamo.sqlite's word: the kind, the code and what to do.
local WORDS = {
  busy = {
    "transport",
    "StoreBusy",
    "another process is writing to it; try again, or write in smaller pieces",
  },
  full = { "transport", "StoreFull", "there is no room left where it is; nothing was written" },
  read_only = { "config", "StoreReadOnly", "the file, or its folder, cannot be written" },
  damaged = { "config", "StoreDamaged", "the file is damaged, or none of ours; restore a backup" },
  unopened = { "config", "StoreNotOpened", "the file cannot be opened, or its folder not written" },
  io = { "transport", "StoreFailed", "the file could not be read or written" },
  memory = { "transport", "StoreFailed", "there is no memory left" },
}
local OTHER = { "transport", "StoreFailed", "this is not expected of a store" }

--- Returns a trouble.
-- @tparam string kind an error's
-- @tparam string code
-- @tparam string message
function M.new(kind, code, message)
  return setmetatable({ kind = kind, code = code, message = message, sent = "none" }, Trouble)
end

--- Returns the trouble that a failure of dynamo.sqlite is.
-- @tparam string where the store, as its user named it
-- @tparam string word dynamo.sqlite's code
-- @tparam string message SQLite's
function M.of(where, word, message)
  local kind, code, words = unpack(WORDS[word] or OTHER, 1, 3)
  return M.new(kind, code, ("%s: %s (%s)"):format(where, words, message))
end

--- Whether a value that was raised is a trouble.
function M.is(value)
  return type(value) == "table" and getmetatable(value) == Trouble
end

return M
