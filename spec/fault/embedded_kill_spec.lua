-- SPDX-License-Identifier: MIT
-- Processes that write a store's file, and are killed while they do; and two that write it at once.
if not pcall(require, "dynamo.sqlite") then
  return pending "dynamo/sqlite.so is not built: SQLite's header is not here"
end

local child = require "support.child"
local load = require "support.embedded_load"
local scale = require "support.scale"
local wire = require "dynamo.embedded.wire"

local SCRIPT = "spec/support/embedded_child.lua"
local MOST_STEPS = 40 -- before a kill

local path

before_each(function()
  path = os.tmpname()
end)

after_each(function()
  for _, suffix in ipairs { "", "-wal", "-shm" } do
    os.remove(path .. suffix)
  end
end)

-- Lets a process do steps from a number on and kills it after so many; returns the last that it told of.
local function killed(first, steps)
  local pipe = child.pipe(SCRIPT, ("%s load %d"):format(path, first))
  local pid, last = pipe:read "*l", first - 1
  for _ = 1, steps do
    last = tonumber(pipe:read "*l")
  end
  os.execute("kill -9 " .. pid)
  for line in pipe:lines() do
    last = tonumber(line) or last
  end
  pipe:close()
  return last
end

describe("after kill -9", function()
  it("all that was acknowledged is there, whole, and each change once", function()
    load.open(path):close()
    local model, done = { items = {}, changes = {} }, 0
    for round = 1, scale(100) do
      local acknowledged = killed(done + 1, round * 7919 % MOST_STEPS)
      for number = done + 1, acknowledged do
        load.model(model, number)
      end
      local store = load.open(path)
      local held = load.held(store)
      done = acknowledged
      if #held.changes > #model.changes then -- one more was done, and the word of it was lost
        done = done + 1
        load.model(model, done)
      end
      assert.same(load.expected(model), held)
      store:close()
    end
    assert.is_true(done > 0)
  end)
end)

describe("processes that write one file at once", function()
  it("take turns: no count is lost", function()
    load.open(path):close()
    local times, pipes = scale(200), {}
    for i = 1, 3 do
      pipes[i] = child.pipe(SCRIPT, ("%s count %d"):format(path, times))
    end
    for i = 1, 3 do
      assert.equal("done", pipes[i]:read "*l")
      pipes[i]:close()
    end
    local store = load.open(path)
    local record = store:table "T"
    local json = store:get(record, store:key(record, { p = { S = "counter" }, s = { N = "1" } }))
    assert.equal(tostring(3 * times), wire.read(json).n.N)
    store:close()
  end)
end)
