-- SPDX-License-Identifier: MIT
-- The protocol's own cases (botocore's tests/unit/protocols, from Smithy): each brings a small API
-- model, which is compiled as DynamoDB's is.
local core = require "dynamo.core"
local compiler = require "tools.model.compile"
local endpoint = require "dynamo.endpoint"
local service_error = require "dynamo.call.service_error"
local responses = require "dynamo.call.response"
local answered = require "support.answered"
local vectors = require "support.vectors"

-- Traits of an operation that DynamoDB's API does not use and this client does not know.
local UNUSED_TRAITS = { "endpoint", "requestcompression" }

local WORDS = { NaN = 0 / 0, Infinity = math.huge, ["-Infinity"] = -math.huge }

-- A case's operation and shapes, compiled. What has no input in the model takes an object without
-- members.
local function compile(suite, case)
  local name = case.given.name
  local compiled = compiler.compile({
    metadata = suite.metadata,
    shapes = suite.shapes,
    operations = { [name] = case.given },
  }, "dynamodb")
  compiled.shapes.Nothing = { type = "structure", members = {}, required = {} }
  local _, operation = next(compiled.operations)
  return operation, compiled.shapes, core.model(compiled.shapes)
end

-- The Lua value of what a case gives as JSON: bytes are binary values, float words are numbers.
local function to_lua(value, shapes, name)
  local shape = shapes[name]
  if shape.type == "blob" then return core.binary(value) end
  if shape.type == "float" or shape.type == "double" then return WORDS[value] or value end
  if type(value) ~= "table" then return value end
  local copy = {}
  for key, item in pairs(value) do
    local inner = shape.members and shape.members[key] or shape.member or shape.value
    copy[key] = to_lua(item, shapes, inner)
  end
  return copy
end

-- A copy in which equal means equal: userdata and NaN are told by their text.
local function comparable(value)
  if core.is_binary(value) then return "binary " .. tostring(value) end
  if value ~= value then return "not a number" end
  if type(value) ~= "table" then return value end
  local copy = {}
  for key, item in pairs(value) do
    copy[key] = comparable(item)
  end
  return copy
end

local function unused_trait(case)
  for _, trait in ipairs(UNUSED_TRAITS) do
    if case.given[trait] then return trait end
  end
end

local function lower_keys(headers)
  local copy = {}
  for name, value in pairs(headers) do
    copy[name:lower()] = value
  end
  return copy
end

local function check_request(suite, case)
  local operation, shapes, model = compile(suite, case)
  local input = operation.input or "Nothing"
  local body = assert(core.encode(model, input, to_lua(case.params, shapes, input), false))
  assert.same(core.document(case.serialized.body), core.document(body))
  if case.serialized.headers then
    assert.equal(case.serialized.headers["X-Amz-Target"], operation.target)
  end
  if suite.clientEndpoint then
    local place = assert(endpoint.resolve {
      service = "dynamodb",
      region = "us-east-1",
      endpoint = suite.clientEndpoint,
    })
    assert.equal(case.serialized.uri, place.path)
    assert.equal(case.serialized.host .. "/", place.authority .. place.path)
  end
end

-- The response of an operation without output is not looked into, if it is the service's own: the
-- vectors leave out the id by which that is told.
local function read_response(operation, model, response)
  if operation.output then
    return core.decode(model, operation.output, response.body, false, false)
  end
  local headers = lower_keys(response.headers)
  headers["x-amzn-requestid"] = headers["x-amzn-requestid"] or "request"
  return responses.read(
    operation,
    answered { status = response.status_code, body = response.body, headers = headers },
    { typed = false, exact = false }
  )
end

local function check_response(suite, case)
  local operation, shapes, model = compile(suite, case)
  local output = operation.output or "Nothing"
  local value, problem = read_response(operation, model, case.response)
  assert.is_nil(problem)
  assert.same(comparable(to_lua(case.result, shapes, output)), comparable(value))
end

local function check_error(suite, case)
  local _, shapes, model = compile(suite, case)
  local response = case.response
  local body = response.body or "" -- those whose code is in a header have none
  local err = service_error.parse(response.status_code, lower_keys(response.headers), body)
  assert.equal("service", err.kind)
  assert.equal(response.status_code, err.status)
  assert.equal(case.errorCode, err.code)
  if case.errorMessage then
    assert.equal(case.errorCode .. ": " .. case.errorMessage, err.message)
  end
  local members = core.decode(model, err.code, response.body or "{}", false, false)
  assert.same(to_lua(case.error, shapes, case.errorCode), members)
end

describe("an awsJson1.0 request", function()
  for _, suite in ipairs(vectors.document "aws-json-1.0/input.json") do
    for _, case in ipairs(suite.cases) do
      if not unused_trait(case) then
        it("is written as " .. case.id .. " says", function()
          check_request(suite, case)
        end)
      end
    end
  end
end)

describe("an awsJson1.0 answer", function()
  for _, suite in ipairs(vectors.document "aws-json-1.0/output.json") do
    for _, case in ipairs(suite.cases) do
      local check = case.errorCode and check_error or check_response
      it("is read as " .. case.id .. " says", function()
        check(suite, case)
      end)
    end
  end
end)
