-- SPDX-License-Identifier: MIT
-- users:changes and the object that it returns: options, misuse, and who may be in it.
local fake_stream = require "support.fake_stream"

-- Asserts that `f` raises at a line of its own, and returns the message.
local function misuse(f)
  local ok, message = pcall(f)
  assert.is_false(ok, "nothing raised")
  assert.matches("^[^\n]*stream_spec%.lua:%d+: ", message)
  return message:match ": (.*)$"
end

local function none() end

describe("users:changes", function()
  local fake = fake_stream.new()
  local users = fake.users

  for _, case in ipairs {
    { {}, 'from must be "latest", "trim_horizon" or a checkpoint' },
    { { from = "latets" }, 'or a checkpoint, did you mean "latest"?' },
    { { from = none }, 'from must be "latest"' },
    { { from = "changes2.00000000.e30" }, 'from must be "latest"' },
    { { from = "latest", poll_interval = 0 }, "poll_interval must be a number of seconds" },
    { { from = "latest", wait = -1 }, "wait must be a number of seconds" },
    { { from = "latest", page_size = 1001 }, "page_size must be a whole number from 1 to 1000" },
    { { from = "latest", page_size = 1.5 }, "page_size must be a whole number from 1 to 1000" },
    { { from = "latest", until_closed = 1 }, "until_closed must be a boolean" },
    { { from = "latest", stream_arn = "" }, "stream_arn must not be empty" },
    { { from = "latest", timeout = 0 }, "timeout must be a number of seconds" },
    { { from = "latest", cancel = {} }, "cancel must be what dynamo.canceller() gives" },
    { { from = "latest", progress = 1 }, "progress must be a function" },
    { { from = "latest", pol_interval = 1 }, 'did you mean "poll_interval"?' },
    { "latest", "the options must be a table, not a string" },
  } do
    it("raises where its options are wrong: " .. case[2], function()
      local message = misuse(function()
        local _ = users:changes(case[1])
        return _
      end)
      assert.matches("table:changes: ", message, 1, true)
      assert.matches(case[2], message, 1, true)
    end)
  end

  it("raises for an argument too many, and without its colon", function()
    assert.matches(
      "table:changes: one argument too many",
      misuse(function()
        local _ = users:changes({ from = "latest" }, 1)
        return _
      end)
    )
    assert.matches(
      "with a colon",
      misuse(function()
        local _ = users.changes { from = "latest" }
        return _
      end)
    )
    assert.matches(
      "not available for changes",
      misuse(function()
        local _ = users:explain("changes", { from = "latest" })
        return _
      end)
    )
    assert.are.equal(0, #fake.asked)
  end)

  it("lets its options be changed afterwards", function()
    local o = { from = "trim_horizon", wait = 0 }
    local changes = users:changes(o)
    o.wait, o.from = 100, "latest"
    assert.is_nil(changes:next())
  end)
end)

describe("changes", function()
  local METHODS = { "start", "next", "items", "checkpoint", "failure", "info", "close" }

  for _, name in ipairs(METHODS) do
    it("raise for what is wrong with a call of " .. name, function()
      local changes = fake_stream.new().users:changes { from = "trim_horizon", wait = 0 }
      assert.matches(
        ("changes:%s: one argument too many, a number"):format(name),
        misuse(function()
          local _ = changes[name](changes, 1)
          return _
        end),
        1,
        true
      )
      assert.matches(
        ("use changes:%s(), with a colon"):format(name),
        misuse(function()
          local _ = changes[name] {}
          return _
        end),
        1,
        true
      )
    end)
  end

  it("say what they have, to who asks for more", function()
    local changes = fake_stream.new().users:changes { from = "latest" }
    assert.matches(
      'changes have no method "chekpoint", did you mean "checkpoint"?',
      misuse(function()
        local _ = changes:chekpoint()
        return _
      end),
      1,
      true
    )
    assert.are.equal("dynamo changes of Users (0 so far)", tostring(changes))
  end)

  it("raise the message of a failure in a for, and keep its error", function()
    local changes = fake_stream
      .new({ DescribeTable = { { error = "AccessDeniedException" } } }).users
      :changes { from = "latest" }
    assert.has_error(function()
      for _ in changes:items() do
        error "nothing comes"
      end
    end, "AccessDeniedException: refused")
    assert.are.equal("AccessDeniedException", changes:failure().code)
  end)

  it("end where they are closed, and keep their checkpoint", function()
    local fake = fake_stream.new()
    local changes = fake.users:changes { from = "trim_horizon" }
    local checkpoint = changes:checkpoint()
    changes:close()
    changes:close()
    assert.is_nil(changes:next())
    assert.is_true(changes:info().is_over)
    assert.are.equal(checkpoint, changes:checkpoint())
    local unbegun = fake.users:changes { from = "trim_horizon" }
    unbegun:close()
    local text, message, err = unbegun:checkpoint()
    assert.is_nil(text)
    assert.are.same({ "ChangesClosed", message }, { err.code, err.message })
  end)

  it("tell of their end after that of their client", function()
    local fake, told = fake_stream.new(), {}
    local changes = fake.users:changes {
      from = "trim_horizon",
      progress = function(done, _, _, is_over)
        told[#told + 1] = { done, is_over }
      end,
    }
    assert.is_true(changes:start())
    fake.db:close()
    changes:close()
    assert.are.same({ { 0, true } }, told)
    assert.is_nil(changes:info().hook_failures)
  end)

  it("end in another coroutine that waits in them", function()
    local fake = fake_stream.new()
    local changes = fake.users:changes { from = "trim_horizon" }
    function fake.transport.sleep()
      changes:close()
    end
    assert.is_nil(changes:next())
    assert.is_nil(changes:failure())
  end)

  it("are read by one coroutine at a time", function()
    local fake = fake_stream.new()
    local changes = fake.users:changes { from = "trim_horizon" }
    fake.transport.sleep = coroutine.yield
    local thread = coroutine.create(function()
      return changes:next()
    end)
    assert.is_true(coroutine.resume(thread))
    assert.are.equal("suspended", coroutine.status(thread))
    assert.are.equal(
      "changes:next: another coroutine is in it",
      misuse(function()
        local _ = changes:next()
        return _
      end)
    )
    assert.is_string(changes:checkpoint())
    changes:close()
    assert.are.same({ true }, { coroutine.resume(thread) })
  end)

  it("may be read on by another coroutine where one was ended by an error", function()
    local is_raising = true
    local extension = {
      name = "raiser",
      after_read = function()
        if is_raising then error("not now", 0) end
      end,
    }
    local answers =
      { GetRecords = { { Records = { fake_stream.record(1) }, NextShardIterator = "b" } } }
    local fake = fake_stream.new(answers, nil, { extensions = { extension } })
    local changes = fake.users:changes { from = "trim_horizon" }
    local function next_of()
      return changes:next()
    end
    assert.is_false(coroutine.resume(coroutine.create(next_of)))
    is_raising = false
    assert.are.equal(1, changes:next().new.n)
  end)
end)
