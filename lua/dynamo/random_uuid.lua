-- SPDX-License-Identifier: MIT
-- Random UUIDs (RFC 9562, version 4) for idempotency tokens.
local M = {}

local FORMAT = ("%02x"):rep(4) .. ("-" .. ("%02x"):rep(2)):rep(3) .. "-" .. ("%02x"):rep(6)

--- Returns a version 4 UUID made of 16 bytes of `random(n)`, or nil, message if there are none.
function M.v4(random)
  local bytes, message = random(16)
  if not bytes then return nil, message end
  local b = { bytes:byte(1, 16) }
  b[7] = b[7] % 16 + 64 -- version 4
  b[9] = b[9] % 64 + 128 -- variant 10
  return FORMAT:format((table.unpack or unpack)(b))
end

return M
