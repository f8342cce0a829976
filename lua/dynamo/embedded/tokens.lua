-- SPDX-License-Identifier: MIT
-- The tokens of transactions that were done, with what they were asked and what they answered.
local M = {}

--- Returns the fingerprint and the answer of a transaction done with a token since `time`, or nil.
function M.find(database, token, time)
  local text = "SELECT fingerprint, answer FROM tokens WHERE token = ? AND time >= ?"
  local fingerprint, answer = database:row(text, token, time)
  if fingerprint then return fingerprint, answer end
end

--- Keeps what was done with a token.
function M.keep(database, token, time, fingerprint, answer)
  local text = "REPLACE INTO tokens(token, time, fingerprint, answer) VALUES(?, ?, ?, ?)"
  database:row(text, token, time, fingerprint, answer)
end

--- Drops the tokens that are older than `time`.
function M.trim(database, time)
  database:row("DELETE FROM tokens WHERE time < ?", time)
end

return M
