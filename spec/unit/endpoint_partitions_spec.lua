-- SPDX-License-Identifier: MIT
local core = require "dynamo.core"
local partitions = require "dynamo.call.endpoint.partitions"

local PATH = (os.getenv("DYNAMO_MODEL") or "../shared/model") .. "/partitions.json"

describe("endpoint.partitions", function()
  local file = io.open(PATH, "rb")
  if not file then return pending("there is no " .. PATH) end
  local document = assert(core.document(file:read("*a")))
  file:close()
  for _, partition in ipairs(document.partitions) do
    it("knows the suffix of every region of " .. partition.id, function()
      for region in pairs(partition.regions) do
        if not region:find("global") then
          assert.are.equal(partition.outputs.dnsSuffix, partitions.dns_suffix(region), region)
        end
      end
    end)
  end

  it("takes an unknown region for one of aws", function()
    assert.are.equal("amazonaws.com", partitions.dns_suffix("mars-north-1"))
  end)
end)
