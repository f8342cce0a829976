-- SPDX-License-Identifier: MIT
local expression = require "dynamo.expression"
local show = require "dynamo.expression.display"
local write = require "dynamo.table.merge"

-- Returns the update of a text; "" is one without actions.
local function update(text)
  if text ~= "" then return assert(expression.update(text)) end
  return { kind = "update", set = {}, remove = {}, delete = {}, add = {} }
end

local function merged(item, extension, request, strategy)
  return write.merged({
    item = update(item),
    extension = write.concatenated { { update(extension), "extension x" } },
    request = update(request),
  }, strategy)
end

local function text(tree)
  return (show(tree))
end

describe("write.merged", function()
  local cases = {
    -- item, extension, request; strict (or what overlaps), priority, concatenate
    {
      "SET a = 1",
      "SET b = 2",
      "SET c = 3",
      "SET a = 1, b = 2, c = 3",
      "SET c = 3, b = 2, a = 1",
      "SET a = 1, b = 2, c = 3",
    },
    {
      "SET a = 1",
      "SET a = 2",
      "",
      { "a (extension x)", "a (item)" },
      "SET a = 2",
      "SET a = 1, a = 2",
    },
    {
      "SET a = 1",
      "SET a = 2",
      "SET a = 3",
      { "a (extension x)", "a (item)" },
      "SET a = 3",
      "SET a = 1, a = 2, a = 3",
    },
    {
      "SET a = 1, b = 1",
      "SET b.c = 2",
      "REMOVE a",
      { "b.c (extension x)", "b (item)" },
      "SET b.c = 2 REMOVE a",
      "SET a = 1, b = 1, b.c = 2 REMOVE a",
    },
    -- An item action that meets only a dropped extension action stays.
    {
      "SET a.x = 1",
      "SET a = 2",
      "SET a.y = 3",
      { "a (extension x)", "a.x (item)" },
      "SET a.y = 3, a.x = 1",
      "SET a.x = 1, a = 2, a.y = 3",
    },
    {
      "SET l[0] = 1",
      "SET l[1] = 2",
      "SET l[2] = 3",
      "SET l[0] = 1, l[1] = 2, l[2] = 3",
      "SET l[2] = 3, l[1] = 2, l[0] = 1",
      "SET l[0] = 1, l[1] = 2, l[2] = 3",
    },
    {
      "SET p.city = 1",
      "",
      "SET p.name = 2",
      "SET p.city = 1, p.name = 2",
      "SET p.name = 2, p.city = 1",
      "SET p.city = 1, p.name = 2",
    },
    {
      "SET `a.b` = 1",
      "",
      "SET a.b = 2",
      "SET `a.b` = 1, a.b = 2",
      "SET a.b = 2, `a.b` = 1",
      "SET `a.b` = 1, a.b = 2",
    },
    -- A null of the item gives way.
    {
      "SET a = 1 REMOVE b, c",
      "SET b = 2",
      "ADD c 1",
      "SET a = 1, b = 2 ADD c 1",
      "SET b = 2, a = 1 ADD c 1",
      "SET a = 1, b = 2 ADD c 1",
    },
    { "REMOVE p", "", "SET p.name = 2", "SET p.name = 2", "SET p.name = 2", "SET p.name = 2" },
  }
  for i, case in ipairs(cases) do
    it("strict, case " .. i, function()
      local tree, err = merged(case[1], case[2], case[3], "strict")
      if type(case[4]) == "string" then return assert.are.equal(case[4], text(tree)) end
      assert.is_nil(tree)
      assert.are.equal(
        ("%s overlaps %s: an update may write a place once"):format(case[4][1], case[4][2]),
        err.message
      )
      assert.are.equal("overlapping_paths", err.code)
    end)

    it("priority, case " .. i, function()
      assert.are.equal(case[5], text(merged(case[1], case[2], case[3], "priority")))
    end)

    it("concatenate, case " .. i, function()
      assert.are.equal(case[6], text(merged(case[1], case[2], case[3], "concatenate")))
    end)
  end

  for _, strategy in ipairs { "strict", "priority" } do
    it("refuses an overlap within one source, " .. strategy, function()
      local tree, err = merged("", "", "SET a = 1, a.b = 2", strategy)
      assert.is_nil(tree)
      assert.are.equal("a.b", err.path)
      assert.matches("a.b (request) overlaps a (request)", err.message, 1, true)
    end)
  end

  local CONFLICT = "a[0] (extension x) takes for a list what a.b (item) takes for a map: "
    .. "an update may write one of the two"

  it("refuses a map that is also taken for a list", function()
    local tree, err = merged("SET a.b = 1", "SET a[0] = 2", "", "strict")
    assert.is_nil(tree)
    assert.are.same({ CONFLICT, "overlapping_paths", "a[0]" }, { err.message, err.code, err.path })
    tree, err = merged("", "", "SET a[0].b = 1 REMOVE a.b", "priority")
    assert.is_nil(tree)
    assert.matches(
      "a.b (request) takes for a map what a[0].b (request) takes for a list",
      err.message,
      1,
      true
    )
    assert.are.equal("SET a[0] = 2", text(merged("SET a.b = 1", "SET a[0] = 2", "", "priority")))
  end)

  it("changes none of its sources", function()
    local request = update "SET a = 1"
    write.merged({ item = update "", extension = update "", request = request }, "strict")
    assert.is_nil(request.set[1].source)
  end)
end)

describe("write.key_problem", function()
  it("names the path", function()
    assert.is_nil(write.key_problem(update "SET a = 1", { "pk", "sk" }))
    local err = write.key_problem(update "SET a = 1 REMOVE sk", { "pk", "sk" })
    assert.are.equal("sk", err.path)
    assert.are.equal("sk is in the key of the item; no update can write it", err.message)
  end)
end)
