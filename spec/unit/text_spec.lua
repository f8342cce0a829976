-- SPDX-License-Identifier: MIT
local text = require "dynamo.text"

describe("text.unless_blank", function()
  it("is nothing for what is blank", function()
    assert.are.equal(" x ", text.unless_blank " x ")
    assert.is_false(text.unless_blank(false))
    for _, blank in ipairs { "", " ", "\t\n" } do
      assert.is_nil(text.unless_blank(blank))
    end
    assert.is_nil(text.unless_blank(nil))
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
