-- SPDX-License-Identifier: MIT
local redact = require "dynamo.call.credentials.redact"

local SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

describe("credentials.redact", function()
  it("leaves out a secret, whole or in part", function()
    local text = ("refused: %s and %s."):format(SECRET, SECRET:sub(5, 20))
    assert.are.equal("refused: [redacted] and [redacted]", redact.known(text, { SECRET }))
  end)

  it("keeps the rest", function()
    local text = "User: arn:aws:iam::123456789012:user/Bob is not authorized to perform: "
      .. "sts:AssumeRole on resource: arn:aws:iam::123456789012:role/admin"
    assert.are.equal(text, redact.known(text, { SECRET }))
  end)

  it("gives one line, of a bounded length", function()
    assert.are.equal("a b c", redact.known(" a\r\nb\0\255c\n", {}))
    assert.is_true(#redact.known(("words "):rep(1000), {}) < 600)
  end)

  local suspects = {
    { "token: hunter2", "hunter2" },
    { 'SECRET = "hunter2"', "hunter2" },
    { "password=hunter2 and more", "hunter2" },
    { '{"SecretAccessKey": "hunter2"}', "hunter2" },
    { "Bearer hunter2", "hunter2" },
    { "using AKIAIOSFODNN7EXAMPLE now", "AKIA" },
    { "got " .. SECRET, SECRET:sub(1, 10) },
    { "got eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl", "eyJ" },
  }
  for _, case in ipairs(suspects) do
    it("leaves out what looks like a secret: " .. case[1], function()
      local text = redact.unknown(case[1], "")
      assert.is_nil(text:find(case[2], 1, true), text)
      assert.matches("[redacted]", text, 1, true)
    end)
  end

  it("keeps what does not", function()
    local text = "vault: cannot reach https://vault.example:8200, connection refused (try 3)"
    assert.are.equal(text, redact.unknown(text, ""))
  end)
end)
