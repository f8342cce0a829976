-- SPDX-License-Identifier: MIT
-- A client over a fake transport, in a world without environment, files or randomness.
local canary = require "support.canary"
local client = require "dynamo.client"
local fake_transport = require "support.fake_transport"

local M = {}

--- Returns `n` bytes 0xff: the longest jitter, and a constant idempotency token.
function M.random(n)
  return ("\255"):rep(n)
end

--- Returns the options of a client over `transport`, with those of `more` on top.
function M.options(transport, more)
  local options = {
    region = "eu-west-1",
    credentials = { access_key_id = "AKIDEXAMPLE", secret_access_key = canary.SECRET },
    transport = transport,
    getenv = function()
      return nil
    end,
    read_file = function(path)
      return nil, path .. ": no such file"
    end,
    random = M.random,
  }
  for name, value in pairs(more or {}) do
    options[name] = value
  end
  return options
end

--- Returns a client and the fake transport that plays `steps` to it.
function M.new(steps, more)
  local transport = fake_transport.new(steps)
  return client.new(M.options(transport, more)), transport
end

return M
