-- SPDX-License-Identifier: MIT
local partition_table = require "dynamo.endpoint.partition_table"
local partitions = require "dynamo.endpoint.partitions"

describe("endpoint.partitions", function()
  for _, partition in ipairs(partition_table) do
    it("knows every region of " .. partition.name, function()
      for _, region in ipairs(partition.regions) do
        assert.are.equal(partition, partitions.of(region))
      end
    end)
  end

  local unlisted = {
    ["eu-polar-9"] = "aws",
    ["mx-north-12"] = "aws",
    ["cn-south-1"] = "aws-cn",
    ["eusc-de-north-2"] = "aws-eusc",
    ["us-iso-south-1"] = "aws-iso",
    ["us-isob-south-1"] = "aws-iso-b",
    ["eu-isoe-north-1"] = "aws-iso-e",
    ["us-isof-west-1"] = "aws-iso-f",
    ["us-gov-north-1"] = "aws-us-gov",
    ["eusc-fr-north-1"] = "aws",
    ["xx-test-1"] = "aws",
    ["us-gov-west"] = "aws",
    ["cn-north-1a"] = "aws",
    ["local"] = "aws",
    mars = "aws",
    ["cn-1"] = "aws",
  }
  for region, name in pairs(unlisted) do
    it(("takes %s for one of %s"):format(region, name), function()
      assert.are.equal(name, partitions.of(region).name)
    end)
  end
end)
