-- SPDX-License-Identifier: MIT
local credential_world = require "support.credential_world"
local process = require "dynamo.call.credentials.process"

local PROFILE = { name = "work" }
local KEYS = '{"Version":1,"AccessKeyId":"AK","SecretAccessKey":"hunter2","SessionToken":"t",'
  .. '"Expiration":"2009-02-13T23:31:30+00:00","AccountId":"012345678901"}'

local function run(command, result, more)
  local given = { results = { prog = result } }
  for name, value in pairs(more or {}) do given[name] = value end
  local world = credential_world.new(given)
  return world, process.read(world, { credential_process = command }, PROFILE)
end

describe("process.words", function()
  local good = {
    { "prog", { "prog" } },
    { "  prog  a\tb\n", { "prog", "a", "b" } },
    { [["/opt/a b/prog" 'c d' e"f"'g']], { "/opt/a b/prog", "c d", "efg" } },
    { [[prog "" '' x]], { "prog", "", "", "x" } },
    { [[prog a\ b \"c\" \\]], { "prog", "a b", '"c"', "\\" } },
    { [[prog "a\"b\\c\d"]], { "prog", [[a"b\c\d]] } },
    { [[prog 'a\b"c']], { "prog", [[a\b"c]] } },
    { "prog $HOME `id` $(id) ; rm * | x > y & #",
      { "prog", "$HOME", "`id`", "$(id)", ";", "rm", "*", "|", "x", ">", "y", "&", "#" } },
  }
  for _, case in ipairs(good) do
    it("splits " .. case[1], function() assert.are.same(case[2], process.words(case[1])) end)
  end

  for _, text in ipairs { "", "  ", 'prog "a', "prog 'a", 'prog "a\\"', "prog a\\" } do
    it(("refuses %q"):format(text), function()
      local words, problem = process.words(text)
      assert.is_nil(words)
      assert.is_string(problem)
    end)
  end
end)

describe("credentials of a process", function()
  it("are what it prints", function()
    local world, found =
      run("prog --for 'me too'", { status = 0, stdout = KEYS .. "\n", stderr = "x" })
    assert.are.same({ access_key_id = "AK", secret_access_key = "hunter2", session_token = "t",
      expires_at = 1234567890, account_id = "012345678901" }, found)
    assert.are.same({ { "prog", "--for", "me too" } }, world.commands)
    assert.are.same({ timeout = 60, max_bytes = 65536 }, world.process_options)
  end)

  it("have the time of the call at most", function()
    local world = run("prog", { status = 0, stdout = KEYS }, { deadline = 112.5 })
    assert.are.equal(12.5, world.process_options.timeout)
  end)

  it("may have no end", function()
    local _, found = run("prog",
      { status = 0, stdout = '{"Version":1,"AccessKeyId":"AK","SecretAccessKey":"s"}' })
    assert.are.same({ access_key_id = "AK", secret_access_key = "s" }, found)
  end)

  local wrong = {
    { "a program that is not there", "gone", nil, "cannot run gone" },
    { "a quote without an end", 'prog "a', nil, "a quote has no end" },
    { "a status", "prog", { status = 3, stdout = "", stderr = "vault is sealed\n" },
      "it ended with status 3: vault is sealed" },
    { "a status, silently", "prog", { status = 1, stdout = "" }, "it ended with status 1" },
    { "a status, and printed secrets", "prog", { status = 1, stdout = '{"x":"hunter2hunter2"}',
      stderr = "token: hunter2, got hunter2hunter2, AKIAIOSFODNN7EXAMPLE; vault is sealed" },
      "vault is sealed" },
    { "nothing", "prog", { status = 0, stdout = "" }, "not JSON" },
    { "something else", "prog", { status = 0, stdout = "hunter2" }, "not JSON" },
    { "half of it", "prog", { status = 0, stdout = KEYS:sub(1, 80) }, "not JSON" },
    { "an array", "prog", { status = 0, stdout = "[]" }, "no Version 1" },
    { "another version", "prog", { status = 0, stdout = (KEYS:gsub(":1,", ":2,", 1)) },
      "no Version 1" },
    { "a version as text", "prog", { status = 0, stdout = (KEYS:gsub(":1,", ':"1",', 1)) },
      "no Version 1" },
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
