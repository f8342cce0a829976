-- SPDX-License-Identifier: MIT
-- A loop of one's own, by LuaSocket's select: dynamo.loop.new is told of two functions, and every
-- call within a coroutine of the loop lets the others go on.
local dynamo = require "dynamo"
local socket = require "socket"

-- ---- the loop -------------------------------------------------------------------------------

-- What is waited for: entry -> true. An entry has f, the function to call, and either `at`, a time, or
-- `mode` and a method getfd, as select wants it.
local waits = {}

-- Adds an entry; returns the function that takes it off.
local function add(entry)
  waits[entry] = true
  return function()
    waits[entry] = nil
  end
end

local loop = dynamo.loop.new {
  watch = function(fd, mode, f)
    local function getfd()
      return fd
    end
    return add { mode = mode, getfd = getfd, f = f }
  end,
  after = function(seconds, f)
    return add { at = socket.gettime() + seconds, f = f }
  end,
}

-- Calls the functions of entries that are over, unless one of the others has taken them off.
local function call(entries)
  for _, entry in ipairs(entries) do
    if waits[entry] then
      waits[entry] = nil
      entry.f()
    end
  end
end

-- Runs until nothing is waited for.
local function run()
  while next(waits) do
    local now, first = socket.gettime(), math.huge
    local files, due = { r = {}, w = {} }, {}
    for entry in pairs(waits) do
      if entry.mode then table.insert(files[entry.mode], entry) end
      if entry.at then first = math.min(first, entry.at) end
      if entry.at and entry.at <= now then due[#due + 1] = entry end
    end
    local seconds = first < math.huge and math.max(0, first - now) or nil
    local readable, writable = socket.select(files.r, files.w, seconds)
    call(readable)
    call(writable)
    call(due)
  end
end

-- ---- a program in it ------------------------------------------------------------------------

local TABLE = "dynamo-example-loop-" .. os.time()
local db = dynamo.new { loop = loop }

local is_over, ticks = false, 0

-- Something else that goes on: it ticks while calls are under way.
local function tick()
  ticks = ticks + 1
  if not is_over then add { at = socket.gettime() + 0.001, f = tick } end
end

-- Outside of the loop a call waits by itself, as ever.
assert(db:table(TABLE):create { partition_key = { id = "S" } })

loop:spawn(function()
  local users = db:table(TABLE, { key = { "id" } })
  local names = { "Ann", "Bob", "Cyd", "Dee" }
  assert(dynamo.each(names, function(name)
    return users:put { id = name }
  end))
  local found = assert(dynamo.together {
    function()
      return users:get { id = "Ann" }
    end,
    function()
      return users:get { id = "Dee" }
    end,
  })
  print(("found: %s and %s"):format(found[1].id, found[2].id))
  assert(db:delete_table { TableName = TABLE })
  is_over = true
end)
tick()
run()
print("ticked meanwhile: " .. tostring(ticks > 1))
