-- SPDX-License-Identifier: MIT
-- The settings of the shipped extensions, and what they share.
local dynamo = require "dynamo"
local settings = require "dynamo.table.extension.checks"

describe("dynamo.extension", function()
  it("holds the shipped extensions", function()
    for _, name in ipairs { "version", "counter", "timestamps", "uuid", "ttl" } do
      local extension = dynamo.extension[name] {
        attribute = name ~= "timestamps" and "a" or nil,
        seconds = name == "ttl" and 60 or nil,
      }
      assert.are.equal(name, extension.name)
      assert.is_function(extension.before_write)
    end
  end)

  it("raises at the line that reads what it has not", function()
    local done, message = pcall(function()
      return dynamo.extension.versoin
    end)
    assert.is_false(done)
    assert.matches(
      'table_extension_spec.lua:%d+: dynamo.extension has no field "versoin", '
        .. 'did you mean "version"?',
      message
    )
    assert.is_nil(dynamo.extension._NAME)
    assert.is_nil(dynamo.extension[1])
  end)

  local bad = {
    { "version", 5, "settings expected, got number" },
    { "version", { atribute = "v" }, 'unknown setting "atribute", did you mean "attribute"?' },
    { "version", { start = 0.5 }, "start must be a whole number" },
    { "version", { step = 0 }, "step must be a whole number above 0" },
    { "counter", nil, "attribute must be the name of an attribute" },
    { "counter", { attribute = "" }, "attribute must be the name of an attribute" },
    { "counter", { attribute = "c", delta = 0 }, "delta must be a number other than 0" },
    { "counter", { attribute = "c", delta = 0 / 0 }, "delta must be a number other than 0" },
    { "timestamps", { format = "iso" }, 'format must be "text" or "epoch"' },
    { "timestamps", { clock = 5 }, "clock must be a function" },
    { "uuid", { attribute = "id", write = "never" }, 'write must be "if_absent" or "always"' },
    { "ttl", { attribute = "expires" }, "seconds must be a whole number above 0" },
    { "ttl", { seconds = 5 }, "attribute must be the name of an attribute" },
  }
  for i, case in ipairs(bad) do
    it("raises for wrong settings at the caller's line, case " .. i, function()
      local ok, message = pcall(function()
        local _ = dynamo.extension[case[1]](case[2])
      end)
      assert.is_false(ok)
      assert.matches("table_extension_spec%.lua:%d+: dynamo%.extension%." .. case[1], message)
      assert.matches(case[3], message, 1, true)
    end)
  end

  it("keeps its settings from later changes", function()
    local given = { attribute = "v" }
    local own = settings.check("x", given, { attribute = settings.attribute }, {})
    given.attribute = "w"
    assert.are.equal("v", own.attribute)
  end)
end)
