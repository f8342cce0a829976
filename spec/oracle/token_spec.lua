-- SPDX-License-Identifier: MIT
-- The token files of the AWS CLI, read, renewed and written back as botocore does it: the same files
-- by name, the same requests, the same credentials, the same files afterwards.
local core = require "dynamo.core"
local json = require "dynamo.credentials.json"
local login = require "dynamo.credentials.login"
local process = require "dynamo.process"
local profiles = require "dynamo.settings.profile"
local sso = require "dynamo.credentials.sso"
local timestamp = require "dynamo.credentials.timestamp"
local token_world = require "support.token_world"

local START, LOGIN = "https://x.awsapps.com/start", "arn:aws:iam::123456789012:user/Ann"

local CONFIG = [[
[profile legacy]
sso_start_url = https://x.awsapps.com/start
sso_region = us-east-2
sso_account_id = 123456789012
sso_role_name = ReadOnly

[profile session]
sso_session = corporate
sso_account_id = 123456789012
sso_role_name = Read+Only@x

[sso-session corporate]
sso_start_url = https://x.awsapps.com/start
sso_region = us-east-2

[profile login]
login_session = arn:aws:iam::123456789012:user/Ann
]]
local READ = { legacy = sso.read, session = sso.read, login = login.read }

local function stamp(seconds)
  return os.date("!%Y-%m-%dT%H:%M:%SZ", os.time() + seconds)
end

-- The files of a home directory, by path under it. The key is one made for this run.
local function files_of(pem)
  local function sso_token(seconds)
    return json.write {
      startUrl = START,
      region = "us-east-2",
      accessToken = "bearer-one",
      expiresAt = stamp(seconds),
      refreshToken = "refresh-one",
      clientId = "client",
      clientSecret = "client-secret",
      registrationExpiresAt = stamp(86400),
    }
  end
  return {
    [".aws/config"] = CONFIG,
    [".aws/sso/cache/" .. core.sha1(START) .. ".json"] = sso_token(3600),
    [".aws/sso/cache/" .. core.sha1 "corporate" .. ".json"] = sso_token(300),
    [".aws/login/cache/" .. core.signer():payload_hash(LOGIN) .. ".json"] = json.write {
      accessToken = {
        accessKeyId = "ASIAOLD",
        secretAccessKey = "old-secret",
        sessionToken = "old-token",
        accountId = "123456789012",
        expiresAt = stamp(60),
      },
      tokenType = "aws_sigv4",
      refreshToken = "refresh-three",
      idToken = "identity",
      clientId = "arn:aws:signin:::devtools/same-device",
      dpopKey = pem,
      unknown = { list = { 1, 2 } },
    },
  }
end

-- Runs the oracle; returns its document.
local function ask_oracle(...)
  local python = os.getenv("DYNAMO_PYTHON") or "build/emulators/python/bin/python"
  local status, output, errors =
    process.run({ python, "spec/oracle/token_oracle.py", ... }, 60000, 1024 * 1024)
  local text = status == 0 and output:match("^oracle botocore [%d.]+\n(.*)$")
  return assert(core.document(assert(text, status and errors or output)))
end

-- Puts the files of a home directory on the disk, and returns where.
local function home_with(files)
  local home = os.tmpname()
  os.remove(home)
  os.execute(("mkdir -p %s/.aws/sso/cache %s/.aws/login/cache"):format(home, home))
  for path, text in pairs(files) do
    assert(process.write_file(home .. "/" .. path, text))
  end
  return home
end

-- Returns a request of ours in the oracle's form.
local function shown(request)
  local path, query = request.path:match("^([^?]*)%??(.*)$")
  local form = { method = request.method, path = path, query = {}, headers = {} }
  for name, value in query:gmatch("([^&=]+)=([^&]*)") do
    form.query[name] = value:gsub("%%(%x%x)", function(hex)
      return string.char(tonumber(hex, 16))
    end)
  end
  for _, header in ipairs(request.headers) do
    if header[1] ~= "host" then form.headers[header[1]] = header[2] end
  end
  form.body = request.body ~= "" and core.document(request.body) or core.null
  return form
end

-- Reads a profile as we do it, with the oracle's answers.
local function read(name, files, oracle, region)
  local by_path = {}
  for path, text in pairs(files) do
    by_path["/h/" .. path] = text
  end
  local world = token_world.new(by_path, {
    function(request)
      return { status = 200, body = json.write(oracle.answers[request.path:match("^[^?]*")]) }
    end,
  })
  world.profile, world.region = name, region or "eu-west-1"
  world.transport.wall = os.time() - world.transport.clock
  local profile = assert(profiles.read(world))
  local found = assert(READ[name](world, profile.properties, profile))
  return world, found
end

describe("botocore", function()
  local pem_path = os.tmpname()
  os.execute("openssl ecparam -name prime256v1 -genkey -noout -out " .. pem_path .. " 2>/dev/null")
  local pem = assert(process.read_file(pem_path, 4096))
  local files = files_of(pem)
  local home = home_with(files)
  local oracle = ask_oracle(home, "legacy", "session", "login")
  os.execute("rm -r " .. home)
  teardown(function()
    os.remove(pem_path)
  end)
  local their_proof = oracle.profiles.login.requests[1].headers.dpop
  for name, requests in pairs { legacy = 1, session = 2, login = 1 } do
    it("sends the same for the profile " .. name, function()
      local world, found = read(name, files, oracle)
      local theirs = oracle.profiles[name]
      assert.are.equal(requests, #theirs.requests)
      assert.are.equal(requests, #world.transport.requests)
      for i, request in ipairs(world.transport.requests) do
        local ours = shown(request)
        if ours.headers.dpop and theirs.requests[i].headers.dpop then
          ours.headers.dpop, theirs.requests[i].headers.dpop = nil, nil -- compared below
        end
        assert.are.same(theirs.requests[i], ours)
      end
      assert.is_number(found.expires_at)
      found.expires_at = nil
      assert.are.same(theirs.credentials, found)
    end)
  end

  -- Times may differ by the seconds that the oracle took.
  it("leaves the same in the files", function()
    local compared = 0
    for path, theirs in pairs(oracle.files) do
      local profile = path:find("login") and "login" or "session"
      local world = read(profile, files, oracle)
      local ours = core.document(world.files["/h/" .. path])
      local function times_of(token)
        local holder = token.accessToken.expiresAt and token.accessToken or token
        local time = holder.expiresAt
        holder.expiresAt = nil
        return time
      end
      local their_time, our_time = times_of(theirs), times_of(ours)
      assert.are.same(theirs, ours)
      assert.is_true(math.abs(timestamp.parse(their_time) - timestamp.parse(our_time)) < 60)
      compared = compared + 1
    end
    assert.are.equal(3, compared)
  end)

  it("knows the same hosts", function()
    local sources = { sso = "legacy", ["sso-oidc"] = "session", signin = "login" }
    local compared = 0
    for service, hosts in pairs(oracle.hosts) do
      for region, host in pairs(hosts) do
        local placed = {}
        for path, text in pairs(files) do
          placed[path] = text:gsub("us%-east%-2", region)
        end
        local world = read(sources[service], placed, oracle, region)
        assert.are.equal(host, world.transport.requests[1].host)
        compared = compared + 1
      end
    end
    assert.is_true(compared > 100)
  end)

  it("proves the possession of the key alike", function()
    local world = read("login", files, oracle)
    local ours = ask_oracle("verify", pem_path, world.transport:header(1, "dpop"))
    local theirs = ask_oracle("verify", pem_path, their_proof)
    assert.are.same(theirs.header, ours.header)
    assert.are.equal("https://eu-west-1.signin.aws.amazon.com/v1/token", ours.claims.htu)
    assert.matches("^http://127%.0%.0%.1:%d+/v1/token$", theirs.claims.htu)
    assert.are.equal(#theirs.claims.jti, #ours.claims.jti)
    assert.is_true(math.abs(theirs.claims.iat - ours.claims.iat) < 60)
    ours.claims.htu, ours.claims.jti, ours.claims.iat = nil, nil, nil
    theirs.claims.htu, theirs.claims.jti, theirs.claims.iat = nil, nil, nil
    assert.are.same(theirs.claims, ours.claims)
  end)
end)
