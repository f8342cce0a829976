-- SPDX-License-Identifier: MIT
-- The generated rule sets; that they are what AWS publishes is for spec/unit/model_spec.lua, what
-- they give for spec/oracle/endpoint_spec.lua.
local compiler = require "tools.model.endpoint"
local rule_sets = require "dynamo.endpoint.rule_sets"

describe("endpoint.rule_sets", function()
  -- Returns the number of rules that end in a URL and of those that end in an error.
  local function count(rules)
    local urls, errors = 0, 0
    for _, rule in ipairs(rules) do
      local inner_urls, inner_errors = count(rule.rules or {})
      assert.are.equal(1, (rule.url and 1 or 0) + (rule.error and 1 or 0) + (rule.rules and 1 or 0))
      urls = urls + inner_urls + (rule.url and 1 or 0)
      errors = errors + inner_errors + (rule.error and 1 or 0)
    end
    return urls, errors
  end

  it("end in URLs and errors, as many as AWS has", function()
    assert.are.same({ 25, 23 }, { count(rule_sets.dynamodb) })
    assert.are.same({ 12, 6 }, { count(rule_sets.streams) })
  end)
end)

describe("tools.model.endpoint.compile", function()
  local function compile(...)
    return compiler.compile { rules = { ... } }
  end

  it("makes references templates, and calls lists", function()
    assert.are.same(
      {
        {
          conditions = {
            { "isSet", "{Region}" },
            { "stringEquals", { "getAttr", "{List}", 1 }, "x-{Region}", assign = "Y" },
          },
          url = "{Endpoint}",
          signing_region = "r",
        },
      },
      compile {
        type = "endpoint",
        documentation = "dropped",
        conditions = {
          { fn = "isSet", argv = { { ref = "Region" } } },
          {
            fn = "stringEquals",
            assign = "Y",
            argv = {
              { fn = "getAttr", argv = { { ref = "List" }, "[0]" } },
              "x-{Region}",
            },
          },
        },
        endpoint = {
          url = { ref = "Endpoint" },
          headers = {},
          properties = {
            authSchemes = {
              { name = "sigv4", signingName = "dynamodb", signingRegion = "r" },
            },
          },
        },
      }
    )
  end)

  it("makes a rule and its only child one", function()
    local set = { fn = "isSet", argv = { { ref = "A" } } }
    assert.are.same(
      {
        { conditions = { { "isSet", "{A}" }, { "isSet", "{A}" } }, error = "no" },
        { error = "never" },
      },
      compile(
        { conditions = { set }, rules = { { conditions = { set }, error = "no" } } },
        { conditions = {}, rules = { { conditions = {}, error = "never" } } }
      )
    )
  end)

  local refused = {
    ["a function it does not know"] = { conditions = { { fn = "substring", argv = {} } } },
    ["a path it cannot follow"] = { conditions = { { fn = "getAttr", argv = { "x", "a.b" } } } },
    ["labels of labels"] = { conditions = { { fn = "isValidHostLabel", argv = { "x", true } } } },
    ["headers"] = { conditions = {}, endpoint = { url = "x", headers = { a = { "b" } } } },
    ["another way to sign"] = {
      conditions = {},
      endpoint = { url = "x", properties = { authSchemes = { { name = "sigv4a" } } } },
    },
  }
  for name, rule in pairs(refused) do
    it("refuses " .. name, function()
      assert.is_false((pcall(compile, rule)))
    end)
  end
end)
