-- SPDX-License-Identifier: MIT
-- Which checkout of the project a tool asks.
local M = {}

--- Makes `require` find the Lua files and the built modules of a checkout, and spec/support here.
-- @tparam ?string folder the checkout; nil for the one this runs in, with LUA_CPATH's modules if
--   that is set
function M.use(folder)
  local root = folder or "."
  package.path = ("%s/lua/?.lua;%s/lua/?/init.lua;./spec/?.lua;"):format(root, root) .. package.path
  if not folder and os.getenv "LUA_CPATH" then return end
  package.cpath = ("%s/build/%s/?.so;"):format(root, _VERSION:sub(5)) .. package.cpath
end

return M
