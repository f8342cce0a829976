-- SPDX-License-Identifier: MIT
-- diff: two items path by path.
local prompt_world = require "support.prompt_world"

local ITEMS = {
  ["1"] = '{"userId":{"S":"1"},"name":{"S":"Ann"},"m":{"M":{"a.b":{"N":"1"},"same":{"S":"x"},'
    .. '"l":{"L":[{"N":"1"},{"N":"2"}]}}},"tags":{"SS":["a","b"]}}',
  ["2"] = '{"userId":{"S":"2"},"name":{"S":"Bo"},"m":{"M":{"a.b":{"N":"2"},"same":{"S":"x"},'
    .. '"l":{"L":[{"N":"1"},{"N":"3"},{"S":"new"}]}}},"tags":{"SS":["b","a"]},"n":{"S":"5"}}',
  ["1:x"] = '{"userId":{"S":"1:x"},"name":{"S":"Ann"}}',
}

local function get(params)
  local item = ITEMS[params.Key.userId.S]
  return item and ('{"Item":%s}'):format(item) or "{}"
end

local function new_world(o)
  o = o or {}
  o.answers = { GetItem = get, ListTables = '{"TableNames":["Users","People","Blobs","Events"]}' }
  local world = prompt_world.new(o)
  world.options = {}
  local new_client = world.new_client
  function world.new_client(self, options)
    self.options[#self.options + 1] = options
    return new_client(self, { hooks = options.hooks })
  end
  return world
end

local function run(world, text)
  local code, out, err = world:run(text)
  assert.equal("", err)
  assert.equal(0, code)
  return out
end

local function fails(world, text)
  local code, _, err = world:run(text)
  assert.equal(64, code, err)
  return err
end

describe("diff", function()
  it("shows path, left and right of what differs", function()
    local world = new_world()
    assert.equal(
      "         Users 1  Users 2\n"
        .. "m.`a.b`  1        2\n"
        .. "m.l[1]   2        3\n"
        .. 'm.l[2]            "new"\n'
        .. 'n                 "5"\n'
        .. 'name     "Ann"    "Bo"\n'
        .. "5 differences\n",
      run(world, "diff 1 2")
    )
    assert.is_true(world.sent[#world.sent][2].ConsistentRead)
    assert.equal("nothing differs\n", run(world, "diff 1 1"))
  end)

  it("shows an item that is not there as nothing", function()
    local world = new_world()
    local out = run(world, "diff '1:x' 9")
    assert.equal(
      "        Users 1:x  Users 9\n" .. 'userId  "1:x"\nname    "Ann"\n2 differences\n',
      out
    )
    assert.equal("there is neither of the two\n", run(world, "diff 8 9"))
  end)

  it("compares with another table, of a profile, region or endpoint too", function()
    local world = new_world()
    local out = run(world, "diff 1 People 2")
    assert.truthy(out:find "Users 1 +People 2\n")
    assert.equal("Users", world.sent[#world.sent - 1][2].TableName)
    assert.equal("People", world.sent[#world.sent][2].TableName)
    out = run(world, "diff 1 prod:Users")
    assert.equal("nothing differs\n", out)
    assert.equal("prod", world.options[#world.options].profile)
    run(world, "diff 1 Users REGION us-east-1")
    assert.equal("us-east-1", world.options[#world.options].region)
    run(world, "diff 1 2 ENDPOINT http://127.0.0.1:1")
    assert.equal("http://127.0.0.1:1", world.options[#world.options].endpoint)
  end)

  for text, wanted in pairs {
    ["diff"] = "column 5: expected userId",
    ["diff 1"] = "column 7: expected another key, Table or profile:Table, got the end",
    ["diff 1 Blobs"] = "column 8: the key of Users is userId (S), that of Blobs is id (B)",
    ["diff 1 x:Usres"] = 'column 8: there is no table "Usres", did you mean "Users"?',
    ["diff 1 2 3"] = "column 10: expected REGION, ENDPOINT or the end",
    ["diff 1 2 LIMIT 3"] = "column 10: LIMIT has no meaning here",
    ["explain diff 1 2"] = 'column 9: expected a verb that sends a request about items, got "diff"',
  } do
    it("names the place of a mistake: " .. text, function()
      local err = fails(new_world(), text)
      assert.equal(wanted, err:sub(1, #wanted))
    end)
  end

  it("gives rows as data", function()
    local world = new_world { format = "jsonl" }
    local code, out, err = world:run "diff 1 2"
    assert.equal(0, code)
    assert.equal("5 differences\n", err)
    assert.equal('{"left":1,"path":"m.`a.b`","right":2}\n', out:match "^[^\n]*\n")
    assert.truthy(out:find('{"path":"m.l[2]","right":"new"}\n', 1, true))
  end)
end)
