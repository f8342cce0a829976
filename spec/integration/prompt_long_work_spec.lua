-- SPDX-License-Identifier: MIT
-- export, import and copy as processes that are ended in the middle, against every emulator: by Ctrl-C, by
-- SIGKILL, by a network that is gone. In the end every item is there, as it was. The size of the table is
-- that of the specs: at DYNAMO_SPEC_SCALE=100 it has 100,000 items.
local dynamo = require "dynamo"
local emulator = require "support.emulator"
local random_value = require "support.random_value"
local scale = require "support.scale"

local COUNT = math.max(1000, scale(1000))
local PAGE = math.max(1, math.min(1000, math.floor(COUNT / 40)))
-- Capacity units a second with which a second does a small part of it: an item has some 250 bytes.
local READS, WRITES = COUNT / 300, COUNT / 25
-- How it is ended, five times where there is much of it, and with which codes; how often it says how it
-- goes on, which it cannot where it is killed.
local ENDS, CODES, HINTS = "INT,KILL,CUT,NONE", "INT 2,KILL -9,CUT 2,NONE 0", 2
if COUNT >= 10000 then
  ENDS, CODES, HINTS = "INT,CUT," .. ENDS, "INT 2,CUT 2," .. CODES, 4
end
local MARGIN_KB = 16 * 1024

local function noun_of(host, name)
  return host.db:table(name, { key = { "id" } })
end

-- Fills a table with values of every type.
local function fill(host, name)
  local random = random_value.source(11)
  assert(noun_of(host, name):writer({}, function(w)
    for i = 1, COUNT do
      local item = i % 10 == 0 and random_value.map(random, 2) or {}
      item.id, item.n, item.text = ("item %d"):format(i), i, ("ü"):rep(i % 200)
      item.tags = dynamo.set { "x", ("y%d"):format(i % 7) }
      w:put(item)
    end
  end))
end

-- Returns the items of a table by their ids, and how many there are.
local function items_of(host, name)
  local items, count = {}, 0
  for item in noun_of(host, name):scan({ consistent_read = true }):items() do
    items[item.id], count = item, count + 1
  end
  return items, count
end

-- Asserts that two tables have the same items.
local function assert_same(host, one, other)
  local items, count = items_of(host, one)
  local others, other_count = items_of(host, other)
  assert.same({ COUNT, COUNT }, { count, other_count })
  for id, item in pairs(items) do
    if not dynamo.equal(item, others[id]) then
      error(("%s differs:\n%s\n%s"):format(id, dynamo.show(item), dynamo.show(others[id])))
    end
  end
end

local function lines_of(path)
  local count, ids = 0, {}
  for line in io.lines(path) do
    count = count + 1
    ids[assert(dynamo.decode_item(line:match '^{"Item":(.*)}$')).id] = true
  end
  local distinct = 0
  for _ in pairs(ids) do
    distinct = distinct + 1
  end
  return count, distinct
end

emulator.each("long work", function(host)
  local from, path

  setup(function()
    from = host:create { { "id", "S" } }
    fill(host, from)
    path = os.tmpname()
  end)
  teardown(function()
    os.remove(path)
  end)

  local function interrupted(resume, name, statement)
    local out, status =
      host:interrupt(ENDS, resume, "bin/dynamo", "--yes", "--table", name, "-e", statement)
    assert.equal(0, status, out)
    local said = {}
    for how, code in out:gmatch "(%u+) (%-?%d+) %d+\n" do
      said[#said + 1] = how .. " " .. code
    end
    assert.equal(CODES, table.concat(said, ","), out)
    assert.is_nil(io.open(resume))
    local _, hints = out:gsub("; to go on: dynamo ", "")
    assert.equal(HINTS, hints, out)
  end

  it("is exported, ended and gone on with, each item once", function()
    local text = ("export %s PAGE %d SEGMENTS 4 RESUME{slow} RATE %g"):format(path, PAGE, READS)
    interrupted(path .. ".resume", from, text)
    assert.same({ COUNT, COUNT }, { lines_of(path) })
  end)

  host:it("is imported, ended and gone on with, each item as it was", "capacity", function()
    local to = host:create { { "id", "S" } }
    interrupted(
      path .. ".resume",
      to,
      ("import %s RESUME{slow} IN_FLIGHT 1 RATE %g"):format(path, WRITES)
    )
    assert_same(host, from, to)
  end)

  host:it("is copied, ended and gone on with, each item as it was", "capacity", function()
    local to = host:create { { "id", "S" } }
    local text = ("copy %s PAGE %d RESUME %s.resume{slow} IN_FLIGHT 1 RATE %g"):format(
      to,
      PAGE,
      path,
      WRITES
    )
    interrupted(path .. ".resume", from, text)
    assert_same(host, from, to)
  end)

  -- Returns how much memory a process has had at most, in KB, that runs a statement.
  local function peak(name, statement)
    local said = 'return tonumber(io.open("/proc/self/status"):read("*a"):match "VmHWM:%s*(%d+)")'
    local out, status, err =
      host:feed("", "bin/dynamo", "--yes", "--table", name, "-e", statement, "-e", said)
    assert.equal(0, status, err)
    return tonumber(out:match "(%d+)\n[^\n]*\n?$")
  end

  it("takes no more memory with ten times the items", function()
    local name, to = os.tmpname(), host:create { { "id", "S" } }
    local few = peak(from, ("export %s SEGMENTS 4 LIMIT %d"):format(name, math.ceil(COUNT / 10)))
    local out = { export = few }
    local first = peak(to, "import " .. name)
    local many = peak(from, "export " .. name)
    local all = peak(to, "import " .. name)
    os.remove(name)
    if COUNT >= 10000 then
      print(("# KB: export %d %d, import %d %d"):format(out.export, many, first, all))
    end
    assert.is_true(many < few + MARGIN_KB, ("%d KB, then %d"):format(few, many))
    assert.is_true(all < first + MARGIN_KB, ("%d KB, then %d"):format(first, all))
    assert_same(host, from, to)
  end)
end)
