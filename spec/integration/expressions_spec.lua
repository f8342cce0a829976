-- SPDX-License-Identifier: MIT
-- Expressions in the table verbs against emulators: text, values beside it, builders.
local dynamo = require "dynamo"
local emulator = require "support.emulator"

local attr = dynamo.attr
local FAILED = "ConditionalCheckFailedException"

emulator.each("expressions", function(host)
  local users, count

  setup(function()
    users = host.db:table(host:create { { "id", "S" } }, { key = { "id" } })
    count = 0
  end)

  local function fresh(item)
    count = count + 1
    item = item or {}
    item.id = "item-" .. count
    assert(users:put(item))
    return { id = item.id }
  end

  local function read(key)
    return (users:get(key, { consistent_read = true }))
  end

  local function assert_failed(done, _, err)
    assert.is_nil(done)
    assert.equal(FAILED, err.code)
  end

  describe("update", function()
    host:it("takes literals, reserved words and values", function()
      local key = fresh { size = 1, name = "Ann", log = { "a" } }
      local item = assert(
        users:update(
          key,
          "SET size = size + 1, name = ?, log = list_append(log, ['b', {c: ?}]), seen = ? REMOVE x",
          "Bob",
          true,
          99,
          { return_values = "ALL_NEW" }
        )
      )
      assert.same(
        { id = key.id, size = 2, name = "Bob", log = { "a", "b", { c = true } }, seen = 99 },
        item
      )
    end)

    host:it("counts from nothing", function()
      local key = fresh()
      for expected = 1, 3 do
        local new = users:update(
          key,
          "SET visits = if_not_exists(visits, 0) + 1, seen = ?",
          expected * 10,
          { return_values = "ALL_NEW" }
        )
        assert.same({ id = key.id, visits = expected, seen = expected * 10 }, new)
      end
    end)

    host:it("takes a builder", function()
      local key = fresh { profile = { name = "?" }, tmp = 1, tags = dynamo.set { "old", "new" } }
      assert(
        users:update(
          key,
          dynamo
            .update()
            :set("profile.name", "Ann")
            :increment("visits")
            :append("log", { "login" })
            :remove("tmp")
            :delete("tags", dynamo.set { "old" })
        )
      )
      local item = read(key)
      assert.equal("Ann", item.profile.name)
      assert.same({ "login" }, item.log)
      assert.same(dynamo.set { "new" }, item.tags)
      assert.is_nil(item.tmp)
      assert.is_number(item.visits)
    end)

    host:it("takes actions", function()
      local key = fresh()
      local update = dynamo.UpdateExpression {
        dynamo.SetAction {
          path = "#a",
          value = ":v",
          names = { ["#a"] = "size" },
          values = { [":v"] = 5 },
        },
        dynamo.AddAction {
          path = "#n0",
          value = ":v0",
          names = { ["#n0"] = "n" },
          values = { [":v0"] = 2 },
        },
      }
      assert(users:update(key, update))
      assert.same({ id = key.id, size = 5, n = 2 }, read(key))
    end)

    host:it("makes the parents that it ensures", function()
      local key = fresh { old = { kept = true } }
      local update =
        dynamo.update():ensure("a"):ensure("a.b"):ensure("old"):set("a.b.c", 1):set("old.new", 2)
      assert(users:update(key, update))
      assert(users:update(key, update))
      assert.same({ id = key.id, a = { b = { c = 1 } }, old = { kept = true, new = 2 } }, read(key))
    end)

    host:it("ensures nothing if its condition fails", function()
      local key = fresh()
      assert_failed(
        users:update(
          key,
          dynamo.update():ensure("a"):set("a.b", 1),
          { condition = attr("n"):exists() }
        )
      )
      assert.same(key, read(key))
    end)

    host:it("reads names with dots where they are quoted", function()
      local key = fresh { ["a.b"] = 1, a = { b = 1 } }
      assert(users:update(key, "SET `a.b` = `a.b` + 10, a.b = a.b + 20"))
      assert.same({ id = key.id, ["a.b"] = 11, a = { b = 21 } }, read(key))
    end)
  end)

  describe("condition", function()
    local FORMS = {
      { condition = "n BETWEEN 1 AND 5 AND size(name) > 2" },
      { condition = { "n BETWEEN ? AND ? AND size(name) > ?", 1, 5, 2 } },
      {
        condition = "n BETWEEN :a AND :b AND size(#n) > :c",
        names = { ["#n"] = "name" },
        values = { [":a"] = 1, [":b"] = 5, [":c"] = 2 },
      },
      { condition = dynamo.all(attr("n"):between(1, 5), attr("name"):size():gt(2)) },
    }
    for i, form in ipairs(FORMS) do
      host:it("holds in every verb, form " .. i, function()
        local key = fresh { n = 3, name = "Ann" }
        local function options()
          local o = {}
          for option, value in pairs(form) do
            o[option] = value
          end
          return o
        end
        assert(users:update(key, "SET a = 1", options()))
        assert(users:upsert({ id = key.id, b = 1 }, options()))
        assert(users:patch({ id = key.id, n = 6 }, options()))
        assert_failed(users:update(key, "SET a = 2", options()))
        assert_failed(users:put({ id = key.id }, options()))
        assert_failed(users:delete(key, options()))
        assert.same({ id = key.id, n = 6, name = "Ann", a = 1, b = 1 }, read(key))
      end)
    end

    host:it("goes with that of the verb, whatever it joins", function()
      local either = { condition = "attribute_exists(id) OR attribute_not_exists(id)" }
      assert_failed(users:replace({ id = "nobody" }, either))
      assert_failed(users:insert(fresh(), either))
    end)
  end)

  describe("if_newer", function()
    host:it("keeps the newer of two writes, in any order", function()
      local key, o = fresh(), { if_newer = "at" }
      assert(users:upsert({ id = key.id, at = 20, by = "b" }, o))
      assert_failed(users:upsert({ id = key.id, at = 10, by = "a" }, o))
      assert_failed(users:upsert({ id = key.id, at = 20, by = "c" }, o))
      assert_failed(users:update(key, "SET at = ?, by = ?", 15, "d", o))
      assert(users:update(key, "SET at = ?, by = ?", 30, "e", o))
      assert_failed(users:put({ id = key.id, at = 25 }, o))
      assert.same({ id = key.id, at = 30, by = "e" }, read(key))
      assert(users:put({ id = key.id, at = 40 }, o))
    end)
  end)

  describe("projection", function()
    host:it("takes text, names and a builder", function()
      local key = fresh { size = 1, a = { b = 2, c = 3 }, l = { 1, 2 } }
      for _, o in ipairs {
        { projection = "size, a.b" },
        { projection = "#s, a.b", names = { ["#s"] = "size" } },
        { projection = dynamo.projection("size", "a.b") },
      } do
        o.consistent_read = true
        assert.same({ size = 1, a = { b = 2 } }, users:get(key, o))
      end
    end)

    host:it("takes elements of lists", "indexed_projection", function()
      local key = fresh { l = { 1, 2 }, m = { l = { 3, { x = 4, y = 5 } } } }
      assert.same(
        { l = { 2 }, m = { l = { { x = 4 } } } },
        users:get(key, { projection = "l[1], m.l[1].x", consistent_read = true })
      )
    end)
  end)

  describe("once", function()
    host:it("writes, and fails as the write alone", "transactions", function()
      local key = fresh()
      assert.is_true((users:update(key, "ADD visits ?", 1, { once = true })))
      assert.is_true((users:upsert({ id = key.id, a = 1 }, { once = true })))
      assert.same({ id = key.id, visits = 1, a = 1 }, read(key))
      local done, message, err = users:insert({ id = key.id }, { once = true })
      assert.is_nil(done)
      assert.equal(FAILED, err.code)
      assert.equal(err.message, message)
      assert.same({ id = key.id, visits = 1, a = 1 }, err.item)
      assert.is_true((users:delete(key, { once = true })))
      assert.is_nil(read(key))
    end)
  end)

  describe("explain", function()
    host:it("sends nothing", function()
      local client, sent = host:recorded_client()
      local noun = client:table("unused", { key = { "id" } })
      for _, call in ipairs {
        { "get", { id = "1" } },
        { "put", { id = "1" } },
        { "upsert", { id = "1", a = 1 } },
        { "update", { id = "1" }, "SET a = ?", 5 },
        { "delete", { id = "1" } },
        { "update", { id = "1" }, dynamo.update():ensure("a"):set("a.b", 1) },
      } do
        local request = assert(noun:explain((table.unpack or unpack)(call)))
        assert.equal("POST", request.method)
        assert.matches('"TableName":"unused"', request.body, 1, true)
      end
      assert.same({}, sent)
    end)
  end)

  -- What the service refuses is refused here before anything is sent. That it would be is asked of the
  -- emulators that know.
  describe("what the service refuses", function()
    local LIST = { "x" }
    local cases = {
      { "update", "ADD a ?", "text" },
      { "update", "ADD a ?", LIST },
      { "update", "DELETE a ?", 5 },
      { "update", "SET a = list_append(a, ?)", "x" },
      { "update", "SET a = a + ?", "x" },
      { "condition", "begins_with(a, ?)", 5 },
      { "condition", "a BETWEEN ? AND 1", 5 },
      { "condition", "a BETWEEN ? AND 1", "x" },
      { "condition", "a < ?", true, feature = "unordered_operands" },
      { "condition", "a >= ?", dynamo.null, feature = "unordered_operands" },
      { "condition", "a = a", feature = "compared_with_itself" },
      { "condition", "contains(a, a)" },
      { "condition", "attribute_type(a, ?)", "X", feature = "unknown_type" },
    }
    for _, case in ipairs(cases) do
      local kind, text, value = case[1], case[2], case[3]
      local feature = host.lacks.refusals and "refusals" or case.feature
      host:it(("is refused before it is sent: %s with %s"):format(text, type(value)), function()
        local key = fresh { a = 1 }
        local sent, message, err
        if value == nil then -- what the text alone shows is misuse
          return assert.has_error(function()
            users:delete(key, { condition = text })
          end)
        elseif kind == "update" then
          sent, message, err = users:update(key, text, value)
        else
          sent, message, err = users:delete(key, { condition = { text, value } })
        end
        assert.is_nil(sent)
        assert.is_string(message)
        assert.equal("validation", err.kind)
        assert.equal(0, err.attempts or 0)
      end)

      host:it(("is refused there: %s with %s"):format(text, type(value)), feature, function()
        local name = tostring(users):match "%S+$"
        local expression = text:gsub("%?", ":v")
        local params = { TableName = name, Key = { id = "refused" } }
        params[kind == "update" and "UpdateExpression" or "ConditionExpression"] = expression
        local values = { [":v"] = value }
        if expression:find "AND 1" then
          params.ConditionExpression, values[":w"] = expression:gsub("AND 1", "AND :w"), 1
        end
        params.ExpressionAttributeValues = next(values) and values or nil
        local call = kind == "update" and "update_item" or "delete_item"
        local done, _, err = host.db[call](host.db, params)
        assert.is_nil(done)
        assert.equal("ValidationException", err.code)
      end)
    end
  end)

  describe("builders", function()
    local function set_to(value)
      return dynamo.SetAction
        .builder()
        :path("#a")
        :value(":v")
        :put_expression_name("#a", "size")
        :put_expression_value(":v", value)
        :build()
    end

    host:it("change in place: what was added is sent", function()
      local key = fresh()
      local expression = dynamo.UpdateExpression.builder():add_action(set_to(5))
      expression:add_action(dynamo.RemoveAction.builder():path("none"):build())
      assert(users:update(key, expression))
      assert.same({ id = key.id, size = 5 }, read(key))
    end)

    host:it("join in one update, or are a list", function()
      local key = fresh { old = 1 }
      local update = dynamo
        .update()
        :set("a", 1)
        :add_action(set_to(6))
        :merge { dynamo.RemoveAction { path = "old" } }
      local copy = update:copy():increment("n")
      assert(users:update(key, update))
      assert.same({ id = key.id, a = 1, size = 6 }, read(key))
      assert(users:update(key, copy))
      assert(users:update(key, { set_to(7), dynamo.RemoveAction { path = "a" } }))
      assert.same({ id = key.id, size = 7, n = 1 }, read(key))
    end)

    host:it("without an action send nothing, and make no item", function()
      local _, message, err = users:update({ id = "nobody" }, dynamo.update())
      assert.equal("nothing_to_set", err.code)
      assert.equal(err.message, message)
      assert.is_nil(read { id = "nobody" })
    end)
  end)
end)
