-- SPDX-License-Identifier: MIT
-- Items as lines of JSON and as CSV, and the records of a file.
local byte_source = require "dynamo.prompt.byte_source"
local csv_cells = require "dynamo.prompt.csv_cells"
local csv_items = require "dynamo.prompt.csv_items"
local dynamo = require "dynamo"
local file_records = require "dynamo.prompt.file_records"
local json_lines = require "dynamo.prompt.json_lines"
local random_value = require "support.random_value"
local scale = require "support.scale"

-- Returns a random value as the service gives it: what is nil is nothing.
local function value(random)
  local item = { v = random_value.value(random, 3) }
  return assert(dynamo.decode_item(assert(dynamo.encode_item(item)), "exact")).v
end

local KEYS = { { name = "id", kind = "S" } }

describe("a line of JSON", function()
  local typed, plain = json_lines.DECODE["dynamodb-json"], json_lines.DECODE.jsonl

  it("is an item in DynamoDB's JSON, as its exports to S3 have it, or without Item", function()
    for _, text in ipairs {
      '{"Item":{"id":{"S":"a"},"n":{"N":"1"}}}',
      ' { "Item" : {"id":{"S":"a"},"n":{"N":"1"}} } ',
      '{"id":{"S":"a"},"n":{"N":"1"}}',
    } do
      assert.same({ id = "a", n = 1 }, typed(text))
      assert.equal("dynamodb-json", json_lines.guess(text, KEYS))
    end
  end)

  it("is told from plain JSON by its key", function()
    for _, text in ipairs { '{"id":"a","Item":{"b":1}}', '{"id":1}', '{"x":{"S":"a"}}', "junk" } do
      assert.equal("jsonl", json_lines.guess(text, KEYS))
    end
  end)

  for text, wanted in pairs {
    ['{"Item":{"id":{"S":"a"}},"x":1}'] = "25 trailing bytes after the document",
    ['{"Item":{"id":{"S":"a"},}}'] = "25 an unexpected byte",
    ['{"Item":{"id":{"N":"x"}}}'] = "10 id: not a DynamoDB number",
    ['{"Item":'] = "9 the document ends too early",
    [""] = "1 the document ends too early",
  } do
    it("that is none says where: " .. text, function()
      local item, message, at = typed(text)
      assert.is_nil(item)
      assert.equal(wanted, ("%d %s"):format(at, message))
    end)
  end

  it("of plain JSON is an object", function()
    local item, message, at = plain "[1]"
    assert.same({ nil, 1 }, { item, at })
    assert.matches("an item is an object", message)
    assert.same({ id = "a" }, plain '{"id":"a"}')
    assert.same(7, select(3, plain '{"id":x}'))
  end)

  it("keeps every value in DynamoDB's JSON", function()
    local random = random_value.source(7)
    for _ = 1, scale(200) do
      local item = { id = "a", v = value(random) }
      assert.is_true(dynamo.equal(item, typed(json_lines.ENCODE["dynamodb-json"](item))))
    end
  end)
end)

describe("CSV", function()
  local function round(items)
    local columns = csv_items.columns({ items[1] }, KEYS)
    local read = assert(csv_items.read_header(csv_items.header(columns)))
    for _, item in ipairs(items) do
      local text = csv_items.encode(item, columns)
      assert.is_true(csv_cells.is_whole(text))
      assert.is_true(dynamo.equal(item, assert(csv_items.decode(text, read))), text)
    end
  end

  it(
    "has a column for each attribute of the first items, the key first, and one for the rest",
    function()
      local item = { id = "a", visits = 1, Age = dynamo.number "2", tags = dynamo.set { "x" } }
      local columns = csv_items.columns({ item, { id = "b", late = true } }, KEYS)
      assert.equal("id:S,Age:N,late:BOOL,tags:SS,visits:N,:M", csv_items.header(columns))
      assert.equal('a,2,,"[""x""]",1,', csv_items.encode(item, columns))
    end
  )

  it("keeps what has no column, or another type than that", function()
    round {
      { id = "a", n = 1 },
      { id = "b", n = "text", other = dynamo.list {}, ["a:b"] = dynamo.binary "\0" },
    }
  end)

  it("keeps empty strings, line ends, quotes and blanks", function()
    round { { id = "", a = 'x\n"y",z', b = " ", c = "\r" }, { id = "b", a = "" } }
  end)

  it("keeps every value", function()
    local random = random_value.source(8)
    for _ = 1, scale(200) do
      round { { id = "a", v = value(random) }, { id = "b", v = value(random) } }
    end
  end)

  it("reads what a spreadsheet writes", function()
    local columns = assert(csv_items.read_header 'id:S,"on:BOOL",z:NULL,n:N')
    assert.same({ id = "a", on = true, n = 1 }, csv_items.decode("a,TRUE,,1", columns))
    assert.equal(dynamo.null, csv_items.decode("a,FALSE,NULL,", columns).z)
  end)

  for text, wanted in pairs {
    ["id"] = '1 the column "id" needs a type: id:S, or S, N, B, BOOL, NULL, M, L, SS, NS or BS',
    ["id:S,id:N"] = '6 there is a column "id" already',
    ["id:S,:S"] = "6 a column without a name has attributes of any: its type is M",
    ['"id:S'] = '1 this " has no closing "',
    ['"id:S"x'] = '7 a comma is missing behind the "',
  } do
    it("refuses a header: " .. text, function()
      local columns, message, at = csv_items.read_header(text)
      assert.is_nil(columns)
      assert.equal(wanted, ("%d %s"):format(at, message))
    end)
  end

  for text, wanted in pairs {
    ["a,x,,,"] = "3 n:N takes a number",
    ["a,1,x,,"] = '5 m:M takes attributes as DynamoDB\'s JSON, {"a":{"S":"x"}}',
    ["a,1"] = "3 2 cells, and the header has 5",
    ["a,1,,,,,"] = "8 7 cells, and the header has 5",
    ["a,1,,yes,"] = "6 b:BOOL takes true or false",
    ['a,1,,,"{""n"":{""N"":""1""}}"'] = "7 n is there twice",
    ['a"b,1,,,'] = '2 a cell with a " in it stands in quotes',
    ['a,"",,,'] = "3 n:N takes a number",
  } do
    it("refuses a record: " .. text, function()
      local columns = assert(csv_items.read_header "id:S,n:N,m:M,b:BOOL,:M")
      local item, message, at = csv_items.decode(text, columns)
      assert.is_nil(item)
      assert.equal(wanted, ("%d %s"):format(at, message))
    end)
  end
end)

describe("the records of a file", function()
  local path

  before_each(function()
    path = os.tmpname()
  end)

  after_each(function()
    os.remove(path)
    os.remove(path .. ".gz")
  end)

  local function write(text)
    local file = assert(io.open(path, "wb"))
    assert(file:write(text))
    assert(file:close())
  end

  local function all(records)
    local list = {}
    for text, line in records.next, records do
      list[#list + 1] = line .. " " .. text
    end
    return list
  end

  it("are its lines, whatever ends them", function()
    write "\239\187\191a\nb\0c\r\n\nlast"
    local records = file_records.new(byte_source.open(path))
    assert.same({ "1 a", "2 b\0c", "3 ", "4 last" }, all(records))
    assert.same({ bytes = 15, line = 4 }, { bytes = records.bytes, line = records.line })
    assert.equal(4, file_records.count_lines(path, 0))
    assert.equal(3, file_records.count_lines(path, 5))
  end)

  it("may have several lines", function()
    write 'a,"x\ny"\nb,"z\n'
    local records = file_records.new(byte_source.open(path), csv_cells.is_whole)
    assert.same({ '1 a,"x\ny"', '3 b,"z' }, all(records))
  end)

  for _, ending in ipairs { "", ".gz" } do
    it("are read on from any of them: file" .. ending, function()
      local lines = {}
      for i = 1, 30000 do
        lines[i] = "line ü" .. i
      end
      write(table.concat(lines, "\n"))
      if ending ~= "" then os.execute("gzip -k " .. path) end
      local records, place = file_records.new(byte_source.open(path .. ending)), nil
      for text, line in records.next, records do
        assert(text == "line ü" .. line)
        if line == 20000 then place = records:place() end
      end
      assert.equal(30000, records.line)
      local again = file_records.new(byte_source.open(path .. ending))
      assert.is_true(again:go_to(place))
      assert.same({ "line ü20001", 20001 }, { again:next() })
      place.tail = place.tail:reverse()
      assert.is_false(file_records.new(byte_source.open(path .. ending)):go_to(place))
      place.bytes = 10000000
      assert.is_false(file_records.new(byte_source.open(path .. ending)):go_to(place))
    end)
  end

  it("end with a failure where gzip finds no end", function()
    write(("text\n"):rep(50000))
    os.execute(
      ("gzip -k %s && head -c 100 %s.gz >%s && mv %s %s.gz"):format(path, path, path, path, path)
    )
    local records = file_records.new(byte_source.open(path .. ".gz"))
    local ok, problem = pcall(all, records)
    assert.is_false(ok)
    assert.matches("gzip could not read it to its end", problem.message)
  end)

  it("are no longer than an item can be", function()
    write(("x"):rep(9000000))
    local ok, problem = pcall(all, file_records.new(byte_source.open(path)))
    assert.is_false(ok)
    assert.matches(":1: longer than 8388608 bytes; no item is", problem.message)
  end)

  it("of what cannot be read fail", function()
    os.remove(path)
    for _, name in ipairs { path, path .. ".gz" } do
      local ok, problem = pcall(byte_source.open, name)
      assert.is_false(ok)
      assert.matches("No such file", problem.message)
    end
    local ok, problem = pcall(byte_source.open("/").read)
    assert.is_false(ok)
    assert.matches("Is a directory", problem.message)
  end)
end)
