-- SPDX-License-Identifier: MIT
-- Endpoints of every region are resolved as botocore resolves them, by the rule sets that ours are
-- generated from.
local core = require "dynamo.core"
local oracle = require "support.oracle"
local resolve = require("dynamo.endpoint").resolve

local CASES = 20000 -- there are more than that

local OPTIONS = {
  Region = "region",
  Endpoint = "endpoint",
  UseFIPS = "use_fips",
  UseDualStack = "use_dualstack",
  AccountId = "account_id",
  AccountIdEndpointMode = "account_id_endpoint_mode",
  ResourceArn = "resource_arn",
  ResourceArnList = "resource_arn_list",
  IsSearchOperation = "search",
}

-- Returns an outcome as text: that the two are equal costs no luassert.
local function text_of(url, region, message)
  return url and ("%s signed for %s"):format(url, region) or "error: " .. message
end

local function outcome(expected)
  return text_of(expected.url, expected.region or "us-east-1", expected.error)
end

-- What is resolved by the door that users have.
local function resolved(case)
  local options = { service = case.service, allow_http = true }
  for name, value in pairs(case.params) do
    if OPTIONS[name] then options[OPTIONS[name]] = value end
  end
  local place, message = resolve(options)
  return text_of(place and place.url, place and place.signing_region, message)
end

describe("botocore", function()
  it("resolves endpoints as we do", function()
    local count = 0
    for line in oracle.lines "endpoint" do
      local case = assert(core.document(line))
      local expected, got = outcome(case.expected), resolved(case)
      if expected ~= got then assert.are.same({ case.params, expected }, { case.params, got }) end
      count = count + 1
    end
    assert.is_true(count > CASES)
  end)
end)
