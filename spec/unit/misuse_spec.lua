-- SPDX-License-Identifier: MIT
-- The rule of docs/errors.md, walked: every option of every verb and every door, wrong in every way
-- that the code alone shows, raises at the line that called, and nothing is sent.
local arguments = require "dynamo.table.arguments"
local dynamo = require "dynamo"
local fake_client = require "support.fake_client"
local operations = require "dynamo.operations"

local OK = { status = 200, body = "{}" }
local KEY, ITEM = { userId = "1" }, { userId = "1", a = 1 }
local VERBS = {
  "get",
  "put",
  "insert",
  "replace",
  "upsert",
  "patch",
  "update",
  "delete",
  "query",
  "scan",
}
local METHODS = {
  get = "get_item",
  put = "put_item",
  insert = "put_item",
  replace = "put_item",
  upsert = "update_item",
  patch = "update_item",
  update = "update_item",
  delete = "delete_item",
  query = "query",
  scan = "scan",
}
local OF_ITEM = { put = true, insert = true, replace = true, upsert = true, patch = true }

-- Asserts that `f` raises at a line of its own, and returns the message.
local function misuse(f)
  local info = debug.getinfo(f, "S")
  local ok, message = pcall(f)
  assert.is_false(ok, "nothing raised")
  local line = tonumber(message:match("misuse_spec%.lua:(%d+): "))
  assert.is_not_nil(line, message)
  assert.is_true(line >= info.linedefined and line <= info.lastlinedefined, message)
  return message:match(": (.*)$")
end

-- Returns a table with an extension that brings an option, and what it sent.
local function users_of()
  local db, fake = fake_client.new { OK }
  local extensions = { dynamo.extension.version() }
  return db:table("Users", { key = { "userId" }, extensions = extensions }), fake
end

-- Asserts that a verb raises with the options `o`; returns the message.
local function refused(verb, o)
  local users, fake = users_of()
  local message = misuse(function()
    local _
    if verb == "update" then
      _ = users:update(KEY, "SET a = 1", o)
    elseif verb == "scan" then
      _ = users:scan(o)
    else
      _ = users[verb](users, OF_ITEM[verb] and ITEM or KEY, o)
    end
    return _
  end)
  assert.matches("table:" .. verb .. ": ", message, 1, true)
  assert.are.equal(0, #fake.requests)
  return message
end

-- Returns the name with a letter doubled: a slip of the fingers.
local function misspelt(name)
  return name:sub(1, 2) .. name:sub(2)
end

-- A value of a type that no option takes, but progress.
local function wrong() end

-- Returns a value that an option does not take.
local function wrong_for(name)
  return name == "progress" and 5 or wrong
end

for _, verb in ipairs(VERBS) do
  describe("every option of " .. verb, function()
    local operation = operations.by_method[METHODS[verb]]
    for name, member in pairs(arguments.options_of(verb, operation)) do
      it("is refused for a wrong type: " .. name, function()
        assert.matches(name, refused(verb, { [name] = wrong_for(name) }), 1, true)
      end)

      it("is refused misspelt: " .. name, function()
        local message = refused(verb, { [misspelt(name)] = true })
        assert.matches(
          ('unknown option "%s", did you mean "%s"?'):format(misspelt(name), name),
          message,
          1,
          true
        )
      end)

      local shape = operations.shapes[operation.members[member]]
      if shape and shape.enum or name == "ignore_nulls" then
        it("is refused with a word it does not take: " .. name, function()
          assert.matches(name, refused(verb, { [name] = "EVERYTHIN" }), 1, true)
        end)
      end
    end
  end)

  describe("the arguments of " .. verb, function()
    it("are its own and no more", function()
      local users, fake = users_of()
      local what = (verb == "update" or verb == "query") and "2 arguments behind 0 ?"
        or "one argument too many, a boolean"
      assert.matches(
        ("table:%s: %s"):format(verb, what),
        misuse(function()
          local _ = verb == "update" and users:update(KEY, "SET a = 1", {}, true)
            or verb == "scan" and users:scan({}, true)
            or users[verb](users, ITEM, {}, true)
          return _
        end),
        1,
        true
      )
      assert.are.equal(0, #fake.requests)
    end)

    it("come after a colon", function()
      local users = users_of()
      assert.matches(
        "use table:" .. verb .. "(...), with a colon",
        misuse(function()
          local _ = users[verb](KEY)
          return _
        end),
        1,
        true
      )
    end)
  end)
end

describe("a text that is no expression raises,", function()
  local TEXTS = {
    filter = { "a", { "a = ", 1 }, { "a = 1", [":x"] = 1 }, { "a = 1", x = 1 } },
    condition = { "a", { "a = ", 1 }, { "a = 1", [":x"] = 1 }, { "a = 1", x = 1 } },
    projection = { "a,", { "a b" } },
    if_newer = { "a.", "", "a[x]" },
  }
  for _, verb in ipairs(VERBS) do
    local words = arguments.options_of(verb, operations.by_method[METHODS[verb]])
    for option, texts in pairs(TEXTS) do
      for i, text in ipairs(words[option] and texts or {}) do
        it(("%s of %s, case %d"):format(option, verb, i), function()
          refused(verb, { [option] = text })
        end)
      end
    end
  end

  local updates = { "", "SET a b", { "SET a =" }, "SET a = :x,", dynamo.attr("a"):eq(1) }
  for i, expression in ipairs(updates) do
    it("an update, case " .. i, function()
      local users, fake = users_of()
      assert.matches(
        "table:update: expression",
        misuse(function()
          local _ = users:update(KEY, expression)
          return _
        end),
        1,
        true
      )
      assert.are.equal(0, #fake.requests)
    end)
  end

  for _, option in ipairs { "names", "values" } do
    it("and so do tokens that no text uses: " .. option, function()
      local token = option == "names" and "#x" or ":x"
      assert.matches(
        "not used by any expression",
        refused("put", { [option] = { [token] = "x" } }),
        1,
        true
      )
    end)
  end
end)

describe("options in the place of a value", function()
  local users, fake = users_of()
  local GUARD = { condition = "attribute_not_exists(locked)" }

  it("are refused, and the ? without a value is named", function()
    local message = misuse(function()
      local _ = users:update(KEY, "SET balance = ?, note = ?", 0, GUARD)
      return _
    end)
    assert.matches("table:update: no value for ? number 2 of 2", message, 1, true)
    assert.matches("{ text, values... }", message, 1, true)
    assert.are.equal(0, #fake.requests)
  end)

  it("are refused with an extension's word in them", function()
    assert.matches(
      "no value for ? number 1 of 1",
      misuse(function()
        local _ = users:update(KEY, "SET a = ?", { version = 3 })
        return _
      end),
      1,
      true
    )
  end)

  it("are refused where more than one value is missing", function()
    assert.matches(
      "no value for ? number 1 of 2",
      misuse(function()
        local _ = users:update(KEY, "SET a = ?, b = ?", { timeout = 3 })
        return _
      end),
      1,
      true
    )
  end)

  it("are refused when it is explained", function()
    assert.matches(
      "no value for ? number 1 of 1",
      misuse(function()
        local _ = users:explain("update", KEY, "SET a = ?", GUARD)
        return _
      end),
      1,
      true
    )
  end)

  for i, map in ipairs {
    { timeout = 5, colour = "red" },
    {},
    { 1, 2 },
    dynamo.map { timeout = 5 },
    dynamo.set { "timeout" },
  } do
    it("are told from a map of one's own, case " .. i, function()
      assert.is_string(assert(users:explain("update", KEY, "SET a = ?", map)).body)
    end)
  end

  it("are stored where they stand behind their text", function()
    local request = assert(users:explain("update", KEY, { "SET a = ?", { timeout = 5 } }))
    assert.matches('{"M":{"timeout":{"N":"5"}}}', request.body, 1, true)
  end)

  it("are missed no more than a value", function()
    assert.matches(
      "no value for ? number 2 of 2",
      misuse(function()
        local _ = users:update(KEY, "SET a = ?, b = ?", 1)
        return _
      end),
      1,
      true
    )
  end)
end)

describe("every door of a client", function()
  local db, fake = fake_client.new { OK }
  for method in pairs(operations.by_method) do
    it("takes parameters, options and no more: " .. method, function()
      for _, view in ipairs { db, db.typed } do
        assert.matches(
          "one argument too many, a string",
          misuse(function()
            local _ = view[method](view, {}, {}, "x")
            return _
          end),
          1,
          true
        )
        assert.matches(
          'unknown option "timeuot", did you mean "timeout"?',
          misuse(function()
            local _ = view[method](view, {}, { timeuot = 1 })
            return _
          end),
          1,
          true
        )
        assert.matches(
          "timeout must be a number of seconds",
          misuse(function()
            local _ = view[method](view, {}, { timeout = wrong })
            return _
          end),
          1,
          true
        )
        assert.matches(
          ("use db:%s(...), with a colon"):format(method),
          misuse(function()
            local _ = view[method]({})
            return _
          end),
          1,
          true
        )
      end
      assert.are.equal(0, #fake.requests)
    end)
  end

  local cases = {
    new = function()
      local _ = dynamo.new({}, "x")
      return _
    end,
    table = function()
      local _ = db:table("T", {}, "x")
      return _
    end,
    explain = function()
      local _ = db:explain("get_item", KEY, "x")
      return _
    end,
    close = function()
      local _ = db:close("x")
      return _
    end,
  }
  for door, call in pairs(cases) do
    it("takes no argument too many: " .. door, function()
      assert.matches("one argument too many, a string", misuse(call), 1, true)
    end)
  end
end)

-- Returns the first words in back-quotes of the lines of a table in a page of docs/.
local function documented(page)
  local names = {}
  for line in io.lines(page) do
    for name in (line:match("^| (`[%l_` ]+`) |") or ""):gmatch("[%l_]+") do
      names[#names + 1] = name
    end
  end
  return names
end

describe("every option of dynamo.new", function()
  local names = documented "docs/client.md"

  it("is read off docs/client.md", function()
    assert.is_true(#names >= 25)
  end)

  for _, name in ipairs(names) do
    it("is refused for a wrong type: " .. name, function()
      assert.matches(
        name .. " ",
        misuse(function()
          local _ = dynamo.new { [name] = 0 / 0 }
          return _
        end),
        1,
        true
      )
    end)

    it("is refused misspelt: " .. name, function()
      assert.matches(
        ('unknown option "%s", did you mean '):format(misspelt(name)),
        misuse(function()
          local _ = dynamo.new { [misspelt(name)] = true }
          return _
        end),
        1,
        true
      )
    end)
  end
end)
