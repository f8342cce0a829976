-- SPDX-License-Identifier: MIT
--- Turns the waiters that AWS publishes into the table of `dynamo.waiters`, and refuses what that could
-- not say. A waiter is
--
--   operation     the method that is asked again and again
--   delay, max_attempts   whole seconds between two questions, and how many
--   acceptors     in order; the first that fits says the `state`: "success", "failure" or "retry". It has
--                 error: the code of the error that came; or path, and expected: a list of words of which
--                 one is there. With `list`, path is in each element of that, and `each` says whether one
--                 element is enough ("any") or all of one element or more must fit ("all").
--
-- @see https://smithy.io/2.0/additional-specs/waiters.html

local M = {}

local STATES = { success = true, failure = true, retry = true }

-- "length(L) > `0` && length(L[?M == 'A' || M == 'B']) == length(L)": each of a list that is not empty has
-- one of these words.
local ALL = "^length%((%w+)%) > `0`%s+&& length%((%w+)%[%?(.*)%]%) ==%s+length%((%w+)%)$"

local function snake_case(name)
  return (name:gsub("(%l)(%u)", "%1_%2"):lower())
end

-- Returns the member and the words of "M == 'A' || M == 'B'".
local function alternatives(text)
  local member, words = nil, {}
  for part in (text .. " || "):gmatch("(.-) || ") do
    local name, word = part:match("^(%w+) == '([%w_]+)'$")
    assert(name and (member == nil or member == name), text)
    member, words[#words + 1] = name, word
  end
  return member, words
end

-- matcher -> function(acceptor) -> the fields of ours
local matchers = {}

function matchers.error(acceptor)
  return { error = acceptor.expected }
end

function matchers.path(acceptor)
  local list, again, condition, third = acceptor.argument:match(ALL)
  if not list then
    assert(acceptor.argument:find("^[%w.]+$"), acceptor.argument)
    return { path = acceptor.argument, expected = { acceptor.expected } }
  end
  assert(list == again and list == third and acceptor.expected == true, acceptor.argument)
  local member, words = alternatives(condition)
  return { list = list, path = member, each = "all", expected = words }
end

function matchers.pathAny(acceptor)
  local list, member = acceptor.argument:match("^(%w+)%[%]%.(%w+)$")
  assert(list, acceptor.argument)
  return { list = list, path = member, each = "any", expected = { acceptor.expected } }
end

local function compile_acceptor(acceptor)
  assert(STATES[acceptor.state], acceptor.state)
  local own = assert(matchers[acceptor.matcher], acceptor.matcher)(acceptor)
  own.state = acceptor.state
  return own
end

--- Compiles the waiters of a service.
-- @tparam table document the parsed publication
-- @treturn table name in snake_case -> waiter
function M.compile(document)
  local waiters = {}
  for name, waiter in pairs(document.waiters) do
    local own = {
      operation = snake_case(waiter.operation),
      delay = waiter.delay,
      max_attempts = waiter.maxAttempts,
      acceptors = {},
    }
    for i, acceptor in ipairs(waiter.acceptors) do
      own.acceptors[i] = compile_acceptor(acceptor)
    end
    waiters[snake_case(name)] = own
  end
  return waiters
end

return M
