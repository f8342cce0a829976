-- SPDX-License-Identifier: MIT
local core = require "dynamo.core"
local dynamo = require "dynamo"

local KEYS, TOKENS = { "a", "b" }, { ":v0", ":v1" }
local NAN = 0 / 0

-- Whether core.gather takes two values for two of a request.
local function are_apart(a, b)
  local values, are_all, apart = core.gather({ a = a, b = b }, KEYS, TOKENS)
  assert.is_true(are_all)
  assert.is_true(rawequal(a, values[":v0"]) or a ~= a)
  assert.is_true(rawequal(b, values[":v1"]) or b ~= b)
  return apart
end

describe("gathering values", function()
  it("gives each to its token, whatever else is there", function()
    local from = { "x", "y", false, a = 1 }
    local values, are_all, apart = core.gather(from, { 3, 1, "a" }, { ":x", ":y", ":z" })
    assert.are.same({ [":x"] = false, [":y"] = "x", [":z"] = 1 }, values)
    assert.is_true(are_all)
    assert.is_true(apart)
  end)

  it("of nothing is nothing", function()
    local values, are_all, apart = core.gather({}, {}, {})
    assert.are.same({}, values)
    assert.is_true(are_all)
    assert.is_true(apart)
  end)

  it("tells that one is missing", function()
    local values, are_all = core.gather({ b = 1 }, KEYS, TOKENS)
    assert.are.same({ [":v1"] = 1 }, values)
    assert.is_false(are_all)
  end)

  it("reads and compares raw", function()
    local angry = {
      __index = function()
        error "asked"
      end,
      __eq = function()
        error "compared"
      end,
    }
    local from = setmetatable({ a = setmetatable({}, angry), b = setmetatable({}, angry) }, angry)
    local _, are_all, apart = core.gather(from, KEYS, TOKENS)
    assert.is_true(are_all)
    assert.is_true(apart)
    assert.is_false((select(2, core.gather(setmetatable({ a = 1 }, angry), KEYS, TOKENS))))
  end)

  it("takes values for one where they surely or perhaps are", function()
    local shared = {}
    assert.is_false(are_apart(1, 1))
    assert.is_false(are_apart(1, 1.0))
    assert.is_false(are_apart("x", "x"))
    assert.is_false(are_apart(false, false))
    assert.is_false(are_apart(shared, shared))
    assert.is_false(are_apart(dynamo.null, dynamo.null))
    assert.is_false(are_apart(dynamo.number "1", dynamo.number "1.0"))
    assert.is_false(are_apart(dynamo.number "1", dynamo.number "2"))
    assert.is_false(are_apart(dynamo.binary "1", dynamo.null))
  end)

  it("takes others for two", function()
    assert.is_true(are_apart(1, "1"))
    assert.is_true(are_apart(1, true))
    assert.is_true(are_apart(1, dynamo.number "1"))
    assert.is_true(are_apart({}, {}))
    assert.is_true(are_apart("x", "y"))
    assert.is_true(are_apart(NAN, NAN))
  end)

  it("compares no more than eight", function()
    local from, keys, tokens = {}, {}, {}
    for i = 1, 9 do
      from[i], keys[i], tokens[i] = i, i, ":" .. i
      local values, are_all, apart = core.gather(from, keys, tokens)
      assert.are.equal(i, values[":" .. i])
      assert.is_true(are_all)
      assert.are.equal(i <= 8, apart)
    end
  end)

  it("refuses what are no lists of keys and tokens", function()
    for _, arguments in ipairs { { {}, {} }, { 1, {}, {} }, { {}, {}, { "x" } } } do
      assert.is_false((pcall(core.gather, arguments[1], arguments[2], arguments[3])))
    end
  end)
end)
