-- SPDX-License-Identifier: MIT
local dynamo = require "dynamo"
local fake_client = require "support.fake_client"
local foreign_world = require "dynamo.foreign_world"
local world = require "dynamo.world"

local OK = { status = 200, body = "{}" }

-- Returns what a function of the user's is behind its check, which returns what is given here.
local function behind(name, ...)
  local count, values = select("#", ...), { ... }
  local holder = {
    [name] = function()
      return (table.unpack or unpack)(values, 1, count)
    end,
  }
  assert.is_true(foreign_world.check(holder))
  return holder[name]
end

describe("foreign_world.check", function()
  it("leaves the world's own as they are", function()
    local holder = { random = world.random, getenv = world.getenv }
    assert.is_false(foreign_world.check(holder))
    assert.are.equal(world.random, holder.random)
  end)

  it("hands on what is as it must be", function()
    assert.are.equal("abcd", behind("random", "abcdef")(4))
    assert.are.equal("v", behind("getenv", "v")("X"))
    assert.is_nil(behind("getenv", nil)("X"))
    assert.are.same({ "text", 384 }, { behind("read_file", "text", 384)("f") })
    assert.are.same(
      { n = 3, nil, "no", true },
      (function(...)
        return { n = select("#", ...), ... }
      end)(behind("read_file", nil, "no", true)("f"))
    )
    assert.is_true(behind("write_file", true)("f", "x"))
    assert.are.same(
      { status = 0, stdout = "x", stderr = "" },
      behind("run_process", { status = 0, stdout = "x" })({}, {})
    )
  end)

  local bad = {
    { "random", { 5 }, { 16 }, "random gives a number, no string of 16 bytes" },
    { "random", { "abc" }, { 16 }, "random gives 3 bytes, 16 are asked for" },
    { "random", {}, { 16 }, "random gives nothing, and no message" },
    { "random", { nil, {} }, { 16 }, "random gives nothing, and no message" },
    { "read_file", { 5 }, { "f" }, "read_file gives a number for f, no string" },
    { "read_file", { nil, {} }, { "f" }, "read_file gives nothing, and no message" },
    { "write_file", { nil, 5 }, { "f", "x" }, "write_file gives nothing, and no message" },
    { "run_process", { "x" }, { {}, {} }, "run_process gives a string, no table" },
    {
      "run_process",
      { { status = "0", stdout = "" } },
      { {}, {} },
      "run_process: status is a string, no number",
    },
    { "run_process", { { status = 0 } }, { {}, {} }, "run_process: stdout is a nil, no string" },
    { "run_process", {}, { {}, {} }, "run_process gives nothing, and no message" },
  }
  for i, case in ipairs(bad) do
    it(("says whose it is, case %d of %s"):format(i, case[1]), function()
      local f = behind(case[1], (table.unpack or unpack)(case[2], 1, 2))
      local value, message = f((table.unpack or unpack)(case[3]))
      assert.is_nil(value)
      assert.are.equal(case[4], message)
    end)
  end
end)

describe("a client with a function that gives what it may not", function()
  it("has no token without random bytes", function()
    for _, junk in ipairs { 5, "abc", false } do
      local db, fake = fake_client.new({ OK }, {
        random = function()
          return junk
        end,
      })
      local done, message, err = db:transact_write_items {
        TransactItems = {
          { Delete = { TableName = "Users", Key = { id = "1" } } },
        },
      }
      assert.is_nil(done)
      assert.are.equal("NoRandomness", err.code)
      assert.matches("random gives", message, 1, true)
      assert.are.equal(0, #fake.requests)
    end
  end)

  it("fails where its environment is no text", function()
    local o = fake_client.options(nil, {
      getenv = function()
        return 5
      end,
    })
    o.region, o.transport = nil, require("support.fake_transport").new { OK }
    local done, message, err = dynamo.new(o):list_tables {}
    assert.is_nil(done)
    assert.are.equal("config", err.kind)
    assert.matches("getenv gives a number for AWS_[%u_]+, no string", message)
  end)

  it("fails where its files are no text", function()
    local o = fake_client.options(nil, {
      read_file = function()
        return 5
      end,
    })
    o.region, o.transport = nil, require("support.fake_transport").new { OK }
    o.getenv = function(name)
      return name == "AWS_CONFIG_FILE" and "/c" or nil
    end
    local done, message, err = dynamo.new(o):list_tables {}
    assert.is_nil(done)
    assert.are.equal("config", err.kind)
    assert.matches("read_file gives a number for /c, no string", message, 1, true)
  end)

  it("gives no credentials", function()
    local provider = dynamo.credentials {
      getenv = function()
        return 5
      end,
    }
    local found, message, err = provider:get()
    assert.is_nil(found)
    assert.are.same({ "config", "BadFunction" }, { err.kind, err.code })
    assert.matches("getenv gives a number", message, 1, true)
  end)
end)

describe("an extension with a function that gives what it may not", function()
  it("says whose clock it is", function()
    for _, name in ipairs { "ttl", "timestamps" } do
      for _, junk in ipairs { "noon", 0 / 0, false } do
        local users = fake_client.new { OK }:table("Users", {
          key = { "id" },
          extensions = {
            dynamo.extension[name] {
              attribute = name == "ttl" and "expires" or nil,
              seconds = name == "ttl" and 60 or nil,
              clock = function()
                return junk
              end,
            },
          },
        })
        local done, message = pcall(users.put, users, { id = "1" })
        assert.is_false(done)
        assert.matches("extension " .. name .. ": clock gives ", message, 1, true)
      end
    end
  end)

  it("says whose random bytes they are", function()
    for _, junk in ipairs { 5, "abc" } do
      local users = fake_client.new { OK }:table("Users", {
        key = { "id" },
        extensions = {
          dynamo.extension.uuid {
            attribute = "ref",
            random = function()
              return junk
            end,
          },
        },
      })
      local done, message = users:put { id = "1" }
      assert.is_nil(done)
      assert.matches("extension uuid: random gives ", message, 1, true)
    end
  end)
end)
