-- SPDX-License-Identifier: MIT
local hosts = require "dynamo.credentials.host"

local function world_of(fips, dual)
  return {
    use_fips = fips,
    use_dualstack = dual,
    getenv = function()
      return nil
    end,
    read_file = function()
      return nil, "not there"
    end,
  }
end

describe("credentials.host", function()
  -- region; plain, FIPS, dual-stack, both: of the portal of SSO, then of AWS Sign-In
  local cases = {
    {
      "eu-west-1",
      "portal.sso.eu-west-1.amazonaws.com",
      "portal.sso-fips.eu-west-1.amazonaws.com",
      "portal.sso.eu-west-1.api.aws",
      "portal.sso-fips.eu-west-1.api.aws",
      "eu-west-1.signin.aws.amazon.com",
      "signin-fips.eu-west-1.amazonaws.com",
      "signin.eu-west-1.api.aws",
      "signin-fips.eu-west-1.api.aws",
    },
    {
      "us-gov-west-1",
      "portal.sso.us-gov-west-1.amazonaws.com",
      "portal.sso.us-gov-west-1.amazonaws.com",
      "portal.sso.us-gov-west-1.api.aws",
      "portal.sso-fips.us-gov-west-1.api.aws",
      "us-gov-west-1.signin.amazonaws-us-gov.com",
      "signin-fips.amazonaws-us-gov.com",
      "signin.us-gov-west-1.api.aws",
      "signin-fips.us-gov-west-1.api.aws",
    },
  }
  local switches = { { false, false }, { true, false }, { false, true }, { true, true } }
  for _, case in ipairs(cases) do
    for i, pair in ipairs(switches) do
      it(("is %s, and %s"):format(case[i + 1], case[i + 5]), function()
        local world = world_of(pair[1], pair[2])
        assert.are.equal(case[i + 1], hosts.of(world, "portal.sso", case[1]))
        assert.are.equal(case[i + 5], hosts.sign_in(world, case[1]))
      end)
    end
  end

  it("is an error where a switch is neither true nor false", function()
    local world = world_of()
    world.getenv = function(name)
      return name == "AWS_USE_FIPS_ENDPOINT" and "1" or nil
    end
    for _, find in ipairs { hosts.of, hosts.sign_in } do
      local host, err = find(world, "sts", "eu-west-1")
      assert.is_nil(host)
      assert.matches("AWS_USE_FIPS_ENDPOINT", err.message, 1, true)
    end
  end)
end)
