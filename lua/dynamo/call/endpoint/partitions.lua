-- SPDX-License-Identifier: MIT
-- The DNS suffix of a region, by the regionRegex of AWS's published partitions.
local M = {}

local SUFFIXES = {
  { "^cn%-%w+%-%d+$", "amazonaws.com.cn" },
  { "^eusc%-de%-%w+%-%d+$", "amazonaws.eu" },
  { "^us%-iso%-%w+%-%d+$", "c2s.ic.gov" },
  { "^us%-isob%-%w+%-%d+$", "sc2s.sgov.gov" },
  { "^us%-isof%-%w+%-%d+$", "csp.hci.ic.gov" },
  { "^eu%-isoe%-%w+%-%d+$", "cloud.adc-e.uk" },
}
local DEFAULT = "amazonaws.com" -- the aws and aws-us-gov partitions, and regions not yet known

--- Returns the DNS suffix of a region's partition.
function M.dns_suffix(region)
  for _, rule in ipairs(SUFFIXES) do
    if region:find(rule[1]) then return rule[2] end
  end
  return DEFAULT
end

return M
