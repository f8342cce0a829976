-- SPDX-License-Identifier: MIT
-- Calls a fault server that runs elsewhere, by what the environment says of proxies; run by
-- process_spec.lua. Returns what became of a counter's increment, by https and by http.
local canary = require "support.canary"
local classes = require "support.fault.replay_classes"
local dynamo = require "dynamo"

local function increment(scheme)
  local db = dynamo.new {
    region = "eu-west-1",
    endpoint = ("%s://127.0.0.1:%s"):format(scheme, os.getenv "FAULT_PORT"),
    ca_file = os.getenv "FAULT_CA",
    credentials = canary.credentials(),
    retry_mode = "off",
  }
  local result, message, told = classes.UNSAFE.run(db, os.getenv "FAULT_KEY")
  db:close()
  return {
    ok = result and true,
    code = told.code,
    maybe_applied = told.maybe_applied,
    leaks = canary.find { message, told },
  }
end

return { https = increment "https", http = increment "http" }
