-- SPDX-License-Identifier: MIT
-- The part of a client's state that settings are found by: options over an environment and a
-- config file.
local M = {}

--- Returns the state, and a table whose `n` counts the files read.
-- @tparam ?table variables of the environment
-- @tparam ?string config the text of ~/.aws/config
-- @tparam ?table options
function M.new(variables, config, options)
  local reads = { n = 0 }
  local client = {
    targets = {},
    allow_http = false,
    getenv = function(name)
      return name == "HOME" and "/h" or (variables or {})[name]
    end,
    read_file = function(path)
      reads.n = reads.n + 1
      if config and path == "/h/.aws/config" then return config end
      return nil, path .. ": not there"
    end,
  }
  for name, value in pairs(options or {}) do
    client[name] = value
  end
  return client, reads
end

return M
