-- SPDX-License-Identifier: MIT
-- Every program of examples/, run as a user would run it: its own process, a clean environment, the
-- runtime of this spec. What it prints is compared to the last byte.
local emulator = require "support.emulator"

-- What each prints, with # for a time; `needs` is a feature of the emulator, as support.emulator
-- calls it.
local EXAMPLES = {
  batch = {
    output = [[
written: 501 in 21 requests
read: 7, nil, 9 of 3
rewritten: -1, nil
put[2].scores[2]: NaN is not a DynamoDB number; leave it out or use dynamo.null
handed back: 2
ResourceNotFoundException
undone: user-6, user-7
gone: true
]],
  },
  changes = {
    needs = "streams",
    output = [[
counted, then died: 2
ann: 10 in 1 changes
bob: 7 in 1 changes
counted by the next one: 3
ann: 17 in 3 changes
bob: 0 in 2 changes
counted by one that finds nothing: 0
]],
  },
  embedded = { -- whatever the emulator
    output = [[
inserted again: nil, ConditionalCheckFailedException: The conditional request failed
2: call Bob, done
4: call Ann
cancelled: true, kept 4
]],
  },
  expressions = {
    needs = "transactions",
    output = [[
counter: 6
list: login, logout
unset: nil, tags left: new
nested: dark
newer: kept Welcome
condition: still there
lock: version 2 holds theirs
ttl: 3600 seconds
unique: the address is taken
]],
  },
  latency = {
    output = [[
get_item      48 requests  8 retries  8 failures  half within # ms, 99 % within # ms
put_item      40 requests  0 retries  0 failures  half within # ms, 99 % within # ms
update_item   40 requests  0 retries  8 failures  half within # ms, 99 % within # ms
counts not known to be done: 8
]],
  },
  own_loop = {
    output = [[
found: Ann and Dee
ticked meanwhile: true
]],
  },
  query = {
    output = [[
february, above 120: 2026-02-11, 2026-02-12, 2026-02-13, 2026-02-14
last: order 28 and order 27
page 1: 4 orders, from order 19
page 2: 4 orders, from order 23
page 3: 2 orders, from order 27
counted: 28 of c-1, 56 in all
scanned: 56 orders, 4060 in total
refused: cursor (cursor: the text does not begin with "page1.": it is something else)
]],
  },
  tables = {
    needs = "update_ttl",
    output = [[
created: ACTIVE, byOwner
created again: nil, ResourceInUseException
visits: 8, Ann Bob Cyd Dee Eve Fay Gus Hal
written: false
listed: true
scanned: 1
deleted
]],
  },
  together = {
    output = [[
written: 200
visits: 36
found: user-7, nil, true
2 of 3 failed: ConditionalCheckFailedException: The conditional request failed
first: ConditionalCheckFailedException, second: true
Cancelled: cancelled before all was begun
begun: 2, cancelled
]],
  },
  partiql = {
    needs = "partiql_pages",
    output = [[
c-1 9: 90, it's a line
c-1 10: 100, it's a line
c-1 11: 110, it's a line
c-1 12: 120, it's a line
pages: 3
refused: nil, DuplicateItemException
updated: 125
arguments[3]: NaN is not a DynamoDB number; leave it out or use dynamo.null
]],
  },
  transaction = {
    needs = "transactions",
    output = [[
signed up: ann
refused: action 2, there is an item with this key already
the address is ann's, and bob is nil
users: 2
no more than 70 to give
actions[1].Item.score: NaN is not a DynamoDB number; leave it out or use dynamo.null
4 asked for: 70, 130, nil, bob
]],
  },
  typed = {
    output = [[
Call Me Today, 2015
POST {"Key":{"Artist":{"S":"No One You Know"},"SongTitle":{"S":"Call Me Today"}},]] .. [[
"TableName":"Music"}
refused: Item.Artist.S: a string expected, got a number
]],
  },
  upsert = {
    needs = "failed_item",
    output = [[
created: sessionId=s-1 user=Ann visits=1
updated: lastUpdated=1000 sessionId=s-1 theme=dark user=Ann visits=1
insert refused: ConditionalCheckFailedException: The conditional request failed
because of: lastUpdated=1000 sessionId=s-1 theme=dark user=Ann visits=1
inserted: s-2
newer wins: lastUpdated=2000 theme=light
older refused: stored lastUpdated is 2000
counted: visits=2
UpdateItem: lastUpdated=3000 sessionId=s-3 user=Cyd
PutItem: user=Dee
deleted: s-4
]],
  },
  values = {
    output = [[
read back: 3.14159265358979323846264338327950288, 24 bytes of text, 2 tags
same bytes: {"L":[]} and {"M":{}}
refused: Item.scores[2]: NaN is not a DynamoDB number; leave it out or use dynamo.null
billed size: 169 bytes
]],
  },
}

-- Those that take arguments are run by a spec of their own.
local ELSEWHERE = { export = "json_lines_spec.lua", import = "json_lines_spec.lua" }

local function names_of(map)
  local names = {}
  for name in pairs(map) do
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

local function files()
  local pipe = assert(io.popen "ls examples")
  local names = {}
  for name in pipe:read("*a"):gmatch("([^\n]+)%.lua\n") do
    names[#names + 1] = name
  end
  pipe:close()
  return names
end

describe("examples", function()
  it("are all run, here or elsewhere", function()
    local run = {}
    for _, examples in ipairs { EXAMPLES, ELSEWHERE } do
      for name in pairs(examples) do
        run[name] = true
      end
    end
    assert.same(files(), names_of(run))
  end)
end)

emulator.each("examples", function(host)
  for _, name in ipairs(names_of(EXAMPLES)) do
    local example = EXAMPLES[name]
    local function body()
      local output, status = host:run(("examples/%s.lua"):format(name))
      assert.equal(example.output, (output:gsub("%d+%.%d ms", "# ms")))
      assert.equal(0, status)
    end
    host:it(name .. ".lua prints what it should", example.needs, body)
  end
end)
