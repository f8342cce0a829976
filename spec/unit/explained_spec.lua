-- SPDX-License-Identifier: MIT
local canary = require "support.canary"
local dynamo = require "dynamo"

local db = dynamo.new { region = "eu-west-1", credentials = canary.credentials() }

describe("what explain gives", function()
  local request = assert(db:explain("get_item", { TableName = "Users", Key = { id = "u-1" } }))

  it("prints as the request, line by line", function()
    local text = tostring(request)
    assert.equal("POST https://dynamodb.eu-west-1.amazonaws.com", text:match "^[^\n]*")
    assert.truthy(text:find("\nx-amz-target: DynamoDB_20120810.GetItem\n", 1, true))
    assert.equal(request.body, text:match "\n\n(.*)$")
    for _, pair in ipairs(request.headers) do
      assert.truthy(text:find("\n" .. pair[1] .. ": ", 1, true))
    end
  end)

  it("prints neither token nor signature", function()
    local text = tostring(request)
    assert.truthy(text:find("authorization: [redacted]", 1, true))
    assert.truthy(text:find("x-amz-security-token: [redacted]", 1, true))
    assert.is_nil(text:find(canary.MARK, 1, true))
    assert.is_nil(text:find("Signature", 1, true))
  end)

  it("has headers of its own", function()
    request.headers[1][2] = "changed"
    local again = assert(db:explain("get_item", { TableName = "Users", Key = { id = "u-1" } }))
    assert.not_equal("changed", again.headers[1][2])
  end)
end)
