-- SPDX-License-Identifier: MIT
-- A request that is shown and not sent: { method, url, headers, body }, which prints as what would go
-- over the wire, but for the headers that would let others act in our name.
local M = {}

local SECRET = { ["authorization"] = true, ["x-amz-security-token"] = true }

local function header_line(pair)
  local content = SECRET[pair[1]:lower()] and "[redacted]" or pair[2]
  return pair[1] .. ": " .. content
end

local meta = {}

function meta.__tostring(request)
  local lines = { request.method .. " " .. request.url }
  for _, pair in ipairs(request.headers) do
    lines[#lines + 1] = header_line(pair)
  end
  lines[#lines + 1] = "\n" .. request.body
  return table.concat(lines, "\n")
end

--- Returns what explain gives of a signed request.
-- @tparam {{string,string},...} headers owned from now on
-- @tparam string url
-- @tparam string body
-- @treturn table { method, url, headers, body }
function M.new(headers, url, body)
  return setmetatable({ method = "POST", url = url, headers = headers, body = body }, meta)
end

return M
