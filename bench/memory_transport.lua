-- SPDX-License-Identifier: MIT
--- A transport that gives one answer at once, from memory: no socket, no garbage, the time stands.

-- In the form of AWS's own, for any other is looked through for secrets.
local REQUEST_ID = "MEMORY" .. ("0"):rep(46)

local M = {}

--- Returns a transport for dynamo.new.
-- @tparam string body of each answer
function M.new(body)
  local headers = { ["x-amzn-requestid"] = REQUEST_ID }
  local answer = { status = 200, headers = headers, body = body }
  local transport = {}
  function transport.send()
    return answer
  end
  function transport.now()
    return 1718031907
  end
  function transport.monotonic()
    return 100
  end
  function transport.sleep() end
  function transport.close() end
  return transport
end

return M
