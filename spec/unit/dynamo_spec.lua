-- SPDX-License-Identifier: MIT
local dynamo = require "dynamo"

describe("the door", function()
  local functions = {
    "new", "number", "binary", "list", "map", "set", "string_set", "number_set", "binary_set",
    "is_number", "is_binary", "is_list", "is_set", "compare", "equal", "encode", "decode",
    "encode_item", "decode_item", "size", "sign", "credentials", "resolve_endpoint", "SetAction",
    "AddAction", "RemoveAction", "DeleteAction", "UpdateAction", "UpdateExpression", "update",
    "attr", "path", "all", "any", "negate", "projection",
  }
  for _, name in ipairs(functions) do
    it("has " .. name, function() assert.is_function(dynamo[name]) end)
  end

  it("has null, the extensions, a version, and nothing else", function()
    assert.are.equal("userdata", type(dynamo.null))
    assert.is_table(dynamo.extension)
    assert.matches("^%d+%.%d+%.%d+", dynamo._VERSION)
    assert.is_nil(dynamo.nothing)
    for _, name in ipairs(functions) do assert.is_function(dynamo[name]) end
    local count = 0
    for _ in pairs(dynamo) do count = count + 1 end
    assert.are.equal(#functions + 3, count)
  end)

  it("resolves endpoints and gives credentials without a client", function()
    assert.are.equal("https://dynamodb.eu-west-1.amazonaws.com",
      dynamo.resolve_endpoint({ region = "eu-west-1" }).url)
    local provider = dynamo.credentials {
      getenv = function(name) return ({ AWS_ACCESS_KEY_ID = "A",
        AWS_SECRET_ACCESS_KEY = "s" })[name] end,
    }
    assert.are.equal("A", provider:get().access_key_id)
  end)
end)
