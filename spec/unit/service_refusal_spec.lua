-- SPDX-License-Identifier: MIT
local refusal = require "dynamo.service_refusal"

describe("a refusal", function()
  it("is raised as it was made, and told from other errors", function()
    local ok, raised = pcall(refusal.raise, "SomeException", "words", { Item = 1 })
    assert.is_false(ok)
    assert.is_true(refusal.is(raised))
    assert.same(
      { "SomeException", "words", { Item = 1 } },
      { raised.code, raised.message, raised.extra }
    )
    assert.equal("SomeException: words", tostring(raised))
    assert.is_false(refusal.is { code = "SomeException" })
    assert.is_false(refusal.is "SomeException")
  end)

  it("of a request is a ValidationException", function()
    local _, raised = pcall(refusal.validation, "words")
    assert.same({ "ValidationException", "words" }, { raised.code, raised.message })
    assert.equal("X: ", tostring(refusal.new "X"))
  end)
end)
