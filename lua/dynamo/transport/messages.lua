-- SPDX-License-Identifier: MIT
-- The messages of a transport, and requests in the form of tables over them.
--
-- Messages (of core.message) are used for one request after the other; a finaliser may send in the
-- middle of another request, so whoever carries one has it for itself.
local core = require "dynamo.core"
local result = require "dynamo.transport.result"

local M = {}

--- Returns the messages of a transport: a list of those that carry nothing.
-- @tparam ?integer max_body_bytes of a response; 64 MiB if nil
function M.new(max_body_bytes)
  return { max_body_bytes = max_body_bytes }
end

--- Takes a message out, for one request.
function M.take(messages)
  local count = #messages
  local message = messages[count]
  messages[count] = nil
  return message or core.message(messages.max_body_bytes)
end

--- Gives a message back, which forgets what it carried.
function M.give(messages, message)
  message:reset()
  messages[#messages + 1] = message
end

--- Frees what those keep that carry nothing.
function M.close(messages)
  for _, message in ipairs(messages) do
    message:close()
  end
end

-- Carries a request by a message: the response, or nil, message, err.
local function carry(transport, request, message, deadline)
  local written, kind, code, text =
    message:request(request.method, request.path, request.headers, request.body or "")
  if not written then return result.failure(kind, code, text, "none") end
  local done, said, err = transport:carry(message, request, deadline)
  if done then return result.response(message) end
  return nil, said, err
end

--- Does what a transport's `send` says, by its `carry`.
function M.send(transport, request, deadline)
  local messages = transport.messages
  local message = M.take(messages)
  local response, text, err = carry(transport, request, message, deadline)
  M.give(messages, message)
  return response, text, err
end

return M
