-- SPDX-License-Identifier: MIT
-- export at the prompt: what it writes, what it asks, and how it goes on.
local dynamo = require "dynamo"
local prompt_world = require "support.prompt_world"

local DENIED = '{"__type":"x#AccessDeniedException","message":"no"}'

-- Returns a service that gives pages of a table with `count` items, three a page; it fails at the requests
-- that `fails` says.
local function scanned(count, fails)
  local requests = 0
  return function(params)
    requests = requests + 1
    if fails and fails[requests] then return DENIED, 400 end
    local start = params.ExclusiveStartKey
    local first = start and tonumber(start.userId.S) + 1 or 1
    local last, items = math.min(first + 2, count), {}
    for id = first, last do
      items[#items + 1] = ('{"userId":{"S":"%d"},"tags":{"SS":["a"]}}'):format(id)
    end
    local more = last < count and (',"LastEvaluatedKey":{"userId":{"S":"%d"}}'):format(last) or ""
    return ('{"Items":[%s],"Count":%d%s}'):format(table.concat(items, ","), #items, more)
  end
end

local function lines(first, last)
  local texts = {}
  for id = first, last do
    texts[#texts + 1] = ('{"Item":{"tags":{"SS":["a"]},"userId":{"S":"%d"}}}\n'):format(id)
  end
  return table.concat(texts)
end

describe("export", function()
  local path

  before_each(function()
    path = os.tmpname()
  end)

  after_each(function()
    os.remove(path)
    os.remove(path .. ".resume")
  end)

  local function content(name)
    local file = io.open(name or path, "rb")
    if not file then return nil end
    local text = file:read "*a"
    file:close()
    return text
  end

  local function ids()
    local found = {}
    for line in content():gmatch "[^\n]+" do
      found[#found + 1] = dynamo.decode_item(line:match '^{"Item":(.*)}$').userId
    end
    return table.concat(found, " ")
  end

  local function world_of(scan, o)
    o = o or {}
    o.answers = { Scan = scan }
    return prompt_world.new(o)
  end

  it("writes items as DynamoDB's exports do, and says how many", function()
    local world = world_of(scanned(2))
    local code, out, err = world:run(("export %s SEGMENTS 1"):format(path))
    assert.same({ 0, "exported: 2 items of Users, as DynamoDB JSON\n", "" }, { code, out, err })
    assert.equal("1 2", ids())
    assert.is_nil(content(path .. ".resume"))
    assert.same({ "DescribeTable", "Scan" }, world:operations())
  end)

  it(
    "reads four parts side by side, a thousand items a page, unless it is told otherwise",
    function()
      local world = world_of '{"Items":[],"Count":0}'
      world:run("export " .. path)
      assert.equal(5, #world.sent)
      assert.same({ 4, 1000 }, { world.sent[2][2].TotalSegments, world.sent[2][2].Limit })
      world = world_of '{"Items":[],"Count":0}'
      world:run(("export %s INDEX byEmail WHERE a > 1 ONLY email LIMIT 7"):format(path))
      local sent = world.sent[#world.sent][2]
      assert.same({ "byEmail", "#n0 > :v0" }, { sent.IndexName, sent.FilterExpression })
      assert.is_nil(sent.TotalSegments)
    end
  )

  it("writes plain JSON if it is asked to, and names what that loses", function()
    local code, _, err =
      world_of(scanned(1)):run(("export %s FORMAT jsonl SEGMENTS 1"):format(path))
    assert.equal(0, code)
    assert.equal('{"tags":["a"],"userId":"1"}\n', content())
    assert.equal("JSON cannot keep tags (a set); FORMAT dynamodb-json keeps all\n", err)
  end)

  it("writes CSV where the name of the file says so", function()
    local name = path .. ".csv"
    local code = world_of(scanned(4)):run(("export %s SEGMENTS 1"):format(name))
    local text = content(name)
    os.remove(name)
    assert.equal(0, code)
    assert.equal(
      'userId:S,tags:SS,:M\n1,"[""a""]",\n2,"[""a""]",\n3,"[""a""]",\n4,"[""a""]",\n',
      text
    )
    world_of('{"Items":[],"Count":0}'):run(("export %s FORMAT csv"):format(path))
    assert.equal("userId:S,:M\n", content())
  end)

  it("writes data alone to standard output", function()
    local code, out, err = world_of(scanned(1)):run "export - SEGMENTS 1"
    assert.same({ 0, lines(1, 1) }, { code, out })
    assert.equal("exported: 1 item of Users, as DynamoDB JSON\n", err)
  end)

  it("says where it stopped and how it goes on, and does", function()
    local world = world_of(scanned(8, { [3] = true }))
    local text = ("export %s SEGMENTS 1"):format(path)
    local code, out, err = world:run(text)
    assert.same({ 2, "" }, { code, out })
    assert.matches("^AccessDeniedException: no\nexported: 6 items; to go on: dynamo ", err)
    assert.truthy(err:find(("-e '%s RESUME'\n"):format(text), 1, true), err)
    assert.equal("1 2 3 4 5 6", ids())

    code, out, err = world:run(text)
    assert.same({ 64, "" }, { code, out })
    assert.matches("tells of an export that stopped after 6 items; go on with: ", err)
    assert.equal("1 2 3 4 5 6", ids())

    local file = assert(io.open(path, "ab"))
    file:write '{"Item":{"use'
    file:close()
    code, out, err = world:run(text .. " RESUME")
    assert.same({ 0, "exported: 8 items of Users, as DynamoDB JSON\n", "" }, { code, out, err })
    assert.equal("1 2 3 4 5 6 7 8", ids())
    assert.is_nil(content(path .. ".resume"))
  end)

  it("goes on with the header of CSV", function()
    local world = world_of(scanned(5, { [2] = true }))
    local text = ("export %s FORMAT csv SEGMENTS 1 RESUME"):format(path)
    assert.equal(2, (world:run(text)))
    assert.equal(0, (world:run(text)))
    assert.equal('userId:S,tags:SS,:M\n1,"[""a""]",\n', content():sub(1, 33))
    assert.equal(6, select(2, content():gsub("\n", "")))
  end)

  it("counts what LIMIT leaves", function()
    local world = world_of(scanned(9, { [2] = true }))
    local text = ("export %s LIMIT 5 RESUME"):format(path)
    assert.equal(2, (world:run(text)))
    assert.equal(0, (world:run(text)))
    assert.equal("1 2 3 4 5", ids())
  end)

  it("keeps where it is in another file, for standard output, too", function()
    local world = world_of(scanned(5, { [2] = true }))
    local text = ("export - SEGMENTS 1 RESUME %s.resume"):format(path)
    local code, out = world:run(text)
    assert.same({ 2, lines(1, 3) }, { code, out })
    code, out = world:run(text)
    assert.same({ 0, lines(4, 5) }, { code, out })
    local _, _, err = world_of(scanned(5, { [2] = true })):run "export - SEGMENTS 1"
    assert.matches("exported: 3 items; nothing is kept of where it stopped", err)
  end)

  it("does not go on with what is another's", function()
    local world = world_of(scanned(8, { [2] = true, [4] = true }))
    world:run(("export %s SEGMENTS 1"):format(path))
    for clause, wanted in pairs {
      ["FORMAT jsonl"] = "another format: dynamodb-json, not jsonl",
      ["WHERE a > 1"] = "another filter: none, not a > 1",
      ["LIMIT 5"] = "another limit: none, not 5",
    } do
      local code, _, err = world:run(("export %s %s RESUME"):format(path, clause))
      assert.equal(64, code)
      assert.truthy(err:find(wanted, 1, true), err)
    end
    assert.equal("1 2 3", ids())
    assert(io.open(path, "wb")):close()
    local code, _, err = world:run(("export %s RESUME"):format(path))
    assert.equal(2, code)
    assert.matches("has 0 bytes, and %d+ were written: begin anew", err)
    assert(io.open(path .. ".resume", "wb")):close()
    _, _, err = world:run(("export %s RESUME"):format(path))
    assert.matches("tells nothing of work that stopped: it is another file, or damaged", err)
  end)

  it("leaves nothing behind where nothing was done", function()
    local world = world_of(scanned(8, { [1] = true }))
    local code, _, err = world:run(("export %s SEGMENTS 1"):format(path))
    assert.same({ 2, "AccessDeniedException: no\n" }, { code, err })
    assert.is_nil(content(path .. ".resume"))
  end)

  it("asks before it writes over a file", function()
    local file = assert(io.open(path, "wb"))
    file:write "x"
    file:close()
    local code, _, err = world_of(scanned(1)):run("export " .. path)
    assert.equal(64, code)
    assert.equal(
      ("to write over %s needs a yes, and nobody can be asked: --yes\n"):format(path),
      err
    )
    assert.equal("x", content())
    assert.equal(
      0,
      (world_of(scanned(1), { yes = true }):run(("export %s SEGMENTS 1"):format(path)))
    )
    assert.equal(
      lines(1, 1),
      content():gsub('{"Item":{"userId":{"S":"1"},"tags":{"SS":%["a"%]}}}', lines(1, 1):sub(1, -2))
    )
  end)

  it("is told of in a read-only session, too", function()
    local world = world_of(scanned(1), { read_only = true })
    assert.equal(0, (world:run(("export %s SEGMENTS 1"):format(path))))
  end)

  for text, wanted in pairs {
    ["export"] = "column 7: expected the name of a file, or -, got the end",
    ["export x.gz"] = "column 8: export packs nothing: export to a file, and gzip that",
    ["export x FORMAT cvs"] = 'column 17: no format "cvs", but csv, dynamodb-json and jsonl, did you mean "csv"?',
    ["export x RATE fast"] = "column 15: RATE takes a number of capacity units a second, above 0",
    ["export x SEGMENTS 0"] = "column 19: SEGMENTS takes how many parts are read side by side, 1 to 1000",
    ["export x RESUME a b"] = "column 17: RESUME takes the name of a file, quoted if it has blanks or brackets in it",
    ["export x DESC"] = "column 10: DESC has no meaning here",
    ["export x WHERE = 1"] = "column 16: expected",
  } do
    it("shows where a mistake is: " .. text, function()
      local world = world_of(scanned(1))
      local code, _, err = world:run(text)
      assert.equal(64, code)
      assert.equal(wanted, err:sub(1, #wanted))
      assert.is_nil(content "x")
      assert.is_nil(content "x.resume")
    end)
  end

  it("takes a path for one", function()
    local world = world_of(scanned(1))
    local _, _, err = world:run "export ./no/such/folder/file"
    assert.matches("^%./no/such/folder/file: No such file or directory", err)
    world = world_of(scanned(1), { variables = { HOME = "/no/such/home" } })
    _, _, err = world:run "export ~/file"
    assert.matches("^/no/such/home/file: No such file or directory", err)
  end)
end)
