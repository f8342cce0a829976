-- SPDX-License-Identifier: MIT
local errors = require "dynamo.error"

describe("an error object", function()
  it("is a string to who wants one", function()
    local _, message, err =
      errors.fail { kind = "config", code = "MissingRegion", message = "no region" }
    assert.are.equal("MissingRegion: no region", message)
    assert.are.same({ message, message }, { err.message, tostring(err) })
    local invalid = errors.validation("type", "Key", "Key: no")
    assert.are.same({ "Key: no", "Key: no" }, { invalid.message, tostring(invalid) })
  end)

  it("is of the kind that its maker says", function()
    for _, kind in ipairs { "config", "credentials" } do
      local err = errors[kind]("X", "y")
      assert.are.same({ kind, "X", "X: y" }, { err.kind, err.code, err.message })
    end
  end)

  it("may get another code and text", function()
    local err = errors.new { kind = "service", code = "X", message = "y" }
    errors.rename(err, "Z", errors.text_of(err) .. "!")
    assert.are.same({ "Z", "Z: y!" }, { err.code, err.message })
  end)

  it("has copies that are errors", function()
    local err = errors.new { kind = "config", code = "X", message = "y" }
    local copy = errors.copy(err)
    assert.are.same({ "config", "X", "X: y" }, { copy.kind, copy.code, tostring(copy) })
    assert.are_not.equal(err, copy)
  end)

  it("has a locked metatable", function()
    local err = errors.new { kind = "config", code = "X", message = "y" }
    assert.are.equal("dynamo.error", getmetatable(err))
    assert.is_false(pcall(setmetatable, err, {}))
  end)

  it("has no secret in any text", function()
    local secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    local err = errors.new {
      kind = "service",
      code = "X" .. secret,
      message = "no " .. secret,
      path = secret,
      reasons = { { code = "None", message = secret } },
      throttling_reasons = { { reason = secret, resource = secret } },
    }
    errors.redact(err, { secret })
    assert.are.same(
      { "X[redacted]", "X[redacted]: no [redacted]", "[redacted]" },
      { err.code, err.message, err.path }
    )
    assert.are.same({ { code = "None", message = "[redacted]" } }, err.reasons)
    assert.are.same({ { reason = "[redacted]", resource = "[redacted]" } }, err.throttling_reasons)
  end)
end)
