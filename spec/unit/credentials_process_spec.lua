-- SPDX-License-Identifier: MIT
local credential_world = require "support.credential_world"
local process = require "dynamo.credentials.process"

local PROFILE = { name = "work" }
local KEYS = '{"Version":1,"AccessKeyId":"AK","SecretAccessKey":"hunter2","SessionToken":"t",'
  .. '"Expiration":"2009-02-13T23:31:30+00:00","AccountId":"012345678901"}'

local function run(command, result, more, account_id)
  local given = { results = { prog = result } }
  for name, value in pairs(more or {}) do
    given[name] = value
  end
  local world = credential_world.new(given)
  return world,
    process.read(world, { credential_process = command, aws_account_id = account_id }, PROFILE)
end

describe("credentials of a process", function()
  it("are what it prints", function()
    local world, found =
      run("prog --for 'me too'", { status = 0, stdout = KEYS .. "\n", stderr = "x" })
    assert.are.same({
      access_key_id = "AK",
      secret_access_key = "hunter2",
      session_token = "t",
      expires_at = 1234567890,
      account_id = "012345678901",
    }, found)
    assert.are.same({ { "prog", "--for", "me too" } }, world.commands)
    assert.are.same({ timeout = 60, max_bytes = 65536 }, world.process_options)
  end)

  it("have the time of the call at most", function()
    local world = run("prog", { status = 0, stdout = KEYS }, { deadline = 112.5 })
    assert.are.equal(12.5, world.process_options.timeout)
  end)

  it("may have no end", function()
    local _, found =
      run("prog", { status = 0, stdout = '{"Version":1,"AccessKeyId":"AK","SecretAccessKey":"s"}' })
    assert.are.same({ access_key_id = "AK", secret_access_key = "s" }, found)
  end)

  it("belong to the profile's account where it prints none", function()
    local printed = '{"Version":1,"AccessKeyId":"AK","SecretAccessKey":"s"%s}'
    local _, found = run("prog", { status = 0, stdout = printed:format "" }, nil, "111122223333")
    assert.are.equal("111122223333", found.account_id)
    for _, nothing in ipairs { '""', '" \\t"', "null" } do
      _, found = run(
        "prog",
        { status = 0, stdout = printed:format(',"AccountId":' .. nothing) },
        nil,
        "111122223333"
      )
      assert.are.equal("111122223333", found.account_id)
    end
    _, found =
      run("prog", { status = 0, stdout = printed:format ',"AccountId":"9"' }, nil, "111122223333")
    assert.are.equal("9", found.account_id)
  end)

  for _, line in ipairs { "prog x | jq .", "prog && other", "prog ; other", "prog 2>/dev/null" } do
    it("are an error that says no shell runs " .. line, function()
      local _, found, message = run(line, { status = 2, stdout = "", stderr = "bad argument" })
      assert.is_nil(found)
      assert.matches("bad argument; no shell runs this line, so ", message, 1, true)
    end)
  end

  it("are an error without a word of shells where none was meant", function()
    local _, found, message = run("prog --url 'http://h/?a&b|c'", { status = 2, stdout = "" })
    assert.is_nil(found)
    assert.is_nil(message:find("shell", 1, true))
  end)

  local wrong = {
    { "a program that is not there", "gone", nil, "cannot run gone" },
    { "a quote without an end", 'prog "a', nil, "a quote has no end" },
    {
      "a status",
      "prog",
      { status = 3, stdout = "", stderr = "vault is sealed\n" },
      "it ended with status 3: vault is sealed",
    },
    { "a status, silently", "prog", { status = 1, stdout = "" }, "it ended with status 1" },
    {
      "a status, and printed secrets",
      "prog",
      {
        status = 1,
        stdout = '{"x":"hunter2hunter2"}',
        stderr = "token: hunter2, got hunter2hunter2, AKIAIOSFODNN7EXAMPLE; vault is sealed",
      },
      "vault is sealed",
    },
    { "nothing", "prog", { status = 0, stdout = "" }, "not JSON" },
    { "something else", "prog", { status = 0, stdout = "hunter2" }, "not JSON" },
    { "half of it", "prog", { status = 0, stdout = KEYS:sub(1, 80) }, "not JSON" },
    { "an array", "prog", { status = 0, stdout = "[]" }, "no Version 1" },
    {
      "another version",
      "prog",
      { status = 0, stdout = (KEYS:gsub(":1,", ":2,", 1)) },
      "no Version 1",
    },
    {
      "a version as text",
      "prog",
      { status = 0, stdout = (KEYS:gsub(":1,", ':"1",', 1)) },
      "no Version 1",
    },
    { "no keys", "prog", { status = 0, stdout = '{"Version":1}' }, "AccessKeyId is missing" },
  }
  for _, case in ipairs(wrong) do
    it("are an error for " .. case[1], function()
      local _, found, message, broken = run(case[2], case[3])
      assert.is_nil(found)
      assert.is_true(broken)
      assert.matches('credential_process of profile "work": ', message, 1, true)
      assert.matches(case[4], message, 1, true)
      assert.is_nil(message:find("hunter2"), message)
      assert.is_nil(message:find("AKIA"), message)
    end)
  end
end)
