-- SPDX-License-Identifier: MIT
local environment = require "dynamo.credentials.environment"
local credential_world = require "support.credential_world"

describe("credentials from the environment", function()
  local cases = {
    {
      "a pair",
      { AWS_ACCESS_KEY_ID = "AK", AWS_SECRET_ACCESS_KEY = "s" },
      { access_key_id = "AK", secret_access_key = "s" },
    },
    {
      "all",
      {
        AWS_ACCESS_KEY_ID = "AK",
        AWS_SECRET_ACCESS_KEY = "s",
        AWS_SESSION_TOKEN = "t",
        AWS_SECURITY_TOKEN = "old",
        AWS_ACCOUNT_ID = "123456789012",
        AWS_CREDENTIAL_EXPIRATION = "2009-02-13T23:31:30Z",
      },
      {
        access_key_id = "AK",
        secret_access_key = "s",
        session_token = "t",
        account_id = "123456789012",
        expires_at = 1234567890,
      },
    },
    {
      "the legacy token",
      { AWS_ACCESS_KEY_ID = "AK", AWS_SECRET_ACCESS_KEY = "s", AWS_SECURITY_TOKEN = "old" },
      { access_key_id = "AK", secret_access_key = "s", session_token = "old" },
    },
    { "nothing", {}, nil, nil },
    { "blanks", { AWS_ACCESS_KEY_ID = " ", AWS_SECRET_ACCESS_KEY = " " }, nil, nil },
    { "half a pair", { AWS_ACCESS_KEY_ID = "AK" }, nil, true },
    { "the other half", { AWS_SECRET_ACCESS_KEY = "hunter2" }, nil, true },
  }
  for _, case in ipairs(cases) do
    it("reads " .. case[1], function()
      local found, message, broken = environment.read(credential_world.new { variables = case[2] })
      assert.are.same(case[3], found)
      assert.are.equal(case[4], broken)
      if not found then
        assert.matches("AWS_ACCESS_KEY_ID", message)
        assert.is_nil(message:find("hunter2"))
      end
    end)
  end

  it("refuses an end that is no time", function()
    local found, message, broken = environment.read(credential_world.new {
      variables = {
        AWS_ACCESS_KEY_ID = "AK",
        AWS_SECRET_ACCESS_KEY = "s",
        AWS_CREDENTIAL_EXPIRATION = "soon",
      },
    })
    assert.is_nil(found)
    assert.is_true(broken)
    assert.matches("AWS_CREDENTIAL_EXPIRATION is not a time", message)
  end)
end)
