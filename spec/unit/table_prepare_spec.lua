-- SPDX-License-Identifier: MIT
local core = require "dynamo.core"
local dynamo = require "dynamo"
local fake_client = require "support.fake_client"
local prepare = require "dynamo.table.prepare"

local OK = { status = 200, body = "{}" }
local KEY = { userId = "1" }

local function users_of(o)
  local db, fake = fake_client.new { OK }
  o = o or {}
  o.key = { "userId" }
  return db:table("Users", o), fake
end

-- Returns the parameters that the last request carries, wire-typed.
local function sent(fake)
  return assert(core.document(fake.requests[#fake.requests].body))
end

-- Runs a verb, and returns what it sent.
local function request_of(verb, ...)
  local users, fake = users_of()
  assert.is_nil((select(2, users[verb](users, ...))))
  return sent(fake)
end

-- Returns the message and error of a verb that must refuse, with nothing sent.
local function refused(verb, ...)
  local users, fake = users_of()
  local result, message, err = users[verb](users, ...)
  assert.is_nil(result)
  assert.are.equal("validation", err.kind)
  assert.are.equal(0, #fake.requests)
  return message, err
end

describe("an expression of update", function()
  local SAME = {
    { "SET visits = if_not_exists(visits, 0) + 1, seen = ?", 5 },
    { "SET visits = if_not_exists(visits, ?) + ?, seen = ?", 0, 1, 5 },
    { { "SET visits = if_not_exists(visits, 0) + 1, seen = ?", 5 } },
    {
      {
        "SET #v = if_not_exists(#v, :z) + :o, seen = :s",
        ["#v"] = "visits",
        [":z"] = 0,
        [":o"] = 1,
        [":s"] = 5,
      },
    },
    { dynamo.update():increment("visits", 1, 1):set("seen", 5) },
  }
  for i, arguments in ipairs(SAME) do
    it("is the same in every form, " .. i, function()
      local all = { KEY }
      for _, argument in ipairs(arguments) do
        all[#all + 1] = argument
      end
      all[#all + 1] = { return_values = "ALL_NEW" }
      local request = request_of("update", (table.unpack or unpack)(all))
      assert.are.equal(
        "SET #n0 = if_not_exists(#n0, :v0) + :v1, #n1 = :v2",
        request.UpdateExpression
      )
      assert.are.same({ ["#n0"] = "visits", ["#n1"] = "seen" }, request.ExpressionAttributeNames)
      assert.are.same(
        { [":v0"] = { N = "0" }, [":v1"] = { N = "1" }, [":v2"] = { N = "5" } },
        request.ExpressionAttributeValues
      )
      assert.are.equal("ALL_NEW", request.ReturnValues)
    end)
  end

  it("takes a table for the value of a ?", function()
    local request = request_of("update", KEY, "SET a = ?", { timeout = 5, b = 1 })
    assert.are.same(
      { [":v0"] = { M = { timeout = { N = "5" }, b = { N = "1" } } } },
      request.ExpressionAttributeValues
    )
  end)

  it("shares one space with the condition", function()
    local request = request_of("update", KEY, "SET a = :x", {
      condition = { "#a < :x AND b = ?", 7 },
      names = { ["#a"] = "a" },
      values = { [":x"] = 5 },
    })
    assert.are.equal("SET #n0 = :v0", request.UpdateExpression)
    assert.are.equal("#n0 < :v0 AND #n1 = :v1", request.ConditionExpression)
  end)

  it("takes a builder as condition and as projection", function()
    local request = request_of("delete", KEY, { condition = dynamo.attr("a"):eq(1) })
    assert.are.equal("#n0 = :v0", request.ConditionExpression)
    request = request_of("get", KEY, { projection = dynamo.projection("a", "b[0]") })
    assert.are.equal("#n0, #n1[0]", request.ProjectionExpression)
  end)

  it("of nothing is refused, whatever an extension would add", function()
    for _, o in ipairs { {}, { extensions = { dynamo.extension.timestamps() } } } do
      local users, fake = users_of(o)
      local done, message, err = users:update(KEY, dynamo.update())
      assert.is_nil(done)
      assert.are.equal(
        "expression: there is no action in it; add one, such as :set(path, value)",
        message
      )
      assert.are.equal("nothing_to_set", err.code)
      assert.are.equal(0, #fake.requests)
    end
  end)

  it("that Lua compared raises with the remedy", function()
    local users, fake = users_of()
    local done, message = pcall(function()
      users:delete(KEY, { condition = dynamo.attr "a" == 3 })
    end)
    assert.is_false(done)
    assert.matches("table_prepare_spec.lua:%d+: .*condition must be .*:eq%(value%)", message)
    assert.are.equal(0, #fake.requests)
  end)

  it("may be a list of actions", function()
    local request = request_of("update", KEY, {
      dynamo.SetAction {
        path = "#a",
        value = ":v",
        names = { ["#a"] = "a" },
        values = { [":v"] = 1 },
      },
      dynamo.RemoveAction { path = "b" },
    })
    assert.are.equal("SET #n0 = :v0 REMOVE #n1", request.UpdateExpression)
  end)

  it("is what a builder has when it is sent, changed in place", function()
    local expression = dynamo.UpdateExpression {}
    expression:add_action(dynamo.RemoveAction { path = "a" })
    assert.are.equal("REMOVE #n0", request_of("update", KEY, expression).UpdateExpression)
  end)
end)

describe("an expression that is no good", function()
  local cases = {
    { "an undefined token", { "update", KEY, "SET a = :x" }, "values.:x", "not in values" },
    { "an undefined name", { "put", KEY, { condition = "#a = 1" } }, "names.#a", "not in names" },
    {
      "a key attribute",
      { "update", KEY, "SET a = 1, userId = 2" },
      "userId",
      "userId is in the key of the item",
    },
    {
      "an overlap",
      { "update", KEY, "SET a.b = 1 REMOVE a" },
      "a",
      "a (request) overlaps a.b (request)",
    },
    {
      "if_newer of what is not written",
      { "upsert", { userId = "1", a = 1 }, { if_newer = "at" } },
      "if_newer",
      "the write brings no value for at",
    },
    {
      "if_newer of what is not put",
      { "put", { userId = "1" }, { if_newer = "at" } },
      "if_newer",
      "the write brings no value for at",
    },
    {
      "if_newer of what is computed",
      { "update", KEY, "SET at = at + 1", { if_newer = "at" } },
      "if_newer",
      "the write brings no value for at",
    },
  }
  for _, case in ipairs(cases) do
    it("is refused before sending: " .. case[1], function()
      local message, err = refused((table.unpack or unpack)(case[2]))
      assert.are.equal(case[3], err.path)
      assert.matches(case[4], message, 1, true)
    end)
  end

  it("is refused before sending: a value that is nil", function()
    local message, err = refused("update", KEY, "SET a = ?, b = ?", nil, 1)
    assert.are.equal("arguments[1]", err.path)
    assert.matches("the value for this ? is nil", message, 1, true)
  end)

  it("is refused for its size, in the user's word", function()
    local parts = {}
    for i = 1, 800 do
      parts[i] = "a" .. i
    end
    local message, err = refused("update", KEY, "REMOVE " .. table.concat(parts, ", "))
    assert.are.equal("expression", err.path)
    assert.matches("^expression: .*4096", message)
    local item = { userId = "1" }
    for i = 1, 800 do
      item["a" .. i] = i
    end
    message, err = refused("upsert", item)
    assert.are.equal("Item", err.path)
    assert.matches("^Item: .*4096", message)
  end)
end)

describe("a value that cannot be sent is told by the user's place:", function()
  local function bad() end
  local NAN = 0 / 0
  local cases = {
    { { "update", KEY, "SET a = ?, b = ?", 1, bad }, "arguments[2]" },
    { { "update", KEY, "SET a = ?", { x = { bad } } }, "arguments[1].x[1]" },
    { { "update", KEY, "SET a = :x", { values = { [":x"] = NAN } } }, "values.:x" },
    { { "update", KEY, { "SET a = :x", [":x"] = bad } }, "expression.:x" },
    { { "update", KEY, { "SET a = ?", bad } }, "expression[2]" },
    { { "put", KEY, { condition = { "a = ?", bad } } }, "condition[2]" },
    { { "update", KEY, dynamo.update():set("p.q", { bad }) }, "p.q[1]" },
    { { "put", KEY, { condition = dynamo.attr("a"):eq({ bad }) } }, "a[1]" },
    { { "upsert", { userId = "1", m = { n = bad } }, { ignore_nulls = "scalars" } }, "Item.m.n" },
    { { "upsert", { userId = "1", m = NAN } }, "Item.m" },
    { { "upsert", { userId = "\255" } }, "Item.userId" },
    { { "update", { userId = "\255" }, "REMOVE a" }, "Key.userId" },
    { { "upsert", { userId = "1", m = bad }, { once = true } }, "Item.m" },
    { { "put", { userId = "1", m = bad }, { once = true } }, "Item.m" },
  }
  for i, case in ipairs(cases) do
    it(("%s, case %d"):format(case[2], i), function()
      local message, err = refused((table.unpack or unpack)(case[1]))
      assert.are.equal(case[2], err.path)
      assert.are.equal(1, (message:find(case[2], 1, true)))
    end)
  end
end)

describe("if_newer", function()
  local BOTH = "attribute_not_exists(#n%d) OR #n%d < :v%d"
  it("guards every write that brings the attribute", function()
    local o = { if_newer = "at" }
    local request = request_of("put", { userId = "1", at = 5 }, o)
    assert.are.equal(BOTH:format(0, 0, 0), request.ConditionExpression)
    request = request_of("upsert", { userId = "1", at = 5 }, o)
    assert.are.equal(BOTH:format(0, 0, 0), request.ConditionExpression)
    request = request_of("update", KEY, "SET a = 1, at = ?", 5, o)
    assert.are.equal(BOTH:format(1, 1, 1), request.ConditionExpression)
    request = request_of(
      "replace",
      { userId = "1", at = 5 },
      { if_newer = "at", condition = "a = 1" }
    )
    assert.are.equal(
      "#n0 = :v0 AND attribute_exists(#n1) AND " .. "(" .. BOTH:format(2, 2, 1) .. ")",
      request.ConditionExpression
    )
  end)
end)

describe("the key of a request", function()
  local names = { "pk", "sk" }
  local cases = {
    { { pk = "a", sk = 1 }, nil },
    { { pk = core.binary "a", sk = core.number "1" }, nil },
    { { pk = ("a"):rep(2048), sk = ("b"):rep(1024) }, nil },
    { { pk = "a" }, "Key.sk is missing" },
    { { sk = "a" }, "Key.pk is missing" },
    { { pk = "a", sk = "b", other = 1 }, "Key.other is not a key attribute; the key is pk, sk" },
    { { pk = "a", sk = "b", [1] = 1 }, "Key.1 is not a key attribute" },
    { { pk = "", sk = "b" }, "Key.pk must not be empty" },
    { { pk = core.binary "", sk = "b" }, "Key.pk must not be empty" },
    { { pk = ("a"):rep(2049), sk = "b" }, "Key.pk is 2049 bytes long" },
    { { pk = "a", sk = ("b"):rep(1025) }, "Key.sk is 1025 bytes long" },
    { { pk = core.binary(("a"):rep(2049)), sk = "b" }, "Key.pk is 2049 bytes long" },
    { { pk = true, sk = "b" }, "Key.pk must be a string" },
    { { pk = {}, sk = "b" }, "Key.pk must be a string" },
    { { pk = core.null, sk = "b" }, "Key.pk must be a string" },
  }
  for i, case in ipairs(cases) do
    it(("says %s, case %d"):format(tostring(case[2]), i), function()
      local err = prepare.mismatch(names, case[1])
      if not case[2] then return assert.is_nil(err) end
      assert.are.equal(1, (err.message:find(case[2], 1, true)))
      assert.are.equal("validation", err.kind)
      assert.are.equal(err.path, err.message:match("^(%S+) "))
    end)
  end

  it("lets an item have more", function()
    assert.is_nil(prepare.missing(names, { pk = "a", sk = "b", other = 1 }, "Item"))
    assert.are.equal("Item.sk", prepare.missing(names, { pk = "a" }, "Item").path)
  end)
end)
