-- SPDX-License-Identifier: MIT
-- The arguments of bin/dynamo, read by argparse.
local dynamo = require "dynamo"
local shell = require "dynamo.prompt.shell"
local printer = require "dynamo.prompt.printer"

local M = {}

--- What help and the manual page say of statements and exit codes.
M.EPILOG = [[
Statements are verbs (get 123, upsert 123 { name = "Ann" }; "help" lists them) or Lua. They come from -e,
from a file, or from standard input.

Exit codes: 0 all well; 1 a condition did not hold; 2 something failed; 64 used wrongly, nothing was sent.
A script stops at its first failure.]]

--- The options, as help, the manual page and the completions of shells have them: { names, help, argument
-- (what stands for its value), choices (a list), many (it may be given again) }.
M.OPTIONS = {
  { "-e --execute", "Statements to run; may be given again.", argument = "CODE", many = true },
  { "--region", "The AWS region.", argument = "REGION" },
  { "--profile", "The profile of ~/.aws/config.", argument = "NAME" },
  { "--endpoint", "The URL of the service.", argument = "URL" },
  { "-t --table", "The table that is in use at first.", argument = "NAME" },
  {
    "-o --output",
    "How data is written (default: table).",
    argument = "FORMAT",
    choices = printer.FORMATS,
  },
  { "--read-only", "Refuse what would write, before it is sent." },
  { "-y --yes", "Answer yes where something asks." },
  { "--no-color", "No colours, as with the variable NO_COLOR." },
  { "--keep-going", "Go on after a failure; the exit code is the first one's." },
  { "--timing", "Say what each statement took: capacity units and time." },
  {
    "--completion",
    "Print what completes these options in a shell.",
    argument = "SHELL",
    choices = { "bash", "zsh", "fish" },
  },
  { "--man", "Print the manual page, which man -l reads." },
  { "--version", "Print the version." },
  { "-h --help", "Show this." },
}

--- What the argument is.
M.FILE = 'A script; "-" is standard input.'

-- Adds an option to a parser.
local function add(parser, option)
  local names, help = option[1], option[2]
  if not option.argument then return parser:flag(names, help) end
  local added = parser:option(names, help):argname(option.argument)
  if option.choices then added:choices(option.choices) end
  if option.many then added:count "*" end
  return added
end

-- Returns the parser, and what was asked of it alone: help, version.
local function new_parser(argparse)
  local parser, asked = argparse("dynamo", "DynamoDB at your fingers."):epilog(M.EPILOG), {}
  parser:add_help(false):argument("file", M.FILE):args "?"
  for _, option in ipairs(M.OPTIONS) do
    local added = add(parser, option)
    local word = option[1]:match "%-%-(help)$" or option[1]:match "%-%-(version)$"
    if word then added:action(function()
      asked[word] = true
    end) end
  end
  return parser, asked
end

--- Returns the settings that arguments say; or nil, what is wrong with them.
-- @tparam table arguments a list
-- @treturn[1] table file, execute (a list), region, profile, endpoint, table, output, read_only, yes,
--   no_color, keep_going, timing, completion (the shell), man; or text, what is to be printed and no more
function M.read(arguments)
  local ok, argparse = pcall(require, "argparse")
  if not ok then
    return nil, "argparse is not installed: luarocks install argparse, or Debian's lua-argparse"
  end
  local parser, asked = new_parser(argparse)
  local fine, read = parser:pparse(arguments)
  if asked.help then return { text = parser:get_help() } end
  if not fine then return nil, ("%s\n%s"):format(read, parser:get_usage()) end
  if asked.version then return { text = "dynamo " .. dynamo._VERSION } end
  if read.file and read.execute[1] then return nil, "-e and a file: one of them" end
  return read
end

-- Returns a word of the shell, in quotes if it needs them.
local function word(text)
  return text:find "^[%w_./:@%%+=,-]+$" and text or shell.quoted(text)
end

--- Returns the command that runs a statement with the same settings.
-- @tparam table settings of M.read
-- @tparam ?string name of the table in use
-- @tparam string statement
function M.command(settings, name, statement)
  local words = { "dynamo" }
  local options =
    { region = settings.region, profile = settings.profile, endpoint = settings.endpoint }
  options.table = name
  for _, option in ipairs { "region", "profile", "endpoint", "table" } do
    if options[option] then
      words[#words + 1] = ("--%s %s"):format(option, word(options[option]))
    end
  end
  if settings.yes then words[#words + 1] = "--yes" end
  words[#words + 1] = "-e " .. shell.quoted(statement)
  return table.concat(words, " ")
end

return M
