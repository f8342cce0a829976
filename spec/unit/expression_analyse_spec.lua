-- SPDX-License-Identifier: MIT
local analyse = require "dynamo.expression.analyse"
local dynamo = require "dynamo"
local path = require "dynamo.expression.path"
local parse = require "dynamo.expression.parse"

local SET = dynamo.set { "x" }
local spread = unpack or table.unpack

local function update(text, ...)
  return assert(parse.bind(assert(parse.update(text)), nil, nil, { n = select("#", ...), ... }))
end

describe("analyse.writes", function()
  it("lists the paths in the order sent, with their source", function()
    local tree = update("ADD a 1 REMOVE b.c SET d = 1, e[0] = 2 DELETE f ?", SET)
    tree = {
      kind = "update",
      set = tree.set,
      delete = tree.delete,
      add = tree.add,
      remove = { { path = tree.remove[1].path, source = "item" } },
    }
    local told = {}
    for i, write in ipairs(analyse.writes(tree)) do
      told[i] = write.action .. " " .. path.show(write.path) .. " " .. (write.source or "-")
    end
    assert.are.same({ "SET d -", "SET e[0] -", "REMOVE b.c item", "DELETE f -", "ADD a -" }, told)
  end)
end)

describe("analyse.overlaps", function()
  local cases = {
    { "SET a = 1, b = 2" },
    { "SET a.b = 1, a.c = 2, a.d.e = 3, d.e = 4" },
    { "SET a[0] = 1, a[1] = 2, b[0] = 3" },
    { "SET a.`0` = 1, `a.b` = 2 REMOVE a.b, c[0]" },
    { "SET a.`0` = 1 REMOVE a[0]", "SET a.`0`", "REMOVE a[0]" },
    { "SET a.b = 1, a.c = 2, a[0] = 3", "SET a.b", "SET a[0]" },
    { "SET l[0].x = 1, m.y = 2 ADD l[1][0].z 3, l[0][1] 4", "SET l[0].x", "ADD l[0][1]" },
    { "SET ab = 1, a = 2" },
    { "SET a = 1, a = 2", "SET a", "SET a" },
    { "SET a = 1 REMOVE a", "SET a", "REMOVE a" },
    { "SET a.b = 1 ADD a 2", "SET a.b", "ADD a" },
    { "SET a = 1 ADD a.b 2", "SET a", "ADD a.b" },
    { "ADD c.x.y 1, c.x.z 1, b 2, c.x 3", "ADD c.x.y", "ADD c.x" },
    { "SET a[0].b = 1, a[0].c = 2 REMOVE a[0]", "SET a[0].b", "REMOVE a[0]" },
    { "SET x = 1, l[2] = 1, l[2].y[0].z = 1", "SET l[2]", "SET l[2].y[0].z" },
  }
  for _, case in ipairs(cases) do
    it((case[2] and "finds those of " or "finds none in ") .. case[1], function()
      local overlap = analyse.overlaps(update(case[1]))
      if not case[2] then return assert.is_nil(overlap) end
      for i, write in ipairs { overlap.first, overlap.second } do
        assert.are.equal(case[i + 1], write.action .. " " .. path.show(write.path))
      end
    end)
  end

  it("agrees with path.clash on every pair of paths", function()
    local texts = { "a", "a.b", "a.b.c", "a[0]", "a[0].b", "a.c", "b", "b.a", "a[1]" }
    for _, first in ipairs(texts) do
      for _, second in ipairs(texts) do
        local found = analyse.overlaps(update(("REMOVE %s, %s"):format(first, second)))
        assert.are.equal(path.clash(path.parse(first), path.parse(second)), found ~= nil)
      end
    end
  end)

  it("finds those of a projection", function()
    local function overlaps(text)
      return analyse.projection_overlaps(parse.bind(parse.projection(text)))
    end
    assert.is_nil(overlaps "a, b.c, b.d")
    local overlap = overlaps "a, b.c, d, b"
    assert.are.equal("b.c", path.show(overlap.first.path))
    assert.are.equal("b", path.show(overlap.second.path))
    overlap = overlaps "b.c, d, b[0]"
    assert.are.equal("b.c", path.show(overlap.first.path))
    assert.are.equal("b[0]", path.show(overlap.second.path))
  end)
end)

describe("analyse.is_idempotent", function()
  local idempotent = {
    { "SET a = 1" },
    { "SET a = ?, b.c = 'x', d = [1, {e: 2}]", { 1 } },
    { "SET a = if_not_exists(a, 5)" },
    { "SET a = if_not_exists(a, if_not_exists(a, 5))" },
    { "REMOVE a, b.c, d[0].e" },
    { "ADD a ?", SET },
    { "DELETE a ?", SET },
    { "SET l[0].name = 'x'" },
  }
  for _, case in ipairs(idempotent) do
    it("is I for " .. case[1], function()
      assert.is_true(analyse.is_idempotent(update(spread(case))))
    end)
  end

  local other = {
    { "ADD a 1" },
    { "ADD a ?", dynamo.number "1" },
    { "SET a = a + 1" },
    { "SET a = 1 + 1" },
    { "SET a = 5 - b" },
    { "SET a = if_not_exists(a, 0) + 1" },
    { "SET a = list_append(a, ?)", { 1 } },
    { "SET a = list_append(?, ?)", { 1 }, { 2 } },
    { "SET a = b" },
    { "SET a = a" },
    { "SET a = if_not_exists(b, 5)" },
    { "SET a = if_not_exists(a, b)" },
    { "SET a[5] = 1" }, -- beyond the end it appends
    { "REMOVE a[0]" }, -- the next element is there afterwards
    { "SET a = 1, b = 2, c = c + 1" },
    { "SET a = 1 REMOVE b[0]" },
  }
  for _, case in ipairs(other) do
    it("is N for " .. case[1], function()
      assert.is_false(analyse.is_idempotent(update(spread(case))))
    end)
  end

  it("is that of what the builder makes", function()
    local function is_idempotent(builder)
      return analyse.is_idempotent(builder:tree())
    end
    assert.is_true(is_idempotent(dynamo.update()))
    assert.is_true(
      is_idempotent(
        dynamo.update():set("a", 1):set_if_absent("b", 2):remove("c"):add("d", SET):delete("e", SET)
      )
    )
    assert.is_false(is_idempotent(dynamo.update():increment("a")))
    assert.is_false(is_idempotent(dynamo.update():append("a", { 1 })))
    assert.is_false(is_idempotent(dynamo.update():add("a", 1)))
  end)
end)

describe("analyse.key_written", function()
  it("finds a key attribute among what is written", function()
    assert.is_nil(analyse.key_written(update "SET a = pk REMOVE b.pk", { "pk", "sk" }))
    assert.are.same(
      { kind = "path", "sk" },
      analyse.key_written(update "SET a = 1 ADD sk 1", { "pk", "sk" })
    )
    assert.are.same(
      { kind = "path", "pk", "x" },
      analyse.key_written(update "REMOVE a, pk.x", { "pk" })
    )
  end)
end)
