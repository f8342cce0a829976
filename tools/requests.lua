-- SPDX-License-Identifier: MIT
--- requests.lua [CHECKOUT]: prints every request that a fixed list of calls makes.
--
-- It shows whether a change of the code changed what is sent. Run it at the repository's root after
-- the build; CHECKOUT is the folder whose lua/ and build/ are asked (.):
--
--   git worktree add ../before main && make -C ../before
--   lua5.4 tools/requests.lua ../before >before.txt
--   lua5.4 tools/requests.lua >after.txt && diff before.txt after.txt
--
-- The calls are those of spec/support/every_verb.lua, and those of every_expression.lua beside it,
-- each made twice over a table without and one with extensions. Clock, randomness and answers are
-- fixed, and a body is printed with its keys in order: equal requests are equal lines. Left out is
-- the signature alone: it is of the body as sent, whose keys have no order. What a call returned or
-- raised follows its requests.
require("tools.checkout").use(arg[1])

local canonical = require "support.canonical"
local dynamo = require "dynamo"
local every_expression = require "support.every_expression"
local every_verb = require "support.every_verb"
local every_verb_responses = require "support.every_verb_responses"
local fake_client = require "support.fake_client"

local function print_request(request)
  print(
    ("%s %s://%s:%s%s"):format(
      request.method,
      request.scheme,
      request.host,
      request.port,
      request.path
    )
  )
  for _, header in ipairs(request.headers) do
    print(("%s: %s"):format(header[1], (header[2]:gsub("Signature=%x+", "Signature=..."))))
  end
  print(canonical.json(request.body))
end

local function print_requests(transport)
  for _, request in ipairs(transport.requests) do
    print_request(request)
  end
end

local function print_verbs()
  local db, transport = fake_client.new(every_verb_responses.steps(), { max_attempts = 1 })
  local outcomes = every_verb.run(db, "Users", "x", {})
  print_requests(transport)
  for _, name in ipairs(every_verb.steps {}) do
    print(("=> %s: %s"):format(name, outcomes[name]))
  end
end

local EXTENSIONS = {
  dynamo.extension.version(),
  dynamo.extension.counter { attribute = "updates" },
  dynamo.extension.timestamps {
    clock = function()
      return 1700000000
    end,
  },
}

-- Makes one call twice: the second finds what the first left to be found again.
local function print_expression(name, extensions)
  local db, transport = fake_client.new({ { status = 200, body = "{}" } }, { max_attempts = 1 })
  local users = db:table("Users", { key = { "id" }, extensions = extensions })
  for _ = 1, 2 do
    local ok, result, message = pcall(every_expression[name], users)
    print_requests(transport)
    transport.requests = {}
    local said = not ok and result or message or (type(result) == "table" and "a table" or result)
    print(("=> %s: %s %s"):format(name, ok and "returned" or "raised", tostring(said)))
  end
end

local function print_expressions(extensions)
  local names = {}
  for name in pairs(every_expression) do
    names[#names + 1] = name
  end
  table.sort(names)
  for _, name in ipairs(names) do
    print_expression(name, extensions)
  end
end

print_verbs()
print_expressions(nil)
print_expressions(EXTENSIONS)
