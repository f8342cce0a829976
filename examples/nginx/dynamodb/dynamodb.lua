-- SPDX-License-Identifier: MIT
-- A DynamoDB over HTTP for any SDK, kept in a file by nginx itself: for this machine alone, since nobody's
-- signature is checked.
local dynamo = require "dynamo"

local M = {}

-- All workers write one file. Each opens it for itself, at its first request.
local path = os.getenv "DYNAMODB_FILE"
local store

-- Answers as DynamoDB does.
local function answer(response)
  ngx.status = response.status
  ngx.header["Content-Type"] = "application/x-amz-json-1.0"
  ngx.header["x-amzn-RequestId"] = response.headers["x-amzn-requestid"]
  ngx.print(response.body)
end

function M.serve()
  store = store or assert(dynamo.embedded { path = path })
  ngx.req.read_body()
  local headers = {}
  for name, value in pairs(ngx.req.get_headers()) do
    headers[#headers + 1] = { name, tostring(value) }
  end
  local response, message = store:send { headers = headers, body = ngx.req.get_body_data() or "" }
  if response then return answer(response) end
  ngx.log(ngx.ERR, message)
  return ngx.exit(500)
end

return M
