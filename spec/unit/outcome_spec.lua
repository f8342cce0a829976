-- SPDX-License-Identifier: MIT
local errors = require "dynamo.error"
local operations = require("dynamo.operations").by_method
local outcome = require "dynamo.call.outcome"

local function err_of(code)
  return errors.new { kind = "service", code = code, message = "m", status = 400 }
end

local function call_of(changes)
  local call = { asked = { operation = operations.put_item }, body = "{}", attempts = 2 }
  for name, value in pairs(changes or {}) do
    call[name] = value
  end
  return call
end

describe("the error of a call", function()
  it("of which nothing was made yet says that nothing was done", function()
    local nothing, message, err = outcome.fail(operations.put_item, err_of "X")
    assert.is_nil(nothing)
    assert.are.equal("X: m", message)
    assert.are.same(
      { "put_item", 0, false, false, "no" },
      { err.operation, err.attempts, err.retryable, err.throttled, err.maybe_applied }
    )
    assert.is_nil((select(3, outcome.fail(operations.get_item, err_of "X"))).maybe_applied)
  end)

  it("has what all attempts came to, and the last response's id", function()
    local call =
      call_of { applied = "unknown", replayed = true, hook_failures = 1, request_id = "R" }
    local _, _, err = outcome.fail(call.asked.operation, err_of "X", call, { status = 400 })
    assert.are.same(
      { 2, "unknown", true, 1, "R" },
      { err.attempts, err.maybe_applied, err.replayed, err.hook_failures, err.request_id }
    )
    _, _, err = outcome.fail(call.asked.operation, err_of "X", call)
    assert.is_nil(err.request_id)
  end)

  it("hints at what the service cannot know", function()
    local call = call_of { applied = "unknown" }
    for _, code in ipairs { "ConditionalCheckFailedException", "DuplicateItemException" } do
      local _, message = outcome.fail(call.asked.operation, err_of(code), call)
      assert.matches("may have done the write$", message)
    end
    local _, message =
      outcome.fail(call.asked.operation, err_of "InvalidSignatureException", call_of())
    assert.matches("the clocks agree", message, 1, true)
    _, message = outcome.fail(
      call.asked.operation,
      err_of "InvalidSignatureException",
      call_of { skewed = true }
    )
    assert.are.equal("InvalidSignatureException: m", message)
  end)
end)
