-- SPDX-License-Identifier: MIT
-- What the embedded store refuses in the service's place: raised as a table with the service's code and
-- text, caught where the answer is made.
--   code     such as "ValidationException", without a namespace
--   message  the service's text; nil where it has none
--   extra    nil, or the further members of the error's body: name -> plain value
local M = {}

local Refusal = {}

function Refusal.__tostring(refusal)
  return ("%s: %s"):format(refusal.code, refusal.message or "")
end

--- Returns a refusal.
function M.new(code, message, extra)
  return setmetatable({ code = code, message = message, extra = extra }, Refusal)
end

--- Raises a refusal.
-- @tparam string code
-- @tparam ?string message
-- @tparam ?table extra
function M.raise(code, message, extra)
  error(M.new(code, message, extra), 0)
end

--- Raises one of a request that is wrong whatever the store holds.
-- @tparam string message what follows is put into it as by string.format
function M.validation(message, ...)
  if select("#", ...) > 0 then message = message:format(...) end
  return M.raise("ValidationException", message)
end

--- Whether a value that was raised is a refusal.
function M.is(value)
  return type(value) == "table" and getmetatable(value) == Refusal
end

return M
