-- SPDX-License-Identifier: MIT
-- copy at the prompt: what it compares, asks and writes, and how it goes on.
local json = require "dkjson"
local prompt_world = require "support.prompt_world"

local DENIED = '{"__type":"x#AccessDeniedException","message":"no"}'
local RESUME = "Users-People.resume"

describe("copy", function()
  local written

  before_each(function()
    written = {}
  end)

  after_each(function()
    os.remove(RESUME)
  end)

  -- Returns a world in which Users has ten items, three a page; writes that `fails` says fail.
  local function world_of(o, fails)
    local requests = 0
    o = o or {}
    o.answers = {
      Scan = function(params)
        if params.TableName ~= "Users" then
          return json.encode { Items = o.items or json.decode "[]", Count = 0 }
        end
        local start = params.ExclusiveStartKey
        local first = start and tonumber(start.userId.S) + 1 or 1
        local items, last = {}, math.min(first + 2, 10)
        for id = first, last do
          items[#items + 1] = ('{"userId":{"S":"%d"},"tags":{"SS":["a"]}}'):format(id)
        end
        local more = last < 10 and (',"LastEvaluatedKey":{"userId":{"S":"%d"}}'):format(last) or ""
        return ('{"Items":[%s],"Count":%d%s}'):format(table.concat(items, ","), #items, more)
      end,
      BatchWriteItem = function(params)
        requests = requests + 1
        if fails and fails[requests] then return DENIED, 400 end
        for _, request in ipairs(params.RequestItems.People or params.RequestItems.Users) do
          written[#written + 1] = request.PutRequest.Item.userId.S
        end
        return "{}"
      end,
    }
    return prompt_world.new(o)
  end

  it("writes the items of the table into another one", function()
    local code, out, err = world_of():run "copy People SEGMENTS 1"
    assert.same({ 0, "copied: 10 items of Users into People\n", "" }, { code, out, err })
    assert.equal("1 2 3 4 5 6 7 8 9 10", table.concat(written, " "))
    assert.is_nil(io.open(RESUME))
  end)

  it("takes LIMIT and WHERE", function()
    local world = world_of()
    assert.equal(0, (world:run "copy People LIMIT 4 WHERE a = 1"))
    assert.equal(4, #written)
    assert.equal("#n0 = :v0", world.sent[#world.sent - 1][2].FilterExpression)
  end)

  it("goes on where it stopped", function()
    local code, out, err = world_of(nil, { [1] = true }):run "copy People SEGMENTS 1"
    assert.same({ 2, "" }, { code, out })
    assert.matches(
      "^AccessDeniedException: no\ncopied for certain: %d+ items?; to go on: dynamo ",
      err
    )
    assert.matches("%-e 'copy People SEGMENTS 1 RESUME'", err)
    code, out, err = world_of():run "copy People SEGMENTS 1"
    assert.same({ 64, "" }, { code, out })
    assert.matches("Users%-People.resume tells of a copy that stopped after ", err)
    code, out = world_of():run "copy People SEGMENTS 1 RESUME"
    assert.same({ 0, "copied: 10 items of Users into People\n" }, { code, out })
    assert.equal(10, #written)
  end)

  for text, wanted in pairs {
    ["copy Events"] = "column 6: the key of Users is userId (S), that of Events is device (S), at (N)",
    ["copy Large"] = "column 6: the key of Users is userId (S), that of Large is id (S)",
    ["copy Users"] = "column 6: Users cannot be copied into itself",
    ["copy Evens"] = 'column 6: there is no table "Evens", did you mean "Events"?',
    ["copy a:b:c"] = "column 6: expected Table or profile:Table",
    ["copy"] = "column 5: expected the name of a table, got the end",
    ["copy People ONLY a"] = "column 13: ONLY has no meaning here",
    ["copy People INDEX byEmail"] = "column 13: expected WHERE, LIMIT, CONSISTENT, REGION",
  } do
    it("refuses what cannot be: " .. text, function()
      local code, _, err = world_of():run(text)
      assert.equal(64, code)
      assert.equal(wanted, err:sub(1, #wanted))
      assert.same({}, written)
    end)
  end

  it("takes a table of another profile, region and endpoint", function()
    local world, given = world_of { yes = true }, nil
    world.session.world.open_client = function(o, hooks)
      given = o
      return world:new_client { hooks = hooks }
    end
    local code, out =
      world:run "copy prod:Users SEGMENTS 1 REGION us-east-1 ENDPOINT https://example.com"
    assert.same({ 0, "copied: 10 items of Users into Users\n" }, { code, out })
    assert.same(
      { name = "Users", profile = "prod", region = "us-east-1", endpoint = "https://example.com" },
      given
    )
  end)

  it("asks who can be asked, and needs a yes where there are items", function()
    local asked
    local function ask(question)
      asked = question
      return "yes"
    end
    assert.equal(0, (world_of({ ask = ask }):run "copy People SEGMENTS 1"))
    assert.equal("copy about 1,204 items of Users into People? Type yes: ", asked)
    local items = { { userId = { S = "x" } } }
    local code, _, err = world_of({ items = items }):run "copy People"
    assert.equal(64, code)
    assert.matches(
      "into People, which has items: those with the same keys are replaced needs a yes",
      err
    )
  end)

  it("is refused in a read-only session and in a transaction", function()
    assert.equal(64, (world_of({ read_only = true }):run "copy People"))
    local world = world_of()
    world:run "begin"
    local code, _, err = world:run "copy People"
    assert.equal(64, code)
    assert.matches("a copy cannot wait for commit", err)
    assert.same({}, written)
  end)
end)
