-- SPDX-License-Identifier: MIT
-- The partition a region belongs to.
-- @see https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
local partitions = require "dynamo.endpoint.partition_table"

local M = {}

local DEFAULT = partitions[1] -- aws

-- A region that is listed; or what the names of a partition's regions begin with.
local by_region, by_prefix = {}, {}
for _, partition in ipairs(partitions) do
  for _, region in ipairs(partition.regions) do
    by_region[region] = partition
  end
  for _, prefix in ipairs(partition.prefixes) do
    by_prefix[prefix] = partition
  end
end

--- Returns the partition of a region: { name, dnsSuffix, dualStackDnsSuffix, supportsFIPS,
-- supportsDualStack, ... }. One that is not known yet is told by its form, else taken for aws's.
function M.of(region)
  return by_region[region] or by_prefix[region:match("^(.+)%-[%w_]+%-%d+$")] or DEFAULT
end

return M
