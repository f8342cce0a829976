-- SPDX-License-Identifier: MIT
-- Lines of a script that are alike: read by their shape they ask for the same as read one by one.
local prompt_world = require "support.prompt_world"
local random_value = require "support.random_value"
local scale = require "support.scale"
local statements = require "dynamo.prompt.statements"

-- Runs lines as a script; returns the requests, what was printed to the two streams, how many lines were
-- known by a shape.
local function run(world, lines)
  local session, i, known = world.session, 0, 0
  local function next_line()
    i = i + 1
    return lines[i]
  end
  local function knows(line)
    return session:known(line)
  end
  for text, line, asked in statements.each(next_line, session.verbs, session.shape and knows) do
    if asked then known = known + 1 end
    session:run(text, "script", line, asked)
  end
  return world.sent, world.stdout.taken(), world.stderr.taken(), known
end

-- Runs lines with and without shapes, which must make no difference; returns how many were known, what
-- was sent, what was said of mistakes.
local function compare(lines, o)
  local plain = prompt_world.new(o)
  plain.session.shape = nil
  local sent, out, err = run(plain, lines)
  local sent_too, out_too, err_too, known = run(prompt_world.new(o), lines)
  assert.same(sent, sent_too)
  assert.equal(out, out_too)
  assert.equal(err, err_too)
  return known, sent, err
end

-- Returns lines with each of the values in the place of @.
local function each(form, ...)
  local lines = {}
  for i, value in ipairs { ... } do
    lines[i] = form:gsub("@", (value:gsub("%%", "%%%%")))
  end
  return lines
end

describe("lines that are alike", function()
  it("are known from the fourth on", function()
    local lines =
      each('upsert u-@ { name = "Ann@", visits = @, active = true }', "1", "2", "3", "4", "5")
    local known, sent = compare(lines)
    assert.equal(2, known)
    assert.equal("UpdateItem", sent[#sent][1])
    assert.same({ userId = { S = "u-5" } }, sent[#sent][2].Key)
  end)

  for form, known in pairs {
    ["upsert @ { a = @ }"] = 3,
    ["upsert @ { a = @ };"] = 3,
    ["  put '@' { a = [@, { b = \"@\" }], c = { d = { @ } } }"] = 3,
    ['insert { userId = "@", "a b": @ } IF attribute_exists(a)'] = 3,
    ["replace @ { s = dynamo.set { 'a' }, n = dynamo.number '12345678901234567890', a = @ }"] = 3,
    ["patch @ { a = true, b = false, c = null, d = -1.50 }"] = 3,
    ["get @"] = 3,
    ["get '@' CONSISTENT"] = 3,
    ["delete @ IF a = 1"] = 3,
    ["update @ SET a = a + 1, b = 'x'"] = 3,
    ["upsert @ { a = dynamo.set { @ } }"] = 0,
    ["upsert @ { userId = '@' }"] = 0,
    ["upsert @ { a = (1 + @) }"] = 0,
    ["upsert @ { a = 9000000, b = @ }"] = 0,
    ["get dynamo.binary '@'"] = 0,
    ["count @"] = 0,
    ["x = @"] = 0,
  } do
    it("ask for the same: " .. form, function()
      assert.equal(known, (compare(each(form, "1", "2", "3", "14", "5", "6"))))
    end)
  end

  it("are so with keys of two parts, and of numbers", function()
    local lines = each("put dev-@ @ { a = 'x@' }", "1", "22", "333", "-4", "5.50", "00006")
    local known, sent = compare(lines, { table_name = "Events" })
    assert.equal(3, known)
    assert.same({ N = "5.5" }, sent[6][2].Item.at)
  end)

  it("are told from those that only look so", function()
    local lines = each(
      "upsert @ { a = 1 }",
      "1",
      "2",
      "3",
      "4",
      "dynamo.x",
      "é",
      "a b",
      "",
      "{ userId = 'x' }"
    )
    local known = compare(lines)
    assert.equal(1, known)
    lines = each(
      "upsert k { a = @ }",
      "1",
      "2",
      "3",
      "4",
      "1234567890123456",
      "1.2.3",
      "-",
      "0x10",
      "1e3",
      "5"
    )
    assert.equal(2, (compare(lines)))
    lines =
      each("upsert k { a = @ }", "true", "false", "true", "false", "null", "nil", "truer", "true")
    assert.equal(1, (compare(lines)))
    lines =
      each("upsert k { a = '@' }", "1", "2", "3", "", "\\n", "it''s", 'a"b', "\1", "\255", "5")
    compare(lines)
  end)

  it("show mistakes where they stand", function()
    local lines = each("put @ { a = 1 }", "1", "22", "333", ("x"):rep(2049))
    local known, _, err = compare(lines)
    assert.equal(1, known)
    assert.truthy(err:find "^script:4: column 2055: ", err)
  end)

  it("may come after others, be of another table, and stand in a transaction", function()
    local known = compare {
      "put 1 { a = 1 }",
      "put 2 { a = 1 }",
      "put 3 { a = 1 }",
      "put 4 { a = 1 }",
      "again 2",
      "use Events",
      "put 4 { a = 1 }",
      "put 4 7 { a = 1 }",
      "use Users",
      "put 1 { a = 1 }",
      "put 2 { a = 1 }",
      "put 3 { a = 1 }",
      "put 4 { a = 1 }",
      "begin",
      "put 5 { a = 1 }",
      "put 6 { a = 1 }",
      "commit",
      "put 7 {",
      "a = 1 }",
      "put 8 { a = 1 }",
    }
    assert.equal(2, known)
  end)

  it("are asked for in order, whatever they are", function()
    local random = random_value.source(20261127)
    local pieces = { "a", "Zz", "é", "木", "\\n", "''", " ", "0", "-1", "true" }
    local forms = {
      "put @ { a = '@', b = @ }",
      "upsert @ { a = '@', b = @ }",
      "upsert { userId = '@', b = { @, '@' } }",
      "get @",
      "update @ SET a = 'b'",
    }
    local lines, form = {}, nil
    for i = 1, scale(3000) do
      if i == 1 or random.upto(20) == 1 then form = random.pick(forms) end
      lines[i] = form:gsub("@", function()
        return random.upto(12) == 1 and random.pick(pieces) or tostring(random.upto(1000))
      end)
    end
    local known = compare(lines)
    assert.truthy(known > #lines / 10, known)
  end)
end)
