-- SPDX-License-Identifier: MIT
-- Where a statement ends, which language it is in, and where Lua finds it wrong.
local brackets = require "dynamo.prompt.brackets"
local grammar = require "dynamo.prompt.grammar"
local guess = require "dynamo.prompt.guess"
local lua_line = require "dynamo.prompt.lua_line"
local mistake = require "dynamo.prompt.mistake"
local scale = require "support.scale"
local statements = require "dynamo.prompt.statements"
local vocabulary = require "dynamo.prompt.vocabulary"

-- Returns the statements of a text: { { text, first line }, ... }.
local function split(text)
  local list = {}
  for statement, line in statements.each(text:gmatch "([^\n]*)\n", vocabulary) do
    list[#list + 1] = { statement, line }
  end
  return list
end

describe("statements", function()
  it("are lines, but comments and blanks", function()
    assert.same(
      { { "get 1", 3 }, { "x = 1", 6 } },
      split "#!/usr/bin/env dynamo\n-- a comment {\nget 1\r\n\n  \nx = 1\n"
    )
  end)

  for text, count in pairs {
    ["put {\n  a = 1,\n}\nget 1\n"] = 2,
    ["put { a = [1,\n2] }\nget 1\n"] = 2,
    ["put { a = '}', b = \"{\" }\nget 1\n"] = 2,
    ['put { a = "\\"{" }\nget 1\n'] = 2,
    ["update 1 SET a = list_append(a,\n  [1])\nget 1\n"] = 2,
    ["update 1 SET a = 'it''s (' IF b = 1\nget 1\n"] = 2,
    ["update 1 SET a = '\\' IF contains(b, '(')\nget 1\n"] = 2,
    ["function f(x)\n  return x\nend\nf(3)\n"] = 2,
    ["for i = 1, 2 do\n  print(i)\nend\nget 1\n"] = 2,
    ["1 +\n2\nget 1\n"] = 2,
    ["x = [[\n{ ( [\n]]\nget 1\n"] = 2,
    ["x = f( -- (\n 1)\nget 1\n"] = 2,
    ["--[[ a\ncomment ]] x = 1\nget 1\n"] = 2,
    ["x = 'a\nget 1\n"] = 2, -- a string ends with its line
    ["put { a = 1\n"] = 1,
    ["put ] a\nget 1\n"] = 2,
  } do
    it(("are %d of %q"):format(count, text), function()
      assert.equal(count, #split(text))
    end)
  end

  it("of many lines take linear time", function()
    local account, steps = brackets.new "values", scale(2000)
    assert.is_true(brackets.feed(account, "put { l = ["))
    for _ = 1, steps do
      assert.is_true(brackets.feed(account, "{ a = '}' },"))
    end
    assert.is_false(brackets.feed(account, "] }"))
  end)
end)

describe("the first word", function()
  local function is_verb(text)
    return grammar.verb(text, vocabulary) ~= nil
  end

  it("makes a verb, if no ( . : [ = follows", function()
    for _, text in ipairs { "get 1", "get", "  get '1'", "tables", "put { a = 1 }", "help get" } do
      assert.is_true(is_verb(text), text)
    end
    for _, text in ipairs { "get(1)", "get.x", "get :x()", "tables['a']", "get = 1", "gets 1", "5" } do
      assert.is_false(is_verb(text), text)
    end
  end)

  it("has a nearest one", function()
    assert.equal(', did you mean "get"?', guess.hint("gte", { "get", "put" }))
    assert.equal(', did you mean "get"?', guess.hint("GET", { "get", "put" }))
    assert.equal("", guess.hint("something", { "get", "put" }))
    assert.equal("", guess.hint("x", { "ab", "cd" }))
  end)
end)

describe("Lua", function()
  local environment = setmetatable({}, { __index = _G })

  it("gives values of expressions, and runs statements", function()
    assert.equal(3, lua_line.compile("1 + 2", environment)())
    lua_line.compile("x = 5", environment)()
    assert.equal(5, lua_line.compile("x", environment)())
    assert.is_nil(rawget(_G, "x"))
  end)

  for text, column in pairs {
    ["1 +* 2"] = 4,
    ["f(1, 2 3)"] = 8,
    ["x = = 3"] = 5,
    ['x = "abc'] = 5,
    ["a.b:c(1,, 2)"] = 9,
    ["x = 5 )"] = 7,
    ["if x then y"] = 12,
    ["x = [[abc"] = 10,
    ["-- only\nx = ]"] = 5,
  } do
    it(("is wrong at column %d: %s"):format(column, text), function()
      local ok, problem = pcall(lua_line.compile, text, environment)
      assert.is_false(ok)
      assert.is_true(mistake.is(problem), tostring(problem))
      assert.equal(column, select(2, mistake.place(text, problem.at)))
      assert.is_nil(problem.message:find "lua:1")
    end)
  end
end)

describe("a mistake", function()
  it("shows the line with a caret below the place", function()
    assert.equal(
      "column 8: bad\n  get 日本 oops\n           ^",
      mistake.text("get 日本 oops", { at = 12, message = "bad" })
    )
  end)

  it("names the line of several, and shows a part of a long one", function()
    local text = "put {\n  a = " .. ("x"):rep(200) .. "?" .. ("y"):rep(200) .. "\n}"
    local said = mistake.text(text, { at = text:find("?", 1, true), message = "bad" })
    assert.truthy(said:find("line 2, column 207: bad\n  ...x", 1, true))
    local shown, caret = said:match "\n  (.-)\n  ( *)%^$"
    assert.equal("?", shown:sub(#caret + 1, #caret + 1))
    assert.is_true(#shown < 90)
  end)
end)
