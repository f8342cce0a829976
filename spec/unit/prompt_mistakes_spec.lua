-- SPDX-License-Identifier: MIT
-- Lines with mistakes in them: each is answered with its column, and the next line runs.
local prompt_world = require "support.prompt_world"
local random_value = require "support.random_value"
local scale = require "support.scale"

local GOOD = {
  'put 123 { name = "Ann", tags = dynamo.set { "a", "b" }, n = 1.5 }',
  'insert { userId = "7", list = [1, { a = null }], ok = true } IF attribute_not_exists(x)',
  'upsert \'12 3\' { a = 1, ["b c"] = "it\'s" }',
  "update 123 SET visits = visits + 1, seen = 'today' REMOVE tmp IF version = 3 AND a <> 'x'",
  "update 123 ADD n 1 DELETE tags ?",
  "delete 123 IF begins_with(name, 'A')",
  "get 123 CONSISTENT",
  "explain patch 123 { a = { b = { 1, 2 } } }",
  "use Users",
  "query INDEX byEmail a@x.org WHERE total > 10 LIMIT 5 DESC ONLY a, b",
  "scan WHERE begins_with(name, 'A') LIMIT 20 CONSISTENT",
  "count 123 WHERE a BETWEEN 1 AND 5",
  "help update",
  'Users:get { userId = "123" }',
  "for i = 1, 3 do local x = { i, f = (i + 2) * 3 } end",
  "local function f(a, b) return a .. b end",
}
local SCRAPS = {
  "{",
  "}",
  "(",
  ")",
  "[",
  "]",
  '"',
  "'",
  ",",
  "=",
  " ",
  "?",
  "SET",
  "IF",
  "=",
  "日",
  "\\",
  "1",
  "x",
  "@",
}

-- Returns a good line with up to three changes: something taken out, put in, doubled or swapped.
local function spoiled(random)
  local line = GOOD[random.upto(#GOOD)]
  for _ = 1, random.upto(3) do
    local at, length = random.upto(#line), random.upto(4)
    local scrap = SCRAPS[random.upto(#SCRAPS)]
    local how = random.upto(4)
    if how == 1 then
      line = line:sub(1, at - 1) .. line:sub(at + length)
    elseif how == 2 then
      line = line:sub(1, at - 1) .. scrap .. line:sub(at)
    elseif how == 3 then
      line = line:sub(1, at) .. line:sub(at, at + length) .. line:sub(at + 1)
    else
      line = line:sub(1, at - 1) .. line:sub(at + 1, at + 1) .. line:sub(at, at) .. line:sub(at + 2)
    end
  end
  return line
end

describe("a line with a mistake", function()
  it("is answered with its column, whatever it is, and the session goes on", function()
    local random = random_value.source(20261127)
    local world = prompt_world.new()
    local wanted, mistakes, lines = scale(500), 0, 0
    while mistakes < wanted do
      local line = spoiled(random)
      lines = lines + 1
      assert.is_true(lines < 40 * wanted, "too few mistakes are made")
      local code, _, err = world:run(line)
      assert.is_true(code == 0 or code == 2 or code == 64, line)
      if code == 64 then
        mistakes = mistakes + 1
        local column = err:match "^column (%d+): [^\n]+\n  [^\n]*\n  *%^\n$"
        assert.is_truthy(column, line .. "\n" .. err)
        assert.is_true(tonumber(column) <= #line + 1)
      elseif code == 2 then
        assert.is_nil(err:find("dynamo/prompt", 1, true), line .. "\n" .. err)
      end
    end
    assert.equal(0, (world:run "get 123"))
  end)
end)
