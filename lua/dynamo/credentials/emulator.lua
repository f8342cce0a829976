-- SPDX-License-Identifier: MIT
-- Credentials for an emulator on this machine, which takes any: where nothing else is configured
-- nobody is to wait for a metadata service that is not there.
local configured = require "dynamo.endpoint.configured"
local url = require "dynamo.endpoint.url"
local settings = require "dynamo.settings.lookup"

local M = {}

local DUMMY = { access_key_id = "dummy", secret_access_key = "dummy" }
-- The region that AWS's rules make http://localhost:8000 of.
local LOCAL_REGION = "local"
-- Whoever sets one of these means the source that it belongs to.
local MEANT = {
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "AWS_EC2_METADATA_SERVICE_ENDPOINT",
}

-- Whether requests to DynamoDB stay on this machine.
local function is_near(world)
  local text = world.endpoint or configured.url(world, "dynamodb")
  if not text then return world.region == LOCAL_REGION end
  local place = url.parse(text)
  return place ~= nil and url.is_loopback(place.host)
end

--- Returns credentials that mean nothing, or nil where they would not do.
-- @tparam table world endpoint, region, getenv, read_file, profile
function M.read(world)
  for _, variable in ipairs(MEANT) do
    if settings.text(world, { variable }) then return nil end
  end
  return is_near(world) and DUMMY or nil
end

return M
