-- SPDX-License-Identifier: MIT
local core = require "dynamo.core"
local snapshot = require "dynamo.credentials.snapshot"

local GOOD = { access_key_id = "AKIDEXAMPLE", secret_access_key = "wJalr/XUt+nFEMI=" }

local function with(changes)
  local given = {}
  for name, value in pairs(GOOD) do
    given[name] = value
  end
  for name, value in pairs(changes) do
    given[name] = value
  end
  return given
end

describe("snapshot.problem", function()
  local cases = {
    { {}, nil },
    { { session_token = "FwoGZXIvYXdzE==" }, nil },
    { { account_id = "123456789012", expires_at = 1.5 }, nil },
    { { access_key_id = false }, "must be a string" },
    { { access_key_id = "AK ID" }, "access_key_id" },
    { { access_key_id = "AKID\n" }, "access_key_id" },
    { { access_key_id = '{"AccessKeyId":"x"}' }, "access_key_id" },
    { { secret_access_key = "" }, "secret_access_key is missing" },
    { { session_token = "", account_id = " ", expires_at = "" }, nil },
    { { session_token = core.null, account_id = core.null }, nil },
    {
      { sesion_token = "hunter2" },
      'credentials have no field "sesion_token", did you mean "session_token"?',
    },
    { { "hunter2" }, "credentials have no field number" },
    { { secret_access_key = "hunter2\n" }, "secret_access_key" },
    { { session_token = "hunter2\r\nX-Evil: 1" }, "session_token" },
    { { session_token = "hunter2\0" }, "session_token" },
    { { session_token = 5 }, "session_token must be a string" },
    { { account_id = 123456789012 }, "account_id must be a string" },
    { { account_id = "1\r\n" }, "account_id" },
    { { expires_at = "2030-01-31T12:00:00Z" }, "expires_at must be a number" },
    { { expires_at = 0 / 0 }, "expires_at must be a number" },
  }
  for i, case in ipairs(cases) do
    it(("says %s, case %d, and never the value"):format(tostring(case[2]), i), function()
      local problem = snapshot.problem(with(case[1]))
      if not case[2] then return assert.is_nil(problem) end
      assert.matches(case[2], problem, 1, true)
      assert.is_nil(problem:find("hunter2"))
    end)
  end

  it("names what is missing", function()
    assert.are.equal("access_key_id is missing", snapshot.problem {})
    assert.are.equal("secret_access_key is missing", snapshot.problem { access_key_id = "A" })
  end)
end)

describe("snapshot.freeze", function()
  it("takes what is blank or null for absent", function()
    local set = snapshot.freeze(with { session_token = "", account_id = core.null })
    assert.is_nil(set.session_token)
    assert.is_nil(set.account_id)
    assert.is_nil(set.token_header)
  end)

  it("runs no metamethod, and says whose credentials are wrong", function()
    local hostile = setmetatable({}, {
      __index = function()
        error("hunter2")
      end,
    })
    local set, err = snapshot.freeze(hostile)
    assert.is_nil(set)
    assert.matches(
      "what the provider gave is not usable: access_key_id is missing",
      err.message,
      1,
      true
    )
  end)

  it("copies, with what a request needs", function()
    local given = with { session_token = "t", account_id = "123456789012", expires_at = 5 }
    local set = snapshot.freeze(given)
    given.access_key_id = "B"
    assert.are.same({
      access_key_id = GOOD.access_key_id,
      secret_access_key = GOOD.secret_access_key,
      session_token = "t",
      account_id = "123456789012",
      expires_at = 5,
      token_header = { "x-amz-security-token", "t" },
      secrets = { GOOD.secret_access_key, "t" },
    }, set)
  end)

  it("gives back the last copy while nothing has changed", function()
    local last = snapshot.freeze(with { session_token = "t" })
    assert.are.equal(last, snapshot.freeze(with { session_token = "t" }, last))
    for _, change in ipairs { { session_token = "u" }, { expires_at = 5 }, { account_id = "1" } } do
      change.session_token = change.session_token or "t"
      assert.are_not.equal(last, snapshot.freeze(with(change), last))
    end
  end)

  it("is an error for what is no credential", function()
    local set, err = snapshot.freeze { access_key_id = "A", secret_access_key = "hunter2\n" }
    assert.is_nil(set)
    assert.are.same({ "credentials", "BadCredentials" }, { err.kind, err.code })
    assert.is_nil(tostring(err):find("hunter2"))
  end)
end)
