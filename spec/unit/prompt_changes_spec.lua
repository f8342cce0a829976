-- SPDX-License-Identifier: MIT
-- changes at the prompt: what it shows in each format, where it begins and goes on.
local fake_stream = require "support.fake_stream"
local json = require "dkjson"
local prompt_world = require "support.prompt_world"

local RESUME = "Users-changes.resume"

local INSERT = {
  eventID = "e1",
  eventName = "INSERT",
  dynamodb = {
    Keys = { userId = { S = "a" } },
    NewImage = { userId = { S = "a" }, tags = { SS = { "x" } } },
    SequenceNumber = fake_stream.number(1),
    ApproximateCreationDateTime = 1700000001,
  },
}
local MODIFY = fake_stream.record(2, "a", { OldImage = { userId = { S = "a" }, n = { N = "1" } } })
local NEW_ALONE = fake_stream.record(3, "b")
local REMOVE = {
  eventID = "e4",
  eventName = "REMOVE",
  userIdentity = { Type = "Service", PrincipalId = "dynamodb.amazonaws.com" },
  dynamodb = {
    Keys = { userId = { S = "a" } },
    OldImage = { userId = { S = "a" } },
    SequenceNumber = fake_stream.number(4),
    ApproximateCreationDateTime = 1700000004.75,
  },
}

describe("changes", function()
  after_each(function()
    os.remove(RESUME)
  end)

  -- Returns a world whose stream has records; an iterator is the number of those before it.
  local function world_of(o, records, failing)
    o = o or {}
    o.answers = {
      ListStreams = json.encode {
        Streams = { { StreamArn = fake_stream.ARN, TableName = "Users" } },
      },
      DescribeStream = json.encode(fake_stream.description { { 1 } }),
      GetShardIterator = function(params)
        local word, number = params.ShardIteratorType, params.SequenceNumber
        local at = word == "LATEST" and #records or number and tonumber(number:sub(-3)) or 0
        return json.encode { ShardIterator = "iterator-" .. at }
      end,
      GetRecords = function(params)
        if failing then return failing end
        local at = tonumber(params.ShardIterator:match "%d+$")
        local list = {}
        for i = at + 1, #records do
          list[#list + 1] = records[i]
        end
        local text = list[1] and json.encode(list) or "[]"
        return ('{"Records":%s,"NextShardIterator":"iterator-%d"}'):format(text, #records)
      end,
    }
    return prompt_world.new(o)
  end

  local ALL = { INSERT, MODIFY, NEW_ALONE, REMOVE }

  it("shows when, what, of which item, and what became of its attributes", function()
    local code, out, err = world_of(nil, ALL):run "changes FROM start WAIT 0"
    assert.equal(0, code)
    assert.equal(
      [[
2023-11-14 22:13:21Z created: a
  + userId  "a"
  + tags    dynamo.set { "x" }
2023-11-14 22:13:22Z updated: a
    n  1 -> 2
2023-11-14 22:13:23Z updated: b
  userId  S     "b"
  n       N     3
2023-11-14 22:13:24Z deleted by its time to live: a
  - userId  "a"
]],
      out
    )
    assert.matches("^follows Users; Ctrl%-C ends that\n4 changes; to go on: dynamo ", err)
    assert.matches("'changes FROM changes1%.[%w_.-]+'\n$", err)
  end)

  it("goes on from the checkpoint that it names", function()
    local _, _, err = world_of(nil, ALL):run "changes FROM start LIMIT 3"
    local checkpoint = err:match "FROM (changes1%S-)'"
    local code, out = world_of(nil, ALL):run(("changes FROM %s WAIT 0"):format(checkpoint))
    assert.equal(0, code)
    assert.matches("^2023%-11%-14 22:13:24Z deleted", out)
    code, out, err =
      world_of(nil, ALL):run(("changes FROM %s WAIT 0"):format(checkpoint:gsub(".$", "")))
    assert.same({ 64, "" }, { code, out })
    assert.matches("column 14: from: the checkpoint has been cut or changed", err)
  end)

  it("keeps where it is in a file", function()
    for _, text in ipairs { "changes FROM start LIMIT 2 RESUME", "changes RESUME LIMIT 1" } do
      local code, _, err = world_of(nil, ALL):run(text)
      assert.equal(0, code)
      assert.truthy(err:find(text .. "'\n", 1, true))
    end
    local _, out = world_of(nil, ALL):run "changes RESUME WAIT 0"
    assert.matches("^2023%-11%-14 22:13:24Z deleted", out)
    local _, _, err =
      world_of({ table_name = "Large" }, ALL):run(("changes RESUME %s"):format(RESUME))
    assert.matches("is of another table: Users, not Large", err)
  end)

  it("begins with what is written from now on", function()
    local world = world_of(nil, ALL)
    local code, out, err = world:run "changes WAIT 0"
    assert.same({ 0, "" }, { code, out })
    assert.matches("0 changes; to go on", err)
  end)

  for format, wanted in pairs {
    jsonl = '^{"at":1700000001,"event_id":"e1","key":{"userId":"a"},"kind":"insert","new":{',
    ["dynamodb-json"] = '^{"at":{"N":"1700000001"},.*"tags":{"SS":%["x"%]}',
    lua = "^{\n  at = 1700000001,\n",
    json = '^%[\n{"at":1700000001,.*\n%]\n$',
  } do
    it("gives them as data: " .. format, function()
      local code, out, err = world_of({ format = format }, ALL):run "changes FROM start LIMIT 2"
      assert.equal(0, code)
      assert.matches(wanted, out)
      assert.matches("2 changes; to go on", err)
    end)
  end

  it("fails as the service does", function()
    local denied = { status = 400, body = '{"__type":"x#AccessDeniedException","message":"no"}' }
    local code, _, err = world_of(nil, ALL, denied):run "changes FROM start"
    assert.equal(2, code)
    assert.matches("0 changes; to go on: .*\nAccessDeniedException: no", err)
    code, _, err = world_of({ table_name = "Large" }, ALL):run "changes"
    assert.equal(2, code)
    assert.matches("^NoStream: the table Large has no stream: enable one by ", err)
  end)

  for text, wanted in pairs {
    ["changes FROM lastest"] = 'column 14: FROM takes latest, start or a checkpoint, did you mean "latest"?',
    ["changes WAIT long"] = "column 14: WAIT takes a number of seconds",
    ["changes 5"] = 'column 9: expected FROM, WAIT, LIMIT, RESUME or the end, got "5"',
  } do
    it("shows where a mistake is: " .. text, function()
      local code, _, err = world_of(nil, ALL):run(text)
      assert.equal(64, code)
      assert.equal(wanted, err:sub(1, #wanted))
    end)
  end
end)
