-- SPDX-License-Identifier: MIT
-- Credentials of a task (Amazon ECS) or a pod (EKS Pod Identity), from the agent beside it.
-- @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
local http = require "dynamo.credentials.http"
local source_json = require "dynamo.credentials.source_json"
local url = require "dynamo.endpoint.url"
local settings = require "dynamo.settings.lookup"

local M = {}

local RELATIVE = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
local FULL = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
local TOKEN, TOKEN_FILE =
  "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
local ECS = "http://169.254.170.2"

-- Where clear text may go besides this machine: the agents of ECS and EKS, at link-local addresses.
local AGENTS = {
  ["169.254.170.2"] = true,
  ["169.254.170.23"] = true,
  ["[fd00:ec2::23]"] = true,
}

-- Returns nil, or why a full address must not be asked: whoever may set a variable could otherwise
-- have the token sent anywhere.
local function address_problem(text)
  local place, problem = url.parse(text:match("^[^/]*//[^/?]*") or text)
  if not place then return problem end
  if place.scheme == "https" or url.is_loopback(place.host) then return nil end
  if AGENTS[place.host:lower()] then return nil end
  return "http:// is for this machine and the agents of ECS and EKS alone; use https://"
end

--- Returns the address of the agent; or nil, why there is none; or nil, what is wrong, true.
function M.address(world)
  local relative = settings.text(world, { RELATIVE })
  if relative then
    if relative:sub(1, 1) == "/" then return ECS .. relative end
    return nil, RELATIVE .. " does not begin with /", true
  end
  local full = settings.text(world, { FULL })
  if not full then return nil, ("neither %s nor %s is set"):format(RELATIVE, FULL) end
  local problem = address_problem(full)
  if problem then return nil, ("%s is not usable: %s"):format(FULL, problem), true end
  return full
end

-- Returns the authorization header's value, false for none; or nil, what is wrong. The file, which
-- wins, is read anew each time: its token is replaced while the program runs.
local function token_of(world)
  local path, name = settings.text(world, { TOKEN_FILE }), TOKEN
  local token = settings.text(world, { TOKEN })
  if path then
    local message
    name = path
    token, message = world.read_file(path)
    if not token then return nil, ("%s: %s"):format(TOKEN_FILE, tostring(message)) end
  end
  if not token then return false end
  if token == "" or token:find("[%c\127]") then
    return nil, ("the token in %s is empty or holds a line end or a control character"):format(name)
  end
  return token
end

-- Returns the agent's response, or nil, what went wrong.
local function ask(world, address, token)
  local headers = { { "accept", "application/json" } }
  if token then headers[2] = { "authorization", token } end
  local response, message = http.send(world, {
    url = address,
    headers = headers,
    proxy = false,
    timeout = 2,
    attempts = 3,
    pause = 1,
  })
  if not response then return nil, message end
  if response.status ~= 200 then return nil, ("it answered HTTP %d"):format(response.status) end
  return source_json.read(response.body, "Token")
end

--- Returns credentials; or nil, why it is not configured; or nil, what is wrong, true.
function M.read(world)
  local address, message, broken = M.address(world)
  if not address then return nil, message, broken end
  local token, problem = token_of(world)
  if token == nil then return nil, problem, true end
  local found
  found, problem = ask(world, address, token)
  if found then return found end
  local text = "the container's credentials at %s are not to be had: %s"
  return nil, text:format(address:match("^%w+://[^/?]*"), problem), true
end

return M
