-- SPDX-License-Identifier: MIT
-- The hosts of the services behind credentials, FIPS and dual-stack ones, too.
-- @see https://docs.aws.amazon.com/general/latest/gr/sso.html
local partitions = require "dynamo.endpoint.partitions"
local settings = require "dynamo.settings.lookup"

local M = {}

local GOV_CLOUD = "aws-us-gov"

-- Where AWS Sign-In is in each partition, behind the region: under names of its own.
local SIGN_IN = {
  ["aws"] = "signin.aws.amazon.com",
  ["aws-cn"] = "signin.amazonaws.cn",
  ["aws-eusc"] = "signin.amazonaws-eusc.eu",
  ["aws-iso"] = "signin.c2shome.ic.gov",
  ["aws-iso-b"] = "signin.sc2shome.sgov.gov",
  ["aws-iso-e"] = "signin.csphome.adc-e.uk",
  ["aws-iso-f"] = "signin.csphome.hci.ic.gov",
  [GOV_CLOUD] = "signin.amazonaws-us-gov.com",
}

-- Returns whether FIPS and dual-stack hosts are wanted; or nil, nil, error.
local function switches(world)
  local fips, fips_source = settings.use_fips(world)
  if fips == nil and fips_source then return nil, nil, fips_source end
  local dual, dual_source = settings.use_dualstack(world)
  if dual == nil and dual_source then return nil, nil, dual_source end
  return fips or false, dual or false
end

local function join(prefix, fips, region, suffix)
  return ("%s%s.%s.%s"):format(prefix, fips and "-fips" or "", region, suffix)
end

--- Returns the host of a service whose hosts are named alike in all partitions; or nil, error. The
-- FIPS hosts of AWS GovCloud are the plain ones.
-- @tparam table world getenv, read_file, profile, use_fips, use_dualstack
-- @tparam string prefix "sts", "portal.sso" or "oidc"
-- @tparam string region
function M.of(world, prefix, region)
  local fips, dual, problem = switches(world)
  if problem then return nil, problem end
  local partition = partitions.of(region)
  if partition.name == GOV_CLOUD and not dual then fips = false end
  return join(prefix, fips, region, dual and partition.dualStackDnsSuffix or partition.dnsSuffix)
end

--- Returns the host of AWS Sign-In; or nil, error.
function M.sign_in(world, region)
  local fips, dual, problem = switches(world)
  if problem then return nil, problem end
  local partition = partitions.of(region)
  if dual then return join("signin", fips, region, partition.dualStackDnsSuffix) end
  if not fips then return region .. "." .. SIGN_IN[partition.name] end
  if partition.name == GOV_CLOUD then return "signin-fips.amazonaws-us-gov.com" end
  return join("signin", fips, region, partition.dnsSuffix)
end

return M
