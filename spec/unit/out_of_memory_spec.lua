-- SPDX-License-Identifier: MIT
-- What is left of a Lua state in which memory ran out while a module was loaded, or made its first
-- objects: everything works once there is memory again.
local found, failing = pcall(require, "spec.failing_memory")
if not found then return pending("memory that runs out (no spec.failing_memory: make ctests)") end

-- Lua 5.1 remembers a module whose loading failed as if it were being loaded.
local FORGET = [[
  for name in pairs(package.loaded) do
    if name:find "^dynamo" then package.loaded[name] = nil end
  end
]]

-- The first object of each type that has a metatable of its own. What nobody outside sees is looked
-- for in the registry: without its finaliser it would leak.
local OBJECTS = {
  signer = [[
    local signer = require("dynamo.core").signer()
    return signer:payload_hash "" .. tostring(getmetatable(signer))
  ]],
  number = [[
    local core = require "dynamo.core"
    local number = core.number "1.50"
    assert(number == core.number "1.5" and number:tonumber() == 1.5)
    return tostring(number) .. tostring(getmetatable(number))
  ]],
  binary = [[
    local binary = require("dynamo.core").binary "abc"
    return tostring(binary) .. #binary .. tostring(getmetatable(binary))
  ]],
  model = [[
    local core = require "dynamo.core"
    local model = core.model { V = { type = "attribute_value" } }
    return core.encode(model, "V", { "a", 1 }) .. tostring(getmetatable(model))
      .. core.decode(model, "V", '{"S":"text"}', false, false)
  ]],
  names = [[
    local core = require "dynamo.core"
    local model = core.model { V = { type = "attribute_value" } }
    local item = '{"M":{"a":{"N":"1"},"b":{"M":{"c":{"S":"x"}}}}}'
    local json = '{"L":[' .. item .. "," .. item .. "," .. item .. "]}"
    local list = assert(core.decode(model, "V", json, false, false))
    return list[3].a .. list[3].b.c .. tostring(getmetatable(model))
  ]],
  document = [[
    local value = require("dynamo.core").document('{"a":["b"]}')
    return value.a[1] .. type(debug.getregistry()["dynamo.document"].__gc)
  ]],
  base64 = [[
    local text = require("dynamo.core").base64_decode "YQ=="
    return text .. type(debug.getregistry()["dynamo.box"].__gc)
  ]],
  head = [[
    local core = require "dynamo.core"
    local signer, message = core.signer(), core.message()
    local headers = { { "host", "h" }, { "x", "0000" } }
    local head = assert(signer:head("/", headers, 1, 2, "A", "S", "r", "s", "20150830T123600Z"))
    assert(signer:write(head, message, "a", 1, "{}"))
    return message:bytes() .. tostring(getmetatable(head))
  ]],
  output = [[
    local core = require "dynamo.core"
    local model = core.model { V = { type = "attribute_value" } }
    local message = core.message()
    assert(message:answer(200, { ["x-amzn-requestid"] = "A1" }, '{"L":[{"S":"text"}]}'))
    local id, is_fine, date, value = core.output(message, model, "V", false, false, nil)
    return id .. tostring(is_fine) .. tostring(date) .. value[1] .. core.payload(message)
  ]],
  waits = [[
    local set = require("dynamo.wait").new()
    for number = 1, 3 do set:add(number, nil, nil, 0) end
    return set:poll(true, {}) .. tostring(getmetatable(set))
  ]],
  curl = [[
    local core, curl = require "dynamo.core", require "dynamo.curl"
    local pool, message = curl.new {}, core.message()
    assert(message:request("GET", "/", {}, ""))
    local _, _, _, code = pool:carry(message, "http://127.0.0.1:1", "", curl.monotonic() + 1)
    pool:close()
    message:close()
    return tostring(code) .. tostring(getmetatable(pool)) .. tostring(getmetatable(message))
  ]],
  sqlite = [[
    local found, sqlite = pcall(require, "dynamo.sqlite")
    if not found and sqlite:find "not found" then return ("none"):rep(2) end
    local database = assert(found and sqlite.open ":memory:", sqlite)
    assert(database:run "CREATE TABLE t(a, b); INSERT INTO t VALUES(X'78', 1), (X'79', NULL)")
    local statement = assert(database:prepare "SELECT a, b FROM t WHERE a >= ? ORDER BY a")
    local rows, count = statement:list(10, 1000, "x")
    assert(count == 2 and rows[4] == false, "rows")
    local name, number = statement:row "x"
    return name .. number .. tostring(getmetatable(statement)) .. tostring(getmetatable(database))
  ]],
  process = [[
    local text = require("dynamo.process").read_file("/dev/null/none", 10)
    return tostring(text) .. type(debug.getregistry()["dynamo.process"].__gc)
  ]],
}

local function run(count, work, check)
  return failing.run(count, work, check, package.path, package.cpath)
end

-- What a chunk gives where memory does not run out.
local function right_result(chunk)
  local _, _, checked, result = run(1e9, "", chunk)
  assert.is_true(checked, result)
  return result
end

describe("after memory ran out at each allocation of the first", function()
  for name, chunk in pairs(OBJECTS) do
    it(name .. ", everything works", function()
      local right, count, worked = right_result(chunk), 0, false
      while not worked do
        local problem, checked, result
        worked, problem, checked, result = run(count, chunk, FORGET .. "do " .. chunk .. " end")
        assert.same(
          { true, right },
          { checked, result },
          ("after %d allocations (%s)"):format(count, tostring(problem))
        )
        count = count + 1
      end
      assert.is_true(count > 10)
    end)
  end

  -- Whose allocations are too many to let each fail: these are ever fewer.
  local function works_after_some(chunk)
    local right, count, worked = right_result(chunk), 0, false
    while not worked do
      local problem, checked, result
      worked, problem, checked, result = run(count, chunk, FORGET .. "do " .. chunk .. " end")
      assert.same(
        { true, right },
        { checked, result },
        ("after %d allocations (%s)"):format(count, tostring(problem))
      )
      count = count + 1 + math.floor(count / 3)
    end
  end

  it("call of the library, everything works", function()
    works_after_some [[
      local dynamo = require "dynamo"
      local db = dynamo.new {
        region = "eu-west-1", credentials = { access_key_id = "A", secret_access_key = "S" },
        random = function(n) return ("\0"):rep(n) end,
      }
      local users = db:table("Users", { key = { "id" } })
      local shown = assert(users:explain("update", { id = dynamo.number "1" }, "SET a = ?",
        dynamo.set { dynamo.binary "x" }))
      return shown.body
    ]]
  end)

  it("embedded store, everything works", function()
    works_after_some [[
      if not pcall(require, "dynamo.sqlite") then return ("none"):rep(2) end
      local store = assert(require("dynamo.embedded.store").open { endpoint = "memory:" })
      local record = store:create_table("T", { description = {
        KeySchema = { { AttributeName = "p", KeyType = "HASH" } },
        AttributeDefinitions = { { AttributeName = "p", AttributeType = "S" } },
      } })
      local tree = { p = { S = "a" } }
      store:write(store.put, store, record, store:key(record, tree), tree, '{"p":{"S":"a"}}', 2)
      return store:get(record, store:key(record, tree)) .. tostring(store:statistics(record))
    ]]
  end)
end)
