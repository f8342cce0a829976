-- SPDX-License-Identifier: MIT
-- A world for the prompt: text in place of files, and a service that answers from a script.
--
--   local world = prompt_world.new { answers = { GetItem = '{"Item": ...}' } }
--   world:run "get 123"            --> exit code, what was written to stdout, to stderr
--   world:main { "-e", "get 123" } --> the same of the whole command
--   world.sent                     operations and their parameters, in order: { { "GetItem", {...} }, ... }
local dynamo = require "dynamo"
local fake_client = require "support.fake_client"
local fake_stream = require "support.fake_stream"
local fake_transport = require "support.fake_transport"
local json = require "dkjson"
local outside = require "dynamo.prompt.outside"
local printer = require "dynamo.prompt.printer"
local prompt = require "dynamo.prompt"
local sessions = require "dynamo.prompt.session"

local M = {}

-- What verbs use of the world outside, with files as they are.
local function outside_of(world)
  return outside.new({ execute = { "" } }, {
    stdin = world.stdin,
    stdout = world.stdout,
    stderr = world.stderr,
    getenv = function(name)
      return world.variables[name]
    end,
    run = function(command)
      return world.run_command(command)
    end,
    pause = function(seconds)
      return world.run_command(("sleep %g"):format(seconds))
    end,
    is_terminal = function()
      return world.is_terminal
    end,
    new_client = function(options)
      return world:new_client(options)
    end,
  }, false)
end

local World = {}
World.__index = World

-- Table -> its key attributes and their types.
local TABLES = {
  Users = { { "userId", "S" } },
  People = { { "userId", "S" } },
  Events = { { "device", "S" }, { "at", "N" } },
  Blobs = { { "id", "B" } },
  Orders = { { "customer", "S" }, { "ordered", "S" } },
  Large = { { "id", "S" } },
}

local function description(name)
  local schema, attributes = {}, {}
  for i, key in ipairs(TABLES[name]) do
    schema[i] = { AttributeName = key[1], KeyType = i == 1 and "HASH" or "RANGE" }
    attributes[i] = { AttributeName = key[1], AttributeType = key[2] }
  end
  return {
    TableName = name,
    KeySchema = schema,
    AttributeDefinitions = attributes,
    ItemCount = 1204,
    LatestStreamArn = name == "Users" and fake_stream.ARN or nil,
    TableSizeBytes = name == "Large" and 20000000 or 100000,
    GlobalSecondaryIndexes = name == "Users"
        and {
          { IndexName = "byEmail", KeySchema = { { AttributeName = "email", KeyType = "HASH" } } },
        }
      or nil,
  }
end

local ANSWERS = {}

function ANSWERS.ListTables()
  return json.encode { TableNames = { "Blobs", "Events", "Users" } }
end

function ANSWERS.DescribeTable(params)
  if TABLES[params.TableName] then return json.encode { Table = description(params.TableName) } end
  return '{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"no"}',
    400
end

local HEADERS = { ["x-amzn-requestid"] = "R1" }

-- Returns the step that answers a request: what the world was told, or what is so in all.
local function answer(world, request)
  local operation
  for _, header in ipairs(request.headers) do
    if header[1] == "x-amz-target" then operation = header[2]:match "%.(%w+)$" end
  end
  local params = json.decode(request.body)
  world.sent[#world.sent + 1] = { operation, params }
  local given = world.answers[operation] or ANSWERS[operation] or "{}"
  local body, status = given, 200
  if type(given) == "function" then
    body, status = given(params)
  end
  if type(body) == "table" then return body end
  return { status = status or 200, headers = HEADERS, body = body, seconds = 0.004 }
end

-- A stream that keeps what is written to it.
local function stream()
  local parts = {}
  return {
    write = function(self, ...)
      for i = 1, select("#", ...) do
        parts[#parts + 1] = (select(i, ...))
      end
      return self
    end,
    flush = function()
      return true
    end,
    taken = function()
      local text = table.concat(parts)
      parts = {}
      return text
    end,
  }
end

function World:new_client(options)
  local transport = fake_transport.new {
    function(request)
      return answer(self, request)
    end,
  }
  return dynamo.new(fake_client.options(transport, options))
end

--- Runs a statement in the session; returns the code and what was written to the two streams.
function World:run(text)
  local code = self.session:run(text)
  return code, self.stdout.taken(), self.stderr.taken()
end

--- Runs the command with arguments, and with `stdin` as its input.
function World:main(arguments, stdin)
  local lines = (stdin or ""):gmatch "([^\n]*)\n"
  local code = prompt.main(arguments, {
    stdin = {
      lines = function()
        return lines
      end,
      read = function()
        return lines()
      end,
    },
    stdout = self.stdout,
    stderr = self.stderr,
    getenv = function(name)
      return self.variables[name]
    end,
    is_terminal = function()
      return self.is_terminal
    end,
    columns = function()
      return 80
    end,
    new_client = function(options)
      self.client_options = options
      return self:new_client { hooks = options.hooks }
    end,
  })
  return code, self.stdout.taken(), self.stderr.taken()
end

--- Returns the operations that were sent.
function World:operations()
  local names = {}
  for i, sent in ipairs(self.sent) do
    names[i] = sent[1]
  end
  return names
end

--- Makes a world.
-- @tparam ?table o answers (operation -> body, or function(params) -> body, status; or a step of
--   support.fake_transport), variables, is_terminal, run_command (of the shell); and what a session takes
function M.new(o)
  o = o or {}
  local world = setmetatable({
    answers = o.answers or {},
    variables = o.variables or {},
    is_terminal = o.is_terminal or false,
    run_command = o.run_command,
    sent = {},
    stdout = stream(),
    stderr = stream(),
  }, World)
  local columns = o.columns or 80
  world.session = sessions.new {
    printer = printer.new {
      out = world.stdout,
      err = world.stderr,
      format = o.format,
      columns = columns,
    },
    table_name = o.table_name or "Users",
    read_only = o.read_only,
    yes = o.yes,
    timing = o.timing,
    tells_changes = o.tells_changes,
    ask = o.ask,
    world = outside_of(world),
    new_client = function(hooks)
      return world:new_client { hooks = hooks }
    end,
  }
  return world
end

return M
