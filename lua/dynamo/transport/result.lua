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

--- Returns the response that a message of core.message has read.
-- @treturn[1] table { status, headers = { lower-case name = value }, body }
-- @treturn[2] nil
-- @treturn[2] table { kind, code, text, status and request_id (if the final head had come) }
function M.response(message)
  local status, headers, body, text, failed_status = message:response()
  if status then return { status = status, headers = headers, body = body } end
  return nil,
    {
      kind = headers,
      code = body,
      text = text,
      status = failed_status,
      request_id = message:header "x-amzn-requestid",
    }
end

return M
