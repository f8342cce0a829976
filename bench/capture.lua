-- SPDX-License-Identifier: MIT
--- capture.lua SCENARIO URL: prints the signed request that the client hands to its transport.
-- The form is bare_curl's: header lines, an empty line, the body. Host and Content-Length are left
-- out, since libcurl writes them itself.

local connect = require "bench.connect"
local scenarios = require "bench.scenarios"

local written_by_libcurl = { ["host"] = true, ["content-length"] = true }

local function print_request(request)
  for _, header in ipairs(request.headers) do
    if not written_by_libcurl[header[1]:lower()] then io.write(header[1], ": ", header[2], "\n") end
  end
  io.write("\n", request.body)
end

local recorder = {}

function recorder.send(_, request)
  print_request(request)
  recorder.captured = true
  return nil, "captured", { kind = "transport", code = "captured", message = "", sent = "none" }
end

function recorder.now()
  return os.time()
end
function recorder.monotonic()
  return os.clock()
end
function recorder.sleep() end
function recorder.close() end

local _, message = scenarios[arg[1]](connect(arg[2], recorder))()
assert(recorder.captured, message)
