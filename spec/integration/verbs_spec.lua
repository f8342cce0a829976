-- SPDX-License-Identifier: MIT
-- The table verbs against emulators: what each creates, overwrites, keeps and returns.
local dynamo = require "dynamo"
local emulator = require "support.emulator"
local same = require("support.random_value").same

local FAILED = "ConditionalCheckFailedException"
local FAILED_MESSAGE = FAILED .. ": The conditional request failed"

-- Names that no expression could hold as they are.
local ODD_NAMES = {
  "a.b",
  "a-b",
  "#x",
  ":x",
  "ünï",
  "1st",
  "with space",
  "\"quo'ted`",
  "size",
  "name",
  "values",
  "[0]",
  "a[1]",
  "back\\slash",
  "line\nbreak",
  "漢字",
  "#n0",
  ":v0",
  "NULL",
}

local function copy(map)
  local fresh = {}
  for key, value in pairs(map) do
    fresh[key] = value
  end
  return fresh
end

-- Returns `map` with the members of `more`.
local function with(map, more)
  local fresh = copy(map)
  for key, value in pairs(more) do
    fresh[key] = value
  end
  return fresh
end

local function assert_written(done, message, info)
  assert.is_nil(message)
  assert.is_true(done)
  assert.is_table(info)
end

emulator.each("a table", function(host)
  local users, count
  local db = host.db

  setup(function()
    users = db:table(host:create { { "id", "S" } }, { key = { "id" } })
    count = 0
  end)

  -- Returns an item under a key of its own, not written yet.
  local function fresh(more)
    count = count + 1
    return with({ id = "item-" .. count }, more or {})
  end

  -- Returns a fresh item that is written.
  local function stored(more)
    local item = fresh(more)
    assert_written(users:put(item))
    return item
  end

  local function read(item)
    return (users:get({ id = item.id }, { consistent_read = true }))
  end

  -- Asserts that a verb returned a failed condition.
  local function assert_failed(done, message, err)
    assert.is_nil(done)
    assert.equal(FAILED_MESSAGE, message)
    assert.equal(FAILED, err.code)
    assert.equal("service", err.kind)
  end

  describe("get", function()
    host:it("returns the item", function()
      local item = stored { name = "Ann", n = 1, list = { 1, { a = "b" } } }
      local back, message, info = users:get { id = item.id }
      assert.same(item, back)
      assert.is_nil(message)
      assert.is_table(info)
    end)

    host:it("returns nil alone for no item", function()
      local item, message, info = users:get(fresh())
      assert.is_nil(item)
      assert.is_nil(message)
      assert.equal(1, info.attempts)
    end)

    host:it("fails without an item that is required", function()
      local item = stored { a = 1 }
      assert.same(item, users:get({ id = item.id }, { required = true }))
      local absent, message, err = users:get(fresh(), { required = true })
      assert.is_nil(absent)
      assert.equal("ItemNotFound: there is no item with this key, and it is required", message)
      assert.same({ "ItemNotFound", "service", 1 }, { err.code, err.kind, err.attempts })
    end)

    host:it("takes a bare key", function()
      local item = stored { a = 1 }
      assert.same(item, users:get(item.id))
      assert_written(users:update(item.id, "SET a = ?", 2))
      assert.equal(2, read(item).a)
      assert_written(users:delete(item.id))
      assert.is_nil(users:get(item.id))
    end)

    host:it("reads what the projection names", function()
      local item = stored { a = 1, size = 2, c = { d = 3, e = 4 } }
      assert.same(
        { size = 2, c = { d = 3 } },
        users:get(
          { id = item.id },
          { projection = "#s, c.d", names = { ["#s"] = "size" }, consistent_read = true }
        )
      )
    end)

    host:it("reads the elements that the projection names", "indexed_projection", function()
      local item = stored { a = 1, size = 2, c = { 1, 2, 3 } }
      assert.same(
        { size = 2, c = { 2 } },
        users:get(
          { id = item.id },
          { projection = "#s, c[1]", names = { ["#s"] = "size" }, consistent_read = true }
        )
      )
    end)
  end)

  describe("put", function()
    host:it("creates an item", function()
      local item = fresh { a = 1 }
      assert_written(users:put(item))
      assert.same(item, read(item))
    end)

    host:it("drops the attributes it does not bring", function()
      local item = stored { a = 1, b = 2 }
      assert_written(users:put { id = item.id, b = 3 })
      assert.same({ id = item.id, b = 3 }, read(item))
    end)

    host:it("returns the old attributes when asked", function()
      local item = stored { a = 1 }
      assert_written(users:put(item, { return_values = "NONE" }))
      assert.same(item, users:put({ id = item.id, b = 2 }, { return_values = "ALL_OLD" }))
      assert.same({}, users:put(fresh(), { return_values = "ALL_OLD" }))
    end)

    host:it("writes if the condition holds", function()
      local item = stored { version = 1 }
      local function put(version)
        return users:put(
          { id = item.id, version = version + 1 },
          { condition = "version = :seen", values = { [":seen"] = version } }
        )
      end
      assert_written(put(1))
      assert_failed(put(1))
      assert.same({ id = item.id, version = 2 }, read(item))
    end)
  end)

  describe("insert", function()
    host:it("creates an item, once", function()
      local item = fresh { a = 1 }
      assert_written(users:insert(item))
      assert_failed(users:insert { id = item.id, b = 2 })
      assert.same(item, read(item))
    end)

    host:it("brings the item that is there", "failed_item", function()
      local item = stored { a = 1, tags = { "x" } }
      local _, _, err = users:insert { id = item.id }
      assert.same(item, err.item)
    end)

    host:it("brings no item if the user wants none", function()
      local item = stored { a = 1 }
      local _, _, err = users:insert(
        { id = item.id },
        { return_values_on_condition_check_failure = "NONE" }
      )
      assert.equal(FAILED, err.code)
      assert.is_nil(err.item)
    end)

    host:it("holds its own condition beside the user's", function()
      local item = stored { a = 1 }
      local always = { condition = "attribute_exists(id) OR attribute_not_exists(id)" }
      assert_failed(users:insert({ id = item.id }, always))
      assert_written(users:insert(fresh(), always))
      assert_failed(users:insert(fresh(), { condition = "attribute_exists(a)" }))
    end)
  end)

  describe("replace", function()
    host:it("fails without an item, and creates none", function()
      local item = fresh { a = 1 }
      assert_failed(users:replace(item))
      assert.is_nil(read(item))
    end)

    host:it("overwrites the whole item", function()
      local item = stored { a = 1, b = 2 }
      assert_written(users:replace { id = item.id, c = 3 })
      assert.same({ id = item.id, c = 3 }, read(item))
    end)

    host:it("returns the old attributes when asked", function()
      local item = stored { a = 1 }
      assert.same(item, users:replace({ id = item.id }, { return_values = "ALL_OLD" }))
    end)

    host:it("holds its own condition beside the user's", function()
      local always = { condition = "attribute_exists(id) OR attribute_not_exists(id)" }
      assert_failed(users:replace(fresh(), always))
      assert_written(users:replace(stored(), always))
      assert_failed(users:replace(stored(), { condition = "attribute_exists(a)" }))
    end)
  end)

  describe("upsert", function()
    host:it("creates an item", function()
      local item = fresh { a = 1, tags = dynamo.set { "x" } }
      assert_written(users:upsert(item))
      assert.same(item, read(item))
    end)

    host:it("keeps the other attributes", function()
      local item = stored { a = 1, b = 2 }
      assert_written(users:upsert { id = item.id, b = 3, c = 4 })
      assert.same({ id = item.id, a = 1, b = 3, c = 4 }, read(item))
    end)

    host:it("creates an item of a key alone, and keeps the one that is there", function()
      local item = fresh()
      assert_written(users:upsert(item))
      assert.same(item, read(item))
      item = stored { a = 1 }
      assert_written(users:upsert { id = item.id })
      assert.same(item, read(item))
    end)

    for _, verb in ipairs { "upsert", "patch" } do
      host:it(verb .. " does an update beside the item", function()
        local item = stored { n = 1, kept = true, gone = 1 }
        assert_written(
          users[verb](
            users,
            { id = item.id, a = 2 },
            { update = { "ADD n ? REMOVE gone", 2 }, condition = "n = 1" }
          )
        )
        assert.same({ id = item.id, a = 2, n = 3, kept = true }, read(item))
        local done, message, err = users[verb](
          users,
          { id = item.id, a = 2 },
          { update = "SET a = 3" }
        )
        assert.is_nil(done)
        assert.matches("overlaps a", message, 1, true)
        assert.equal("overlapping_paths", err.code)
        assert.equal(2, read(item).a)
      end)
    end

    host:it("of a key alone tells what was asked for of the item that is there", function()
      local item = stored { a = 1 }
      local expected = { ALL_OLD = item, ALL_NEW = item, UPDATED_OLD = {}, UPDATED_NEW = {} }
      for word, attributes in pairs(expected) do
        assert.same(attributes, users:upsert({ id = item.id }, { return_values = word }), word)
      end
      assert.same(item, read(item))
    end)

    host:it("of a key alone holds the user's condition", function()
      local item = stored { a = 1 }
      local function upsert(id, a)
        return users:upsert({ id = id }, { condition = { "a = ?", a } })
      end
      assert_written(upsert(item.id, 1))
      assert_failed(upsert(item.id, 2))
      assert.same(item, read(item))
      local absent = fresh()
      assert_failed(upsert(absent.id, 1))
      assert.is_nil(read(absent))
    end)

    host:it("of a key alone is done once", "transactions", function()
      local item = fresh()
      assert_written(users:upsert(item, { once = true }))
      assert.same(item, read(item))
      item = stored { a = 1 }
      assert_written(users:upsert({ id = item.id }, { once = true }))
      assert_written(
        users:upsert(
          { id = item.id },
          { once = true, condition = "a = 1", return_consumed_capacity = "TOTAL" }
        )
      )
      assert_failed(users:upsert({ id = item.id }, { once = true, condition = "a = 2" }))
      assert.same(item, read(item))
    end)

    host:it("creates an item where it only removes", function()
      local item = fresh()
      local given, mode = { id = item.id, a = dynamo.null }, { ignore_nulls = "remove" }
      assert_written(users:upsert(given, mode))
      assert.same(item, read(item))
      item = stored { a = 1, b = 2 }
      assert_written(users:upsert({ id = item.id, a = dynamo.null }, mode))
      assert.same({ id = item.id, b = 2 }, read(item))
    end)

    host:it("that only removes holds the user's condition", function()
      local item, o = stored { a = 1 }, { ignore_nulls = "remove", condition = "a = 2" }
      assert_failed(users:upsert({ id = item.id, a = dynamo.null }, o))
      assert.same(item, read(item))
      item = fresh()
      assert_failed(users:upsert({ id = item.id, a = dynamo.null }, o))
      assert.is_nil(read(item))
    end)

    host:it("sets an empty map below one that is there", function()
      local item = stored { m = { a = 1 } }
      assert_written(
        users:upsert(
          { id = item.id, m = { n = {}, o = dynamo.list {} } },
          { ignore_nulls = "scalars" }
        )
      )
      assert.same({ id = item.id, m = { a = 1, n = {}, o = {} } }, read(item))
    end)

    host:it("sets attributes of any name", function()
      local item = stored { kept = true }
      local given = { id = item.id }
      for i, name in ipairs(ODD_NAMES) do
        given[name] = i
      end
      assert_written(users:upsert(given))
      assert.same(with(given, { kept = true }), read(item))
    end)

    for _, name in ipairs(ODD_NAMES) do
      local shown = ("%q"):format(name):gsub("\n", "n")
      host:it(("sets %s alone and returns it"):format(shown), function()
        local item = stored()
        assert.same(
          { [name] = "v" },
          users:upsert({ id = item.id, [name] = "v" }, { return_values = "UPDATED_NEW" })
        )
      end)
    end

    host:it("holds the user's condition", function()
      local item = stored { at = 10 }
      local function write(at)
        return users:upsert({ id = item.id, at = at, by = at }, {
          condition = "attribute_not_exists(#at) OR #at < :at",
          names = { ["#at"] = "at" },
          values = { [":at"] = at },
        })
      end
      assert_written(write(20))
      assert_failed(write(15))
      assert.same({ id = item.id, at = 20, by = 20 }, read(item))
    end)
  end)

  describe("patch", function()
    host:it("fails without an item, and creates none", function()
      local item = fresh { a = 1 }
      assert_failed(users:patch(item))
      assert.is_nil(read(item))
    end)

    host:it("keeps the other attributes", function()
      local item = stored { a = 1, b = 2 }
      assert_written(users:patch { id = item.id, b = 3, ["c.d"] = 4 })
      assert.same({ id = item.id, a = 1, b = 3, ["c.d"] = 4 }, read(item))
    end)

    host:it("holds its own condition beside the user's", function()
      local always = { condition = "attribute_exists(id) OR attribute_not_exists(id)" }
      assert_failed(users:patch(fresh { a = 1 }, always))
      assert_written(users:patch(with(stored(), { a = 1 }), always))
      assert_failed(users:patch(with(stored(), { a = 1 }), { condition = "attribute_exists(b)" }))
    end)

    host:it("brings the item that failed the user's condition", "failed_item", function()
      local item = stored { a = 1 }
      local _, _, err = users:patch(
        { id = item.id, a = 2 },
        { condition = "a > :limit", values = { [":limit"] = 5 } }
      )
      assert.same(item, err.item)
    end)
  end)

  describe("update", function()
    host:it("creates an item", function()
      local item = fresh()
      assert_written(users:update(item, "SET a = :a", { values = { [":a"] = 1 } }))
      assert.same({ id = item.id, a = 1 }, read(item))
    end)

    host:it("does as the expression says", function()
      local item = stored {
        n = 1,
        steps = { "a" },
        tags = dynamo.set { "x", "y" },
        draft = true,
        size = 1,
      }
      local expression = "SET #s = :size, steps = list_append(steps, :steps) "
        .. "ADD n :one REMOVE draft DELETE tags :old"
      assert_written(users:update({ id = item.id }, expression, {
        names = { ["#s"] = "size" },
        values = {
          [":size"] = 2,
          [":steps"] = { "b" },
          [":one"] = 1,
          [":old"] = dynamo.set { "x" },
        },
      }))
      local expected =
        { id = item.id, n = 2, steps = { "a", "b" }, tags = dynamo.set { "y" }, size = 2 }
      assert.same(expected, read(item))
    end)

    host:it("counts each call once", function()
      local item = fresh()
      for expected = 1, 3 do
        local new = users:update(
          item,
          "ADD visits :one",
          { values = { [":one"] = 1 }, return_values = "ALL_NEW" }
        )
        assert.equal(expected, new.visits)
      end
    end)

    host:it("holds the user's condition", function()
      local item = stored { n = 1 }
      local options = { condition = "n = :seen", values = { [":seen"] = 1, [":new"] = 2 } }
      assert_written(users:update({ id = item.id }, "SET n = :new", options))
      assert_failed(users:update({ id = item.id }, "SET n = :new", options))
    end)

    host:it("refuses an expression that is none, with the place", function()
      local item = fresh()
      local ok, message = pcall(users.update, users, item, "SET a =")
      assert.is_false(ok)
      assert.matches("expression: column 8: ", message, 1, true)
      assert.is_nil(read(item))
    end)

    host:it("makes the parents that it ensures", function()
      local item = stored { a = 1 }
      local update = dynamo.update():ensure("p.q"):set("p.q.r", 1):increment("n")
      assert_written(users:update({ id = item.id }, update))
      assert_written(users:update({ id = item.id }, update))
      assert.same({ id = item.id, a = 1, n = 2, p = { q = { r = 1 } } }, read(item))
      item = fresh()
      assert_written(users:update({ id = item.id }, update))
      assert.same({ id = item.id, n = 1, p = { q = { r = 1 } } }, read(item))
    end)

    host:it("writes nothing where the options stand in a value's place", function()
      local item = stored { locked = true }
      assert.has_error(function()
        users:update(
          { id = item.id },
          "SET balance = ?, note = ?",
          0,
          { condition = "attribute_not_exists(locked)" }
        )
      end)
      assert.same(item, read(item))
    end)
  end)

  describe("delete", function()
    host:it("deletes an item", function()
      local item = stored { a = 1 }
      assert_written(users:delete { id = item.id })
      assert.is_nil(read(item))
    end)

    host:it("is true for no item", function()
      assert_written(users:delete(fresh()))
    end)

    host:it("returns the old attributes when asked", function()
      local item = stored { a = 1 }
      assert.same(item, users:delete({ id = item.id }, { return_values = "ALL_OLD" }))
      assert.same({}, users:delete({ id = item.id }, { return_values = "ALL_OLD" }))
      assert_written(users:delete({ id = item.id }, { return_values = "NONE" }))
    end)

    host:it("deletes if the condition holds", function()
      local item = stored { a = 1 }
      local function delete(a)
        return users:delete({ id = item.id }, { condition = "a = :a", values = { [":a"] = a } })
      end
      assert_failed(delete(2))
      assert.same(item, read(item))
      assert_written(delete(1))
      assert.is_nil(read(item))
    end)

    host:it("brings the item that failed the condition", "failed_item", function()
      local item = stored { a = 1 }
      local _, _, err = users:delete({ id = item.id }, { condition = "attribute_exists(b)" })
      assert.same(item, err.item)
    end)
  end)

  describe("return_values", function()
    -- What comes back when { a = 1, b = 1 } gets a = 2 and c = 3.
    local WORDS = {
      { "ALL_OLD", { a = 1, b = 1 }, key = true },
      { "UPDATED_OLD", { a = 1 } },
      { "ALL_NEW", { a = 2, b = 1, c = 3 }, key = true },
      { "UPDATED_NEW", { a = 2, c = 3 } },
    }
    local VERBS = {
      upsert = function(id, o)
        return users:upsert({ id = id, a = 2, c = 3 }, o)
      end,
      patch = function(id, o)
        return users:patch({ id = id, a = 2, c = 3 }, o)
      end,
      update = function(id, o)
        o.values = { [":a"] = 2, [":c"] = 3 }
        return users:update({ id = id }, "SET a = :a, c = :c", o)
      end,
    }
    for _, verb in ipairs { "upsert", "patch", "update" } do
      for _, word in ipairs(WORDS) do
        host:it(("%s of %s"):format(word[1], verb), function()
          local item = stored { a = 1, b = 1 }
          local expected = word.key and with(word[2], { id = item.id }) or word[2]
          assert.same(expected, VERBS[verb](item.id, { return_values = word[1] }))
        end)
      end

      host:it("NONE of " .. verb, function()
        assert_written(VERBS[verb](stored { a = 1 }.id, { return_values = "NONE" }))
      end)

      host:it("none that were there: nothing of " .. verb, function()
        local item = stored { b = 1 }
        assert.same({}, VERBS[verb](item.id, { return_values = "UPDATED_OLD" }))
      end)
    end

    host:it("UPDATED_NEW of a new item has no key", "updated_new_on_create", function()
      assert.same({ a = 2, c = 3 }, VERBS.upsert(fresh().id, { return_values = "UPDATED_NEW" }))
    end)

    host:it("the words of update are not put's", function()
      local done, _, err = users:put(fresh(), { return_values = "ALL_NEW" })
      assert.is_nil(done)
      assert.equal("ValidationException", err.code)
    end)
  end)

  describe("tokens of the user", function()
    -- Options whose tokens are those that a verb would make.
    local function options(version)
      return {
        condition = "#n0 = :v0 AND #n1 = :v1",
        names = { ["#n0"] = "version", ["#n1"] = "owner" },
        values = { [":v0"] = version, [":v1"] = "Ann" },
      }
    end

    for _, verb in ipairs { "upsert", "patch", "replace" } do
      host:it("do not meet those of " .. verb, function()
        local item = stored { version = 1, owner = "Ann" }
        local changed = { id = item.id, version = 2, owner = "Ann", a = ":v0", ["#n0"] = 5 }
        local o = options(1)
        assert_written(users[verb](users, changed, o))
        assert.same(changed, read(item))
        assert.same(options(1), o)
        assert_failed(users[verb](users, changed, o))
      end)
    end

    host:it("do not meet those of insert", function()
      local o = {
        condition = "attribute_not_exists(#n0) OR #n0 <> :v0",
        names = { ["#n0"] = "version" },
        values = { [":v0"] = 1 },
      }
      local item = fresh { version = 1 }
      assert_written(users:insert(item, o))
      assert_failed(users:insert(item, o))
    end)
  end)

  describe("info", function()
    host:it("says what the call was", function()
      local _, _, info = users:put(fresh())
      assert.matches("^%w+$", info.request_id)
      assert.equal(1, info.attempts)
      assert.is_false(info.replayed)
    end)

    local CAPACITY = {
      get = function(o)
        return users:get({ id = "item-1" }, o)
      end,
      put = function(o)
        return users:put(fresh(), o)
      end,
      upsert = function(o)
        return users:upsert(fresh { a = 1 }, o)
      end,
      delete = function(o)
        return users:delete(fresh(), o)
      end,
    }
    for _, verb in ipairs { "get", "put", "upsert", "delete" } do
      host:it("has the consumed capacity of " .. verb .. " when asked", function()
        local _, message, info = CAPACITY[verb] { return_consumed_capacity = "TOTAL" }
        assert.is_nil(message)
        assert.is_number(info.consumed_capacity.CapacityUnits)
        assert.equal(tostring(users), "dynamo table " .. info.consumed_capacity.TableName)
      end)
    end

    host:it("has no consumed capacity unasked", function()
      local _, _, info = users:put(fresh())
      assert.is_nil(info.consumed_capacity)
    end)
  end)

  describe("keys", function()
    -- Runs every verb on items of `key`, which is not in the table yet.
    local function live(noun, key)
      assert_written(noun:insert(with(key, { a = 1 })))
      assert_failed(noun:insert(key))
      assert_written(noun:upsert(with(key, { b = 2 })))
      assert_written(noun:patch(with(key, { c = 3 })))
      assert_written(noun:update(key, "ADD a :one", { values = { [":one"] = 1 } }))
      assert.is_true(same(with(key, { a = 2, b = 2, c = 3 }), noun:get(key)))
      assert_written(noun:replace(with(key, { d = 4 })))
      assert.is_true(same(with(key, { d = 4 }), noun:delete(key, { return_values = "ALL_OLD" })))
      assert_failed(noun:replace(key))
      assert_failed(noun:patch(with(key, { a = 1 })))
      assert.is_nil(noun:get(key))
    end

    local SCHEMAS = {
      {
        "a string and a string",
        { { "pk", "S" }, { "sk", "S" } },
        { { pk = "a", sk = "b" }, { pk = "b", sk = "a" }, { pk = "ünï \0 😀", sk = "/" } },
      },
      {
        "a string and a number",
        { { "pk", "S" }, { "sk", "N" } },
        { { pk = "a", sk = 0 }, { pk = "a", sk = -1.5 }, { pk = "a", sk = 9007199254740991 } },
      },
      {
        "a number",
        { { "pk", "N" } },
        {
          { pk = 1 },
          { pk = 0.1 },
          { pk = dynamo.number("1234567890" .. ("9"):rep(28)) },
          { pk = dynamo.number "-1E-130" },
        },
      },
      {
        "a binary and a binary",
        { { "pk", "B" }, { "sk", "B" } },
        {
          { pk = dynamo.binary "\0\255", sk = dynamo.binary "a" },
          { pk = dynamo.binary "a", sk = dynamo.binary "\0\255" },
        },
      },
      {
        "reserved words and odd names",
        { { "size", "S" }, { "a.b#c", "N" } },
        { { size = "L", ["a.b#c"] = 1 }, { size = "L", ["a.b#c"] = 2 } },
      },
    }
    for _, schema in ipairs(SCHEMAS) do
      host:it("of " .. schema[1], function()
        local names = {}
        for i, attribute in ipairs(schema[2]) do
          names[i] = attribute[1]
        end
        local noun = db:table(host:create(schema[2]), { key = names })
        for _, key in ipairs(schema[3]) do
          live(noun, key)
        end
      end)
    end

    host:it("apart by the sort key", function()
      local noun = db:table(host:create { { "pk", "S" }, { "sk", "N" } }, { key = { "pk", "sk" } })
      for sk = 1, 3 do
        assert_written(noun:insert { pk = "same", sk = sk, square = sk * sk })
      end
      assert_written(noun:upsert { pk = "same", sk = 2, square = "two" })
      assert.equal(1, noun:get({ pk = "same", sk = 1 }).square)
      assert.equal("two", noun:get({ pk = "same", sk = 2 }).square)
      assert.equal(9, noun:get({ pk = "same", sk = 3 }).square)
    end)

    host:it("found by one DescribeTable", function()
      local client, sent = host:recorded_client()
      local noun = client:table(host:create { { "pk", "S" }, { "sk", "N" } })
      live(noun, { pk = "a", sk = 1 })
      assert_written(noun:upsert { pk = "b", sk = 1, a = 1 })
      assert.same({
        "DescribeTable",
        "PutItem",
        "PutItem",
        "UpdateItem",
        "UpdateItem",
        "UpdateItem",
        "GetItem",
        "PutItem",
        "DeleteItem",
        "PutItem",
        "UpdateItem",
        "GetItem",
        "UpdateItem",
      }, sent)
    end)

    host:it("not looked for by those who need none", function()
      local client, sent = host:recorded_client()
      local noun = client:table(host:create { { "pk", "S" } })
      assert_written(noun:put { pk = "a" })
      assert.same({ pk = "a" }, noun:get { pk = "a" })
      assert_written(noun:update({ pk = "a" }, "SET a = :a", { values = { [":a"] = 1 } }))
      assert_written(noun:delete { pk = "a" })
      assert.same({ "PutItem", "GetItem", "UpdateItem", "DeleteItem" }, sent)
    end)

    host:it("looked for again after a failure", function()
      local definition = host.definition { { "pk", "S" } }
      local noun = db:table(definition.TableName)
      local done, message, err = noun:upsert { pk = "a", a = 1 }
      assert.is_nil(done)
      assert.same({ "ResourceNotFoundException", message }, { err.code, err.message })
      assert.equal("describe_table", err.operation)
      host:create({ { "pk", "S" } }, definition)
      assert_written(noun:upsert { pk = "a", a = 1 })
    end)

    host:it("refused before sending if they are none", function()
      local client, sent = host:recorded_client()
      local noun = client:table("unused", { key = { "pk", "sk" } })
      local _, message, err = noun:get { pk = "a" }
      assert.equal("Key.sk is missing; it is a key attribute", message)
      assert.equal("validation", err.kind)
      _, message = noun:delete { pk = "a", sk = 1, other = 2 }
      assert.equal("Key.other is not a key attribute; the key is pk, sk", message)
      _, message = noun:put { pk = "a" }
      assert.equal("Item.sk is missing; it is a key attribute", message)
      assert.same({}, sent)
    end)
  end)
end)
