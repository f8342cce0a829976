-- SPDX-License-Identifier: MIT
-- db:execute(statement, values..., options): a statement of PartiQL.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExecuteStatement.html
local call = require "dynamo.call"
local errors = require "dynamo.error"
local operations = require "dynamo.operations"
local statements = require "dynamo.statement"
local arguments = require "dynamo.table.arguments"
local place = require "dynamo.table.error_path"
local pages = require "dynamo.table.pages"
local positional = require "dynamo.table.positional"
local teller = require "dynamo.table.teller"
local tables = require "dynamo.tables"

local M = {}

local execute_statement = operations.by_method.execute_statement
local OPTIONS = arguments.options_of("execute", execute_statement)
OPTIONS.once = nil -- a statement is no action of a transaction of ours

local NONE = tables.NONE

-- Returns what is asked: client, params, values ({ n = count, ... }, nil for none) and options; or nil,
-- what is wrong with the arguments.
local function read(client, statement, ...)
  if type(statement) ~= "string" then
    return nil, ("statement must be a string, not a %s"):format(type(statement))
  end
  local count = statements.placeholders(statement)
  local values, o, mismatch = positional.values(NONE, OPTIONS, count, ...)
  if mismatch then return nil, mismatch end
  local params, options = arguments.params(NONE, OPTIONS, o)
  if not params then return nil, options end
  params.Statement, params.Limit = statement, options.page_size
  return { client = client, params = params, values = values, options = options }
end

-- Puts the values into the parameters; returns nil, or the error of one that is none.
local function add_values(asked)
  local values, list = asked.values, {}
  if not values then return nil end
  for i = 1, values.n do
    if values[i] == nil then
      local path = ("arguments[%d]"):format(i)
      local message = path .. ": the value for this ? is nil; dynamo.null is DynamoDB's NULL"
      return errors.validation("expression", path, message)
    end
    list[i] = values[i]
  end
  asked.params.Parameters = list
end

-- Member of the request -> what the user calls it.
local WORDS = { Statement = "statement", Parameters = "arguments", Limit = "page_size" }

-- Returns nil, message, err of a failed call, in the user's words.
local function failed(err)
  local head, rest = (err.path or ""):match "^(%w+)(.*)$"
  if WORDS[head] then place.move(err, WORDS[head] .. rest) end
  return errors.give(err)
end

-- Returns what dynamo.call is asked for the page at a position, nil for the first.
local function request_of(asked, position)
  local params = asked.params
  if position ~= nil then
    params = tables.copy(params)
    params.NextToken = position
  end
  return { operation = execute_statement, params = params, options = asked.options }
end

-- Asks for the page at a position; returns its items, the next position, info; or nil, message, err.
local function fetch(asked, position)
  local response, _, info = call.run(asked.client, request_of(asked, position))
  if not response then return failed(info) end
  return response.Items or {}, response.NextToken, info
end

-- Returns the source of a result (see dynamo.table.pages) whose first page is there already.
local function source_of(asked, ...)
  local first, next_position, info = ...
  local source = { operation = "execute" }
  function source.fetch(position)
    if position ~= nil or not first then return fetch(asked, position) end
    local page = first
    first = nil -- one page is in memory
    return page, next_position, info
  end
  return source
end

-- Sends the statement, and returns what it gives page by page.
local function run(asked)
  local problem = add_values(asked)
  if problem then return call.fail(execute_statement, problem) end
  local first, next_position, info = fetch(asked, nil)
  if not first then return nil, next_position, info end
  local options = asked.options
  local result = pages.new(source_of(asked, first, next_position, info), {
    limit = options.limit,
    max_pages = options.max_pages,
    prefetch = options.prefetch,
    progress = teller.of(asked.client, options.progress),
  })
  return result, nil, info
end

-- Returns the request of the first page, and sends nothing.
local function explain(asked)
  local problem = add_values(asked)
  if problem then return call.fail(execute_statement, problem) end
  local request, _, err = call.explain(asked.client, request_of(asked, nil))
  if request then return request end
  return failed(err)
end

M.execute = { read = read, run = run, explain = explain }

return M
