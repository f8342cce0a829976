-- SPDX-License-Identifier: MIT
-- SSO and login over real files and sockets, with a server that fails as told.
local core = require "dynamo.core"
local environment = require "dynamo.world"
local fault = require "support.fault"
local json = require "dynamo.credentials.json"
local login = require "dynamo.credentials.login"
local sso = require "dynamo.credentials.sso"
local transport = require "dynamo.transport.curl"

local SESSION = "arn:aws:iam::123456789012:user/Ann"
local PROPERTIES = {
  sso_account_id = "123456789012",
  sso_role_name = "ReadOnly",
  sso_session = "corporate",
  login_session = SESSION,
}
local SECTION = { sso_start_url = "https://x.awsapps.com/start", sso_region = "us-east-2" }

local function stamp(seconds)
  return os.date("!%Y-%m-%dT%H:%M:%SZ", os.time() + seconds)
end

local ROLE = json.write {
  roleCredentials = {
    accessKeyId = "ASIAROLE",
    secretAccessKey = "role-secret",
    sessionToken = "role-token",
    expiration = (os.time() + 3600) * 1000,
  },
}
local RENEWED = json.write {
  accessToken = {
    accessKeyId = "ASIALOGIN",
    secretAccessKey = "login-secret",
    sessionToken = "login-token",
  },
  expiresIn = 900,
  refreshToken = "refresh-two",
}

describe("credentials from the CLI's tokens", function()
  local server, world, home, pem

  setup(function()
    server = fault.start()
    home = os.tmpname()
    os.remove(home)
    os.execute(("mkdir -p %s/.aws/sso/cache %s/.aws/login/cache"):format(home, home))
    os.execute(("openssl ecparam -name prime256v1 -genkey -noout -out %s/key 2>&1"):format(home))
    pem = assert(environment.read_file(home .. "/key"))
  end)
  teardown(function()
    server:stop()
    os.execute("rm -r " .. home)
  end)

  local function sso_path()
    return home .. "/.aws/sso/cache/" .. core.sha1 "corporate" .. ".json"
  end
  local function login_path()
    return home .. "/.aws/login/cache/" .. core.signer():payload_hash(SESSION) .. ".json"
  end

  before_each(function()
    local variables = { HOME = home, AWS_ENDPOINT_URL = "http://127.0.0.1:" .. server.port }
    world = {
      getenv = function(name)
        return variables[name]
      end,
      read_file = environment.read_file,
      write_file = environment.write_file,
      random = environment.random,
      region = "eu-west-1",
      transport = transport.new { proxy = "" },
    }
    assert(environment.write_file(
      sso_path(),
      json.write {
        accessToken = "bearer-one",
        expiresAt = stamp(3600),
      }
    ))
    assert(environment.write_file(
      login_path(),
      json.write {
        accessToken = {
          accessKeyId = "ASIAOLD",
          secretAccessKey = "old-secret",
          sessionToken = "old-token",
          expiresAt = stamp(-60),
        },
        refreshToken = "refresh-one",
        clientId = "arn:aws:signin:::devtools/same-device",
        dpopKey = pem,
      }
    ))
  end)
  after_each(function()
    world.transport:close()
  end)

  local function read(source)
    local profile =
      { name = "work", properties = PROPERTIES, sso_sessions = { corporate = SECTION } }
    return source.read(world, PROPERTIES, profile)
  end

  local function answering(...)
    return { exchanges = { { send = { ... } } } }
  end

  it("are a role's, after a server's failure and a lost answer", function()
    server:script {
      answering(fault.response("", "", "503 Busy")),
      { exchanges = { { cut = 0 } } },
      answering(fault.response(ROLE)),
    }
    assert.are.equal("ASIAROLE", assert(read(sso)).access_key_id)
    local requests = server:log().requests
    assert.are.equal(3, #requests)
    assert.are.equal(
      "/federation/credentials?account_id=123456789012&role_name=ReadOnly",
      requests[3].path
    )
  end)

  it("are a login's, renewed and kept for its owner alone", function()
    server:script { answering(fault.response(RENEWED)) }
    assert.are.equal("ASIALOGIN", assert(read(login)).access_key_id)
    assert.are.equal("/v1/token", server:log().requests[1].path)
    assert.are.equal("refresh-two", core.document(environment.read_file(login_path())).refreshToken)
    local facts = environment.run_process(
      { "stat", "-c", "%a", login_path() },
      { timeout = 5, max_bytes = 100 }
    )
    assert.are.equal("600\n", facts.stdout)
    server:script { {} }
    assert.are.equal("ASIALOGIN", assert(read(login)).access_key_id) -- from the file
    assert.are.equal(0, #server:log().connections)
  end)

  it("are none that a redirect would give", function()
    server:script { answering(fault.response("", "Location: /elsewhere\r\n", "302 Found")) }
    local found, message, broken = read(sso)
    assert.is_nil(found)
    assert.is_true(broken)
    assert.matches("HTTP 302", message)
    assert.are.equal(1, #server:log().requests)
  end)

  for name, script in pairs {
    ["half a document"] = answering(fault.response(ROLE:sub(1, 50))),
    ["a page"] = answering(fault.response("<html>", "Content-Type: text/html\r\n")),
  } do
    it("are not made of " .. name, function()
      server:script { script }
      local found, message, broken = read(sso)
      assert.is_nil(found)
      assert.is_true(broken)
      assert.matches("the answer holds no credentials", message)
    end)
  end

  it("do not keep a call past its deadline", function()
    server:script { { exchanges = { { stall = 0 } } } }
    world.deadline = world.transport:monotonic() + 0.3
    local found, message, broken = read(sso)
    assert.is_nil(found)
    assert.is_true(broken)
    assert.matches("no answer from http://127.0.0.1", message, 1, true)
    assert.are.equal(1, #server:log().requests) -- no time is left for another
  end)

  it("are not waited for where a pipe is in the place of a token", function()
    for source, path in pairs { [sso] = sso_path(), [login] = login_path() } do
      os.execute(("rm %s; mkfifo %s"):format(path, path))
      local found, message, broken = read(source)
      os.remove(path)
      assert.is_nil(found)
      assert.is_true(broken)
      assert.matches(path .. ": not a regular file", message, 1, true)
    end
  end)

  it("are used although their file cannot be replaced", function()
    server:script { answering(fault.response(RENEWED)) }
    local before = environment.read_file(login_path())
    world.write_file = function(path, text)
      return environment.write_file(path .. "/not-there", text)
    end
    assert.are.equal("ASIALOGIN", assert(read(login)).access_key_id)
    assert.are.equal(before, environment.read_file(login_path()))
  end)
end)
