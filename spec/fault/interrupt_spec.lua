-- SPDX-License-Identifier: MIT
-- Ctrl-C in the middle of calls, and coroutines that are dropped there.
local child = require "support.child"
local dynamo = require "dynamo"
local fault = require "support.fault"
local fault_client = require "support.fault.client"
local loops = require "dynamo.loop"
local own = require "dynamo.loop.own"
local press = require "support.press"
local process = require "dynamo.process"

local own_id = process.read_file("/proc/self/stat", 1024):match "^%d+"
local SILENT = { exchanges = { {}, { stall = 0 } } } -- the second request has no answer

-- Returns how many sockets this process has.
local function sockets()
  local _, listed = process.run({ "ls", "-l", "/proc/" .. own_id .. "/fd" }, 60000, 65536)
  return select(2, listed:gsub("socket:", ""))
end

describe("a call in the middle of which Ctrl-C is pressed", function()
  local server, db

  setup(function()
    server = fault.start()
  end)
  teardown(function()
    server:stop()
  end)
  before_each(function()
    server:script { SILENT }
    db = fault_client.new(server, {
      real = true,
      timeout = 600,
      attempt_timeout = 600,
      max_attempts = 1,
    })
  end)
  after_each(function()
    db:close()
  end)

  local function put(o)
    return db:put_item({ TableName = "Things", Item = { id = "1" } }, o)
  end

  local function assert_interrupted(applied, result, message, err)
    assert.is_nil(result)
    assert.matches("Interrupted: ", message, 1, true)
    assert.same({ "cancelled", "Interrupted", applied }, {
      err.kind,
      err.code,
      err.maybe_applied,
    })
  end

  it("ends at once, and says what it may have done", function()
    assert(put())
    assert_interrupted("unknown", press(put))
  end)

  it("ends while it connects", function()
    db:close()
    db = fault_client.new(server, {
      real = true,
      timeout = 600,
      connect_timeout = 600,
      endpoint = "http://127.0.0.1:" .. server:black_hole(),
    })
    assert_interrupted("no", press(put))
  end)

  it("ends while it waits for another attempt", function()
    db:close()
    server:requests { { error = { code = "ThrottlingException", message = "slow down" } } }
    local err
    db = fault_client.new(server, {
      real = true,
      timeout = 600,
      hooks = {
        after_response = function(record)
          err = record
        end,
      },
    })
    local done, message, told = press(put)
    -- Pressed so early that it was within the first attempt, it ended that.
    assert.is_nil(done)
    assert.matches("Interrupted: ", message, 1, true)
    assert.equal(err and err.throttled and "no" or told.maybe_applied, told.maybe_applied)
  end)

  it("cancels its canceller", function()
    local stop = dynamo.canceller()
    assert(put { cancel = stop })
    assert_interrupted("unknown", press(put, { cancel = stop }))
    assert.is_true(stop:is_cancelled())
    local _, _, err = put { cancel = stop }
    assert.equal("Cancelled", err.code)
  end)

  it("ends with all that are side by side", function()
    server:script { { exchanges = { { stall = 0 } } } }
    local functions = {}
    for i = 1, 10 do
      functions[i] = put
    end
    local results, message, err = press(dynamo.together, functions, { in_flight = 4 })
    assert.is_nil(results)
    assert.matches("^4 of 10 failed: .*Interrupted: ", message)
    assert.same({ "cancelled", "Interrupted", 4 }, { err.kind, err.code, err.begun })
  end)

  it("ends the program that goes on, the second time", function()
    server:script { SILENT, SILENT, SILENT }
    local lines = child.lines("spec/support/interrupted_twice.lua", tostring(server.port))
    assert.equal("true", lines[1])
    assert.matches("^true%s+nil%s+.*the call was interrupted", lines[2])
    assert.equal("true", lines[3])
    assert.matches("^false%s+.*interrupted!%s+interrupted!", lines[4])
  end)
end)

describe("a coroutine that is dropped in the middle of a call", function()
  it("closes its connection", function()
    local server = fault.start()
    server:script { SILENT }
    local db = fault_client.new(server, { real = true, timeout = 600, attempt_timeout = 600 })
    local function put()
      return db:put_item { TableName = "Things", Item = { id = "1" } }
    end
    assert(put())
    collectgarbage()
    collectgarbage()
    local before = sockets()
    local loop = own.new()
    loop:spawn(put)
    loop:spawn(function()
      repeat
        loops.wait(nil, nil, 0.005)
      until #server:log().requests == 2
      error("dropped", 0)
    end)
    assert.same({ false, "dropped" }, { pcall(loop.run, loop) })
    assert.equal(before, sockets())
    loop = nil -- luacheck: ignore
    for _ = 1, 4 do
      collectgarbage()
    end
    assert.equal(before - 1, sockets())
    db:close()
    server:stop()
  end)
end)

describe("what the program does at Ctrl-C", function()
  local has_ffi, ffi = pcall(require, "ffi")
  if not has_ffi then return pending("no signal() without LuaJIT's ffi") end
  ffi.cdef "typedef void (*handler)(int); handler signal(int, handler);"
  local SIGINT, wait = 2, require "dynamo.wait"

  -- Returns the address of its handler; 0 for what the system does, 1 for nothing.
  local function exchange(address)
    local before = ffi.C.signal(SIGINT, ffi.cast("handler", address))
    return tonumber(ffi.cast("intptr_t", before))
  end

  it("is the same after a wait, whatever it became before", function()
    local lua = exchange(1)
    assert.is_true(lua > 1)
    for _, address in ipairs { lua, lua, 1, lua, 0, 0, lua, 1, 0, lua } do
      exchange(address)
      assert.is_false(wait.block(nil, nil, 0.001, false))
      local after = exchange(lua)
      assert.equal(address, after)
    end
  end)
end)
