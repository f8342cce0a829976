-- SPDX-License-Identifier: MIT
-- Every example of examples/nginx, run by its own nginx.conf.
local dynamo = require "dynamo"
local emulator = require "support.emulator"
local nginx = require "support.nginx"

if not nginx.is_installed() then
  return pending("examples of nginx (there is no nginx with a Lua module: make setup)")
end

emulator.each("of examples/nginx,", function(host)
  local server, name

  -- Starts an example whose table has the name that `variable` holds.
  local function run(example, variable)
    name = host:create { { "id", "S" } }
    server = nginx.run(("examples/nginx/%s/nginx.conf"):format(example), {
      AWS_ENDPOINT_URL_DYNAMODB = host.endpoint,
      AWS_REGION = "us-east-1",
      AWS_ACCESS_KEY_ID = "local",
      AWS_SECRET_ACCESS_KEY = "local",
      [variable] = name,
    })
  end

  after_each(function()
    server:stop()
  end)

  local function request(method, path, body, headers)
    return server:get(path, { method = method, body = body, headers = headers })
  end

  it("session_store keeps sessions, and each access makes one last", function()
    run("session_store", "SESSIONS_TABLE")
    local sessions = host.db:table(name, { key = { "id" } })
    assert.equal(404, (request("GET", "/sessions/a1")))
    assert.equal(204, (request("PUT", "/sessions/a1", "cart=3")))
    assert.same(
      { 200, "cart=3" },
      { request("GET", "/sessions/a1"), (select(2, request("GET", "/sessions/a1"))) }
    )
    assert(sessions:patch { id = "a1", expires = os.time() + 5, other = "kept" })
    assert.equal(200, (request("GET", "/sessions/a1")))
    local session = sessions:get({ id = "a1" }, { consistent_read = true })
    assert.is_true(session.expires > os.time() + 1700)
    assert.equal(204, (request("PUT", "/sessions/a1", "cart=4")))
    session = sessions:get({ id = "a1" }, { consistent_read = true })
    assert.same({ "cart=4", "kept" }, { session.data, session.other })
    assert(sessions:patch { id = "a1", expires = os.time() - 1 })
    assert.equal(404, (request("GET", "/sessions/a1")))
    assert.equal(204, (request("DELETE", "/sessions/a1")))
    assert.is_nil(sessions:get({ id = "a1" }, { consistent_read = true }))
    assert.equal(405, (request("POST", "/sessions/a1", "")))
  end)

  it("rate_limiter lets in as many as it says, whoever counts", function()
    run("rate_limiter", "COUNTERS_TABLE")
    local connections = host.lacks.atomic_updates and 1 or 10
    local seen = server:flood("/", connections, 40)()
    local welcome, refused = 0, 0
    for outcome, times in pairs(seen) do
      if outcome == "200 welcome" then welcome = welcome + times end
      if outcome:find("^429") then refused = refused + times end
    end
    assert.equal(40, welcome + refused)
    -- Windows may have ended meanwhile, and who waits too long for the count is let in without it.
    local _, uncounted = server:errors():gsub("not counted: ", "")
    local least, windows = 0, 0
    for _, counter in ipairs(assert(host.db:scan { TableName = name }).Items) do
      if counter.requests then
        least, windows = least + math.min(5, counter.requests), windows + 1
      end
    end
    assert.is_true(
      welcome >= least - uncounted and welcome <= 5 * windows + uncounted,
      ("%d welcome, %d counted, %d windows, %d uncounted"):format(
        welcome,
        least,
        windows,
        uncounted
      )
    )
  end)

  it("api_key lets in who has a key, and asks once for each", function()
    run("api_key", "KEYS_TABLE")
    local keys = host.db:table(name, { key = { "id" } })
    assert(keys:put { id = "k-1", owner = "Ann" })
    assert(keys:put { id = "k-2", owner = "Bob", revoked = true })
    local function ask(key)
      return request("GET", "/", nil, key and { { "X-Api-Key", key } })
    end
    assert.equal(401, (ask()))
    assert.equal(401, (ask "k-2"))
    assert.equal(401, (ask "k-3"))
    local status, body = ask "k-1"
    assert.same({ 200, "hello, Ann\n" }, { status, body })
    assert(keys:delete { id = "k-1" })
    assert.equal(200, (ask "k-1")) -- remembered
  end)

  it("none says anything in the error log", function()
    run("api_key", "KEYS_TABLE")
    assert.equal(401, (request("GET", "/")))
    assert.is_nil(server:errors():find("%[[a-z]*[ewc]r[a-z]*%]"))
  end)
end)

describe("examples/nginx/dynamodb", function()
  if not pcall(require, "dynamo.sqlite") then
    return pending "dynamo/sqlite.so is not built: SQLite's header is not here"
  end

  it("is a DynamoDB over HTTP, whose file outlives it", function()
    local path = os.tmpname()
    local function client(server)
      return dynamo.new {
        endpoint = "http://127.0.0.1:" .. server.port,
        region = "us-east-1",
        credentials = { access_key_id = "local", secret_access_key = "local" },
      }
    end
    local server = nginx.run("examples/nginx/dynamodb/nginx.conf", { DYNAMODB_FILE = path })
    local users = client(server):table "users"
    assert(users:create { partition_key = { id = "S" } })
    assert(users:upsert { id = "1", bytes = dynamo.binary "\0\255", name = ("x"):rep(100000) })
    local done, _, err = users:insert { id = "1" }
    assert.is_nil(done)
    assert.equal("ConditionalCheckFailedException", err.code)
    server:stop()
    server = nginx.run("examples/nginx/dynamodb/nginx.conf", { DYNAMODB_FILE = path })
    local item = assert(client(server):table("users"):get { id = "1" })
    assert.equal("\0\255", tostring(item.bytes))
    assert.equal(100000, #item.name)
    server:stop()
    for _, suffix in ipairs { "", "-wal", "-shm" } do
      os.remove(path .. suffix)
    end
  end)
end)
