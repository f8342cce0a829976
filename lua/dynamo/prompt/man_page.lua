-- SPDX-License-Identifier: MIT
-- The manual page dynamo(1), in the macros of man(7): from the same texts as `dynamo --help` and
-- `help VERB`.
local command_line = require "dynamo.prompt.command_line"
local dynamo = require "dynamo"
local examples = require "dynamo.prompt.examples"
local vocabulary = require "dynamo.prompt.vocabulary"

local M = {}

-- Returns a text as roff takes it: no escapes, no hyphens that are dashes, no line that is a request.
local function plain(text)
  text = text:gsub("\\", "\\e"):gsub("%-", "\\-")
  return (text:gsub("^([.'])", "\\&%1"):gsub("\n([.'])", "\n\\&%1"))
end

local function sorted_names(set)
  local names = {}
  for name in next, set do
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

-- Adds a paragraph with a head in bold.
local function add_tagged(lines, head, text)
  lines[#lines + 1] = ".TP\n\\fB" .. plain(head) .. "\\fR"
  lines[#lines + 1] = plain(text)
end

local function add_options(lines)
  lines[#lines + 1] = ".SH OPTIONS"
  for _, option in ipairs(command_line.OPTIONS) do
    local head = option[1]:gsub(" ", ", ") .. (option.argument and " " .. option.argument or "")
    local choices = option.choices and " One of " .. table.concat(option.choices, ", ") .. "." or ""
    add_tagged(lines, head, option[2] .. choices)
  end
end

-- Adds the examples of a verb, as they are typed.
local function add_examples(lines, list)
  lines[#lines + 1] = ".IP\n.nf"
  for _, statement in ipairs(list or {}) do
    lines[#lines + 1] = plain(statement)
  end
  lines[#lines + 1] = ".fi"
end

local function add_verbs(lines)
  lines[#lines + 1] = ".SH VERBS"
  for _, name in ipairs(sorted_names(vocabulary)) do
    add_tagged(lines, vocabulary[name].usage, vocabulary[name].help)
    add_examples(lines, examples[name])
  end
end

-- Adds a section of running text.
local function add_section(lines, title, text)
  lines[#lines + 1] = ".SH " .. title
  lines[#lines + 1] = plain((text:gsub("\n\n", "\n.PP\n"))):gsub("\\&%.PP", ".PP")
end

--- Returns the page.
function M.text()
  local statements, codes = command_line.EPILOG:match "^(.-)\n\n(.*)$"
  local lines = {
    ('.TH DYNAMO 1 "" "dynamo %s" "User Commands"'):format(dynamo._VERSION),
    ".SH NAME",
    "dynamo \\- DynamoDB from the command line",
    ".SH SYNOPSIS",
    "\\fBdynamo\\fR [\\fIOPTION\\fR]... [\\fIFILE\\fR]",
  }
  add_section(lines, "DESCRIPTION", statements)
  add_options(lines)
  add_verbs(lines)
  add_section(lines, '"EXIT STATUS"', codes)
  return table.concat(lines, "\n") .. "\n"
end

return M
