-- SPDX-License-Identifier: MIT
-- What a batch writer holds: which write may be sent, which waits, which one took another's place.
local queues = require "dynamo.table.batch.write_queue"

local MB = 1024 * 1024

local function write(key, name, bytes)
  return { key = key, name = name or key, bytes = bytes or 100, is_flying = false }
end

-- Returns the names of a list of writes, in one text.
local function names(list)
  local texts = {}
  for i, each in ipairs(list or {}) do
    texts[i] = each.name
  end
  return table.concat(texts, " ")
end

describe("a queue of writes", function()
  local queue

  local function add(...)
    local each = write(...)
    queues.add(queue, each)
    return each
  end

  before_each(function()
    queue = queues.new()
  end)

  it("gives them out in the order given, 25 at a time", function()
    for i = 1, 30 do
      add("k" .. i)
    end
    assert.are.equal(30, queues.size(queue))
    assert.are.equal(2, queues.count(queue))
    local first, second = queues.take(queue), queues.take(queue)
    assert.are.equal(25, #first)
    assert.are.equal("k1", first[1].name)
    assert.are.equal("k26 k27 k28 k29 k30", names(second))
    assert.is_nil(queues.take(queue))
  end)

  it("cuts a batch before it is too long for a request", function()
    for i = 1, 5 do
      add("k" .. i, nil, 4 * MB)
    end
    assert.is_true(queues.is_full(queue, 1))
    assert.is_false(queues.is_full(queue, 2))
    assert.are.equal("k1 k2 k3", names(queues.take(queue)))
    assert.are.equal("k4 k5", names(queues.take(queue)))
  end)

  it("is full with as many as requests take", function()
    for i = 1, 24 do
      add("k" .. i)
    end
    assert.is_false(queues.is_full(queue, 1))
    add "k25"
    assert.is_true(queues.is_full(queue, 1))
    assert.is_false(queues.is_full(queue, 2))
  end)

  it("folds a write into a later one of its key, which keeps the place", function()
    add("a", "a1", 100)
    add "b"
    add("a", "a2", 300)
    assert.are.equal(400, queue.bytes)
    assert.are.equal(1, queue.folded)
    assert.are.equal("a2 b", names(queues.take(queue)))
  end)

  it("lets a write wait for one of its key that is under way, and no other", function()
    local first = add("a", "a1")
    queues.take(queue)
    add("a", "a2")
    add("a", "a3")
    add "b"
    assert.are.equal("b", names(queues.take(queue)))
    assert.are.equal(1, queue.folded)
    queues.settle(queue, first)
    local third = queues.take(queue)
    assert.are.equal("a3", names(third))
    queues.settle(queue, third[1])
    assert.are.equal(2, queue.done)
    assert.is_false(queues.is_empty(queue))
    queues.settle(queue, queue.latest.b)
    assert.is_true(queues.is_empty(queue))
  end)

  it("tells what is certainly not done from what may be", function()
    local given_up = add("a", "a1")
    local doubtful = add("b", "b1")
    add "c"
    queues.take(queue)
    add "d"
    add("b", "b2")
    doubtful.is_doubtful = true
    queues.give_up(queue, given_up)
    queues.give_up(queue, doubtful)
    local undone, unknown = queues.rest(queue)
    assert.are.equal("a1 d b2", names(undone))
    assert.are.equal("b1 c", names(unknown))
  end)

  it("drops what was not done for the one that waits behind it", function()
    local first = add("a", "a1")
    queues.take(queue)
    add("a", "a2")
    queues.give_up(queue, first)
    local undone, unknown = queues.rest(queue)
    assert.are.equal("a2", names(undone))
    assert.are.equal("", names(unknown))
    assert.are.equal(1, queue.folded)
    assert.are.equal(0, queue.flying)
  end)
end)
