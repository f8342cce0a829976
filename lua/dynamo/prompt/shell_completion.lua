-- SPDX-License-Identifier: MIT
-- What completes the command's options in a shell: bash, zsh, fish.
local command_line = require "dynamo.prompt.command_line"

local M = {}

-- Returns the names of an option: "-e", "--execute".
local function names_of(option)
  local names = {}
  for name in option[1]:gmatch "%S+" do
    names[#names + 1] = name
  end
  return names
end

-- Returns the names of all options that `wanted` is true of.
local function all_names(wanted)
  local names = {}
  for _, option in ipairs(command_line.OPTIONS) do
    for _, name in ipairs(wanted(option) and names_of(option) or {}) do
      names[#names + 1] = name
    end
  end
  return names
end

local function quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

local BASH = [[
# Completes dynamo's options in bash.
_dynamo() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  case $before in
@CHOICES    @TAKES) return ;;
  esac
  case $word in
    -*) mapfile -t COMPREPLY < <(compgen -W "@NAMES" -- "$word") ;;
    *) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
  esac
}
complete -o filenames -F _dynamo dynamo
]]

--- Returns the script for bash.
function M.bash()
  local choices = {}
  for _, option in ipairs(command_line.OPTIONS) do
    if option.choices then
      choices[#choices + 1] = ('    %s) mapfile -t COMPREPLY < <(compgen -W %q -- "$word"); return ;;\n'):format(
        table.concat(names_of(option), "|"),
        table.concat(option.choices, " ")
      )
    end
  end
  local parts = {
    NAMES = table.concat(
      all_names(function()
        return true
      end),
      " "
    ),
    TAKES = table.concat(
      all_names(function(option)
        return option.argument and not option.choices
      end),
      "|"
    ),
    CHOICES = table.concat(choices),
  }
  return (BASH:gsub("@(%u+)", parts))
end

--- Returns the script for zsh.
function M.zsh()
  local lines = { "#compdef dynamo", "# Completes dynamo's options in zsh.", "_arguments -s \\" }
  for _, option in ipairs(command_line.OPTIONS) do
    local help = option[2]:gsub("[%[%]:]", "\\%0")
    local value = option.argument and ":" .. option.argument:lower() .. ":" or ""
    if option.choices then value = value .. "(" .. table.concat(option.choices, " ") .. ")" end
    for _, name in ipairs(names_of(option)) do
      local again = option.many and "*" or ""
      lines[#lines + 1] = ("  %s \\"):format(
        quoted(("%s%s[%s]%s"):format(again, name, help, value))
      )
    end
  end
  lines[#lines + 1] = "  '::script:_files'"
  return table.concat(lines, "\n") .. "\n"
end

--- Returns the script for fish.
function M.fish()
  local lines = { "# Completes dynamo's options in fish." }
  for _, option in ipairs(command_line.OPTIONS) do
    local words = { "complete -c dynamo" }
    for _, name in ipairs(names_of(option)) do
      words[#words + 1] = name:sub(1, 2) == "--" and "-l " .. name:sub(3) or "-s " .. name:sub(2)
    end
    if option.argument then words[#words + 1] = "-x" end
    if option.choices then
      words[#words + 1] = "-a " .. quoted(table.concat(option.choices, " "))
    end
    words[#words + 1] = "-d " .. quoted(option[2])
    lines[#lines + 1] = table.concat(words, " ")
  end
  return table.concat(lines, "\n") .. "\n"
end

return M
