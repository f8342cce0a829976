-- SPDX-License-Identifier: MIT
-- lua/dynamo/model.lua says of every operation what botocore reads in the same publication.
local core = require "dynamo.core"
local generate = require "tools.model.generate"
local model = require "dynamo.model"
local oracle = require "support.oracle"

local MODELS = "build/emulators/model"

-- Traits that DynamoDB's API does not use and this client does not know.
local UNUSED_OF_OPERATIONS = { "endpoint", "requestcompression" }
local UNUSED_OF_MEMBERS = { "hostLabel" }

local function sorted_keys(map)
  local list = {}
  for key in pairs(map) do
    list[#list + 1] = key
  end
  table.sort(list)
  return list
end

local function sorted(list)
  local copy = { (table.unpack or unpack)(list) }
  table.sort(copy)
  return copy
end

-- JSON's null is nothing here.
local function value_of(field)
  if field == core.null then return nil end
  return field
end

local operations = {} -- by AWS's name
for _, operation in pairs(model.operations) do
  operations[operation.name] = operation
end

local function check_member(input, name, expected)
  local shape_name = input.members[name]
  local shape = model.shapes[shape_name]
  assert.is_true(shape_name == expected.shape or shape_name == "Streams" .. expected.shape)
  for _, trait in ipairs { "type", "min", "max", "enum" } do
    assert.same(expected[trait], shape[trait], name .. "." .. trait)
  end
end

local function check_operation(expected)
  local operation = operations[expected.name]
  assert.equal(expected.service, operation.service)
  assert.equal(expected.target, operation.target)
  assert.equal(value_of(expected.token), operation.token)
  assert.equal(value_of(expected.resource), operation.resource)
  assert.equal(expected.resource_path, operation.resource_path ~= nil)
  assert.equal(expected.search, operation.search == true)

  local input = model.shapes[operation.input]
  assert.same(sorted_keys(expected.members), sorted_keys(input.members))
  assert.same(expected.required, sorted(input.required))
  for name, member in pairs(expected.members) do
    check_member(input, name, member)
  end
  local output = model.shapes[operation.output] or { members = {} }
  assert.same(expected.output, sorted_keys(output.members))
end

describe("botocore reads of the API", function()
  local count = 0
  for line in oracle.lines "model" do
    local expected = assert(core.document(line))
    count = count + 1
    it("the same " .. expected.name, function()
      check_operation(expected)
    end)
  end

  it("every operation", function()
    assert.equal(62, count)
    assert.equal(62, #sorted_keys(operations))
  end)
end)

for _, service in ipairs { "dynamodb", "dynamodbstreams" } do
  describe("the published API of " .. service, function()
    local api = assert(generate.read(MODELS, service .. "-service"))

    it("uses no trait of operations that we do not know", function()
      for name, operation in pairs(api.operations) do
        for _, trait in ipairs(UNUSED_OF_OPERATIONS) do
          assert.is_nil(operation[trait], name)
        end
      end
    end)

    it("uses no trait of members that we do not know", function()
      for name, shape in pairs(api.shapes) do
        for _, member in pairs(shape.members or {}) do
          for _, trait in ipairs(UNUSED_OF_MEMBERS) do
            assert.is_nil(member[trait], name)
          end
        end
      end
    end)
  end)
end
