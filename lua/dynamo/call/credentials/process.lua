-- SPDX-License-Identifier: MIT
-- Credentials printed by a program that a profile names. It is run by itself, never by a shell.
-- @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
local answer = require "dynamo.call.credentials.answer"
local redact = require "dynamo.call.credentials.redact"

local M = {}

local TIMEOUT = 60 -- seconds: somebody may have to type a code
local MAX_OUTPUT_BYTES = 64 * 1024

-- Returns the text inside of double quotes that begin at `at`, and where the rest begins; nil
-- without an end. A backslash takes back the meaning of a quote and of itself.
local function double_quoted(text, at)
  local parts = {}
  at = at + 1
  while true do
    local plain, next_at = text:match('^([^"\\]*)()', at)
    parts[#parts + 1] = plain
    local byte = text:sub(next_at, next_at)
    if byte == '"' then return table.concat(parts), next_at + 1 end
    if byte == "" then return nil end
    local escaped = text:match('^\\(["\\])', next_at)
    parts[#parts + 1] = escaped or "\\"
    at = next_at + (escaped and 2 or 1)
  end
end

-- Returns one piece of a word at `at`, and where the rest begins; nil for a quote without an end.
local function piece(text, at)
  local byte = text:sub(at, at)
  if byte == '"' then return double_quoted(text, at) end
  if byte == "'" then return text:match("^'([^']*)'()", at) end
  if byte == "\\" then return text:match("^\\(.)()", at) end
  return text:match("^([^%s\"'\\]+)()", at)
end

--- Returns the words of a command line, split as a POSIX shell does it: white space outside of
-- single and double quotes divides, a backslash takes back a character's meaning; nothing is
-- expanded. Or nil, what is wrong.
function M.words(text)
  local words, at, word = {}, 1, nil
  while at <= #text do
    local after = text:match("^%s+()", at)
    local part
    if after then
      words[#words + 1], word = word, nil
    else
      part, after = piece(text, at)
      if not part then return nil, "a quote has no end" end
      word = (word or "") .. part
    end
    at = after
  end
  words[#words + 1] = word
  if #words == 0 then return nil, "it names no program" end
  return words
end

-- Returns the seconds a program may take.
local function timeout_of(world)
  if not world.deadline then return TIMEOUT end
  return math.max(0, math.min(TIMEOUT, world.deadline - world.transport:monotonic()))
end

-- Returns nil, or why the program's result is no success; it may have printed secrets.
local function result_problem(result)
  if result.status == 0 then return nil end
  local said = redact.unknown(result.stderr or "", result.stdout or "")
  return ("it ended with status %s%s"):format(
    tostring(result.status), said == "" and "" or ": " .. said)
end

-- Returns the credentials in what a program printed, or nil, what is wrong.
local function credentials_of(text)
  local document, damage = answer.object(text)
  if not document then return nil, "what it printed is not usable: " .. damage end
  if document.Version ~= 1 then return nil, "what it printed has no Version 1" end
  local found, problem = answer.read(text, "SessionToken")
  if found then return found end
  return nil, "what it printed is not usable: " .. problem
end

-- Runs a command line; returns credentials, or nil, what is wrong.
local function run(world, command)
  local words, problem = M.words(command)
  if not words then return nil, problem end
  local result, failed = world.run_process(words,
    { timeout = timeout_of(world), max_bytes = MAX_OUTPUT_BYTES })
  if not result then return nil, tostring(failed) end
  problem = result_problem(result)
  if problem then return nil, problem end
  return credentials_of(result.stdout)
end

--- Returns credentials; or nil, what is wrong, true.
-- @tparam table world run_process, transport, deadline
-- @tparam table properties of a profile with credential_process
-- @tparam table profile
function M.read(world, properties, profile)
  local found, problem = run(world, properties.credential_process)
  if found then return found end
  return nil, ('credential_process of profile "%s": %s'):format(profile.name, problem), true
end

return M
