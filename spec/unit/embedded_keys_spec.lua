-- SPDX-License-Identifier: MIT
local keys = require "dynamo.embedded.keys"

local P = { S = "p" }

-- Whether the key of a sort value lies in a range.
local function holds(sort, ...)
  local lower, upper = keys.range(P, ...)
  local key = keys.of(P, sort)
  return key >= lower and key < upper
end

describe("a range of sort keys", function()
  local S = function(text)
    return { S = text }
  end
  local N = function(text)
    return { N = text }
  end
  local CASES = {
    { "=", S "b", nil, { [S "b"] = true, [S "ba"] = false, [S "a"] = false, [S "b\0"] = false } },
    { "<", S "b", nil, { [S "b"] = false, [S "ba"] = false, [S "a"] = true } },
    { "<=", S "b", nil, { [S "b"] = true, [S "b\0"] = false, [S "a"] = true } },
    { ">", S "b", nil, { [S "b"] = false, [S "b\0"] = true, [S "a"] = false, [S "\255"] = true } },
    { ">=", S "b", nil, { [S "b"] = true, [S "c"] = true, [S "azzz"] = false } },
    {
      "BETWEEN",
      S "b",
      S "d",
      { [S "b"] = true, [S "d"] = true, [S "da"] = false, [S "a"] = false },
    },
    { "begins_with", S "b\255", nil, { [S "b\255z"] = true, [S "b\255"] = true, [S "c"] = false } },
    { "begins_with", { B = "//8=" }, nil, { [{ B = "//8B" }] = true, [{ B = "/wE=" }] = false } },
    { "<", N "0", nil, { [N "-1E-130"] = true, [N "0"] = false, [N "1"] = false } },
    { ">", N "9", nil, { [N "10"] = true, [N "9.5"] = true, [N "9"] = false, [N "-10"] = false } },
    { "=", N "10", nil, { [N "1E1"] = true, [N "100"] = false } },
    {
      "BETWEEN",
      N "-2",
      N "11",
      { [N "-2"] = true, [N "11"] = true, [N "11.1"] = false, [N "-2.5"] = false },
    },
  }
  for _, case in ipairs(CASES) do
    local _, text = next(case[2])
    it(case[1] .. " " .. text:gsub("%W", "."), function()
      for sort, expected in pairs(case[4]) do
        assert.equal(
          expected,
          holds(sort, case[1], case[2], case[3]),
          (next(sort)) .. " " .. select(2, next(sort))
        )
      end
    end)
  end

  it("without a comparison is the whole partition and nothing else", function()
    local lower, upper = keys.range(P)
    assert.is_true(keys.of(P, S "\255\255\255") < upper)
    assert.is_true(keys.of(P) >= lower)
    for _, other in ipairs { "", "o", "pp", "q", "p\0" } do
      local key = keys.of(S(other), S "x")
      assert.is_false(key >= lower and key < upper, other)
    end
  end)
end)

describe("segments", function()
  it("share all keys out among them", function()
    for _, total in ipairs { 1, 2, 3, 7, 16, 1000 } do
      local behind = keys.FIRST
      for segment = 0, total - 1 do
        local lower, upper = keys.segment(segment, total)
        assert.equal(behind, lower)
        assert.is_true(lower < upper)
        behind = upper
      end
      assert.equal(keys.LAST, behind)
    end
  end)

  it("end behind every key", function()
    for i = 1, 2000 do
      local key = keys.of { S = ("%d"):format(i) }
      assert.is_true(key > keys.FIRST and key < keys.LAST)
    end
  end)
end)

it("behind gives the first bytes that do not begin so", function()
  assert.equal("b", keys.behind "a")
  assert.equal("b", keys.behind "a\255\255")
  assert.equal(keys.LAST, keys.behind "\255\255")
end)

it("refuses what is no value of a key", function()
  assert.has_error(function()
    keys.of { N = "x" }
  end)
  assert.has_error(function()
    keys.of { B = "x" }
  end)
  assert.has_error(function()
    keys.of { BOOL = true }
  end)
end)
