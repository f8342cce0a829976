-- SPDX-License-Identifier: MIT
local redact = require "dynamo.redact"

local SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

describe("redact", function()
  it("leaves out a secret, whole or in part", function()
    local text = ("refused: %s and %s."):format(SECRET, SECRET:sub(5, 20))
    assert.are.equal("refused: [redacted] and [redacted].", redact.line(text, { SECRET }))
  end)

  it("keeps the rest", function()
    local text = "User: arn:aws:iam::123456789012:user/Bob is not authorized to perform: "
      .. "sts:AssumeRole on resource: arn:aws:iam::123456789012:role/admin"
    assert.are.equal(text, redact.line(text, { SECRET }))
  end)

  it("gives one line, of a bounded length", function()
    assert.are.equal("a b c", redact.line(" a\r\nb\0\255c\n", {}))
    assert.is_true(#redact.line(("words "):rep(1000), {}) < 600)
  end)

  local suspects = {
    { "token: hunter2", "hunter2" },
    { 'SECRET = "hunter2"', "hunter2" },
    { "password=hunter2 and more", "hunter2" },
    { '{"SecretAccessKey": "hunter2"}', "hunter2" },
    { "Bearer hunter2", "hunter2" },
    { "error: token=hunter2", "hunter2" },
    { "user=a,pass=hunter2", "hunter2" },
    { "my-api-key-2 : hunter2", "hunter2" },
    { "key: token=hunter2", "hunter2" },
    { "using AKIAIOSFODNN7EXAMPLE now", "AKIA" },
    { "got " .. SECRET, SECRET:sub(1, 10) },
    { "got eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl", "eyJ" },
  }
  for _, case in ipairs(suspects) do
    it("leaves out what looks like a secret: " .. case[1], function()
      local text = redact.unknown(case[1])
      assert.is_nil(text:find(case[2], 1, true), text)
      assert.matches("[redacted]", text, 1, true)
    end)
  end

  it("keeps what does not", function()
    local text = "vault: cannot reach https://vault.example:8200, connection refused (try 3)"
    assert.are.equal(text, redact.unknown(text))
  end)

  local TOKEN = "IQoJb3JpZ2luX2VjEJr//////////wEaCWV1LXdlc3QtMSJHMEUCIQ+x/y=="
  local function escaped(pattern, by)
    return (TOKEN:gsub("%p", by):gsub("^", pattern))
  end
  local forms = {
    ["as it is"] = TOKEN,
    ["in quotes"] = '"' .. TOKEN .. "'",
    ["broken by a line end"] = TOKEN:sub(1, 20) .. "\n" .. TOKEN:sub(21),
    ["wrapped every 16 bytes"] = TOKEN:gsub(("."):rep(16), "%0\r\n\t"),
    ["with NULs in it"] = TOKEN:gsub("...", "%0\0"),
    ["in percents"] = escaped("", function(byte)
      return ("%%%02x"):format(byte:byte())
    end),
    ["in JSON's escapes"] = escaped("", "\\%0"):gsub("z", "\\n%0"),
    ["in JSON's numbers"] = escaped("", function(byte)
      return ("\\u%04X"):format(byte:byte())
    end),
    ["in strings side by side"] = TOKEN:sub(1, 30) .. '" "' .. TOKEN:sub(31),
    ["its middle"] = TOKEN:sub(20, 45),
    ["its beginning"] = TOKEN:sub(1, 12),
    ["its end"] = TOKEN:sub(-14),
  }
  for name, form in pairs(forms) do
    it("leaves out a secret " .. name, function()
      assert.are.equal(
        "it is",
        (
          redact
            .text("it is" .. form .. " here", { SECRET, TOKEN })
            :match "^(it is)[\"']?%[redacted%][\"'%c]* here$"
        )
      )
    end)
  end

  it("leaves out all of many secrets, the shorter within the longer included", function()
    local text = ("%s-%s %s%s"):format(SECRET, TOKEN, TOKEN, SECRET)
    assert.are.equal(
      "[redacted]-[redacted] [redacted]",
      redact.text(text, { SECRET:sub(5, 30), SECRET, TOKEN })
    )
  end)

  it("takes nothing shorter than 16 bytes for a secret", function()
    local text = "The provided key element does not match the schema (key, 123456789012345)"
    assert.are.equal(text, redact.text(text, { "key", "element", "123456789012345" }))
    assert.are.equal("[redacted]", redact.text("1234567890123456", { "1234567890123456" }))
  end)

  it("keeps words that a secret has too", function()
    local text = "InvalidAccessKeyId: the security token included in the request is invalid"
    assert.are.equal(text, redact.text(text, { "fakeAccessKeyOfTokens" }))
  end)

  it("cuts what is too long, never in the middle of a secret", function()
    for at = 16 * 1024 - 70, 16 * 1024 + 10 do
      local text = ("."):rep(at) .. SECRET .. ("."):rep(10000)
      local shown = redact.text(text, { SECRET })
      assert.is_nil(shown:find(SECRET:sub(1, 12), 1, true))
      assert.is_true(#shown < 16 * 1024 + 20)
    end
  end)
end)

describe("redact.text", function()
  local canary = "AWS4-HMAC-SHA256 Credential=AKIDCANARY/20260101/eu-west-1/dynamodb/aws4_request, "
    .. "SignedHeaders=host, Signature=deadbeefcanary"
  local texts = {
    "Authorization header requires x: Authorization=" .. canary,
    "authorization: " .. canary,
    canary,
    "'Credential = AKIDCANARY/x' not valid",
    "x-amz-security-token:canarytoken is bad",
    "X-Amz-Security-Token=canarytoken",
    "your token is canary%token+/=.",
  }
  for i, text in ipairs(texts) do
    it("leaves no secret in text " .. i, function()
      local shown = redact.text(text, { "canary%token+/=." })
      assert.is_nil(shown:lower():find("canary"))
      assert.matches("[redacted]", shown, 1, true)
    end)
  end

  it("leaves other text alone", function()
    local text = "The provided key element does not match the schema"
    assert.are.equal(text, redact.text(text, { "secret" }))
  end)
end)
