-- SPDX-License-Identifier: MIT
-- What no emulator's stream does, over real sockets, told one by one: shards that split while they are
-- read, iterators that expire, records that are trimmed, empty shards, throttles, lists in pages.
local fault = require "support.fault"
local fault_client = require "support.fault.client"

local function shard(n)
  return ("shardId-%020d"):format(n)
end

describe("a stream", function()
  local server, db, paced, users, name
  local count = 0

  setup(function()
    server = fault.start()
  end)
  teardown(function()
    server:stop()
  end)
  before_each(function()
    server:requests {}
    db, paced = fault_client.new(server)
    count = count + 1
    name = "stream" .. count
    users = db:table(name)
  end)
  after_each(function()
    db:close()
    paced:close()
  end)

  local function order(what)
    server:stream(name, { ["do"] = what })
  end

  -- Returns the next change as text.
  local function told(changes)
    local change, message = changes:next()
    if message then error(message, 0) end
    if not change then return nil end
    return change.key and change.key.id .. change.new.n or change.kind
  end

  local function all(changes)
    local list = {}
    for i = 1, 100 do
      list[i] = told(changes)
      if not list[i] then return table.concat(list, " ") end
    end
  end

  it("is read to its end, parents before children, an empty shard between", function()
    server:stream(name, {
      shards = {
        { id = shard(1), records = { { "a", 1 }, { "b", 1 } }, closed = true },
        { id = shard(2), parent = shard(1), closed = true },
        { id = shard(3), parent = shard(2), records = { { "a", 2 } }, closed = true },
        { id = shard(4), parent = shard(2), records = { { "b", 2 } }, closed = true },
      },
    })
    order { page = 1 } -- a shard and a record a page
    assert.equal("a1 b1 a2 b2", all(users:changes { from = "trim_horizon", until_closed = true }))
  end)

  it("that splits in the middle of a page is read on in order", function()
    server:stream(name, { shards = { { id = shard(1), records = { { "a", 1 }, { "b", 1 } } } } })
    local changes = users:changes { from = "trim_horizon", wait = 3 }
    assert.equal("a1", told(changes))
    order { write = { { "a", 2 } }, to = shard(1) }
    order { split = shard(1), into = { shard(2), shard(3) } }
    order { write = { { "a", 3 } }, to = shard(2) }
    order { write = { { "b", 2 } }, to = shard(3) }
    assert.equal("b1 a2 a3 b2", all(changes))
    order { write = { { "b", 3 } }, to = shard(3) }
    assert.equal("b3", told(changes))
    assert.equal(2, changes:info().shards)
  end)

  it("is read on where all iterators have expired", function()
    server:stream(name, { shards = { { id = shard(1), records = { { "a", 1 }, { "a", 2 } } } } })
    local changes = users:changes { from = "trim_horizon", page_size = 1, wait = 3 }
    assert.equal("a1", told(changes))
    order { expire = true }
    assert.equal("a2", told(changes))
    local latest = users:changes { from = "latest", wait = 3 }
    assert(latest:start())
    order { write = { { "a", 3 } }, to = shard(1) }
    order { expire = true }
    local list = {}
    for i = 1, 3 do
      list[i] = told(latest)
    end
    assert.equal("a3", list[#list])
  end)

  it("tells what was trimmed, and goes on with what is left", function()
    local records = { { "a", 1 }, { "a", 2 }, { "a", 3 }, { "a", 4 } }
    server:stream(name, { shards = { { id = shard(1), records = records } } })
    local changes = users:changes { from = "trim_horizon", page_size = 1, wait = 3 }
    assert.equal("a1", told(changes))
    local checkpoint = assert(changes:checkpoint())
    order { trim = shard(1), count = 3 }
    assert.equal("trimmed a4", all(changes))
    assert.equal("trimmed a4", all(users:changes { from = checkpoint, wait = 3 }))
  end)

  it("tells of a shard that is gone, and goes on with its children", function()
    server:stream(name, { shards = { { id = shard(1), records = { { "a", 1 }, { "a", 2 } } } } })
    local changes = users:changes { from = "trim_horizon", page_size = 1, wait = 3 }
    assert.equal("a1", told(changes))
    order { split = shard(1), into = { shard(2) } }
    order { write = { { "a", 3 } }, to = shard(2) }
    order { remove = shard(1) }
    assert.equal("trimmed a3", all(changes))
  end)

  it("is read on after throttles and failures", function()
    server:stream(name, { shards = { { id = shard(1), records = { { "a", 1 } }, closed = true } } })
    local failures = {}
    for _, code in ipairs { "LimitExceededException", "ThrottlingException", "InternalServerError" } do
      for _ = 1, 3 do
        failures[#failures + 1] = { error = { code = code, message = "later" } }
      end
      failures[#failures + 1] = {}
    end
    server:requests(failures)
    assert.equal("a1", all(users:changes { from = "trim_horizon", until_closed = true }))
  end)

  it("that was made anew refuses the checkpoint of the one before", function()
    server:stream(name, { shards = { { id = shard(1) } } })
    local checkpoint = assert(users:changes({ from = "trim_horizon" }):checkpoint())
    server:stream(name, { generation = 1, shards = { { id = shard(1) } } })
    local _, message, err = users:changes({ from = checkpoint }):next()
    assert.equal("other_stream", err.code)
    assert.matches("00.000, and this one is ", message, 1, true)
  end)

  it("that is disabled says so at its end", function()
    server:stream(name, { shards = { { id = shard(1), records = { { "a", 1 } } } } })
    order { disable = true }
    local changes = users:changes { from = "trim_horizon" }
    assert.equal("a1", told(changes))
    local _, _, err = changes:next()
    assert.equal("StreamDisabled", err.code)
  end)
end)
