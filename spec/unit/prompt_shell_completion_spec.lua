-- SPDX-License-Identifier: MIT
-- What completes the command's options in shells, and the shells themselves where they are here.
local command_line = require "dynamo.prompt.command_line"
local prompt_world = require "support.prompt_world"
local shell_completion = require "dynamo.prompt.shell_completion"

local function is_here(program)
  local result = os.execute(("command -v %s >/dev/null 2>&1"):format(program))
  return result == true or result == 0
end

-- Writes a script and runs a command of it, in which @ stands for its path; returns what is printed.
local function run(text, command)
  local path = os.tmpname()
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
  local pipe = io.popen(command:gsub("@", path) .. " 2>&1")
  local printed = pipe:read "*a"
  pipe:close()
  os.remove(path)
  return printed
end

-- Returns what bash makes of words, the last of which is completed.
local function bash(words)
  local form =
    [[bash -c 'source @; COMP_WORDS=(%s ""); COMP_CWORD=%d; _dynamo; echo "${COMPREPLY[*]}"']]
  local _, count = words:gsub("%S+", "")
  return run(shell_completion.bash(), form:format(words, count - 1))
end

describe("the completion", function()
  for _, shell in ipairs { "bash", "zsh", "fish" } do
    it("for " .. shell .. " has every option, and is printed by --completion", function()
      local text = shell_completion[shell]()
      for _, option in ipairs(command_line.OPTIONS) do
        local word = option[1]:match "%-%-(%S+)"
        assert.truthy(text:find(word, 1, true), word)
      end
      local code, out = prompt_world.new():main { "--completion", shell }
      assert.equal(0, code)
      assert.equal(text, out)
    end)

    it("for " .. shell .. " is what that shell takes", function()
      if not is_here(shell) then return pending(shell .. " is not here") end
      assert.equal("", run(shell_completion[shell](), shell .. " -n @"))
    end)
  end

  it("completes in bash", function()
    if not is_here "bash" then return pending "bash is not here" end
    assert.equal("--output\n", bash "dynamo --ou")
    assert.equal("--region --read-only\n", bash "dynamo --re")
    assert.equal("json jsonl\n", bash "dynamo -o js")
    assert.equal("\n", bash "dynamo --table x")
    assert.equal("Makefile\n", bash "dynamo Makef")
  end)
end)
