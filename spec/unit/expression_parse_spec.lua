-- SPDX-License-Identifier: MIT
local parse = require "dynamo.expression.parse"
local refuses = require "support.refuses"

local function p(...)
  return { kind = "path", ... }
end

describe("a projection's text", function()
  it("has paths, dashes and any word", function()
    assert.are.same(
      { kind = "projection", p "set", p("user-id", 0, "b.c"), p { token = "#n" } },
      assert(parse.projection "set, user-id[0].`b.c`, #n").tree
    )
  end)

  refuses("projection", "", "column 1: expected a path, got the end")
  refuses("projection", "a,", 'column 3: expected a path after ",", got the end')
  refuses("projection", "a b", 'column 3: expected "," or the end, got "b"')
  refuses("projection", "a, :v", "column 4: expected a path")
end)

describe("a message", function()
  local function message(kind, text)
    return select(2, parse[kind](text))
  end

  it("has the text and a caret under the place", function()
    assert.are.equal(
      'update: column 12: expected "=" after the path, got "+"\n'
        .. "  SET visits + 1\n"
        .. "             ^",
      message("update", "SET visits + 1")
    )
  end)

  it("counts characters", function()
    assert.are.equal(
      'condition: column 6: "!=" means nothing here; use "<>"\n' .. "  größe!= 1\n" .. "       ^",
      message("condition", "größe!= 1")
    )
  end)

  it("shows the line that the place is in", function()
    assert.are.equal(
      'update: line 2, column 5: expected "=" after the path, got "1"\n'
        .. "    é 1,\n"
        .. "      ^",
      message("update", "SET\n  é 1,\n c = 2")
    )
  end)

  it("shows a part of a long text", function()
    local text = "SET " .. ("é = 1, "):rep(100) .. "b ! 2, " .. ("é = 1, "):rep(100)
    local lines = {}
    for line in message("update", text):gmatch "[^\n]+" do
      lines[#lines + 1] = line
    end
    assert.truthy(lines[1]:find("update: column 707: ", 1, true), lines[1])
    assert.are.equal(3, #lines)
    local before = lines[2]:match "^(.*)! 2"
    assert.are.equal(#lines[3] - 1, select(2, before:gsub("[^\128-\191]", "")))
    assert.is_true(#lines[2] < 120)
  end)

  it("cuts a long word", function()
    local text = message("update", "SET a " .. ("é"):rep(1000))
    assert.truthy(text:find(('got "%s..."'):format(("é"):rep(19)), 1, true), text)
  end)

  it("is for texts; anything else raises", function()
    assert.has_error(function()
      parse.update(5)
    end, "dynamo.update: the expression must be a string, not a number")
    assert.has_error(function()
      parse.condition()
    end, "dynamo.condition: the expression must be a string, not a nil")
  end)
end)
