-- SPDX-License-Identifier: MIT
-- A script for spec/unit/late_finaliser_spec.lua: finalisers that are older than `require "dynamo"`
-- and call it when the Lua state is closed. What each call gave goes to standard output, a line each.
local calls = {}

-- A compiled trace of LuaJIT that wants a collection leaves for the interpreter, which enters it again
-- at once; while a state is closed no collection comes, and that goes on for ever.
if rawget(_G, "jit") then jit.off() end

-- Calls f when the object is finalised.
local function when_finalised(f)
  local newproxy = rawget(_G, "newproxy")
  if newproxy then
    local proxy = newproxy(true)
    getmetatable(proxy).__gc = f
    return proxy
  end
  return setmetatable({}, { __gc = f })
end

local function run_all()
  for i, call in ipairs(calls) do
    local ok, result, message = pcall(call[2])
    local shown = ok and result ~= nil and "answer" or "error"
    io.write(
      call[1],
      "\t",
      shown,
      "\t",
      tostring(ok and message or result):gsub("[\t\n]", " "),
      "\n"
    )
    calls[i] = nil
  end
  io.stdout:flush()
end

_G.older = when_finalised(run_all)

local dynamo = require "dynamo"
local core, curl, process = require "dynamo.core", require "dynamo.curl", require "dynamo.process"

local keys = { access_key_id = "AKID", secret_access_key = "SECRET" }
local options = {
  region = "eu-west-1",
  credentials = keys,
  endpoint = "http://127.0.0.1:1",
  connect_timeout = 0.2,
  max_attempts = 1,
}
local db = dynamo.new(options)
local users = db:table("Users", { key = { "id" } })
db:list_tables()
local signer, pool = core.signer(), curl.new {}
local number, binary, set = dynamo.number "1.5", dynamo.binary "x", dynamo.set { 1 }
local model = core.model { V = { type = "attribute_value" } }

local function define(name, f)
  calls[#calls + 1] = { name, f }
end
define("call", function()
  return db:list_tables()
end)
define("verb", function()
  return users:put { id = "1", n = number, b = binary, s = set }
end)
define("explain", function()
  return users:explain("get", { id = "1" })
end)
define("new client", function()
  return dynamo.new(options):list_tables()
end)
define("close", function()
  db:close()
  return true
end)
define("encode", function()
  return dynamo.encode { number, binary, set }
end)
define("decode", function()
  return dynamo.decode '{"N":"1.5"}'
end)
define("number", function()
  return tostring(dynamo.number "2.5" < number)
end)
define("shown", function()
  return tostring(number) .. tostring(binary) .. #binary
end)
define("size", function()
  return dynamo.size { id = "1" }
end)
define("sign", function()
  return signer:payload_hash ""
end)
define("new signer", function()
  return core.signer():payload_hash ""
end)
define("dynamo.sign", function()
  return dynamo.sign {
    method = "GET",
    url = "http://127.0.0.1/",
    region = "eu-west-1",
    service = "s3",
    credentials = keys,
  }
end)
define("model", function()
  return core.encode(model, "V", "x")
end)
define("new model", function()
  return core.model { V = { type = "attribute_value" } }
end)
define("document", function()
  return core.document '{"a":[1]}'
end)
local head =
  signer:head("/", { { "host", "h" }, { "x", "0" } }, 1, 2, "A", "S", "r", "s", "20150830T123600Z")
local message = core.message()
define("signed head", function()
  return signer:write(head, message, "", 0, "")
end)
define("output", function()
  message:answer(200, {}, "")
  local _, _, _, _, problem = core.output(message, nil, nil, false, false, nil)
  message:close()
  return problem == nil
end)
define("base64", function()
  return core.base64_encode "abc"
end)
define("sha1", function()
  return core.sha1 "abc"
end)
define("message", function()
  local own = core.message()
  local written = own:request("GET", "/", {}, "")
  own:close()
  return written
end)
-- Carries a request to where nobody listens; returns the code of the failure.
local function carry(by)
  local own = core.message()
  own:request("GET", "/", {}, "")
  local ok, problem, _, _, code =
    pcall(by.carry, by, own, "http://127.0.0.1:1", "", curl.monotonic() + 0.1)
  own:close() -- what is made while the state is closed, nothing collects
  if not ok then error(problem, 0) end
  return code
end
define("carry", function()
  return carry(pool)
end)
define("new pool", function()
  local own = curl.new {}
  local code = carry(own)
  own:close()
  return code
end)
define("close pool", function()
  pool:close()
  return true
end)
define("clock", function()
  return curl.monotonic()
end)
define("file", function()
  return process.read_file("/proc/self/stat", 10000)
end)
define("program", function()
  return process.run({ "true" }, 5000, 10)
end)
define("expression", function()
  return tostring(dynamo.update():set("a", 1))
end)

if arg and arg[1] == "exit" then os.exit(0, true) end
