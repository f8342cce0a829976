-- SPDX-License-Identifier: MIT
-- The generated partitions; that they are what AWS publishes is for spec/unit/model_spec.lua.
local compiler = require "tools.model.endpoint"
local partitions = require "dynamo.endpoint.partition_table"

describe("endpoint.partition_table", function()
  it("has every partition once, that of unknown regions first", function()
    local names = {}
    for i, partition in ipairs(partitions) do
      names[i] = partition.name
    end
    assert.are.same({
      "aws",
      "aws-cn",
      "aws-eusc",
      "aws-iso",
      "aws-iso-b",
      "aws-iso-e",
      "aws-iso-f",
      "aws-us-gov",
    }, names)
  end)

  it("gives no prefix and no region to two", function()
    local seen = {}
    for _, partition in ipairs(partitions) do
      for _, list in ipairs { partition.prefixes, partition.regions } do
        for _, name in ipairs(list) do
          assert.is_nil(seen[name], name)
          seen[name] = true
        end
      end
    end
  end)
end)

describe("tools.model.endpoint.partitions", function()
  local function partitions_of(regex, region)
    return compiler.partitions {
      partitions = {
        {
          id = "aws",
          regionRegex = regex,
          regions = { x = region or { description = "X" } },
          outputs = {
            dnsSuffix = "d",
            dualStackDnsSuffix = "e",
            supportsFIPS = true,
            supportsDualStack = false,
            implicitGlobalRegion = "x",
            name = "aws",
          },
        },
      },
    }
  end

  local forms = {
    ["^us\\-gov\\-\\w+\\-\\d+$"] = { "us-gov" },
    ["^(us|eu)\\-\\w+\\-\\d+$"] = { "us", "eu" },
    ["^eusc\\-(de|fr)\\-\\w+\\-\\d+$"] = { "eusc-de", "eusc-fr" },
  }
  for regex, prefixes in pairs(forms) do
    it("reads " .. regex, function()
      assert.are.same({
        {
          name = "aws",
          dnsSuffix = "d",
          dualStackDnsSuffix = "e",
          supportsFIPS = true,
          supportsDualStack = false,
          prefixes = prefixes,
          regions = { "x" },
        },
      }, partitions_of(regex))
    end)
  end

  for _, regex in ipairs {
    "^us\\-\\w+$",
    "^.*\\-\\w+\\-\\d+$",
    "us\\-\\w+\\-\\d+",
    "^(a|b)(c|d)\\-\\w+\\-\\d+$",
  } do
    it("refuses " .. regex, function()
      assert.is_false((pcall(partitions_of, regex)))
    end)
  end

  it("refuses a region with outputs of its own", function()
    assert.is_false((pcall(partitions_of, "^us\\-\\w+\\-\\d+$", { dnsSuffix = "z" })))
  end)
end)
