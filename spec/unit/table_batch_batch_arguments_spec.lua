-- SPDX-License-Identifier: MIT
-- What batches are asked for, wrong in every way that the code alone shows: it raises at the line that
-- called, and nothing is sent.
local fake_client = require "support.fake_client"
local service = require "support.batch_service"
local words = require("dynamo.table.batch.batch_arguments").WORDS

-- Asserts that `f` raises at a line of this file, and returns the message.
local function misuse(f)
  local ok, message = pcall(f)
  assert.is_false(ok, "nothing raised")
  return (assert(message:match "^[^\n]*batch_arguments_spec%.lua:%d+: (.*)$", message))
end

local ARGUMENTS = { batch_get = { 1 }, batch_write = { put = { { id = 1 } } }, writer = false }

for verb, options in pairs(words) do
  describe("every option of " .. verb, function()
    local function call(o)
      local users, _, fake = service.new()
      local message = misuse(function()
        local _
        if verb == "writer" then
          _ = users:writer(o)
        else
          _ = users[verb](users, ARGUMENTS[verb], o)
        end
        return _
      end)
      assert.are.equal(0, #fake.requests)
      return message
    end

    for name in pairs(options) do
      it("is refused for a wrong type: " .. name, function()
        local value = name == "progress" and 1 or function() end
        assert.matches("table:" .. verb .. ": " .. name, call { [name] = value }, 1, true)
      end)

      it("is refused misspelt: " .. name, function()
        local misspelt = name:sub(1, 2) .. name:sub(2)
        local hint = ('unknown option "%s", did you mean "%s"?'):format(misspelt, name)
        assert.matches(hint, call { [misspelt] = 1 }, 1, true)
      end)
    end

    it("is no other, nor anything behind", function()
      for _, name in ipairs { "once", "condition", "retry_unsafe", "version", "request_items" } do
        assert.matches('unknown option "' .. name .. '"', call { [name] = true }, 1, true)
      end
      assert.matches("the options must be a table, not a number", call(1), 1, true)
    end)

    it("has a number of batches", function()
      for _, count in ipairs { 0, -1, 1.5, 1e9, "8" } do
        assert.matches("in_flight must be a whole number", call { in_flight = count }, 1, true)
      end
    end)
  end)
end

describe("the arguments of batches", function()
  local db, fake = fake_client.new { service.DONE }
  local users = db:table("Users", { key = { "id" } })
  local elsewhere = fake_client.new({ service.DONE }):table("Users", { key = { "id" } })
  local cases = {
    { users, "batch_get", { nil }, "table:batch_get: keys must be a list, not a nil" },
    { users, "batch_get", { { id = 1 } }, "table:batch_get: keys is no list: a list has no holes" },
    { users, "batch_get", { { 1, nil, 3 } }, "keys is no list" },
    { users, "batch_get", { { 1 }, {}, 5 }, "table:batch_get: one argument too many, a number" },
    { users, "batch_get", { { 1 }, { projection = "a," } }, "table:batch_get: projection" },
    { users, "batch_get", { { 1 }, { names = { ["#a"] = "a" } } }, "not used by any expression" },
    { users, "batch_write", { nil }, "{ put = items, delete = keys } expected, not a nil" },
    { users, "batch_write", { {} }, "{ put = items, delete = keys } expected; there is neither" },
    {
      users,
      "batch_write",
      { { { id = 1 } } },
      "{ put = items, delete = keys } expected; unknown list",
    },
    { users, "batch_write", { { puts = {} } }, 'unknown list "puts", did you mean "put"?' },
    {
      users,
      "batch_write",
      { { put = 1 } },
      "table:batch_write: put must be a list, not a number",
    },
    { users, "batch_write", { { put = { a = 1 } } }, "table:batch_write: put is no list" },
    { users, "batch_write", { { put = {} }, {}, 1 }, "one argument too many, a number" },
    {
      db,
      "batch_get",
      { nil },
      "db:batch_get: a map with table objects as keys expected, got a nil",
    },
    {
      db,
      "batch_get",
      { { { 1 } } },
      "table objects expected as keys, as db:table gives them; got 1",
    },
    { db, "batch_get", { { Users = { 1 } } }, "as db:table gives them; got Users" },
    {
      db,
      "batch_get",
      { { [elsewhere] = { 1 } } },
      "db:batch_get: table Users is of another client",
    },
    { db, "batch_get", { { [users] = 1 } }, "db:batch_get: Users must be a list, not a number" },
    { db, "batch_get", { { [users] = { 1 } }, { on = 1 } }, 'unknown option "on"' },
    { db, "batch_write", { { [users] = { 1 } } }, "db:batch_write: Users.{ put = items" },
    {
      db,
      "batch_write",
      { { [users] = { put = 1 } } },
      "db:batch_write: Users.put must be a list",
    },
    {
      db,
      "batch_write",
      { { [users] = { put = {} } }, {}, 1 },
      "db:batch_write: one argument too many",
    },
  }
  for i, case in ipairs(cases) do
    it(("are refused, case %d of %s"):format(i, case[2]), function()
      local object, method, arguments = case[1], case[2], case[3]
      local message = misuse(function()
        local _ = object[method](object, arguments[1], arguments[2], arguments[3])
        return _
      end)
      assert.matches(case[4], message, 1, true)
      assert.are.equal(0, #fake.requests)
    end)
  end

  it("come after a colon", function()
    for _, object in ipairs { users, db } do
      for _, method in ipairs { "batch_get", "batch_write" } do
        assert.matches(
          "with a colon",
          misuse(function()
            local _ = object[method] { 1 }
            return _
          end)
        )
      end
    end
  end)

  it("are explained as they are refused", function()
    for _, object in ipairs { users, db } do
      assert.matches(
        "batch_get: ",
        misuse(function()
          local _ = object:explain("batch_get", 5)
          return _
        end),
        1,
        true
      )
    end
  end)
end)
