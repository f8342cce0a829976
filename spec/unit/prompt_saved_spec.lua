-- SPDX-License-Identifier: MIT
-- Named statements: save, run, saved, forget, and the file that they are in.
local completion = require "dynamo.prompt.completion"
local parameters = require "dynamo.prompt.parameters"
local prompt_world = require "support.prompt_world"

describe("named statements", function()
  local folder

  before_each(function()
    local pipe = io.popen "mktemp -d"
    folder = pipe:read "*l"
    pipe:close()
  end)

  after_each(function()
    os.execute("rm -r " .. folder)
  end)

  local function new_world(o)
    o = o or {}
    o.variables = { XDG_CONFIG_HOME = folder }
    return prompt_world.new(o)
  end

  local function run(world, text)
    local code, out, err = world:run(text)
    assert.equal("", err)
    assert.equal(0, code)
    return out
  end

  local function fails(world, text, wanted)
    local code, _, err = world:run(text)
    assert.equal(wanted or 64, code, err)
    return err
  end

  it("are kept, run with values, listed and forgotten", function()
    local world = new_world()
    assert.equal(
      "saved: bump, takes 2\n",
      run(world, "save bump update $1 ADD visits $2 IF a = '$1'")
    )
    assert.equal("saved: all\n", run(world, "save all scan LIMIT 5"))
    world = new_world()
    assert.equal("updated", run(world, "run bump 123 5"):gsub("created", "updated"):match "%a+")
    local sent = world.sent[#world.sent]
    assert.equal("UpdateItem", sent[1])
    assert.same({ userId = { S = "123" } }, sent[2].Key)
    assert.same({ N = "5" }, sent[2].ExpressionAttributeValues[":v0"])
    assert.same({ S = "$1" }, sent[2].ExpressionAttributeValues[":v1"])
    assert.equal(
      "all: scan LIMIT 5\nbump: update $1 ADD visits $2 IF a = '$1'\n",
      run(world, "saved")
    )
    assert.equal("all: scan LIMIT 5\n", run(world, "saved all"))
    assert.equal("forgotten: all: scan LIMIT 5\n", run(world, "forget all"))
    run(world, "forget bump")
    assert.equal("none is saved: save NAME VERB ...\n", run(world, "saved"))
  end)

  it("are in a file that their owner alone can read", function()
    run(new_world(), "save a tables")
    local pipe = io.popen(("stat -c %%a %s/dynamo %s/dynamo/statements"):format(folder, folder))
    assert.equal("700\n600\n", pipe:read "*a")
    pipe:close()
  end)

  it("say what they replace", function()
    local world = new_world()
    run(world, "save a get 1")
    assert.equal("saved: a\nit was: get 1\n", run(world, "save a get 2"))
    assert.equal("saved: a\n", run(world, "save a get 2"))
  end)

  it("take values as they are typed", function()
    local world = new_world()
    run(world, "save p put $1 $2")
    run(world, [[run p 'a b' { name = "x y", l = { 1, (1 + 1) } }]])
    local item = world.sent[#world.sent][2].Item
    assert.equal("a b", item.userId.S)
    assert.equal("x y", item.name.S)
    assert.equal("2", item.l.L[2].N)
  end)

  it("are done again by again, and refused as any in a read-only session", function()
    local world = new_world()
    run(world, "save bump update $1 ADD n 1")
    run(world, "run bump 7")
    run(world, "again")
    assert.same({ "DescribeTable", "UpdateItem", "UpdateItem" }, world:operations())
    world = new_world { read_only = true }
    assert.truthy(fails(world, "run bump 7"):find("read-only", 1, true))
  end)

  it("are completed by name, and given as data", function()
    local world = new_world { format = "json" }
    run(new_world(), "save daily tables")
    local words = table.concat(completion.words(world.session), " ")
    assert.truthy(words:find("run daily", 1, true))
    assert.truthy(words:find("forget daily", 1, true))
    assert.equal('{"daily":"tables"}\n', run(world, "saved"))
  end)

  for text, wanted in pairs {
    ["save"] = "column 5: expected a name of letters, digits, - and _, got the end",
    ["save 1 get 1"] = "column 6: expected a name of letters",
    ["save a"] = "column 7: expected a verb, got the end",
    ["save a 1 + 1"] = 'column 8: expected a verb, got "1"',
    ["save a run b"] = "column 8: run itself cannot be saved",
    ["save a get $2"] = "column 8: $2 is there, but no $1",
    ["run nosuch"] = 'column 5: no statement is saved as "nosuch"',
    ["run get_ti 1"] = 'column 5: no statement is saved as "get_ti", did you mean "get_it"?',
    ["run get_it"] = "column 11: get_it takes 1 value, got 0: get $1",
    ["run get_it 1 2"] = "column 15: get_it takes 1 value, got 2: get $1",
    ["run get_it { 1"] = 'column 12: this "{" is not closed',
    ["run get_it 'x"] = "column 12: ",
    ["saved x"] = 'column 7: no statement is saved as "x"',
    ["forget"] = "column 7: expected a name",
  } do
    it("name the place of a mistake: " .. text, function()
      local world = new_world()
      run(world, "save get_it get $1")
      local err = fails(world, text)
      assert.equal(wanted, err:sub(1, #wanted))
    end)
  end

  it("show mistakes in what is run", function()
    local world = new_world()
    run(world, "save up update $1 SET a = = $2")
    assert.truthy(fails(world, "run up 1 2"):find "\n  update 1 SET a = = 2\n")
  end)

  it("name a file that is none of theirs, and a home that is missing", function()
    local world = new_world()
    run(world, "save a tables")
    local file = io.open(folder .. "/dynamo/statements", "w")
    file:write "{ a = 5 }"
    file:close()
    assert.truthy(fails(world, "saved", 2):find("statements is no file of statements", 1, true))
    file = io.open(folder .. "/dynamo/statements", "w")
    file:write "{ a = "
    file:close()
    assert.truthy(fails(world, "run a", 2):find("mend it, or move it away", 1, true))
    world = prompt_world.new {}
    assert.truthy(fails(world, "saved", 2):find("HOME is not set", 1, true))
  end)
end)

describe("the places for values", function()
  it("stand outside of quotes", function()
    assert.equal(2, parameters.count [[a $1 "x \" $7" '$8' `$9` $2 $ $x]])
    assert.same({ 3, 2 }, { parameters.count "$1 $3" })
    assert.equal(
      [[a ONE "" '' TWO "$1" ONE]],
      parameters.filled([[a $1 "" '' $2 "$1" $1]], { "ONE", "TWO" })
    )
  end)
end)
