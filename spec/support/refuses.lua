-- SPDX-License-Identifier: MIT
-- A test that an expression's text is refused, with each of some words in the message.
local busted = require "busted"
local parse = require "dynamo.expression.parse"

return function(kind, text, ...)
  local parts = { ... }
  busted.it(("refuses %q"):format(text:sub(1, 50)), function()
    local template, message = parse[kind](text)
    busted.assert.is_nil(template)
    busted.assert.equal(kind .. ": ", message:sub(1, #kind + 2))
    for _, part in ipairs(parts) do
      busted.assert.truthy(message:find(part, 1, true), message)
    end
  end)
end
