-- SPDX-License-Identifier: MIT
-- edit: what the editor is given, what is sent of what it made, what is kept.
local prompt_world = require "support.prompt_world"

local ANN = '{"Item":{"userId":{"S":"1"},"name":{"S":"Ann"},"n":{"N":"12345678901234567890"},'
  .. '"tags":{"SS":["a"]},"b":{"B":"AP8="}}}'

-- Returns a function that edits as an editor would: it is given what the file has, and gives what is to
-- be in it, or false where it fails. `seen` keeps the paths and the texts.
local function editor(seen, change)
  return function(command)
    local path = command:match "^ed %-s '(.*)'$"
    local file = assert(io.open(path, "rb"))
    local text = file:read "*a"
    file:close()
    seen[#seen + 1] = { path = path, text = text }
    local new = change(text, #seen)
    if not new then return false end
    file = assert(io.open(path, "wb"))
    file:write(new)
    file:close()
    return true
  end
end

-- Returns a world with such an editor, and what that has seen.
local function new_world(change, o)
  o = o or {}
  local seen = {}
  o.answers = o.answers or { GetItem = ANN }
  o.variables = { EDITOR = "ed -s" }
  o.run_command = editor(seen, change)
  return prompt_world.new(o), seen
end

local function is_there(path)
  local file = io.open(path)
  if file then file:close() end
  return file ~= nil
end

describe("edit", function()
  it("gives an editor the item as Lua, and writes what differs", function()
    local world, seen = new_world(function(text)
      return (text:gsub('"Ann"', '"Bo"'):gsub("tags = [^\n]*", "more = { 1 },"))
    end, { tells_changes = true })
    local code, out, err = world:run "edit 1"
    assert.equal("", err)
    assert.equal(0, code)
    assert.equal(
      'updated: Users 1\n+ more  { 1 }\n  name  "Ann" -> "Bo"\n- tags  dynamo.set { "a" }\n',
      out
    )
    assert.truthy(seen[1].text:find("^%-%- Users 1%. What is saved is written"))
    assert.truthy(seen[1].text:find('n = dynamo.number "12345678901234567890"', 1, true))
    assert.truthy(
      seen[1].text:find('b = dynamo.binary "\\000\255"', 1, true)
        or seen[1].text:find "dynamo.binary"
    )
    local sent = world.sent[#world.sent]
    assert.equal("UpdateItem", sent[1])
    assert.equal("SET #n0 = :v0, #n1 = :v1 REMOVE #n2", sent[2].UpdateExpression)
    assert.truthy(sent[2].ConditionExpression:find "attribute_not_exists")
    assert.is_false(is_there(seen[1].path))
  end)

  it("keeps the file from others while it is edited", function()
    local mode
    local world = new_world(function()
      return false
    end)
    local inner = world.run_command
    world.run_command = function(command)
      local path = command:match "'(.*)'"
      local pipe = io.popen(("stat -c %%a '%s' '%s'"):format(path, path:match "^(.*)/"))
      mode = pipe:read "*a"
      pipe:close()
      return inner(command)
    end
    local code, _, err = world:run "edit 1"
    assert.equal(64, code)
    assert.equal("the editor failed: nothing was sent\n", err)
    assert.equal("600\n700\n", mode)
  end)

  it("sends nothing where nothing differs, or all was deleted", function()
    for _, change in ipairs {
      function(text)
        return text .. "\n"
      end,
      function(text)
        return text:match "^.-\n"
      end,
      function()
        return " \n"
      end,
    } do
      local world, seen = new_world(change)
      local code, out = world:run "edit 1"
      assert.equal(0, code)
      assert.equal("nothing differs: nothing was sent\n", out)
      assert.same({ "DescribeTable", "GetItem" }, world:operations())
      assert.is_false(is_there(seen[1].path))
    end
  end)

  it("offers an insert where there is no item", function()
    local world, seen = new_world(function(text)
      return (text:gsub("{ userId", "{ n = (1 + 1), userId"))
    end, { answers = {} })
    local code, out = world:run "edit 1"
    assert.equal(0, code)
    assert.equal("created: Users 1\n", out)
    assert.truthy(seen[1].text:find("there is no such item. What is saved is inserted", 1, true))
    local sent = world.sent[#world.sent]
    assert.equal("PutItem", sent[1])
    assert.same({ userId = { S = "1" }, n = { N = "2" } }, sent[2].Item)
    assert.truthy(sent[2].ConditionExpression:find "attribute_not_exists")
  end)

  it("opens what cannot be read again, with what is wrong, as often as is wanted", function()
    local asked = 0
    local world, seen = new_world(function(text, round)
      if round == 1 then return (text:gsub('"Ann"', "= =")) end
      if round == 2 then return (text:gsub("= = =", '= "Bo"'):gsub('"1"', '"2"')) end
      return (text:gsub('"2"', '"1"'))
    end, {
      ask = function(question)
        asked = asked + 1
        assert.equal("Edit it again? Type yes: ", question)
        return "yes"
      end,
    })
    local code, out, err = world:run "edit 1"
    assert.equal(0, code)
    assert.equal("updated: Users 1\n", out)
    assert.equal(2, asked)
    assert.truthy(err:find "line %d, column %d+: expected a value", err)
    assert.truthy(err:find("userId is in the key of the item", 1, true), err)
    assert.truthy(seen[2].text:find("= = =", 1, true))
    assert.same({ [":v0"] = { S = "Bo" } }, {
      [":v0"] = world.sent[#world.sent][2].ExpressionAttributeValues[":v0"],
    })
  end)

  for what, change in pairs {
    ["another key"] = function(text)
      return (text:gsub('"1"', '"2"'))
    end,
    ["no key"] = function(text)
      return (text:gsub("userId[^\n]*", ""))
    end,
    ["what is no item"] = function()
      return "{ 1, 2 }"
    end,
    ["what no item can hold"] = function(text)
      return (text:gsub('"Ann"', "(0/0)"))
    end,
    ["more than an item"] = function(text)
      return text .. "x"
    end,
  } do
    it("keeps and names the file where nobody can be asked: " .. what, function()
      local world, seen = new_world(change)
      local code, _, err = world:run "edit 1"
      assert.equal(64, code)
      local path = seen[1].path
      assert.truthy(err:find("nothing was sent; what was written lies in " .. path, 1, true), err)
      assert.truthy(is_there(path))
      os.execute("rm -r " .. path:match "^(.*)/")
      assert.same({ "DescribeTable", "GetItem" }, world:operations())
    end)
  end

  it("keeps and names the file where the item was changed meanwhile", function()
    local world, seen = new_world(function(text)
      return (text:gsub('"Ann"', '"Bo"'))
    end)
    local inner = world.run_command
    world.run_command = function(command)
      world.answers.GetItem = '{"Item":{"userId":{"S":"1"},"name":{"S":"Cy"}}}'
      return inner(command)
    end
    local code, _, err = world:run "edit 1"
    assert.equal(1, code)
    assert.truthy(err:find("Users 1 was changed since; nothing was written\n", 1, true))
    assert.truthy(err:find("what was written lies in " .. seen[1].path, 1, true))
    assert.truthy(err:find 'name +S +"Cy"')
    os.execute("rm -r " .. seen[1].path:match "^(.*)/")
  end)

  it("is undone by undo", function()
    local world = new_world(function(text)
      return (text:gsub('"Ann"', '"Bo"'))
    end)
    world:run "edit 1"
    world.answers.GetItem = (ANN:gsub("Ann", "Bo"))
    local code, out, err = world:run "undo"
    assert.equal("", err)
    assert.equal(0, code)
    assert.equal("undoes: edit 1\nrestored: Users 1\n", out)
  end)

  it("is refused where it cannot be done, before anything is opened", function()
    local world = prompt_world.new { read_only = true }
    local code, _, err = world:run "edit 1"
    assert.equal(64, code)
    assert.truthy(err:find("read-only", 1, true))
    world = prompt_world.new { answers = { GetItem = ANN } }
    code, _, err = world:run "edit 1"
    assert.equal(64, code)
    assert.truthy(err:find("set the variable VISUAL or EDITOR", 1, true))
    world:run "begin"
    code, _, err = world:run "edit 1"
    assert.equal(64, code)
    assert.truthy(err:find("commit or rollback first", 1, true))
  end)
end)
