-- SPDX-License-Identifier: MIT
-- query, scan and count at the prompt: what they send, show and ask.
local prompt_world = require "support.prompt_world"

local PAGE = '{"Count":2,"ScannedCount":7,"Items":['
  .. '{"device":{"S":"d"},"at":{"N":"1"},"total":{"N":"20"}},'
  .. '{"device":{"S":"d"},"at":{"N":"2"},"note":{"S":"x"}}]}'

local function world_of(o)
  o = o or {}
  o.table_name = o.table_name or "Events"
  o.answers = o.answers or { Query = PAGE, Scan = PAGE }
  return prompt_world.new(o)
end

-- Runs a statement that is fine; returns what it printed, and the last request's parameters.
local function run(world, text)
  local code, out, err = world:run(text)
  assert.equal("", err)
  assert.equal(0, code)
  return out, world.sent[#world.sent][2]
end

describe("query", function()
  it("shows the items of a partition as a table, and how many were read", function()
    local out, sent = run(world_of(), "query d")
    assert.equal(
      [[
device  at  note  total
S        N  S         N
d        1           20
d        2  x
2 items, 7 read
]],
      out
    )
    assert.equal("Events", sent.TableName)
    assert.equal("#n0 = :v0", sent.KeyConditionExpression)
    assert.same({ ["#n0"] = "device" }, sent.ExpressionAttributeNames)
    assert.same({ [":v0"] = { S = "d" } }, sent.ExpressionAttributeValues)
  end)

  for text, wanted in pairs {
    ["query d 5"] = "#n1 = :v1",
    ["query d = 5"] = "#n1 = :v1",
    ["query d <= 5"] = "#n1 <= :v1",
    ["query d BETWEEN 5 AND 6"] = "#n1 BETWEEN :v1 AND :v2",
  } do
    it("compares the sort key: " .. text, function()
      local _, sent = run(world_of(), text)
      assert.equal("#n0 = :v0 AND " .. wanted, sent.KeyConditionExpression)
      assert.same({ N = "5" }, sent.ExpressionAttributeValues[":v1"])
      assert.equal("at", sent.ExpressionAttributeNames["#n1"])
    end)
  end

  it("takes every clause, in any order", function()
    local _, sent = run(
      world_of(),
      "query d >= 1 DESC CONSISTENT LIMIT 5 ONLY device, note WHERE total > 10 OR note = ' LIMIT '"
    )
    assert.equal(false, sent.ScanIndexForward)
    assert.equal(true, sent.ConsistentRead)
    assert.truthy(sent.FilterExpression:find "> :v%d OR")
    assert.truthy(sent.ProjectionExpression)
  end)

  it("takes no more items than LIMIT", function()
    local out = run(world_of(), "query d LIMIT 1")
    assert.truthy(out:find "\n1 item")
  end)

  it("knows indexes, and the types of their keys", function()
    local world = world_of { table_name = "Users" }
    local _, sent = run(world, "query INDEX byEmail ann@example.com")
    assert.equal("byEmail", sent.IndexName)
    assert.equal("email", sent.ExpressionAttributeNames["#n0"])
    local code, _, err = world:run "query INDEX byMail ann@example.com"
    assert.equal(64, code)
    assert.truthy(
      err:find('column 13: Users has no index byMail, did you mean "byEmail"?', 1, true)
    )
  end)

  it("begins a sort key with a text", function()
    local world = world_of { table_name = "Orders" }
    local _, sent = run(world, 'query 123 begins_with "2026-" WHERE total > 10 LIMIT 5')
    assert.equal("#n0 = :v0 AND begins_with(#n1, :v1)", sent.KeyConditionExpression)
    assert.same({ S = "2026-" }, sent.ExpressionAttributeValues[":v1"])
  end)

  for text, wanted in pairs {
    ["query"] = "column 6: expected device, a string, got the end",
    ["query d x"] = 'column 9: at is a number: "x" is none',
    ["query d => 5"] = 'column 9: expected = < <= > or >=, got "=>"',
    ["query d BETWEEN 5 6"] = 'column 19: expected AND, got "6"',
    ["query d LIMIT x"] = "column 15: LIMIT takes a number of items, at least 1",
    ["query d LIMIT 0"] = "column 15: LIMIT takes a number of items, at least 1",
    ["query d WHERE"] = "column 14: expected something after WHERE",
    ["query d LIMIT 1 LIMIT 2"] = "column 17: LIMIT is written twice",
    ["query d 5 LIMTI 2"] = "column 11: expected WHERE, ONLY, LIMIT, DESC, CONSISTENT or the end, got "
      .. '"LIMTI", did you mean "LIMIT"?',
    ["query d DESC 5"] = "column 14: expected WHERE, ONLY, LIMIT, DESC, CONSISTENT or the end",
    ["query d WHERE a = = 5"] = 'column 19: expected a path, a value or a function, got "="',
    ["query d ONLY a, , b"] = "column 17: expected ",
    ["scan DESC"] = "column 6: DESC has no meaning here",
    ["scan d"] = 'column 6: expected WHERE, ONLY, LIMIT, CONSISTENT or the end, got "d"',
    ["count d ONLY a"] = "column 9: ONLY has no meaning here",
  } do
    it("is refused with its column: " .. text, function()
      local world = world_of()
      local code, _, err = world:run(text)
      assert.equal(64, code)
      assert.equal(wanted, err:sub(1, #wanted))
      assert.same({ "DescribeTable" }, world:operations())
    end)
  end

  it("ends with the service's failure", function()
    local world = world_of {
      answers = {
        Query = function()
          return '{"__type":"x#ValidationException","message":"bad"}', 400
        end,
      },
    }
    local code, out, err = world:run "query d"
    assert.equal(2, code)
    assert.equal("", out)
    assert.truthy(err:find "ValidationException")
  end)

  it("writes data in every format", function()
    for format, wanted in pairs {
      json = '[\n{"at":1,"device":"d","total":20},\n{"at":2,"device":"d","note":"x"}\n]\n',
      jsonl = '{"at":1,"device":"d","total":20}\n{"at":2,"device":"d","note":"x"}\n',
      ["dynamodb-json"] = '{"at":{"N":"1"},"device":{"S":"d"},"total":{"N":"20"}}\n'
        .. '{"at":{"N":"2"},"device":{"S":"d"},"note":{"S":"x"}}\n',
      lua = '{ at = 1, device = "d", total = 20 }\n{ at = 2, device = "d", note = "x" }\n',
    } do
      local world = world_of { format = format }
      local code, out, err = world:run "query d"
      assert.equal(0, code)
      assert.equal(wanted, out)
      assert.equal("2 items, 7 read\n", err)
      local _, same = world:run 'Events:query("device = ?", "d")'
      assert.equal(wanted, same)
    end
    local none = world_of { format = "json", answers = { Scan = '{"Items":[],"Count":0}' } }
    local _, out = none:run "scan"
    assert.equal("[]\n", out)
  end)

  it("shows items below each other where they do not fit side by side", function()
    local world = world_of { columns = 16 }
    assert.truthy((run(world, "query d")):find "device +S")
  end)

  it("is explained", function()
    local world = world_of()
    assert.truthy(
      (run(world, "explain query d 5 WHERE a = 1")):find '"FilterExpression":"#n%d = :v%d"'
    )
    assert.same({ "DescribeTable" }, world:operations())
  end)
end)

describe("count", function()
  it("counts a partition, or all", function()
    local world = world_of()
    local out, sent = run(world, "count d > 1 WHERE total > 10")
    assert.equal("2\n", out)
    assert.equal("COUNT", sent.Select)
    assert.equal("#n0 = :v0 AND #n1 > :v1", sent.KeyConditionExpression)
    out, sent = run(world, "count")
    assert.equal("2\n", out)
    assert.is_nil(sent.KeyConditionExpression)
    run(world, "count WHERE total > 10")
    assert.same({ "DescribeTable", "Query", "Scan", "Scan" }, world:operations())
  end)
end)

describe("scan", function()
  it("of a large table asks first, and says what it takes", function()
    local question
    local world = world_of {
      table_name = "Large",
      ask = function(text)
        question = text
        return "no"
      end,
    }
    for _, text in ipairs { "scan", "count", "scan WHERE a = 1" } do
      local code, _, err = world:run(text)
      assert.equal(64, code)
      assert.equal("nothing was done\n", err)
      assert.equal(
        "read all of Large, about 1,204 items and 2,442 read capacity units? Type yes: ",
        question
      )
    end
    assert.same({ "DescribeTable" }, world:operations())
    run(world, "scan LIMIT 1")
    run(world, "query x")
  end)

  it("of a small one does not", function()
    assert.truthy((run(world_of(), "scan")):find "2 items, 7 read")
  end)
end)
