-- SPDX-License-Identifier: MIT
-- Credentials printed by a program that a profile names. It is run by itself, never by a shell.
-- @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
local source_json = require "dynamo.credentials.source_json"
local redact = require "dynamo.redact"
local shell_words = require "dynamo.settings.shell_words"
local texts = require "dynamo.text"

local M = {}

local TIMEOUT = 60 -- seconds: somebody may have to type a code
local MAX_OUTPUT_BYTES = 64 * 1024

-- Returns the words of a command line, or nil, what is wrong.
local function words_of(command)
  local words = shell_words.split(command)
  if not words then return nil, "a quote has no end" end
  if #words == 0 then return nil, "it names no program" end
  return words
end

-- Returns a hint where a word means something to a shell alone ("|", "2>file"), "" elsewhere.
local function shell_hint(words)
  for _, word in ipairs(words) do
    local operator = word:match("^[|&;]+$") or word:match("^%d?[<>]+")
    if operator then
      return (
        "; no shell runs this line, so %s is an argument like any other: put the line into a "
        .. "script of its own"
      ):format(operator)
    end
  end
  return ""
end

-- Returns the seconds a program may take.
local function timeout_of(world)
  if not world.deadline then return TIMEOUT end
  return math.max(0, math.min(TIMEOUT, world.deadline - world.transport:monotonic()))
end

-- Returns nil, or why the program's result is no success; it may have printed secrets.
local function result_problem(result)
  if result.status == 0 then return nil end
  local said = redact.unknown(result.stderr or "", { result.stdout })
  return ("it ended with status %s%s"):format(
    tostring(result.status),
    said == "" and "" or ": " .. said
  )
end

-- Returns the credentials in what a program printed, or nil, what is wrong.
local function credentials_of(text)
  local document, damage = source_json.object(text)
  if not document then return nil, "what it printed is not usable: " .. damage end
  if document.Version ~= 1 then return nil, "what it printed has no Version 1" end
  local found, problem = source_json.read(text, "SessionToken")
  if found then return found end
  return nil, "what it printed is not usable: " .. problem
end

-- Runs a program; returns credentials, or nil, what is wrong.
local function run(world, words)
  local result, failed =
    world.run_process(words, { timeout = timeout_of(world), max_bytes = MAX_OUTPUT_BYTES })
  if not result then return nil, tostring(failed) end
  local problem = result_problem(result)
  if problem then return nil, problem end
  return credentials_of(result.stdout)
end

-- Runs a command line; returns credentials, or nil, what is wrong.
local function run_line(world, line)
  local words, problem = words_of(line)
  if not words then return nil, problem end
  local found
  found, problem = run(world, words)
  if found then return found end
  return nil, problem .. shell_hint(words)
end

--- Returns credentials; or nil, what is wrong, true.
-- @tparam table world run_process, transport, deadline
-- @tparam table properties of a profile with credential_process
-- @tparam table profile
function M.read(world, properties, profile)
  local found, problem = run_line(world, properties.credential_process)
  if found then
    found.account_id = found.account_id or texts.present(properties.aws_account_id)
    return found
  end
  return nil, ('credential_process of profile "%s": %s'):format(profile.name, problem), true
end

return M
