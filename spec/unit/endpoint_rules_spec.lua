-- SPDX-License-Identifier: MIT
local rules = require "dynamo.endpoint.rules"

local function holds(condition, parameters)
  return rules.evaluate({ { conditions = { condition }, url = "yes" } }, parameters or {}) ~= nil
end

describe("endpoint.rules.evaluate", function()
  it("lets the first rule decide whose conditions all hold", function()
    local set = {
      { conditions = { { "isSet", "{A}" }, { "isSet", "{B}" } }, url = "both" },
      {
        conditions = { { "isSet", "{A}" } },
        rules = {
          { conditions = { { "stringEquals", "{A}", "bad" } }, error = "A is {A}" },
          { conditions = { { "stringEquals", "{A}", "good" } }, url = "A", signing_region = "r" },
        },
      },
      { url = "none" },
    }
    local function decide(a, b)
      return { rules.evaluate(set, { A = a, B = b }) }
    end
    assert.are.same({ { url = "both" } }, decide("bad", "b"))
    assert.are.same({ { url = "A", signing_region = "r" } }, decide "good")
    assert.are.same({ nil, "A is bad" }, decide "bad")
    assert.are.same({ { url = "none" } }, decide())
    assert.are.same({ { url = "none" } }, decide "neither")
  end)

  it("gives nothing where no rule applies", function()
    assert.are.equal(nil, rules.evaluate({}, {}))
  end)

  it("keeps what a rule assigns from the rules after it, and from the parameters", function()
    local parameters = { A = "arn:aws:dynamodb:r:1:t" }
    local set = {
      {
        conditions = { { "aws.parseArn", "{A}", assign = "Parsed" }, { "isSet", "{None}" } },
        url = "x",
      },
      { conditions = { { "isSet", "{Parsed}" } }, url = "leaked" },
      {
        conditions = { { "aws.parseArn", "{A}", assign = "Parsed" } },
        rules = { { url = "https://{Parsed#accountId}.{Parsed#region}" } },
      },
    }
    assert.are.same({ url = "https://1.r" }, rules.evaluate(set, parameters))
    assert.is_nil(parameters.Parsed)
  end)

  it("fills a template once: a value is no template", function()
    local found = rules.evaluate({ { url = "https://{A}.{A}" } }, { A = "{B}", B = "evil" })
    assert.are.equal("https://{B}.{B}", found.url)
  end)
end)

describe("a condition", function()
  local cases = {
    { { "isSet", "{A}" }, false },
    { { "isSet", "{A}" }, true, { A = false } },
    { { "not", { "isSet", "{A}" } }, true },
    { { "booleanEquals", "{A}", true }, true, { A = true } },
    { { "booleanEquals", true, "{A}" }, false, { A = false } },
    { { "booleanEquals", "{A}", true }, false },
    { { "stringEquals", "{A}", "a" }, true, { A = "a" } },
    { { "stringEquals", "{A}", "{B}" }, false, { A = "a", B = "b" } },
    { { "stringEquals", "{A}", "x-{B}" }, true, { A = "x-b", B = "b" } },
    { { "getAttr", "{A}", 1 }, true, { A = { "x" } } },
    { { "getAttr", "{A}", 1 }, false, { A = {} } },
    { { "getAttr", "{A}", "b" }, false },
    { { "isValidHostLabel", "{A}", false }, true, { A = "a-1" } },
    { { "isValidHostLabel", "{A}", false }, false, { A = "a.b" } },
    { { "isValidHostLabel", "{A}", false }, false },
    { { "parseURL", "{A}" }, true, { A = "https://h" } },
    { { "parseURL", "{A}" }, false, { A = "h" } },
    { { "aws.partition", "{A}" }, true, { A = "nowhere" } },
    { { "aws.parseArn", "{A}" }, true, { A = "arn:aws:s:::x" } },
    { { "aws.parseArn", "{A}" }, false, { A = "arn:aws:s:::" } },
    { { "aws.parseArn", "{A}" }, false, { A = "arn:aws::r:1:x" } },
    { { "aws.parseArn", "{A}" }, false, { A = "urn:aws:s:r:1:x" } },
  }
  for i, case in ipairs(cases) do
    it(("%d, %s, %s"):format(i, case[1][1], case[2] and "holds" or "does not hold"), function()
      assert.are.equal(case[2], holds(case[1], case[3]))
    end)
  end
end)
