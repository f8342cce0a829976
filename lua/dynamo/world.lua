-- SPDX-License-Identifier: MIT
-- The default world: environment variables, files, programs, randomness. Everything that needs one
-- of them takes it as an argument; these are what dynamo.new uses when it is given none.
local M = {}

-- Remembered when the module loads: nginx's workers lose the environment of their master.
local REMEMBERED = {
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_SECURITY_TOKEN",
  "AWS_ACCOUNT_ID",
  "AWS_REGION",
  "AWS_DEFAULT_REGION",
  "AWS_PROFILE",
  "AWS_DEFAULT_PROFILE",
  "AWS_CONFIG_FILE",
  "AWS_SHARED_CREDENTIALS_FILE",
  "AWS_ENDPOINT_URL",
  "AWS_ENDPOINT_URL_DYNAMODB",
  "AWS_ENDPOINT_URL_DYNAMODB_STREAMS",
  "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
  "AWS_USE_FIPS_ENDPOINT",
  "AWS_USE_DUALSTACK_ENDPOINT",
  "AWS_ACCOUNT_ID_ENDPOINT_MODE",
  "AWS_MAX_ATTEMPTS",
  "AWS_RETRY_MODE",
  "AWS_CA_BUNDLE",
  "AWS_SDK_UA_APP_ID",
  "AWS_DISABLE_CLOCK_SKEW_CORRECTION",
  "AWS_ENDPOINT_URL_SSO",
  "AWS_ENDPOINT_URL_SSO_OIDC",
  "AWS_ENDPOINT_URL_SIGNIN",
  "AWS_LOGIN_CACHE_DIRECTORY",
  "HOME",
  "AWS_CREDENTIAL_EXPIRATION",
  "AWS_ENDPOINT_URL_STS",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_ROLE_ARN",
  "AWS_ROLE_SESSION_NAME",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
  "AWS_EC2_METADATA_DISABLED",
  "AWS_EC2_METADATA_SERVICE_ENDPOINT",
  "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
  "AWS_METADATA_SERVICE_TIMEOUT",
  "AWS_METADATA_SERVICE_NUM_ATTEMPTS",
  "DYNAMO_WARNINGS",
  "https_proxy",
  "HTTPS_PROXY",
  "http_proxy",
  "all_proxy",
  "ALL_PROXY",
  "no_proxy",
  "NO_PROXY",
}
local MAX_FILE_BYTES = 1024 * 1024

local remembered = {}
for _, name in ipairs(REMEMBERED) do
  remembered[name] = os.getenv(name)
end

--- Whether this is nginx, or a program of its Lua module such as resty.
function M.inside_nginx()
  local ngx = rawget(_G, "ngx")
  return ngx ~= nil and ngx.socket ~= nil and ngx.get_phase ~= nil
end

--- Returns the value of an environment variable, or nil.
function M.getenv(name)
  return remembered[name] or os.getenv(name)
end

-- The C module is loaded at its first use: a program with keys in its environment reads no file.
local function process()
  return require "dynamo.process"
end

--- Reads a file of at most 1 MiB. It never waits: a pipe or a device is refused.
-- @treturn[1] string what is in it
-- @treturn[1] integer its permissions, as of chmod
-- @treturn[2] nil
-- @treturn[2] string what is wrong, naming the file
-- @treturn[2] boolean whether a file is there, though it cannot be read
function M.read_file(path)
  return process().read_file(path, MAX_FILE_BYTES)
end

--- Replaces a file's contents, at once or not at all, and leaves it readable by its owner alone.
-- Returns true, or nil, message naming the file.
function M.write_file(path, text)
  return process().write_file(path, text)
end

--- Runs another program without a shell, and ends it with its children at a limit.
-- @tparam {string,...} argv the program (looked for in PATH) and its arguments
-- @tparam table limits timeout (seconds), max_bytes (of its output, and of its error output)
-- @treturn[1] table { status (0, or as a shell has it), stdout, stderr }
-- @treturn[2] nil
-- @treturn[2] string what went wrong; it names the program, not its arguments
function M.run_process(argv, limits)
  if limits.timeout <= 0 then return nil, argv[1] .. ": not run, for no time is left" end
  local status, output, errors =
    process().run(argv, math.ceil(limits.timeout * 1000), limits.max_bytes)
  if not status then return nil, errors end
  return { status = status, stdout = output, stderr = errors }
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
