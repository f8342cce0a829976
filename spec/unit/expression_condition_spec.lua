-- SPDX-License-Identifier: MIT
local dynamo = require "dynamo"

local attr, all, any, negate = dynamo.attr, dynamo.all, dynamo.any, dynamo.negate
local a, b, c = attr "a":eq(1), attr "b":exists(), attr "c":lt(attr "d")

describe("conditions joined", function()
  local cases = {
    { all(a, b), "a = 1 AND attribute_exists(b)" },
    { any(a, b, c), "a = 1 OR attribute_exists(b) OR c < d" },
    { all(a, any(b, c)), "a = 1 AND (attribute_exists(b) OR c < d)" },
    { any(all(a, b), c), "(a = 1 AND attribute_exists(b)) OR c < d" },
    { all(all(a, b), c), "a = 1 AND attribute_exists(b) AND c < d" },
    { negate(a), "NOT a = 1" },
    { negate(any(a, b)), "NOT (a = 1 OR attribute_exists(b))" },
    { negate(negate(a)), "NOT NOT a = 1" },
    { all(nil, a, nil, b, nil), "a = 1 AND attribute_exists(b)" },
  }
  for i, case in ipairs(cases) do
    it(("case %d: %s"):format(i, case[2]), function()
      assert.are.equal(case[2], tostring(case[1]))
    end)
  end

  it("are none if there is none", function()
    assert.is_nil(all())
    assert.is_nil(any(nil, nil))
    assert.is_nil(negate(nil))
    assert.are.equal(a, all(nil, a))
  end)

  it("leave those they are made of as they are", function()
    local both = all(a, b)
    all(both, c)
    assert.are.equal("a = 1 AND attribute_exists(b)", tostring(both))
  end)

  it("have operators where Lua has them", function()
    local operators = (loadstring or load)("local a, b, c = ... return a & b | ~c, nil & a")
    if not operators then return end
    local joined, only = operators(a, b, c)
    assert.are.equal("(a = 1 AND attribute_exists(b)) OR NOT c < d", tostring(joined))
    assert.are.equal(a, only)
  end)

  it("cannot be changed", function()
    assert.are.equal("dynamo.expression", getmetatable(a))
    assert.has_error(function()
      a.x = 1
    end, "a condition takes no new fields")
  end)

  local misuse = {
    {
      function()
        all(a, "b = 1")
      end,
      "dynamo.all: a condition such as",
    },
    {
      function()
        all(true)
      end,
      "dynamo.all: a condition such as",
    },
    {
      function()
        any(attr "a")
      end,
      "dynamo.any: a condition such as",
    },
    {
      function()
        negate "a"
      end,
      "dynamo.negate: a condition such as",
    },
    {
      function()
        negate(dynamo.update())
      end,
      "got another expression",
    },
    {
      function()
        a:negate()
      end,
      'a condition has no method or field "negate"; here it is dynam',
    },
    {
      function()
        a:AND(b)
      end,
      "here it is dynamo.all(condition, condition)",
    },
    {
      function()
        all(false, a)
      end,
      "use dynamo.attr(path):eq(value)",
    },
    {
      function()
        any(attr "a" == 3, b)
      end,
      "use dynamo.attr(path):eq(value)",
    },
    {
      function()
        negate(attr "a" ~= 3)
      end,
      "use dynamo.attr(path):eq(value)",
    },
    {
      function()
        negate(a, b)
      end,
      "dynamo.negate: one argument too many",
    },
  }
  for i, case in ipairs(misuse) do
    it(("raise at the line of misuse, case %d"):format(i), function()
      local done, message = pcall(case[1])
      assert.is_false(done)
      assert.are.equal(1, (message:find("[^\n]-expression_condition_spec.lua:%d+: ")), message)
      assert.is_truthy(message:find(case[2], 1, true), message)
    end)
  end

  it("raise at the line of the operator", function()
    local operators = (loadstring or load)("local a = ... return a & 5", "=chunk")
    if not operators then return end
    local _, message = pcall(operators, a)
    assert.are.equal(1, (message:find("chunk:1: dynamo.all: a condition", 1, true)), message)
  end)
end)

describe("dynamo.projection", function()
  it("holds paths", function()
    local projection = dynamo.projection("a", "b.c[0]", dynamo.path { "d.e" }, attr "f")
    assert.are.equal("a, b.c[0], `d.e`, f", tostring(projection))
    assert.are.equal("dynamo.expression", getmetatable(projection))
  end)

  it("raises on what is no path", function()
    for _, case in ipairs {
      {
        function()
          dynamo.projection()
        end,
        "at least one path expected",
      },
      {
        function()
          dynamo.projection("a", nil)
        end,
        "a path expected",
      },
      {
        function()
          dynamo.projection { "a" }
        end,
        "a path expected",
      },
      {
        function()
          dynamo.projection("a b")
        end,
        "dynamo.projection: path: column 3",
      },
    } do
      local done, message = pcall(case[1])
      assert.is_false(done)
      assert.are.equal(1, (message:find("[^\n]-expression_condition_spec.lua:%d+: ")), message)
      assert.is_truthy(message:find(case[2], 1, true), message)
    end
  end)
end)
