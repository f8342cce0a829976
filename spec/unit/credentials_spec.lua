-- SPDX-License-Identifier: MIT
local credentials = require "dynamo.credentials"
local fake_transport = require "support.fake_transport"
local credential_world = require "support.credential_world"

local ENVIRONMENT = { HOME = "/h", AWS_ACCESS_KEY_ID = "ENV", AWS_SECRET_ACCESS_KEY = "s" }
local FILES = {
  ["/h/.aws/credentials"] = "[default]\naws_access_key_id = FILE\naws_secret_access_key = s\n",
}
local CONTAINER = { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI = "/x" }

-- Returns the options of a chain over fakes.
local function options(variables, files, more)
  local world = credential_world.new { variables = variables, files = files }
  local given = { getenv = world.getenv, read_file = world.read_file, transport = world.transport }
  for name, value in pairs(more or {}) do
    given[name] = value
  end
  return given
end

local function host_keys(id, expiration)
  return {
    status = 200,
    body = (
      '{"AccessKeyId":"%s","SecretAccessKey":"s","Token":"t",'
      .. '"AccountId":"012345678901","Expiration":"%s"}'
    ):format(id, expiration),
  }
end

describe("dynamo.credentials", function()
  it("looks at the environment, then at the profile", function()
    assert.are.equal("ENV", credentials.new(options(ENVIRONMENT, FILES)):get().access_key_id)
    assert.are.equal("FILE", credentials.new(options({ HOME = "/h" }, FILES)):get().access_key_id)
  end)

  it("skips the environment for a profile chosen in code", function()
    local chain = credentials.new(options(ENVIRONMENT, FILES, { profile = "default" }))
    assert.are.equal("FILE", chain:get().access_key_id)
  end)

  it("is an error for half a pair", function()
    local found, message, err =
      credentials.new(options({ HOME = "/h", AWS_ACCESS_KEY_ID = "ENV" }, FILES)):get()
    assert.is_nil(found)
    assert.are.same({ "credentials", "BadCredentials" }, { err.kind, err.code })
    assert.are.equal(tostring(err), message)
    assert.matches("AWS_SECRET_ACCESS_KEY", message)
  end)

  it("reads once what it found, and again what it did not find", function()
    local variables, reads = { AWS_EC2_METADATA_DISABLED = "true" }, 0
    local given = options(variables)
    local getenv = given.getenv
    function given.getenv(name)
      reads = reads + 1
      return getenv(name)
    end
    local chain = credentials.new(given)
    assert.is_nil(chain:get())
    variables.AWS_ACCESS_KEY_ID, variables.AWS_SECRET_ACCESS_KEY = "ENV", "s"
    assert.is_not_nil(chain:get())
    local after = reads
    assert.is_not_nil(chain:get())
    assert.are.equal(after, reads)
    variables.AWS_ACCESS_KEY_ID = "NEW"
    assert.are.equal("NEW", chain:get({ refresh = true }).access_key_id)
  end)

  it("fetches anew what ends, from where it came, through the given transport", function()
    local fake = fake_transport.new {
      host_keys("A1", "2023-11-14T23:15:00Z"),
      host_keys("A2", "2023-11-15T23:15:00Z"),
    }
    local chain = credentials.new(options(CONTAINER, nil, { transport = fake }))
    local first = chain:get()
    assert.are.same({
      access_key_id = "A1",
      secret_access_key = "s",
      session_token = "t",
      account_id = "012345678901",
      expires_at = 1700003700,
    }, first)
    first.access_key_id = "changed by who got it"
    assert.are.equal("A1", chain:get().access_key_id)
    fake.wall = 1700003000
    assert.are.equal("A2", chain:get().access_key_id)
    assert.are.equal(2, #fake.requests)
  end)

  it("sends within the deadline it is given", function()
    local fake = fake_transport.new { host_keys("A1", "2023-11-14T23:15:00Z") }
    credentials.new(options(CONTAINER, nil, { transport = fake })):get { deadline = 100.5 }
    assert.are.same({ 100.5 }, fake.deadlines)
  end)

  local wrong = {
    { "x", "table expected, got string" },
    { { profil = "x" }, 'unknown option "profil", did you mean "profile"?' },
    { { profile = 5 }, "profile must be a string, not a number" },
    { { getenv = {} }, "getenv must be a function" },
    { { proxy = true }, "proxy must be a string" },
    { { transport = "curl" }, "transport must be a table" },
    { { shared_dict = "dynamo" }, "shared_dict is for nginx: there is no nginx here" },
  }
  for _, case in ipairs(wrong) do
    it("raises: " .. case[2], function()
      local ok, message = pcall(function()
        return (credentials.new(case[1]))
      end)
      assert.is_false(ok)
      assert.matches("credentials_spec.lua:%d+: dynamo.credentials: ", message)
      assert.matches(case[2], message, 1, true)
    end)
  end

  local ours = credentials.new(options(ENVIRONMENT))
  local misused = {
    { { ours, 5 }, "provider:get: what is asked must be a table { deadline, refresh }" },
    { { ours, {}, 5 }, "provider:get: one argument too many, a number" },
    { { ours, { dedline = 5 } }, 'unknown field "dedline", did you mean "deadline"?' },
    { { ours, { deadline = "5" } }, "deadline must be a number, not a string" },
    { { { deadline = 5 } }, "use provider:get(...), with a colon" },
    { {}, "use provider:get(...), with a colon" },
  }
  for i, case in ipairs(misused) do
    it(("has a provider that raises at the caller's line, case %d"):format(i), function()
      local ok, message = pcall(function()
        return (ours.get(case[1][1], case[1][2], case[1][3]))
      end)
      assert.is_false(ok)
      assert.matches("credentials_spec.lua:%d+: ", message)
      assert.matches(case[2], message, 1, true)
    end)
  end

  it("has a provider that may be asked through another object", function()
    local wrapped = setmetatable({}, { __index = ours })
    assert.is_string(wrapped:get({ refresh = true }).access_key_id)
  end)

  it("takes proxy = false", function()
    assert.is_table(credentials.new { proxy = false })
  end)

  it("shows nothing to who prints a provider", function()
    local chain = credentials.new(options(ENVIRONMENT))
    assert(chain:get())
    local static = credentials.static { access_key_id = "AK", secret_access_key = "hunter2" }
    for _, provider in ipairs { chain, static } do
      for _, value in pairs(provider) do
        assert.are.equal("function", type(value))
      end
      assert.is_nil(getmetatable(provider))
    end
  end)
end)

describe("credentials.chain", function()
  it("keeps a transport of its own in its holder, made when a source needs one", function()
    local holder = options(ENVIRONMENT)
    holder.transport = nil
    assert(credentials.chain(holder):get())
    assert.is_nil(holder.credential_transport)
  end)

  it("does not hold on to a client that is gone", function()
    local holder = options(ENVIRONMENT)
    holder.provider = credentials.chain(holder)
    assert(credentials.snapshot(holder))
    local weak = setmetatable({ holder }, { __mode = "v" })
    holder = nil -- luacheck: ignore
    collectgarbage()
    collectgarbage()
    assert.is_nil(weak[1])
  end)
end)

describe("credentials.snapshot", function()
  it("is one frozen copy while nothing changes", function()
    local given = { access_key_id = "A", secret_access_key = "s", session_token = "t" }
    local client = {
      provider = {
        get = function()
          return given
        end,
      },
      transport = fake_transport.new {},
    }
    local one = credentials.snapshot(client)
    assert.are.equal(one, credentials.snapshot(client))
    assert.are.same({ "x-amz-security-token", "t" }, one.token_header)
    given.access_key_id = "B"
    assert.are.equal("B", credentials.snapshot(client).access_key_id)
    assert.are.equal("A", one.access_key_id)
  end)

  it("is the same for all clients of one chain", function()
    local chain = credentials.new(options(ENVIRONMENT))
    local one, two = { provider = chain }, { provider = chain }
    assert.are.equal(credentials.snapshot(one), credentials.snapshot(two))
  end)

  it("passes the provider itself, the deadline and the wish for new ones", function()
    local seen
    local provider = {}
    function provider.get(self, ask)
      seen = { self, ask.deadline, ask.refresh }
      return { access_key_id = "A", secret_access_key = "s" }
    end
    local client = { provider = provider, transport = fake_transport.new {} }
    credentials.snapshot(client, 130)
    assert.are.same({ provider, 130 }, seen)
    credentials.snapshot(client, 131, true)
    assert.are.same({ provider, 131, true }, seen)
  end)

  it("has fixed credentials at once, with what belongs to them", function()
    local client = {
      provider = credentials.static {
        access_key_id = "A",
        secret_access_key = "s",
        account_id = "012345678901",
      },
    }
    assert.are.equal("012345678901", credentials.snapshot(client).account_id)
    assert.are.equal(credentials.snapshot(client), credentials.snapshot(client, 5))
  end)

  it("is an error when the provider fails", function()
    local client = {
      provider = {
        get = function()
          error("hunter2")
        end,
      },
      transport = fake_transport.new {},
    }
    local set, err = credentials.snapshot(client)
    assert.is_nil(set)
    assert.are.same({ "credentials", "ProviderFailed" }, { err.kind, err.code })
    assert.is_nil(tostring(err):find("hunter2"))
  end)
end)
