-- SPDX-License-Identifier: MIT
-- bin/dynamo at a terminal: typed to on a pseudo-terminal.
local emulator = require "support.emulator"

local CTRL_C, CTRL_D = "\3", "\4"

-- Returns a text without colours.
local function plain(text)
  return (text:gsub("\27%[%d*m", ""))
end

local function contains(wanted, text)
  assert.truthy(plain(text):find(wanted, 1, true), ("%q is not in\n%s"):format(wanted, text))
end

emulator.each("a conversation", function(host)
  local users

  setup(function()
    users = host:create { { "userId", "S" } }
  end)

  host:it("goes on until Ctrl-D, whatever a statement ends with", function()
    local shown, status = host:type({
      { "> ", "use " .. users .. "\n" },
      { users .. "> ", 'upsert 123 { name = "Ann", visits = 1 }\n' },
      { users .. "> ", "update 123 SET visits = visits + 1\n" },
      { "1 -> 2", "get 123\n" },
      { users .. "> ", "gte 123\n" },
      { 'did you mean "get"?', "x = 20 +\n" },
      { "...> ", "1\n" },
      { users .. "> ", "x * 2\n" },
      { "42", CTRL_D },
    }, "bin/dynamo")
    assert.equal(0, status, shown)
    contains("help lists the verbs, Ctrl-D leaves", shown)
    contains('+ name    "Ann"', shown)
    contains("visits  N     2", shown)
    contains("column 1: no verb", shown)
  end)

  host:it("shows types in dim, and mistakes in red, but with NO_COLOR or --no-color", function()
    local steps = { { "> ", "gte\n" }, { "gte", CTRL_D } }
    local shown = host:type(steps, "bin/dynamo")
    assert.truthy(shown:find("\27[31m", 1, true))
    shown = host:type(steps, "bin/dynamo", "--no-color")
    assert.is_nil(shown:find("\27", 1, true))
  end)

  host:it("drops an open statement at Ctrl-C, and goes on", function()
    local shown, status = host:type({
      { "> ", "x = {\n" },
      { "...> ", CTRL_C .. "\n" },
      { "dropped; Ctrl-D leaves", "6 * 7\n" },
      { "42", CTRL_D },
    }, "bin/dynamo")
    assert.equal(0, status, shown)
  end)

  for _, terminal in ipairs { "dumb", "xterm" } do
    host:it("outlives one Ctrl-C after the other, at a terminal " .. terminal, function()
      local shown, status = host:type({
        variables = { TERM = terminal, XDG_STATE_HOME = os.tmpname() },
        { "> ", CTRL_C },
        { "Ctrl-D leaves", "" },
        { "> ", CTRL_C },
        { "Ctrl-D leaves", "" },
        { "> ", CTRL_C },
        { "Ctrl-D leaves", "" },
        { "> ", "6 * 7\n" },
        { "42", "" },
        { "> ", CTRL_D },
      }, "bin/dynamo")
      assert.equal(0, status, shown)
    end)
  end

  host:it("asks before a table goes, and takes no for an answer", function()
    local doomed = host:create { { "id", "S" } }
    local shown, status = host:type({
      { "> ", "drop " .. doomed .. "\n" },
      { "Type " .. doomed .. ": ", "y\n" },
      { "nothing was done", "drop " .. doomed .. "\n" },
      { "Type " .. doomed .. ": ", doomed .. "\n" },
      { "deleted: table", CTRL_D },
    }, "bin/dynamo")
    assert.equal(0, status, shown)
    local answer, _, err = host.db:describe_table { TableName = doomed }
    assert.is_true(
      answer == nil and err.code == "ResourceNotFoundException"
        or answer ~= nil and answer.Table.TableStatus == "DELETING"
    )
  end)

  host:it("draws a bar of long work, and says how it goes on after Ctrl-C", function()
    local path, to = os.tmpname(), host:create { { "userId", "S" } }
    local puts = {}
    for i = 1, 20 do
      puts[i] = { userId = "long " .. i }
    end
    local noun = host.db:table(users, { key = { "userId" } })
    assert(noun:batch_write { put = puts })
    local count = assert(noun:count(nil, { consistent_read = true }))
    local text = ("export %s SEGMENTS 1 PAGE 5 RATE 0.5"):format(path)
    local shown, status = host:type({
      { "> ", text .. "\n" },
      { "export  ", CTRL_C },
      { ("to go on: %s RESUME"):format(text), ("export %s RESUME\n"):format(path) },
      { ("exported: %d items of %s"):format(count, users), "use " .. to .. "\n" },
      { to .. "> ", ("import %s\n"):format(path) },
      { ("write %d lines of %s into %s? Type yes: "):format(count, path, to), "yes\n" },
      { ("imported: %d items into %s"):format(count, to), CTRL_D },
    }, "bin/dynamo", "--table", users)
    os.remove(path)
    assert.equal(0, status, shown)
    contains("nterrupted", shown) -- a call, or what Lua did beside it
    assert.equal(
      count,
      host.db:table(to, { key = { "userId" } }):count(nil, { consistent_read = true })
    )
  end)

  host:it("follows changes until Ctrl-C, and goes on from where that was", "streams", function()
    local name = host:create({ { "id", "S" } }, {
      StreamSpecification = { StreamEnabled = true, StreamViewType = "NEW_AND_OLD_IMAGES" },
    })
    local path = os.tmpname()
    os.remove(path)
    local text = ("changes FROM start RESUME %s"):format(path)
    local shown, status = host:type({
      { "> ", "put a { n = 1 }\n" },
      { "created: " .. name, text .. "\n" },
      { "created: a", CTRL_C },
      { "; to go on: " .. text, "update a SET n = n + 1\n" }, -- where Ctrl-C met the words, it comes again
      { "updated: " .. name, text .. " WAIT 0\n" },
      { "; to go on: ", "6 * 7\n" },
      { "42", CTRL_D },
    }, "bin/dynamo", "--table", name)
    os.remove(path)
    assert.equal(0, status, shown)
    contains("Z updated: a\n    n  1 -> 2\n", shown)
  end)

  host:it(
    "shows a transaction in the prompt, and asks before it is forgotten",
    "transactions",
    function()
      local shown, status = host:type({
        { "> ", "begin\n" },
        { users .. "*> ", "put t1 {}\n" },
        { "waits for commit", CTRL_D },
        { "Type yes: ", "no\n" },
        { users .. "*> ", "commit\n" },
        { users .. "> ", CTRL_D },
      }, "bin/dynamo", "--table", users)
      assert.equal(0, status, shown)
      contains("committed: 1 action", shown)
    end
  )
end)
