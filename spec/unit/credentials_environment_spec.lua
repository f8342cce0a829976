-- SPDX-License-Identifier: MIT
local environment = require "dynamo.call.credentials.environment"

describe("credentials from the environment", function()
  local cases = {
    { "a pair", { AWS_ACCESS_KEY_ID = "AK", AWS_SECRET_ACCESS_KEY = "s" },
      { access_key_id = "AK", secret_access_key = "s" } },
    { "all", { AWS_ACCESS_KEY_ID = "AK", AWS_SECRET_ACCESS_KEY = "s", AWS_SESSION_TOKEN = "t",
      AWS_SECURITY_TOKEN = "old", AWS_ACCOUNT_ID = "123456789012" },
      { access_key_id = "AK", secret_access_key = "s", session_token = "t",
        account_id = "123456789012" } },
    { "the legacy token", { AWS_ACCESS_KEY_ID = "AK", AWS_SECRET_ACCESS_KEY = "s",
      AWS_SECURITY_TOKEN = "old" },
      { access_key_id = "AK", secret_access_key = "s", session_token = "old" } },
    { "nothing", {}, nil, nil },
    { "blanks", { AWS_ACCESS_KEY_ID = " ", AWS_SECRET_ACCESS_KEY = " " }, nil, nil },
    { "half a pair", { AWS_ACCESS_KEY_ID = "AK" }, nil, true },
    { "the other half", { AWS_SECRET_ACCESS_KEY = "hunter2" }, nil, true },
  }
  for _, case in ipairs(cases) do
    it("reads " .. case[1], function()
      local found, message, broken =
        environment.read { getenv = function(name) return case[2][name] end }
      assert.are.same(case[3], found)
      assert.are.equal(case[4], broken)
      if not found then
        assert.matches("AWS_ACCESS_KEY_ID", message)
        assert.is_nil(message:find("hunter2"))
      end
    end)
  end
end)
