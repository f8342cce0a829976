-- SPDX-License-Identifier: MIT
-- The operations whose answers come page by page, as one lazy result: db:pages, db:tables.
local call = require "dynamo.call"
local given = require "dynamo.given"
local canceller = require "dynamo.loop.canceller"
local nearest = require "dynamo.nearest"
local operations = require "dynamo.operations"
local options_check = require "dynamo.options_check"
local paginators = require "dynamo.paginators"
local progress = require "dynamo.progress"
local pages = require "dynamo.table.pages"
local teller = require "dynamo.table.teller"
local tables = require "dynamo.tables"

local M = {}

local CHECKS = {
  limit = options_check.count,
  max_pages = options_check.count,
  prefetch = options_check.boolean,
  timeout = options_check.seconds,
  cancel = canceller.problem,
  progress = progress.problem,
}

-- Returns what is at "Member" or "Structure.Member" of an answer, or nil.
local function member_of(answer, path)
  for name in path:gmatch("[^.]+") do
    answer = answer and rawget(answer, name)
  end
  return answer
end

-- Returns nil, message, err of a page that failed, with the parameters that ask for it.
local function failed(params, message, err)
  err.params = params
  return nil, message, err
end

-- Returns the source of a result, see dynamo.table.pages.
local function source_of(asked)
  local paginator = asked.paginator
  local operation = operations.by_method[asked.method]
  return {
    operation = asked.method,
    fetch = function(position)
      local params = tables.copy(asked.params)
      if position ~= nil then params[paginator.token] = position end
      local answer, message, info =
        call.run(asked.client, { operation = operation, params = params, options = asked.options })
      if not answer then return failed(params, message, info) end
      info.scanned_count = answer.ScannedCount
      return member_of(answer, paginator.items) or {}, member_of(answer, paginator.next_token), info
    end,
  }
end

local function run(asked)
  local o = asked.o
  return pages.new(source_of(asked), {
    limit = o.limit,
    max_pages = o.max_pages,
    prefetch = o.prefetch,
    progress = teller.of(asked.client, o.progress),
  })
end

-- Returns what run is asked; or nil, what is wrong with the options.
local function asked_of(client, method, params, o)
  local checked, problem = options_check.checked(o, CHECKS)
  if not checked then return nil, problem end
  return {
    client = client,
    method = method,
    paginator = paginators[method],
    params = tables.copy(params),
    options = { timeout = checked.timeout, cancel = checked.cancel },
    o = checked,
  }
end

-- Returns nil, or what is wrong with the name of an operation.
local function name_problem(name, operation)
  if not operation then return nearest.unknown("no paged operation", name, paginators) end
  if not paginators[operation.method] then
    return ("%s does not come in pages; these do: %s"):format(
      operation.method,
      table.concat(tables.sorted_keys(paginators), ", ")
    )
  end
end

local function read_pages(client, name, params, o, ...)
  local operation = operations.find(name)
  local problem = given.surplus_problem(...) or name_problem(name, operation)
  if problem then return nil, problem end
  if params ~= nil and type(params) ~= "table" then
    return nil, ("the parameters must be a table, not a %s"):format(type(params))
  end
  return asked_of(client, operation.method, params or {}, o)
end

local function read_tables(client, o, ...)
  local problem = given.surplus_problem(...)
  if problem then return nil, problem end
  return asked_of(client, "list_tables", {}, o)
end

--- Asks for the pages of an operation as they are used: pages(operation, params, options). Paged are
-- query, scan, list_tables, list_backups, list_exports, list_imports, list_global_tables,
-- list_contributor_insights, list_tags_of_resource, list_streams and describe_stream (its shards).
-- @function pages
-- @tparam string name as "list_backups" or "ListBackups"
-- @tparam ?table params the API's members
-- @tparam ?table o all optional: limit (of results), max_pages, prefetch (boolean: the next page is asked
--   for while one is worked on), timeout (seconds, of each call), cancel, progress (see dynamo.progress)
-- @treturn table result of what the pages list, see dynamo.table.pages; it has no cursor, but an error of a
--   page has err.params, with which db:pages goes on
-- @usage for backup in db:pages("list_backups", { TableName = "Users" }):items() do print(backup.BackupName) end
M.pages = { read = read_pages, run = run }

--- Asks for the names of the tables as they are used: tables(options), which are those of `pages`.
-- @function tables
-- @treturn table result
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListTables.html
-- @usage for name in db:tables():items() do print(name) end
M.tables = { read = read_tables, run = run }

return M
