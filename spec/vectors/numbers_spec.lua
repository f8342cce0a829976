-- SPDX-License-Identifier: MIT
-- DynamoDB's canonical number text, as the AWS Database Encryption SDK states it.
local dynamo = require "dynamo"
local vectors = require "support.vectors"

describe("canonical numbers", function()
  local cases = vectors.document "numbers/canonical.json"

  it("are all there", function()
    assert.is_true(#cases >= 123)
  end)

  for _, case in ipairs(cases) do
    it(case.input .. " is " .. (case.expected or "an error"), function()
      local done, number = pcall(dynamo.number, case.input)
      if case.expected == nil or case.expected == "error" or case.error then
        assert.is_false(done)
      else
        assert.are.equal(case.expected, tostring(number))
        assert.are.equal('{"N":"' .. case.expected .. '"}', dynamo.encode(number))
      end
    end)
  end
end)
