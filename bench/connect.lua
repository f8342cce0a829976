-- SPDX-License-Identifier: MIT
--- A client for the canned server.

local dynamo = require "dynamo"

--- Returns a client that neither reads the environment nor asks for credentials.
-- @tparam string url  the server's; one of https:// is trusted for the certificate that
--   bench/servers.lua made
-- @tparam[opt] table transport  replaces libcurl's
return function(url, transport)
  return dynamo.new {
    region = "us-east-1",
    endpoint = url,
    credentials = {
      access_key_id = "AKIAIOSFODNN7EXAMPLE",
      secret_access_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    },
    max_attempts = 1,
    transport = transport,
    ca_file = url:find "^https" and "build/bench/certificate.pem" or nil,
  }
end
