-- SPDX-License-Identifier: MIT
-- Which shards are read when: spec/fault/streams_random_spec.lua has trees at random.
local trees = require "dynamo.stream.shard_tree"

local NOW = 1700000000

-- Returns a list of shards of "id" or "id<parent".
local function listed(text)
  local list = {}
  for word in text:gmatch "%S+" do
    local id, parent = word:match "^(%w+)<?(%w*)$"
    list[#list + 1] = { id = id, parent = parent ~= "" and parent or nil, is_closed = false }
  end
  return list
end

-- Returns the front as "id:word", with ! where a loss is to be told.
local function front(tree)
  local words = {}
  for i, shard in ipairs(tree.front) do
    words[i] = ("%s:%s%s"):format(shard.id, shard.position.word, shard.gap and "!" or "")
  end
  return table.concat(words, " ")
end

local function begun(text, from_latest)
  local tree = trees.new()
  trees.take(tree, listed(text), from_latest or false, NOW)
  return tree
end

local function at(id, word, value, seen)
  return { id = id, position = { word = word, value = value }, seen = seen }
end

local function finish(tree, id)
  trees.finish(tree, tree.by_id[id])
end

describe("a tree of shards", function()
  it("begins with the shards that have no parent left", function()
    assert.are.equal("a:start b:start", front(begun "a b c<a d<b e<d"))
    assert.are.equal("b:start", front(begun "b<gone c<b"))
    assert.are.equal("b:start", front(begun "c<b b"))
  end)

  it("begins behind all that is there", function()
    assert.are.equal("c:latest e:latest", front(begun("a b c<a d<b e<d", true)))
  end)

  it("goes on with the children of a shard once that is finished, and not before", function()
    local tree = begun "a b<a c<a d<c"
    trees.take(tree, listed "a b<a c<a d<c", false, NOW)
    assert.are.equal("a:start", front(tree))
    finish(tree, "a")
    assert.are.equal("b:start c:start", front(tree))
    finish(tree, "c")
    assert.are.equal("b:start d:start", front(tree))
  end)

  it("keeps a finished shard until its children are listed", function()
    local tree = begun "a"
    finish(tree, "a")
    assert.are.equal("a:finish", front(tree))
    assert.is_true(trees.wants_more(tree))
    assert.is_false(trees.is_over(tree))
    trees.take(tree, listed "a", false, NOW)
    assert.is_true(trees.is_over(tree))
    trees.take(tree, listed "a b<a", false, NOW)
    assert.are.equal("b:start", front(tree))
    trees.take(tree, listed "a b<a c<a", false, NOW)
    assert.are.equal("b:start c:start", front(tree))
    assert.is_false(trees.wants_more(tree))
  end)

  it("reads nothing twice that is behind its front", function()
    local tree = trees.new { at("d", "after", "7") }
    trees.take(tree, listed "a b<a c<b d<c", false, NOW)
    assert.are.equal("d:after", front(tree))
    tree = trees.new { at("b", "finish"), at("c", "after", "7") }
    trees.take(tree, listed "a b<a c<a", false, NOW)
    assert.are.equal("b:finish c:after", front(tree))
  end)

  it("reads what came after the checkpoint", function()
    local tree = trees.new { at("a", "finish", nil, NOW), at("b", "after", "7") }
    trees.take(tree, listed "a b c<a d<b e<c", false, NOW + 5)
    assert.are.equal("b:after c:start", front(tree))
    assert.are.equal(NOW, tree.by_id.c.seen)
    finish(tree, "b")
    assert.are.equal("c:start d:start", front(tree))
  end)

  it("concludes nothing from a shard's not being listed", function()
    local tree = trees.new { at("a", "after", "7") }
    trees.take(tree, listed "b<a", false, NOW)
    assert.are.equal("a:after", front(tree))
    finish(tree, "a")
    assert.are.equal("b:start", front(tree))
  end)

  it("tells of a loss where nobody knows the parent", function()
    local tree = trees.new { at("a", "finish", nil, NOW) }
    trees.take(tree, listed "a c<b", false, NOW)
    assert.are.equal("a:finish c:start!", front(tree))
    assert.are.equal("c", trees.gap(tree).id)
    assert.are.equal(1, #trees.positions(tree)) -- it will be found again
    assert.is_false(trees.is_over(tree))
  end)

  it("tells of a loss where a finished shard is gone, and its children may be", function()
    local tree = trees.new { at("a", "finish", nil, NOW) }
    trees.take(tree, listed "", false, NOW + trees.RETENTION)
    assert.are.equal("", front(tree))
    tree = trees.new { at("a", "finish", nil, NOW) }
    trees.take(tree, listed "", false, NOW + trees.RETENTION + 1)
    assert.are.equal("a:finish!", front(tree))
    local gap = trees.gap(tree).gap
    tree.by_id.a.seen = gap.seen
    finish(tree, "a")
    assert.are.equal("", front(tree))
  end)

  it("knows until when a finished shard had no children", function()
    local tree = begun "a"
    finish(tree, "a")
    trees.take(tree, listed "a", false, NOW + 50)
    assert.are.equal(NOW + 50, tree.by_id.a.seen)
    trees.take(tree, listed "a", false, NOW + 40)
    assert.are.equal(NOW + 50, tree.by_id.a.seen)
  end)

  it("wants more where nothing is open", function()
    assert.is_true(trees.wants_more(begun ""))
    assert.is_false(trees.wants_more(begun "a"))
    assert.is_true(trees.is_over(begun ""))
    assert.is_false(trees.is_over(trees.new()))
  end)
end)
