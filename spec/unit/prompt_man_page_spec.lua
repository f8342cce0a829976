-- SPDX-License-Identifier: MIT
-- The manual page, and the examples in it and in help.
local command_line = require "dynamo.prompt.command_line"
local examples = require "dynamo.prompt.examples"
local grammar = require "dynamo.prompt.grammar"
local man_page = require "dynamo.prompt.man_page"
local prompt_world = require "support.prompt_world"
local vocabulary = require "dynamo.prompt.vocabulary"

describe("examples", function()
  it("are there of every verb, and use it", function()
    for name in pairs(vocabulary) do
      assert.is_table(examples[name], name)
      local uses = false
      for _, statement in ipairs(examples[name]) do
        local verb = grammar.verb(statement, vocabulary)
        assert.is_table(verb, statement)
        uses = uses or verb == vocabulary[name]
      end
      assert.is_true(uses, name)
    end
    for name in pairs(examples) do
      assert.is_table(vocabulary[name], name)
    end
  end)

  it("are shown by help", function()
    local _, out = prompt_world.new():run "help get"
    assert.truthy(out:find("\n    get 123 CONSISTENT\n", 1, true), out)
  end)
end)

describe("the manual page", function()
  local page = man_page.text():gsub("\\%-", "-"):gsub("\\e", "\\")

  it("has each verb with its help, and each option", function()
    for _, verb in pairs(vocabulary) do
      assert.truthy(page:find(verb.usage, 1, true), verb.usage)
      assert.truthy(page:find(verb.help, 1, true), verb.help)
    end
    for _, option in ipairs(command_line.OPTIONS) do
      assert.truthy(page:find(option[2], 1, true), option[2])
    end
  end)

  it("is printed by --man, and groff has nothing to say", function()
    local code, out = prompt_world.new():main { "--man" }
    assert.equal(0, code)
    assert.equal(man_page.text(), out)
    local here = os.execute "command -v groff >/dev/null 2>&1"
    if here ~= true and here ~= 0 then return pending "groff is not here" end
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    file:write(out)
    file:close()
    local pipe = io.popen("groff -man -Tutf8 -ww -z " .. path .. " 2>&1")
    assert.equal("", pipe:read "*a")
    pipe:close()
    os.remove(path)
  end)
end)
