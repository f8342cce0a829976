-- SPDX-License-Identifier: MIT
local parse = require "dynamo.expression.parse"

local function check(text)
  return parse.key_condition(assert(parse.condition(text)).tree)
end

describe("a key condition", function()
  local good = {
    "pk = 1",
    "1 = pk",
    "pk = 'a' AND sk > 5",
    "sk BETWEEN 1 AND 2 AND pk = 'a'",
    "(pk = 'a') AND (begins_with(sk, 'b'))",
    "pk = 1 AND sk = 2",
    "(p1 = 1 AND p2 = 2 AND p3 = 3 AND p4 = 4) AND (s1 = 1 AND s2 = 2 AND s3 = 3 AND s4 <= 4)",
    "`a.b` = 1 AND `set` < 2",
  }
  for _, text in ipairs(good) do
    it("is " .. text, function()
      assert.is_true(check(text))
    end)
  end

  local bad = {
    { "sk > 1", "the partition key must be tested with =" },
    { "begins_with(pk, 'a')", "the partition key must be tested with =" },
    { "pk = 1 OR pk = 2", "OR cannot be used in it" },
    { "NOT pk = 1", "NOT cannot be used in it" },
    { "pk <> 1", "<> cannot be used in it" },
    { "pk IN (1)", "IN cannot be used in it" },
    { "pk = 1 AND contains(sk, 'a')", "contains cannot be used in it" },
    { "pk = 1 AND attribute_exists(sk)", "attribute_exists cannot be used in it" },
    { "pk = 1 AND size(sk) > 1", "about a key attribute, not about a size" },
    { "pk = 1 AND sk = other", "other can only be compared with a value" },
    { "pk = 1 AND sk > size(a)", "sk can only be compared with a value" },
    { "1 = 2", "about a key attribute, not about a value" },
    { "a.b = 1", "a.b is no key attribute: those are at the top of the item" },
    { "a[0] = 1", "a[0] is no key attribute" },
    { "pk = 1 AND pk = 2", "one test for each attribute, and pk has two" },
    { "pk = 1 AND a > 1 AND b < 2", "only one test, of the sort key, can be other than =" },
    { "a=1 AND b=1 AND c=1 AND d=1 AND e=1 AND f=1 AND g=1 AND h=1 AND i=1", "more than 8 tests" },
  }
  for _, case in ipairs(bad) do
    it("is not " .. case[1], function()
      local good_one, message = check(case[1])
      assert.is_nil(good_one)
      assert.are.equal("key condition: ", message:sub(1, 15))
      assert.truthy(message:find(case[2], 1, true), message)
    end)
  end
end)
