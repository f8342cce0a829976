-- SPDX-License-Identifier: MIT
-- bin/dynamo as a process, against every emulator: what it prints in each format, and its exit codes.
local dynamo = require "dynamo"
local emulator = require "support.emulator"
local random_value = require "support.random_value"
local scale = require "support.scale"

local unpack_list = rawget(table, "unpack") or rawget(_G, "unpack")

-- Returns what Python's strict parser says of a text: nothing if every line of it, or with `whole` all of
-- it, is JSON without names that come twice.
local function json_problem(text, whole)
  local program = [[
import json, sys
def pairs(list):
    names = [name for name, _ in list]
    assert len(set(names)) == len(names), names
    return dict(list)
def constant(word):
    raise ValueError(word)
text = sys.stdin.buffer.read().decode("utf-8")
for part in [text] if sys.argv[1:] else filter(None, text.split("\n")):
    json.loads(part, object_pairs_hook=pairs, parse_constant=constant)
]]
  local path = os.tmpname()
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
  local command = "python3 -c '%s' %s <%s 2>&1"
  local pipe = io.popen(command:format(program, whole and "whole" or "", path))
  local said = pipe:read "*a"
  pipe:close()
  os.remove(path)
  return said
end

local function contains(wanted, text)
  assert.truthy(text:find(wanted, 1, true), ("%q is not in\n%s"):format(wanted, text))
end

emulator.each("the command dynamo", function(host)
  local users, events

  setup(function()
    users = host:create { { "userId", "S" } }
    events = host:create { { "device", "S" }, { "at", "N" } }
  end)

  -- Runs statements on a table; returns what it printed, its exit code, what it said.
  local function run(name, input, ...)
    return host:feed(input, "bin/dynamo", "--table", name, ...)
  end

  local function e(name, ...)
    local arguments = {}
    for _, statement in ipairs { ... } do
      arguments[#arguments + 1] = "-e"
      arguments[#arguments + 1] = statement
    end
    return run(name, "", unpack_list(arguments))
  end

  host:it("tells created from replaced, and what changed", "all_old_on_create", function()
    local out, status, err = e(
      users,
      'upsert 123 { name = "Ann", visits = 1 }',
      "update 123 SET visits = visits + 1, seen = 'today' IF visits = 1",
      'put 123 { name = "Bo" }',
      "delete 123",
      "delete 123",
      "get 123"
    )
    assert.equal("", err)
    assert.equal(0, status)
    local words = out:gsub("[%d.]+ [RW]CU +", ""):gsub("%d+ ms\n", "")
    assert.equal(
      ([[
created: TABLE 123
+ userId  "123"
+ name    "Ann"
+ visits  1
  (as read after the write)
updated: TABLE 123
+ seen    "today"
  visits  1 -> 2
  (as read after the write)
replaced: TABLE 123
  name    "Ann" -> "Bo"
- seen    "today"
- visits  2
deleted: TABLE 123
- userId  "123"
- name    "Bo"
nothing was there: TABLE 123
no such item
]]):gsub("TABLE", users),
      words
    )
  end)

  host:it(
    "ends with 1 for a condition, and shows the item that failed it",
    "failed_item",
    function()
      e(users, "put c1 { v = 3 }")
      local out, status, err = e(users, "update c1 SET a = 1 IF v = 4", "put c2 {}")
      assert.equal(1, status)
      contains("ConditionalCheckFailedException", err)
      contains("v       N     3", err)
      assert.is_nil(out:find "created")
      out, status = e(users, "insert c1 { a = 1 }")
      assert.equal(1, status)
      assert.is_nil(out:find "created")
    end
  )

  host:it("ends with 2 for a failure, and 64 for what is wrong, which sends nothing", function()
    local _, status, err = e(users, 'db:get_item { TableName = "nowhere", Key = { a = 1 } }')
    assert.equal(2, status)
    contains("ResourceNotFoundException", err)
    _, status, err = e(users, "updte 123 SET a = 1")
    assert.equal(64, status)
    contains('column 1: no verb, table or variable "updte", did you mean "update"?', err)
    _, status, err = e(users, "update 123 SET a = = 1")
    assert.equal(64, status)
    contains('column 20: expected a path, a value or a function, got "="', err)
    _, status, err = e("nowhere", "get 1")
    assert.equal(2, status)
    contains("ResourceNotFoundException", err)
  end)

  host:it("runs a pipe in order, and stops at the first failure", function()
    local count, lines = scale(200), {}
    for i = 1, count do
      lines[i] = ("update p1 SET last = %d ADD n 1\n"):format(i)
    end
    local out, status = run(users, table.concat(lines) .. "bad 1\nput p2 {}\n")
    assert.equal(64, status)
    assert.equal(count, select(2, out:gsub("[^\n]+ p1\n", "")))
    local item = assert(host.db:table(users, { key = { "userId" } }):get "p1")
    assert.same({ userId = "p1", last = count, n = count }, item)
    assert.is_nil((host.db:table(users, { key = { "userId" } }):get "p2"))
    local _, code = run(users, "bad 1\nput p2 {}\n", "--keep-going")
    assert.equal(64, code)
    assert.is_table(host.db:table(users, { key = { "userId" } }):get "p2")
  end)

  host:it(
    "writes JSON that a strict parser takes, and DynamoDB JSON that keeps every type",
    function()
      local random, statements = random_value.source(7), {}
      local noun = host.db:table(events, { key = { "device", "at" } })
      local count = scale(20)
      for i = 1, count do
        local item = random_value.map(random, 2)
        item.device, item.at = "d", i
        item.set = dynamo.set { dynamo.binary "\0\255", dynamo.binary "x" }
        assert(noun:put(item))
        statements[i] = ("get d %d"):format(i)
      end
      local input = table.concat(statements, "\n")
      local out, status, err = run(events, input, "--output", "json")
      assert.equal(0, status)
      assert.equal("", json_problem(out))
      contains("--output dynamodb-json keeps all", err)
      out = run(events, input, "--output", "jsonl")
      assert.equal("", json_problem(out))
      out, status, err = run(events, input, "--output", "dynamodb-json")
      assert.equal(0, status)
      assert.equal("", err)
      assert.equal("", json_problem(out))
      local at = 0
      for line in out:gmatch "[^\n]+" do
        at = at + 1
        local read = assert(dynamo.decode_item(line))
        assert.is_true(dynamo.equal(noun:get { device = "d", at = at }, read), line)
      end
      assert.equal(count, at)
    end
  )

  host:it("queries, scans and counts", function()
    local lines = {}
    for i = 1, 12 do
      lines[i] = ("put q %d { total = %d, name = '日本' }"):format(i, i * 10)
    end
    assert.equal(12, select(2, run(events, table.concat(lines, "\n")):gsub("created", "")))
    local out, status, err =
      e(events, "query q >= 3 WHERE total > 40 LIMIT 2 DESC ONLY device, at, total")
    assert.equal("", err)
    assert.equal(0, status)
    contains("device  at  total\nS        N      N\nq       12    120\nq       11    110\n", out)
    contains("2 items", out)
    out = run(events, "query q\n", "--output", "json")
    assert.equal("", json_problem(out, true))
    out = run(events, "scan WHERE device = 'q'\n", "--output", "dynamodb-json")
    assert.equal("", json_problem(out))
    assert.equal(12, select(2, out:gsub("\n", "")))
    out = e(events, "count q BETWEEN 2 AND 4", "count WHERE device = 'q'")
    contains("3\n", out)
    contains("12\n", out)
  end)

  host:it("writes several items or none", "transactions", function()
    local out, status = e(events, "begin", "put x 1 {}", "update x 2 ADD n 1", "commit", "count x")
    assert.equal(0, status)
    contains("committed: 2 actions", out)
    local _, code, err = e(events, "begin", "insert x 1 {}", "put x 3 {}", "commit")
    assert.equal(1, code)
    contains("action 1: ConditionalCheckFailed", err)
    contains("2\n", (e(events, "count x")))
  end)

  host:it("prints Lua that reads back", function()
    local text = '{ device = "r", at = 1, tags = dynamo.set { "a" }, l = dynamo.list {}, n = 0.1 }'
    local out, status =
      e(events, "put " .. text, 'tables["' .. events .. '"]:get { device = "r", at = 1 }')
    assert.equal(0, status)
    local shown = out:match "(\n{.*})\n"
    local again, code, err = e(events, "put " .. shown:gsub("\n", " "))
    assert.equal("", err)
    assert.equal(0, code)
    contains("nothing differs", again)
  end)

  host:it("has the tables of the account by name", function()
    local out, status = e(users, "put t1 { a = 1 }", users .. ':get "t1"')
    assert.equal(0, status)
    contains('{ a = 1, userId = "t1" }\n', out)
    out = e(users, "tables")
    contains(users .. "\n", out)
  end)

  host:it("refuses writes where it is read-only, and a table's end without a yes", function()
    local doomed = host:create { { "id", "S" } }
    for _, statement in ipairs { "put 1 {}", doomed .. ':put { id = "1" }' } do
      local _, status, err = run(doomed, "", "--read-only", "-e", statement)
      assert.equal(64, status)
      contains("read-only", err)
    end
    local _, status, err = e(users, "drop " .. doomed)
    assert.equal(64, status)
    contains("--yes", err)
    assert(host.db:describe_table { TableName = doomed })
    _, status = run(users, "", "--yes", "-e", "drop " .. doomed)
    assert.equal(0, status)
  end)

  host:it("knows its version, and its arguments", function()
    local out, status = host:feed("", "bin/dynamo", "--version")
    assert.equal(0, status)
    assert.equal("dynamo " .. dynamo._VERSION .. "\n", out)
    local _, code, err = host:feed("", "bin/dynamo", "--outptu", "json")
    assert.equal(64, code)
    contains("--output", err)
  end)
end)
