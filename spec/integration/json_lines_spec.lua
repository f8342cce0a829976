-- SPDX-License-Identifier: MIT
-- examples/export.lua and examples/import.lua: a table as JSON Lines and back, nothing lost.
local dynamo = require "dynamo"
local emulator = require "support.emulator"
local scale = require "support.scale"

local COUNT = scale(120)

-- Items with every type, and many plain ones.
local function items_of(count)
  local items = {
    {
      id = "kinds",
      n = dynamo.number "12345678901234567890.123456789012345678",
      f = 0.1,
      t = true,
    },
    { id = "bytes", b = dynamo.binary "\0\255", bs = dynamo.set { dynamo.binary "x" } },
    { id = "texts", s = '\0 Zoë \\ " \n', ss = dynamo.set { "b", "a" }, empty = "" },
    { id = "nested", l = { 1, {}, dynamo.list {} }, m = { ["a.b"] = { n = dynamo.null } } },
    { id = "numbers", ns = dynamo.set { 1, dynamo.number "1e-120" }, z = 0, neg = -5.5 },
  }
  for i = #items + 1, count do
    items[i] = { id = ("item-%04d"):format(i), text = ("x"):rep(i % 100) }
  end
  return items
end

emulator.each("JSON Lines", function(host)
  local paths = {}

  teardown(function()
    for _, path in ipairs(paths) do
      os.remove(path)
      os.remove(path .. ".left")
    end
  end)

  -- Returns the path of a file, removed at the end, with some lines.
  local function file_of(lines)
    local path = os.tmpname()
    paths[#paths + 1] = path
    local file = assert(io.open(path, "wb"))
    assert(file:write(lines or ""))
    file:close()
    return path
  end

  local function text_of(path)
    local file = assert(io.open(path, "rb"))
    local text = file:read "*a"
    file:close()
    return text
  end

  local function new_table()
    local name = host:create { { "id", "S" } }
    return name, host.db:table(name, { key = { "id" } })
  end

  -- Returns id -> item of all items.
  local function all(things)
    local found = {}
    for item in things:scan({ consistent_read = true }):items() do
      assert.is_nil(found[item.id])
      found[item.id] = item
    end
    return found
  end

  -- Runs an example; returns what it printed but figures that are of the moment, and its status.
  local function run(name, ...)
    local output, status = host:run(("examples/%s.lua"):format(name), ...)
    output = output:gsub("%s%s[%d.]+/s", ""):gsub("in %d+:%d+", "in #")
    return output, status
  end

  host:it("go there and come back without a loss", function()
    local from, source = new_table()
    local items = items_of(math.max(COUNT, 5))
    for _, item in ipairs(items) do
      assert(source:put(item))
    end
    local path = file_of()
    local output, status = run("export", from, path)
    assert.equal(("export  %d  in #\n"):format(#items), output)
    assert.equal(0, status)
    local lines = 0
    for line in text_of(path):gmatch "[^\n]+" do
      lines = lines + 1
      assert.equal('{"Item":{', line:sub(1, 9))
    end
    assert.equal(#items, lines)

    local to, copy = new_table()
    output, status = run("import", to, path)
    assert.equal(
      ("import  [%s] 100%%  %d of %d  in #\n"):format(("#"):rep(24), #items, #items),
      output
    )
    assert.equal(0, status)
    local before, after = all(source), all(copy)
    for _, item in ipairs(items) do
      local one, other = before[item.id], after[item.id]
      assert.is_true(dynamo.equal(item, one), dynamo.show(one))
      assert.equal(
        dynamo.to_json(one),
        dynamo.to_json(other),
        "not the same after an export and an import"
      )
      after[item.id] = nil
    end
    assert.is_nil(next(after))
  end)

  host:it("go on from a cursor", function()
    local name, things = new_table()
    for i = 1, 9 do
      assert(things:put { id = tostring(i) })
    end
    local result = things:scan()
    local path = file_of()
    local file = assert(io.open(path, "wb"))
    for _ = 1, 4 do
      assert(file:write('{"Item":', dynamo.encode_item((assert(result:next()))), "}\n"))
    end
    file:close()
    local output, status = run("export", name, path, (assert(result:cursor())))
    assert.equal("export  5  in #\n", output)
    assert.equal(0, status)
    local seen, count = {}, 0
    for line in text_of(path):gmatch "[^\n]+" do
      assert.is_nil(seen[line])
      seen[line], count = true, count + 1
    end
    assert.equal(9, count)
  end)

  host:it("that are no good are kept with all behind them", function()
    local name, things = new_table()
    local lines = {
      '{"Item":{"id":{"S":"1"}}}',
      '{"Item":{"id":{"S":"2"},"n":{"N":"two"}}}',
      '{"Item":{"id":{"S":"3"}}}',
    }
    local path = file_of(table.concat(lines, "\n") .. "\n")
    local output, status = run("import", name, path)
    assert.equal(1, status)
    assert.truthy(output:find(path .. ":2: ", 1, true), output)
    assert.truthy(output:find("what is left: " .. path .. ".left", 1, true), output)
    assert.equal(lines[2] .. "\n" .. lines[3] .. "\n", text_of(path .. ".left"))
    assert.is_table(all(things)["1"])
    local mended = file_of((text_of(path .. ".left"):gsub("two", "2")))
    output, status = run("import", name, mended)
    assert.equal(0, status, output)
    assert.equal(2, all(things)["2"].n)
    assert.is_table(all(things)["3"])
  end)

  host:it("of a table that is not there say so", function()
    local path = file_of '{"Item":{"id":{"S":"1"}}}\n'
    for _, name in ipairs { "export", "import" } do
      local output, status = run(name, "no-such-table", name == "export" and file_of() or path)
      assert.equal(1, status)
      assert.truthy(output:find("ResourceNotFoundException", 1, true), output)
    end
    assert.equal(text_of(path), text_of(path .. ".left"))
  end)

  host:it("need to be told the table and the file", function()
    for _, name in ipairs { "export", "import" } do
      local output, status = run(name, "a-table")
      assert.equal(2, status)
      assert.truthy(output:find("usage: " .. name .. ".lua TABLE FILE", 1, true), output)
    end
  end)
end)
