-- SPDX-License-Identifier: MIT
-- Statements as somebody types them at a terminal: read, run, until Ctrl-D.
local dynamo = require "dynamo"
local statements = require "dynamo.prompt.statements"

local M = {}

local CONTINUATION = "...> "

-- Returns where the client is, in words: an endpoint, a region.
local function place_of(session, world)
  local place = tostring(session.db):match "%((.*)%)$"
  if place ~= "default region" then return (place:gsub("^https?://", "")) end
  return world.getenv "AWS_REGION" or world.getenv "AWS_DEFAULT_REGION" or place
end

--- Returns what stands before a statement: where, the table in use, whether it is read-only, and a star
-- while a transaction is open.
function M.prompt(session, world)
  local parts = { place_of(session, world) }
  parts[#parts + 1] = session.table_name
  if session.read_only then parts[#parts + 1] = "read-only" end
  return table.concat(parts, " ") .. (session.transaction and "*" or "") .. "> "
end

-- Reads a statement; returns it, nil at the end of the input, and false where Ctrl-C dropped it.
local function read_statement(session, world)
  local has_begun, prompt = false, M.prompt(session, world)
  local function next_line()
    local line = world.read_line(has_begun and CONTINUATION or prompt)
    has_begun = has_begun or line ~= nil and line:find "%S" ~= nil
    return line
  end
  local ok, text = pcall(statements.each(next_line, session.verbs))
  if ok then return text end
  return false
end

-- Whether to leave: an open transaction is asked about.
local function may_leave(session)
  if not session.transaction then return true end
  return (pcall(session.confirm, session, "forget the transaction"))
end

--- Talks until the end of the input. What a statement ends with does not end the conversation.
-- @tparam table session
-- @tparam table world read_line: function(prompt) -> a line; nil at the end; raises where Ctrl-C drops it
function M.run(session, world)
  local printer = session.printer
  printer:warn(
    printer:dim(
      ("dynamo %s, %s; help lists the verbs, Ctrl-D leaves"):format(
        dynamo._VERSION,
        place_of(session, world)
      )
    )
  )
  while true do
    local text = read_statement(session, world)
    if text == nil and may_leave(session) then break end
    if text then
      local _, is_closed = session:run(text)
      if is_closed then break end
    elseif text == false then
      printer:warn "dropped; Ctrl-D leaves"
    end
  end
  printer:warn ""
end

return M
