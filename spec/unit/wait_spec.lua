-- SPDX-License-Identifier: MIT
-- The C module dynamo.wait: waits for descriptors and times, one and many, and what ends them.
local curl = require "dynamo.curl"
local press = require "support.press"
local process = require "dynamo.process"
local wait = require "dynamo.wait"

local own_id = process.read_file("/proc/self/stat", 1024):match "^%d+"

-- Returns the pipes that this process has open: name -> descriptor. Among them are those to the
-- program that looks.
local function pipes()
  local _, listed = process.run({ "ls", "-l", "/proc/" .. own_id .. "/fd" }, 60000, 65536)
  local found = {}
  for fd, name in listed:gmatch "(%d+) %-> (pipe:%S+)" do
    found[name] = tonumber(fd)
  end
  return found
end

-- Returns a pipe that is never ready to be read until its program ends, and its descriptor.
local function silent_pipe()
  local before = pipes()
  local pipe = assert(io.popen("read end", "w"))
  local after, later = pipes(), pipes()
  for name, fd in pairs(after) do
    if later[name] and not before[name] then return pipe, fd end
  end
end

-- Returns what a set says is over, sorted.
local function over(set, block)
  local found = {}
  local count, interrupted = set:poll(block, found)
  assert(not interrupted and count == #found)
  table.sort(found)
  return found
end

describe("a set of waits", function()
  it("tells times when they are over, each once", function()
    local set, start, count = wait.new(), curl.monotonic(), 0
    set:add(3, nil, nil, 0.03)
    set:add(1, nil, nil, 0.01)
    set:add(2, nil, nil, 0.02)
    while count < 3 do
      for _, number in ipairs(over(set, true)) do
        assert.is_true(curl.monotonic() - start >= number / 100)
        count = count + 1
      end
    end
    assert.same({}, over(set, false))
    set:add(4, nil, nil, 0)
    assert.same({ 4 }, over(set, true))
  end)

  it("does not wait unless it is to", function()
    local set = wait.new()
    assert.same({}, over(set, false))
    set:add(1, nil, nil, 3600)
    set:add(2)
    assert.same({}, over(set, false))
  end)

  it("tells which descriptors are ready, and for what", function()
    local pipe, fd = silent_pipe()
    local set = wait.new()
    set:add(1, fd, "r", 3600)
    set:add(2, fd, "w", 3600)
    assert.same({ 2 }, over(set, true))
    assert.same({}, over(set, false))
    pipe:close()
    assert.same({ 1 }, over(set, true))
  end)

  it("forgets what is removed, and what was never there", function()
    local set = wait.new()
    for number = 1, 100 do
      set:add(number, nil, nil, 0)
    end
    for number = 1, 100 do
      if number % 3 > 0 then set:remove(number) end
    end
    set:remove(1000)
    local found = over(set, true)
    assert.equal(33, #found)
    for i, number in ipairs(found) do
      assert.equal(3 * i, number)
    end
  end)

  it("refuses what is no wait", function()
    local set = wait.new()
    for _, case in ipairs {
      { "x" },
      { 1, -1, "r" },
      { 1, 0.5, "r" },
      { 1, 0, "x" },
      { 1, nil, nil, 0 / 0 },
      { 1, nil, nil, {} },
    } do
      assert.is_false(pcall(set.add, set, case[1], case[2], case[3], case[4]))
    end
    assert.is_false(pcall(set.poll, set, true))
    assert.is_false(pcall(set.add, io.stdout, 1))
  end)

  it("ends at once when SIGINT comes, and is as it was", function()
    local set = wait.new()
    set:add(1, nil, nil, 3600)
    local count, interrupted = press(set.poll, set, true, {})
    assert.same({ 0, true }, { count, interrupted })
    set:remove(1)
    set:add(2, nil, nil, 0)
    assert.same({ 2 }, over(set, true))
  end)
end)

describe("a wait for one", function()
  it("ends when its time is over, or its descriptor is ready", function()
    local start = curl.monotonic()
    assert.is_false(wait.block(nil, nil, 0.02))
    assert.is_true(curl.monotonic() - start >= 0.02)
    assert.is_false(wait.block(nil, nil, 0))
    assert.is_false(wait.block(nil, nil, -1))
    local pipe, fd = silent_pipe()
    assert.is_false(wait.block(fd, "w", 3600))
    assert.is_false(wait.block(fd, "r", 0.01))
    pipe:close()
  end)
end)
