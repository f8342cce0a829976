-- SPDX-License-Identifier: MIT
--- Sizes what is random in the specs: tools/run_specs.sh says what DYNAMO_SPEC_SCALE is.
local SCALE = tonumber(os.getenv "DYNAMO_SPEC_SCALE" or 1)

--- Returns so many of something as are wanted, of `count` at scale 1; at least one.
return function(count)
  return math.max(1, math.ceil(count * SCALE))
end
