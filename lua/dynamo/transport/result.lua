-- SPDX-License-Identifier: MIT
-- What a transport's send returns, as dynamo.call takes it.
local M = {}

--- Shapes a failure, whose message is shown as it is.
-- @treturn nil
-- @treturn string message
-- @treturn table { kind, code, message, sent, status, request_id }
function M.failure(kind, code, message, sent, status, request_id)
  return nil,
    message,
    {
      kind = kind,
      code = code,
      message = message,
      sent = sent,
      status = status,
      request_id = request_id,
    }
end

--- The failure of a request whose deadline passed before anything of it was sent.
function M.too_late()
  local text = "the deadline passed before the request was sent"
  return M.failure("timeout", "DeadlineExceeded", text, "none")
end

--- Shapes a failure { kind, code, text, status, request_id } of a request on its route, which the
-- message begins with.
function M.failed_on(route, failed, sent)
  local message = (route.where .. ": " .. failed.text):gsub("[^\32-\126]", "?")
  return M.failure(failed.kind, failed.code, message, sent, failed.status, failed.request_id)
end

--- The failure of a message of core.message that is over without a response.
function M.lost(route, message, sent)
  local _, kind, code, text, status = message:status()
  local request_id = message:header "x-amzn-requestid"
  return M.failed_on(
    route,
    { kind = kind, code = code, text = text, status = status, request_id = request_id },
    sent
  )
end

--- Returns the response that a message of core.message has read: { status, headers = { lower-case
-- name = value }, body }.
function M.response(message)
  local status, headers, body = message:response()
  return { status = status, headers = headers, body = body }
end

return M
