-- SPDX-License-Identifier: MIT
-- The arguments of bin/dynamo, read by argparse.
local dynamo = require "dynamo"
local shell = require "dynamo.prompt.shell"
local printer = require "dynamo.prompt.printer"

local M = {}

local EPILOG = [[
Statements are verbs (get 123, upsert 123 { name = "Ann" }; "help" lists them) or Lua. They come from -e,
from a file, or from standard input.

Exit codes: 0 all well; 1 a condition did not hold; 2 something failed; 64 used wrongly, nothing was sent.
A script stops at its first failure.]]

-- Returns the parser.
local function new_parser(argparse)
  local parser = argparse("dynamo", "DynamoDB at your fingers."):epilog(EPILOG)
  parser:argument("file", 'A script; "-" is standard input.'):args "?"
  parser:option("-e --execute", "Statements to run; may be given again."):count "*":argname "CODE"
  parser:option("--region", "The AWS region."):argname "REGION"
  parser:option("--profile", "The profile of ~/.aws/config."):argname "NAME"
  parser:option("--endpoint", "The URL of the service."):argname "URL"
  parser:option("-t --table", "The table that is in use at first."):argname "NAME"
  parser
    :option("-o --output", "How data is written (default: table).")
    :choices(printer.FORMATS)
    :argname("FORMAT")
  parser:flag("--read-only", "Refuse what would write, before it is sent.")
  parser:flag("-y --yes", "Answer yes where something asks.")
  parser:flag("--no-color", "No colours, as with the variable NO_COLOR.")
  parser:flag("--keep-going", "Go on after a failure; the exit code is the first one's.")
  parser:flag("--timing", "Say what each statement took: capacity units and time.")
  parser:flag("--version", "Print the version."):action(function(arguments)
    arguments.version = true
  end)
  return parser
end

--- Returns the settings that arguments say; or nil, what is wrong with them.
-- @tparam table arguments a list
-- @treturn[1] table file, execute (a list), region, profile, endpoint, table, output, read_only, yes,
--   no_color, keep_going, timing; or text, what is to be printed and no more
function M.read(arguments)
  local ok, argparse = pcall(require, "argparse")
  if not ok then
    return nil, "argparse is not installed: luarocks install argparse, or Debian's lua-argparse"
  end
  local parser, asks_help = new_parser(argparse):add_help(false), false
  parser:flag("-h --help", "Show this."):action(function(result)
    result.help, asks_help = true, true
  end)
  local fine, read = parser:pparse(arguments)
  if asks_help then return { text = parser:get_help() } end
  if not fine then return nil, ("%s\n%s"):format(read, parser:get_usage()) end
  if read.version then return { text = "dynamo " .. dynamo._VERSION } end
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
