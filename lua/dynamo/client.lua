-- SPDX-License-Identifier: MIT
--- The client: every operation of DynamoDB and DynamoDB Streams under AWS's own names.
-- @classmod client
local call = require "dynamo.call"
local life = require "dynamo.call.life"
local core = require "dynamo.core"
local options = require "dynamo.client_options"
local client_state = require "dynamo.client_state"
local given = require "dynamo.given"
local hidden = require "dynamo.hidden"
local late = require "dynamo.late"
local canceller = require "dynamo.loop.canceller"
local nearest = require "dynamo.nearest"
local operations = require "dynamo.operations"
local options_check = require "dynamo.options_check"

local M = {}

local client, typed_client = {}, {}

-- Returns an __index function over `methods` that names the nearest one when there is none.
local function index_of(methods)
  return function(_, name)
    local method = methods[name]
    if method or type(name) ~= "string" then return method end
    error(nearest.unknown("a client has no method", name, methods), 2)
  end
end

-- Returns what makes objects of a class, and the key under which their state is: that of a client, and
-- that of its `typed` view, are the same.
local function class_of(methods, word)
  local name = "dynamo.client"
  local meta = { __name = name, __metatable = name, __index = index_of(methods) }
  local new, state_of, key = hidden.class(meta)
  function meta.__tostring(self)
    local state = state_of(self)
    if state.closed then return word .. " (closed)" end
    return ("%s (%s)"):format(word, state.endpoint or state.region or "default region")
  end
  return new, key
end

local new_client, CLIENT = class_of(client, "dynamo client")
local new_typed, TYPED = class_of(typed_client, "dynamo typed client")

-- Returns the state of `self`, or raises at the line that called `method`.
local function state_of(key, self, method)
  local state = core.hidden(self, key)
  if not state then error(("use db:%s(...), with a colon"):format(method), 3) end
  if state.closed then error("the client is closed", 3) end
  return state
end

-- The options of one call of an operation.
local CALL_OPTIONS = {
  timeout = options_check.seconds,
  retry_unsafe = options_check.boolean,
  retry_conflicts = options_check.boolean,
  cancel = canceller.problem,
}

-- The operations that another transaction may cancel.
local TRANSACTIONS = {
  execute_transaction = true,
  transact_get_items = true,
  transact_write_items = true,
}

-- Returns the options of a call, checked and copied, nil for none; or nil, what is wrong with them,
-- or with what is behind them.
local function call_options(method, o, ...)
  local surplus = given.surplus_problem(...)
  if surplus or o == nil then return nil, surplus end
  local checked, problem = options_check.checked(o, CALL_OPTIONS)
  if problem then return nil, problem end
  if checked.retry_conflicts ~= nil and not TRANSACTIONS[method] then
    return nil, "retry_conflicts is an option of transactions"
  end
  return checked
end

-- Returns the method that runs `operation` for the objects whose state is under a key.
local function method_of(operation, key, typed)
  local method = operation.method
  return function(self, params, o, ...)
    local state = state_of(key, self, method)
    if params == nil then params = {} end
    if type(params) ~= "table" then
      error(("bad argument to '%s' (table expected, got %s)"):format(method, type(params)), 2)
    end
    local checked, problem
    if o ~= nil or select("#", ...) > 0 then
      checked, problem = call_options(method, o, ...)
      if problem then error(("%s: %s"):format(method, problem), 2) end
    end
    return call.run(
      state,
      { operation = operation, params = params, typed = typed, options = checked }
    )
  end
end

for method, operation in pairs(operations.by_method) do
  client[method] = method_of(operation, CLIENT, false)
  typed_client[method] = method_of(operation, TYPED, true)
end

-- What spans tables, or takes more than one request: method -> the room that has it, loaded by its
-- first use (see dynamo.late).
local ROOMS = {
  batch_get = "dynamo.table.batch.of_tables",
  batch_write = "dynamo.table.batch.of_tables",
  execute = "dynamo.table.execute",
  pages = "dynamo.table.paginator",
  tables = "dynamo.table.paginator",
  transact_get = "dynamo.table.transact_get",
  transaction = "dynamo.table.transaction",
  wait = "dynamo.table.waiter",
}

--- Returns the exact request of a call, signed, and sends nothing.
-- @tparam string name the operation, as "update_item" or "UpdateItem"; or a method that spans tables,
--   such as "batch_get", whose arguments follow: of several batches, those after the first are in `after`
-- @tparam ?table params the API's members
-- @treturn[1] table { method, url, headers = { { name, value }, ... }, body }
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table err kinds validation, credentials, config
-- @usage print(db:explain("get_item", { TableName = "Users", Key = { userId = "123" } }).body)
function client:explain(name, params, ...)
  local state = state_of(CLIENT, self, "explain")
  if ROOMS[name] then
    local explain, asked = late.explainer("db", name, ROOMS[name], state, params, ...)
    if not explain then error(asked, 2) end
    return explain(asked)
  end
  given.no_more("explain", ...)
  local operation = operations.find(name)
  if not operation then
    error(nearest.unknown("unknown operation", name, operations.by_method), 2)
  end
  if params ~= nil and type(params) ~= "table" then
    error(("bad argument #2 to 'explain' (table expected, got %s)"):format(type(params)), 2)
  end
  return call.explain(state, { operation = operation, params = params or {} })
end

--- Returns one table, with verbs that say what they mean: get, put, insert, replace, upsert, ...
-- @tparam string name the table's name or ARN
-- @tparam ?table o key: the key attributes' names, { "pk" } or { "pk", "sk" }; without it, one
--   DescribeTable finds them when a verb needs them
-- @treturn table see dynamo.table
-- @usage local users = db:table("Users", { key = { "userId" } })
function client:table(name, o, ...)
  local state = state_of(CLIENT, self, "table")
  given.no_more("db:table", ...)
  local noun, problem = require("dynamo.table").new(state, name, o) -- with all of expressions
  if not noun then error("db:table: " .. problem, 2) end
  return noun
end

-- Returns the state of `self`, or nil, what is wrong with using it.
local function late_state(self, method)
  local state = core.hidden(self, CLIENT)
  if not state then return nil, ("use db:%s(...), with a colon"):format(method) end
  if state.closed then return nil, "the client is closed" end
  return state
end

for name, room in pairs(ROOMS) do
  client[name] = late.method("db", name, room, late_state)
end

--- Closes the client: its connections, if it opened them, and what it knows. It returns at once: a
-- call that is under way ends at its next step, with an error of kind "cancelled". Twice does no
-- harm.
function client:close(...)
  local state = core.hidden(self, CLIENT)
  if not state then error("use db:close(), with a colon", 2) end
  given.no_more("close", ...)
  life.close(state)
end

--- Makes a client. No I/O happens but the reading of `ca_file`; files and network wait for the
-- first call. A wrong option raises.
-- @tparam ?table o all optional: region, endpoint (a URL), profile; use_fips, use_dualstack
--   (booleans), account_id (12 digits), account_id_endpoint_mode ("preferred", "required" or
--   "disabled"), ignore_configured_endpoint_urls (boolean): see docs/endpoints.md; credentials
--   ({ access_key_id, secret_access_key, session_token } or a provider), shared_dict (inside nginx,
--   a lua_shared_dict's name: one fetch of credentials for all workers); max_attempts (4), retry_mode
--   ("standard", "adaptive" or "off"),
--   retry_unsafe (false: a write that may have been done, and would be done twice, is not sent
--   again); extensions (of all its tables, before their own);
--   hooks ({ before_send, after_response, before_retry, on_warning }, functions that are given a
--   record of the request, or of what ought to be mended); connect_timeout (3.1), attempt_timeout
--   (5), timeout (30), in seconds; ca_file (PEM), proxy (a URL, or false), user_agent; numbers
--   ("auto" or "exact"); allow_http (false): http:// to another machine; transport, getenv,
--   read_file, random: in place of the world's own; loop (of dynamo.loop): kept for as long as the
--   client is
-- @treturn table client: one method per operation, in snake_case, that takes the API's members (and
--   behind them { timeout, retry_unsafe, retry_conflicts, cancel } for this call alone) and returns
--   the whole response, nil, info; or nil, message, err. `client.typed` has the same ones with wire-typed
--   attribute values ({ S = "a" }).
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations.html
-- @usage local db = dynamo.new { region = "eu-west-1" }
function M.new(o, ...)
  given.no_more("dynamo.new", ...)
  local checked, problem = options.check(o)
  if not checked then error("dynamo.new: " .. problem, 2) end
  local state = client_state.new(checked)
  return new_client({ typed = new_typed({}, state) }, state)
end

return M
