-- SPDX-License-Identifier: MIT
-- The DynamoDB emulators that specs run against, and the embedded store served by the nginx of
-- examples/nginx/dynamodb; each with a client and tables of its own.
--
--   emulator.each("subject", function(host)   once an emulator, in a describe of its own
--     host.db                             a client
--     host:create { { "id", "S" } }       makes a fresh table, returns its name; dropped at the end
--     host:it("does x", body)             a test
--     host:it("does y", "streams", body)  a test of a feature: pending where the emulator lacks it
--     host:run "examples/upsert.lua"      a program in a process of its own
--     host:type({ { "> ", "x\n" } }, "bin/dynamo")   one at a terminal
--     host:screen({ columns = 80, rows = 24 }, "bin/dynamo")   one on a screen: see support.screen
--     host:feed("get 1", "bin/dynamo")    one that is given a text to read
--     host:interrupt("INT,NONE", path, ...)   one that is ended in the middle, and run again
--   end)
--
-- An emulator whose variable is not set has one pending test that says so. DYNAMO_TEST_ENDPOINT
-- adds one of your own (DynamoDB Local, say); DYNAMO_TEST_LACKS names the features it lacks.
local busted = require "busted"
local canary = require "support.canary"
local curl = require "dynamo.transport.curl"
local dynamo = require "dynamo"
local nginx = require "support.nginx"
local screens = require "support.screen"

local M = {}

local unpack_list = rawget(table, "unpack") or rawget(_G, "unpack")

--- The interpreter that runs the specs.
M.RUNTIME = rawget(_G, "jit") and "luajit" or _VERSION:lower():gsub(" ", "")

local SECONDS = 60 -- for one call, on a busy machine
local POLLS, POLL_SECONDS = 500, 0.01

local KNOWN = {
  {
    name = "moto",
    variable = "DYNAMO_MOTO_ENDPOINT",
    lacks = {
      atomic_transactions = "moto undoes what others write while a transaction fails",
      atomic_updates = "moto loses one of two updates of an item that come at once",
      brackets_in_names = "moto takes a name with brackets in it for a path",
      capacity = "moto counts a batch of writes as one unit",
      conditional_operator = "moto joins the tests of Expected with AND whatever is asked",
      exact_writes = "moto orders values of different types, a number above true",
      hundred_gets = "moto reads 25 items in a transaction",
      indexed_projection = "moto does not know a name's token before [0] in a projection",
      inserted_values = "moto inserts nothing but literals by PartiQL",
      partiql_pages = "moto gives all of a SELECT at once",
      partiql_refusals = "moto inserts by PartiQL what is there already",
      projected_transactions = "moto overlooks the projections of a transaction",
      refusals = "moto takes operands whose types the service refuses",
      tokens = "moto carries a transaction out again under its token",
      updated_new_on_create = "moto adds the key to the UPDATED_NEW of a new item",
    },
  },
  {
    name = "dynalite",
    variable = "DYNAMO_DYNALITE_ENDPOINT",
    lacks = {
      backups = "dynalite has no backups",
      endpoints = "dynalite has no DescribeEndpoints",
      equal_documents = "dynalite finds no two lists or maps equal",
      exact_writes = "dynalite finds no two lists equal",
      atomic_transactions = "dynalite has no transactions",
      failed_item = "dynalite does not return the item that failed a condition",
      limits = "dynalite has no DescribeLimits",
      partiql = "dynalite has no PartiQL",
      inserted_values = "dynalite has no PartiQL",
      partiql_pages = "dynalite has no PartiQL",
      partiql_refusals = "dynalite has no PartiQL",
      simultaneous = "dynalite carries out the clauses of an update one after the other",
      resource_policies = "dynalite has no resource policies",
      streams = "dynalite has no streams",
      projected_transactions = "dynalite has no transactions",
      hundred_gets = "dynalite has no transactions",
      table_arn = "dynalite takes no ARN for a table's name",
      tokens = "dynalite has no transactions",
      transactions = "dynalite has no transactions",
      unordered_operands = "dynalite orders operands of every type",
      update_ttl = "dynalite has no UpdateTimeToLive",
    },
  },
  {
    -- The one that returns a set in an order of its own: what is read is compared as a set.
    name = "dynoxide",
    variable = "DYNAMO_DYNOXIDE_ENDPOINT",
    lacks = {
      all_old_on_create = "dynoxide makes up an old item, a key alone, where an update creates one",
      backups = "dynoxide has no backups, continuous or not",
      endpoints = "dynoxide has no DescribeEndpoints",
      limits = "dynoxide has no DescribeLimits",
      resource_policies = "dynoxide has no resource policies",
      compared_with_itself = "dynoxide compares an attribute with itself",
      table_arn = "dynoxide takes no ARN for a table's name",
      unknown_type = "dynoxide takes any word for a type",
      unordered_operands = "dynoxide orders operands of every type",
    },
  },
}

local embedded -- the nginx that serves the embedded store, once there is one

-- Returns the endpoint of the embedded store: an nginx of this process, as of the example. It has one
-- store, in memory.
local function serve_embedded()
  if not nginx.is_installed() then return nil end
  embedded = embedded or nginx.run("examples/nginx/dynamodb/nginx.conf", {})
  return ("http://127.0.0.1:%d"):format(embedded.port)
end

-- dynamo's own, over HTTP as the others are.
local EMBEDDED = {
  name = "embedded",
  lacks = {
    backups = "the embedded store has store:backup instead",
    resource_policies = "the embedded store has one user, who may do everything",
  },
}

-- Returns the emulator that the user's own variables describe, or nil.
local function own()
  if not os.getenv("DYNAMO_TEST_ENDPOINT") then return nil end
  local lacks = {}
  for feature in (os.getenv("DYNAMO_TEST_LACKS") or ""):gmatch("[%w_]+") do
    lacks[feature] = "DYNAMO_TEST_LACKS says " .. feature
  end
  return { name = "DYNAMO_TEST_ENDPOINT", variable = "DYNAMO_TEST_ENDPOINT", lacks = lacks }
end

local Host = {}
Host.__index = Host

-- Returns a table name of letters, digits and underscores that no other run uses.
local function fresh_name()
  local file = assert(io.open("/dev/urandom", "rb"))
  local bytes = file:read(8)
  file:close()
  return "spec_" .. bytes:gsub(".", function(byte)
    return ("%02x"):format(byte:byte())
  end)
end

--- Returns a client of the emulator; `options` are those of dynamo.new.
function Host:client(options)
  local all = {
    endpoint = self.endpoint,
    region = "us-east-1",
    credentials = { access_key_id = "local", secret_access_key = canary.SECRET },
    transport = self.transport,
    attempt_timeout = SECONDS,
    timeout = SECONDS,
  }
  for name, value in pairs(options or {}) do
    all[name] = value
  end
  return dynamo.new(all)
end

--- Returns a client and the list of the operations it has sent, as AWS spells them.
function Host:recorded_client(options)
  local sent, through = {}, self.transport
  local recorder = setmetatable({}, { __index = through })
  function recorder.send(_, request, deadline)
    for _, header in ipairs(request.headers) do
      if header[1] == "x-amz-target" then sent[#sent + 1] = header[2]:match("%.(%w+)$") end
    end
    return through:send(request, deadline)
  end
  local all = { transport = recorder }
  for name, value in pairs(options or {}) do
    all[name] = value
  end
  return self:client(all), sent
end

--- Waits until a table is there to be used.
function Host:await(name)
  for _ = 1, POLLS do
    local answer = self.db:describe_table { TableName = name }
    if answer and answer.Table.TableStatus == "ACTIVE" then return name end
    self.transport:sleep(POLL_SECONDS)
  end
  error(("table %s of %s does not become ACTIVE"):format(name, self.name))
end

--- Returns the parameters that create a fresh table.
-- @tparam table key { { name, type }, { name, type } or nil }, the partition key first
-- @tparam ?table more members of CreateTable
function Host.definition(key, more)
  local params = {
    TableName = fresh_name(),
    KeySchema = {},
    AttributeDefinitions = {},
    BillingMode = "PAY_PER_REQUEST",
  }
  for i, attribute in ipairs(key) do
    params.KeySchema[i] = { AttributeName = attribute[1], KeyType = i == 1 and "HASH" or "RANGE" }
    params.AttributeDefinitions[i] = { AttributeName = attribute[1], AttributeType = attribute[2] }
  end
  for name, value in pairs(more or {}) do
    params[name] = value
  end
  return params
end

--- Makes a fresh table and returns its name; parameters as for definition().
function Host:create(key, more)
  local params = self.definition(key, more)
  assert(self.db:create_table(params))
  self.tables[#self.tables + 1] = params.TableName
  return self:await(params.TableName)
end

local function quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

-- Returns the shell's command that runs a program with the runtime of the specs, nothing in its
-- environment but what it needs. A sanitizer that the specs run under (SPEC_WRAPPER) is needed there too.
local function command_of(host, ...)
  local words = {
    "PATH=" .. os.getenv "PATH",
    "HOME=/nonexistent",
    "LUA_PATH=" .. package.path,
    "LUA_CPATH=" .. package.cpath,
    "AWS_ENDPOINT_URL=" .. host.endpoint,
    "AWS_REGION=us-east-1",
    "AWS_ACCESS_KEY_ID=local",
    "AWS_SECRET_ACCESS_KEY=" .. canary.SECRET,
  }
  for i, setting in ipairs(words) do
    words[i] = quoted(setting)
  end
  words[#words + 1] = os.getenv "SPEC_WRAPPER" or ""
  words[#words + 1] = M.RUNTIME
  for _, argument in ipairs { ... } do
    words[#words + 1] = quoted(argument)
  end
  return "env -i " .. table.concat(words, " ")
end

-- Returns a command with more variables in its environment.
local function with_variables(command, variables)
  local words = ""
  for name, value in pairs(variables or {}) do
    words = words .. " " .. quoted(name .. "=" .. value)
  end
  return (command:gsub("^env %-i", "%0" .. words:gsub("%%", "%%%%")))
end

-- Returns what a command of the shell prints, and its exit status.
local function run(command)
  local pipe = assert(io.popen(('%s; echo "status $?"'):format(command)))
  local printed = pipe:read("*a")
  pipe:close()
  local output, status = printed:match("^(.*)status (%d+)\n$")
  return output, tonumber(status)
end

--- Runs a program with the runtime of the specs, nothing in its environment but what it needs.
-- @tparam string ... the interpreter's arguments
-- @treturn string what it printed, on either stream
-- @treturn number its exit status
function Host:run(...)
  return run(command_of(self, ...) .. " 2>&1")
end

--- As run, with a text as standard input.
-- @tparam string|table input; or { input, variables = those of `type` }
-- @tparam string ... the interpreter's arguments
-- @treturn string what it printed on standard output
-- @treturn number its exit status
-- @treturn string what it printed on standard error
function Host:feed(input, ...)
  local given, said = os.tmpname(), os.tmpname()
  local file = assert(io.open(given, "wb"))
  file:write(type(input) == "table" and input[1] or input)
  file:close()
  local command = with_variables(command_of(self, ...), type(input) == "table" and input.variables)
  local output, status = run(("%s <%s 2>%s"):format(command, given, said))
  file = assert(io.open(said, "rb"))
  local errors = file:read "*a"
  file:close()
  os.remove(given)
  os.remove(said)
  return output, status, errors
end

--- Runs a program again and again, and ends it in the middle: see spec/support/interrupted.py.
-- @tparam string ends "INT,KILL,CUT,NONE"
-- @tparam string path of its resume file
-- @tparam string ... the interpreter's arguments
-- @treturn string what it printed, on either stream
-- @treturn number the exit status of it all
function Host:interrupt(ends, path, ...)
  local program = "python3 spec/support/interrupted.py %s %s %s %s 2>&1"
  local target = self.endpoint:gsub("^http://", "")
  return run(program:format(target, path, ends, command_of(self, ...)))
end

--- Starts a program on a screen; returns that (see support.screen).
-- @tparam table o columns, rows, variables, beside: as of `type`
-- @tparam string ... the interpreter's arguments
function Host:screen(o, ...)
  local command = with_variables(command_of(self, ...), o.variables)
  if o.beside then command = ("%s & %s"):format(o.beside, command) end
  return screens.open(command, o)
end

--- Runs a program on a terminal of 24 lines and 80 columns, and types.
-- @tparam table steps a list of { text to wait for, what is typed then }; `variables`: name -> value, added
--   to the environment; `beside`: a command of the shell that runs meanwhile, on the same terminal
-- @tparam string ... the interpreter's arguments
-- @treturn string what the terminal was sent, lines ended by LF
-- @treturn number its exit status; with a text that did not come, 1
function Host:type(steps, ...)
  local path = os.tmpname()
  local file = assert(io.open(path, "wb"))
  file:write(dynamo.to_json { unpack_list(steps) })
  file:close()
  local command = with_variables(command_of(self, ...), steps.variables)
  local beside = steps.beside and steps.beside .. " & " or ""
  local program = "python3 spec/support/terminal.py 24 80 %s sh -c %s 2>&1"
  local output, status = run(program:format(path, quoted(beside .. "exec " .. command)))
  os.remove(path)
  local shown, ended = output:gsub("\r", ""):match "^(.*)status (%d+)\n$"
  return shown or output, tonumber(ended or status)
end

--- Defines a test; with a feature, it is pending where the emulator lacks that.
-- @tparam string what
-- @tparam ?string feature
-- @tparam function body
function Host:it(what, feature, body)
  if type(feature) == "function" then
    feature, body = nil, feature
  end
  local reason = feature and self.lacks[feature]
  if reason then return busted.pending(("%s (%s)"):format(what, reason)) end
  busted.it(what, body)
end

-- Drops what was made; a table that a test dropped itself is no problem.
local function clean_up(host)
  for _, name in ipairs(host.tables) do
    host.db:delete_table { TableName = name }
  end
  host.db:close()
  host.transport:close()
end

local function new_host(known, endpoint)
  local host = setmetatable({
    name = known.name,
    endpoint = endpoint,
    lacks = known.lacks,
    tables = {},
    transport = curl.new { proxy = "" },
  }, Host)
  host.db = host:client()
  return host
end

-- Defines the tests of one emulator; `missing` says what to do about one without an endpoint.
local function describe_host(known, endpoint, missing, subject, body)
  busted.describe(subject .. " on " .. known.name, function()
    if not endpoint then return busted.pending(missing) end
    local host = new_host(known, endpoint)
    busted.teardown(function()
      clean_up(host)
    end)
    body(host)
  end)
end

--- Defines the tests of `body` for each emulator.
-- @tparam string subject what is tested
-- @tparam function body body(host)
function M.each(subject, body)
  for _, known in ipairs(KNOWN) do
    local missing = ("(set %s to the URL of a running %s)"):format(known.variable, known.name)
    describe_host(known, os.getenv(known.variable), missing, subject, body)
  end
  describe_host(EMBEDDED, serve_embedded(), "(no nginx with its Lua module)", subject, body)
  local known = own()
  if known then describe_host(known, os.getenv(known.variable), "", subject, body) end
end

return M
