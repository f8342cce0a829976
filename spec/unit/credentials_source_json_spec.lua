-- SPDX-License-Identifier: MIT
local source_json = require "dynamo.credentials.source_json"

local KEYS = '"AccessKeyId":"AK","SecretAccessKey":"hunter2"'

describe("credentials.source_json", function()
  local good = {
    { "{" .. KEYS .. "}", { access_key_id = "AK", secret_access_key = "hunter2" } },
    {
      '{"Code":"Success",'
        .. KEYS
        .. ',"Token":"t","Expiration":"2009-02-13T23:31:30Z",'
        .. '"AccountId":"012345678901","LastUpdated":"x","Type":"AWS-HMAC"}',
      {
        access_key_id = "AK",
        secret_access_key = "hunter2",
        session_token = "t",
        expires_at = 1234567890,
        account_id = "012345678901",
      },
    },
    {
      "{" .. KEYS .. ',"Token":null,"Expiration":null,"AccountId":null,"Code":null}',
      { access_key_id = "AK", secret_access_key = "hunter2" },
    },
    {
      "{" .. KEYS .. ',"Token":"","Expiration":" ","AccountId":"","Code":""}',
      { access_key_id = "AK", secret_access_key = "hunter2" },
    },
    {
      "{" .. KEYS .. ',"SessionToken":"of another source"}',
      { access_key_id = "AK", secret_access_key = "hunter2" },
    },
  }
  for i, case in ipairs(good) do
    it("reads case " .. i, function()
      assert.are.same(case[2], source_json.read(case[1], "Token"))
    end)
  end

  local bad = {
    { "", "not JSON" },
    { "hunter2", "not JSON" },
    { "{" .. KEYS, "not JSON" },
    { "{" .. KEYS .. "} hunter2", "not JSON" },
    { '"hunter2"', "no JSON object" },
    { "null", "no JSON object" },
    { "{}", "AccessKeyId is missing" },
    { '{"AccessKeyId":"","SecretAccessKey":"hunter2"}', "AccessKeyId is missing" },
    { '{"AccessKeyId":"AK","SecretAccessKey":" "}', "SecretAccessKey is missing" },
    { '{"AccessKeyId":"AK"}', "SecretAccessKey is missing" },
    { '{"SecretAccessKey":"hunter2"}', "AccessKeyId is missing" },
    { '{"accessKeyId":"AK","secretAccessKey":"hunter2"}', "AccessKeyId is missing" },
    { '{"AccessKeyId":{"hunter2":1},"SecretAccessKey":"x"}', "AccessKeyId is not a string" },
    { "{" .. KEYS .. ',"Token":7}', "Token is not a string" },
    { "{" .. KEYS .. ',"AccountId":123456789012}', "AccountId is not a string" },
    { "{" .. KEYS .. ',"Expiration":"hunter2"}', "Expiration is not a time" },
    { "{" .. KEYS .. ',"Expiration":1234567890}', "Expiration is not a string" },
    { "{" .. KEYS .. ',"Code":"Failed"}', "its Code is Failed" },
    { "{" .. KEYS .. ',"Code":"hunter2"}', "its Code is not Success" },
    { "{" .. KEYS .. ',"Code":["hunter2"]}', "its Code is not Success" },
    {
      '{"Code":"AssumeRoleUnauthorizedAccess","Message":"hunter2"}',
      "its Code is AssumeRoleUnauthorizedAccess",
    },
  }
  for i, case in ipairs(bad) do
    it(("says '%s', case %d, and no more"):format(case[2], i), function()
      local found, problem = source_json.read(case[1], "Token")
      assert.is_nil(found)
      assert.matches(case[2], problem, 1, true)
      assert.is_nil(problem:find("hunter2"))
    end)
  end
end)
