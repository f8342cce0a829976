-- SPDX-License-Identifier: MIT
-- The default world: environment variables, files, randomness. Everything that needs one of them
-- takes it as an argument; these are what dynamo.new uses when it is given none.
local M = {}

-- Remembered when the module loads: nginx's workers lose the environment of their master.
local REMEMBERED = {
  "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN",
  "AWS_ACCOUNT_ID", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_CONFIG_FILE",
  "AWS_SHARED_CREDENTIALS_FILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB",
  "AWS_ENDPOINT_URL_DYNAMODB_STREAMS", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
  "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT", "AWS_ACCOUNT_ID_ENDPOINT_MODE",
  "AWS_MAX_ATTEMPTS", "AWS_RETRY_MODE", "AWS_CA_BUNDLE", "AWS_SDK_UA_APP_ID",
  "AWS_DISABLE_CLOCK_SKEW_CORRECTION", "HOME",
}
local MAX_FILE_BYTES = 1024 * 1024

local remembered = {}
for _, name in ipairs(REMEMBERED) do remembered[name] = os.getenv(name) end

--- Returns the value of an environment variable, or nil.
function M.getenv(name)
  return remembered[name] or os.getenv(name)
end

-- Returns what an open file holds, at most MAX_FILE_BYTES; nil, message otherwise.
local function contents(file, path)
  local text, message = file:read(MAX_FILE_BYTES + 1)
  if message then return nil, path .. ": " .. message end
  if text and #text > MAX_FILE_BYTES then return nil, path .. ": larger than 1 MiB" end
  return text or ""
end

--- Returns the contents of a file (at most 1 MiB), or nil, message naming the file.
function M.read_file(path)
  local file, message = io.open(path, "rb")
  if not file then return nil, message end
  local text, problem = contents(file, path)
  file:close()
  return text, problem
end

--- Returns `n` random bytes from the system's generator, or nil, message.
function M.random(n)
  local file, message = io.open("/dev/urandom", "rb")
  if not file then return nil, message end
  file:setvbuf("no")
  local bytes = file:read(n)
  file:close()
  if not bytes or #bytes ~= n then return nil, "/dev/urandom: too few bytes" end
  return bytes
end

return M
