-- SPDX-License-Identifier: MIT
-- import at the prompt: what it takes and refuses, what it asks, and how it goes on.
local dynamo = require "dynamo"
local json = require "dkjson"
local prompt_world = require "support.prompt_world"

local DENIED = '{"__type":"x#AccessDeniedException","message":"no"}'
local REFUSED = '{"__type":"x#ValidationException","message":"the service does not like it"}'

describe("import", function()
  local path, rejects, store, fails

  before_each(function()
    path = os.tmpname()
    rejects, store, fails = path .. ".rejects", {}, {}
  end)

  after_each(function()
    for _, name in ipairs { path, path .. ".resume", rejects, path .. ".gz", path .. ".csv" } do
      os.remove(name)
    end
  end)

  local function write(text, name)
    local file = assert(io.open(name or path, "wb"))
    assert(file:write(text))
    assert(file:close())
  end

  local function content(name)
    local file = io.open(name, "rb")
    if not file then return nil end
    local text = file:read "*a"
    file:close()
    return text
  end

  -- Puts an item into the store; returns false where its id is "no", which only the service knows.
  local function put(item)
    if item.userId.S == "no" then return false end
    store[item.userId.S] = dynamo.from_typed(item)
    return true
  end

  -- Returns a world whose service keeps what is written in `store`; requests that `fails` says fail.
  local function world_of(o)
    o = o or {}
    local requests = 0
    o.answers = {
      BatchWriteItem = function(params)
        requests = requests + 1
        if fails[requests] then return DENIED, 400 end
        for _, write_request in ipairs(params.RequestItems.Users) do
          if write_request.PutRequest.Item.userId.S == "no" then return REFUSED, 400 end
        end
        for _, write_request in ipairs(params.RequestItems.Users) do
          put(write_request.PutRequest.Item)
        end
        return "{}"
      end,
      PutItem = function(params)
        if not put(params.Item) then return REFUSED, 400 end
        return "{}"
      end,
      Scan = function()
        return json.encode { Items = o.items or json.decode "[]", Count = 0 }
      end,
    }
    return prompt_world.new(o)
  end

  local function ids()
    local names = {}
    for name in pairs(store) do
      names[#names + 1] = name
    end
    table.sort(names)
    return table.concat(names, " ")
  end

  for name, text in pairs {
    ["DynamoDB JSON"] = '{"Item":{"userId":{"S":"a"},"tags":{"SS":["x"]}}}\n',
    ["DynamoDB JSON without Item"] = '\n{"userId":{"S":"a"},"tags":{"SS":["x"]}}',
    ["CSV"] = 'userId:S,tags:SS\r\na,"[""x""]"\r\n',
  } do
    it("takes " .. name, function()
      write(text)
      local clause = name == "CSV" and " FORMAT csv" or ""
      local code, out, err = world_of():run(("import %s%s"):format(path, clause))
      assert.same({ 0, "imported: 1 item into Users\n", "" }, { code, out, err })
      assert.is_true(dynamo.equal({ userId = "a", tags = dynamo.set { "x" } }, store.a))
      assert.is_nil(content(path .. ".resume"))
    end)
  end

  it("takes plain JSON, files that gzip packed, and what their names say", function()
    write '{"userId":"a","n":12345678901234567890123}\n{"userId":"b"}\n'
    os.execute("gzip -k " .. path)
    assert.equal(0, (world_of():run(("import %s.gz"):format(path))))
    assert.equal("a b", ids())
    assert.equal(dynamo.number "12345678901234567890123", store.a.n)
    store = {}
    write("userId:S\nc\n", path .. ".csv")
    assert.equal(0, (world_of():run(("import %s.csv"):format(path))))
    assert.equal("c", ids())
  end)

  it("takes standard input", function()
    local world = world_of()
    local text = '{"userId":"a"}\n{"userId":"b"}'
    world.session.world.stdin = {
      read = function()
        local block = text
        text = nil
        return block
      end,
    }
    assert.equal(0, (world:run "import -"))
    assert.equal("a b", ids())
    local code, out, err = world:main({ "-t", "Users" }, "import -\n")
    assert.same({ 64, "" }, { code, out })
    assert.matches("standard input has the statements", err)
  end)

  for text, wanted in pairs {
    ['{"userId":"b",}'] = ":2: column 15: an unexpected byte",
    ['{"user":"b"}'] = ":2: column 1: userId is missing: it is a key of the table",
    ['{"user":"b","userId":5}'] = ":2: column 14: userId is of type N, and the table's key is of type S",
    ['{"userId":"b","n":1e999}'] = ":2: column 15: not a DynamoDB number",
    ['{"userId":"ü","x":[1}'] = ":2: column 21: an unexpected byte",
    ["[]"] = ":2: column 1: an item is an object",
    ["{"] = ":2: column 2: the document ends too early",
  } do
    it("stops at a line that is none, behind all before it: " .. text, function()
      write('{"userId":"a"}\n' .. text .. '\n{"userId":"c"}\n')
      local code, out, err = world_of():run("import " .. path)
      assert.same({ 2, "" }, { code, out })
      assert.equal(path .. wanted, err:sub(1, #path + #wanted))
      assert.matches("mend it, or have such lines put into a file: REJECTS FILE\n", err)
      assert.matches("imported for certain: 1 item; to go on: dynamo ", err)
      assert.equal("a", ids())
    end)
  end

  it("goes on behind what was mended, or with a file for such lines", function()
    write '{"userId":"a"}\n{"userId":x}\n{"userId":"c"}\n'
    assert.equal(2, (world_of():run("import " .. path)))
    write '{"userId":"a"}\n{"userId":"x"}\n{"userId":"c"}\n'
    store = {}
    local code, out, err = world_of():run(("import %s RESUME"):format(path))
    assert.same({ 0, "imported: 3 items into Users\n", "" }, { code, out, err })
    assert.equal("c x", ids())
    write '{"userId":"a"}\n{"userId":x}\n{"userId":"c"}\n'
    assert.equal(2, (world_of():run("import " .. path)))
    code, out, err = world_of():run(("import %s RESUME REJECTS %s"):format(path, rejects))
    assert.same({ 2, "" }, { code, out })
    assert.matches(":2: column 11: an unexpected byte\n", err)
    assert.matches("imported: 2 items into Users; 1 line rejected: see ", err)
    assert.equal('{"userId":x}\n', content(rejects))
    assert.is_nil(content(path .. ".resume"))
  end)

  it("finds the line that the service refuses, and takes the others", function()
    local lines = {}
    for i = 1, 60 do
      lines[i] = ('{"userId":"%s"}'):format(i == 40 and "no" or 100 + i)
    end
    write(table.concat(lines, "\n"))
    local code, _, err = world_of():run("import " .. path)
    assert.equal(2, code)
    assert.equal(39 * 4 - 1, #ids())
    assert.matches(":40: column 1: ValidationException: the service does not like it", err)
    assert.matches("imported for certain: 39 items; to go on", err)
    store = {}
    code, _, err = world_of():run(("import %s REJECTS %s RESUME"):format(path, rejects))
    assert.equal(2, code)
    assert.matches("imported: 59 items into Users; 1 line rejected", err)
    assert.equal('{"userId":"no"}\n', content(rejects))
    assert.equal(20 * 3 + 19, #ids())
  end)

  it("keeps the header with rejected records of CSV", function()
    write "userId:S,n:N\na,1\nb,x\nc,\nd\n"
    local code = world_of():run(("import %s FORMAT csv REJECTS %s"):format(path, rejects))
    assert.equal(2, code)
    assert.equal("userId:S,n:N\nb,x\nd\n", content(rejects))
    assert.equal("a c", ids())
  end)

  it("goes on where it failed", function()
    local lines = {}
    for i = 1, 60 do
      lines[i] = ('{"userId":"%d"}\n'):format(100 + i)
    end
    write(table.concat(lines, ""))
    fails = { [2] = true }
    local text = ("import %s IN_FLIGHT 1"):format(path)
    local code, _, err = world_of():run(text)
    assert.equal(2, code)
    assert.matches("^AccessDeniedException: no\nimported for certain: 0 items; to go on: ", err)
    assert.equal(64, (world_of():run(text)))
    fails = {}
    code = world_of():run(text .. " RESUME")
    assert.equal(0, code)
    assert.equal(60 * 4 - 1, #ids())
  end)

  it("does not go on in another file", function()
    write '{"userId":"a"}\n{"userId":x}\n'
    world_of():run("import " .. path)
    write '{"userId":"A"}\n{"userId":"b"}\n'
    local code, _, err = world_of():run(("import %s RESUME"):format(path))
    assert.equal(64, code)
    assert.matches("is another file than the one of which 1 lines were read: begin anew", err)
    code, _, err = world_of({ table_name = "Blobs" }):run(("import %s RESUME"):format(path))
    assert.equal(64, code)
    assert.matches("is of another table: Users, not Blobs", err)
  end)

  it("asks who can be asked, always", function()
    write '{"userId":"a"}\n'
    local asked
    local world = world_of {
      ask = function(question)
        asked = question
        return "no"
      end,
    }
    local code, _, err = world:run("import " .. path)
    assert.same({ 64, "nothing was done\n" }, { code, err })
    assert.equal(("write 1 line of %s into Users? Type yes: "):format(path), asked)
    assert.equal("", ids())
  end)

  it("needs a yes where the table has items and nobody can be asked", function()
    write '{"userId":"a"}\n'
    local items = { { userId = { S = "x" } } }
    local code, _, err = world_of({ items = items }):run("import " .. path)
    assert.equal(64, code)
    assert.matches(
      "into Users, which has items: those with the same keys are replaced needs a yes",
      err
    )
    assert.equal(0, (world_of({ items = items, yes = true }):run("import " .. path)))
    assert.equal("a", ids())
  end)

  it("is refused in a read-only session and in a transaction", function()
    write '{"userId":"a"}\n'
    local code, _, err = world_of({ read_only = true }):run("import " .. path)
    assert.equal(64, code)
    assert.matches("this session is read%-only", err)
    local world = world_of()
    world:run "begin"
    code, _, err = world:run("import " .. path)
    assert.equal(64, code)
    assert.matches("an import cannot wait for commit", err)
    assert.equal("", ids())
  end)

  it("says what is wrong with files", function()
    os.remove(path)
    local code, _, err = world_of():run("import " .. path)
    assert.equal(2, code)
    assert.matches("No such file or directory", err)
    write ""
    _, _, err = world_of():run(("import %s FORMAT csv"):format(path))
    assert.matches("CSV begins with a header, such as userId:S,visits:N", err)
    write "userId\n1\n"
    _, _, err = world_of():run(("import %s FORMAT csv"):format(path))
    assert.matches(':1: column 1: the column "userId" needs a type: userId:S', err)
    assert.is_nil(content(path .. ".resume"))
    write ""
    code = world_of():run("import " .. path)
    assert.equal(0, code)
  end)
end)
