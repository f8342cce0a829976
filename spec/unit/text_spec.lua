-- SPDX-License-Identifier: MIT
local core = require "dynamo.core"
local text = require "dynamo.text"

describe("text.present", function()
  it("is nothing for what is blank", function()
    assert.are.equal(" x ", text.present " x ")
    assert.is_false(text.present(false))
    for _, blank in ipairs { "", " ", "\t\n" } do
      assert.is_nil(text.present(blank))
    end
    assert.is_nil(text.present(nil))
    assert.is_nil(text.present(core.null))
  end)
end)

describe("text.percent_encoded", function()
  it("leaves the unreserved characters", function()
    assert.are.equal("aZ9._~-", text.percent_encoded "aZ9._~-")
    assert.are.equal("%2B%20%2F%C3%A9%00", text.percent_encoded "+ /\195\169\0")
  end)
end)

describe("text.trim", function()
  it("takes the blanks off both ends", function()
    for given, trimmed in pairs {
      [""] = "",
      [" \t\n"] = "",
      ["a"] = "a",
      [" a b \r\n"] = "a b",
      ["\va\0 "] = "a\0",
    } do
      assert.are.equal(trimmed, text.trim(given))
    end
  end)
end)

describe("text.base64url", function()
  it("is read back, whatever the bytes", function()
    for _, bytes in ipairs { "", "a", "ab", "abc", "\251\255\190", ("\0"):rep(50) } do
      local written = text.base64url(bytes)
      assert.is_nil(written:find("[^%w_-]"))
      assert.are.equal(bytes, text.from_base64url(written))
    end
    assert.are.equal("-_--", text.base64url("\251\255\190"))
  end)

  it("is nothing else", function()
    for _, given in ipairs { "a", "abcde", "ab=", "ab+/", "a b", "YR", "a.b" } do
      assert.is_nil(text.from_base64url(given), given)
    end
  end)
end)
