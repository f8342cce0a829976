-- SPDX-License-Identifier: MIT
-- The cases that AWS publishes beside the endpoint rules of DynamoDB.
local resolve = require("dynamo.endpoint").resolve
local vectors = require "support.vectors"

local CASES = 41 -- that many are known to lie there

local OPTIONS = {
  Region = "region",
  Endpoint = "endpoint",
  UseFIPS = "use_fips",
  UseDualStack = "use_dualstack",
}

describe("endpoints/basic.json", function()
  local cases = vectors.document "endpoints/basic.json"

  it(("holds %d cases"):format(CASES), function()
    assert.are.equal(CASES, #cases)
  end)

  for i, case in ipairs(cases) do
    it(("%d: %s"):format(i, case.documentation), function()
      local options, expected = {}, case.expect
      for name, value in pairs(case.params or {}) do
        options[assert(OPTIONS[name], name)] = value
      end
      local place, message = resolve(options)
      assert.are.equal(expected.error, message)
      if expected.error then return end
      assert.are.equal(expected.endpoint.url, place.url)
      local schemes = (expected.endpoint.properties or {}).authSchemes
      if schemes then
        assert.are.equal(schemes[1].signingRegion, place.signing_region)
        assert.are.equal(schemes[1].signingName, place.signing_name)
      end
    end)
  end
end)
