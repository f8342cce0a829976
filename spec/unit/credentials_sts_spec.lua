-- SPDX-License-Identifier: MIT
local credential_world = require "support.credential_world"
local sts = require "dynamo.credentials.sts"
local sts_response = require "support.sts_response"

local SOURCE = {
  access_key_id = "AKIDSOURCE",
  secret_access_key = "canarysecretcanary",
  session_token = "canarytoken0123456",
}
local ANSWER = [[<?xml version="1.0" encoding="UTF-8"?>
<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleResult>
    <AssumedRoleUser>
      <AssumedRoleId>AROA:me</AssumedRoleId>
      <Arn>arn:aws:sts::012345678901:assumed-role/admin/me</Arn>
    </AssumedRoleUser>
    <Credentials>
      <AccessKeyId>ASIAX</AccessKeyId>
      <SecretAccessKey>hunter2&#x2F;&amp;</SecretAccessKey>
      <SessionToken>t==</SessionToken>
      <Expiration>2009-02-13T23:31:30Z</Expiration>
    </Credentials>
    <PackedPolicySize>6</PackedPolicySize>
  </AssumeRoleResult>
  <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>
</AssumeRoleResponse>
]]

local function ask(steps, given, world_fields)
  local fields = world_fields or {}
  fields.steps, fields.region = steps, fields.region or "eu-west-1"
  if fields.region == "none" then fields.region = nil end
  local world, fake = credential_world.new(fields)
  local parameters = {
    action = "AssumeRole",
    role = "arn:aws:iam::012345678901:role/admin",
    session_name = "me",
    more = {},
    source = SOURCE,
    secrets = { SOURCE.secret_access_key, SOURCE.session_token },
  }
  for name, value in pairs(given or {}) do
    parameters[name] = value
  end
  return fake, sts.credentials(world, parameters)
end

describe("sts.credentials", function()
  it("gives a role's credentials, with the account", function()
    local _, found = ask({ { status = 200, body = ANSWER } })
    assert.are.same({
      access_key_id = "ASIAX",
      secret_access_key = "hunter2/&",
      session_token = "t==",
      expires_at = 1234567890,
      account_id = "012345678901",
    }, found)
  end)

  for _, name in ipairs { "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration" } do
    it("takes a blank " .. name .. " for a missing one", function()
      local body = ANSWER:gsub("(<" .. name .. ">)[^<]*", "%1 \t")
      local _, found, problem = ask { { status = 200, body = body } }
      assert.is_nil(found)
      assert.matches("without credentials: an element is missing", problem, 1, true)
    end)
  end

  it("says what would travel in clear text", function()
    local _, found, problem = ask(
      {},
      nil,
      { variables = { AWS_ENDPOINT_URL_STS = "http://sts.example.com" } }
    )
    assert.is_nil(found)
    assert.matches("credentials would travel unencrypted", problem, 1, true)
  end)

  it("sends a signed form to the region's endpoint", function()
    local fake = ask(
      { { status = 200, body = ANSWER } },
      { seconds = "900", more = { { "ExternalId", "a b/é" } } }
    )
    local request = fake.requests[1]
    assert.are.same(
      { "POST", "https", "sts.eu-west-1.amazonaws.com", 443, "/" },
      { request.method, request.scheme, request.host, request.port, request.path }
    )
    assert.are.equal(
      "Action=AssumeRole&Version=2011-06-15"
        .. "&RoleArn=arn%3Aaws%3Aiam%3A%3A012345678901%3Arole%2Fadmin&RoleSessionName=me"
        .. "&DurationSeconds=900&ExternalId=a%20b%2F%C3%A9",
      request.body
    )
    assert.are.equal("application/x-www-form-urlencoded", fake:header(1, "content-type"))
    assert.are.equal("canarytoken0123456", fake:header(1, "x-amz-security-token"))
    assert.matches(
      "^AWS4%-HMAC%-SHA256 Credential=AKIDSOURCE/20231114/eu%-west%-1/sts/"
        .. "aws4_request, SignedHeaders=content%-type;host;x%-amz%-date;x%-amz%-security%-token, "
        .. "Signature=%x+$",
      fake:header(1, "authorization")
    )
    local hosts = 0
    for _, header in ipairs(request.headers) do
      hosts = hosts + (header[1] == "host" and 1 or 0)
    end
    assert.are.equal(1, hosts)
  end)

  it("signs nothing without credentials", function()
    local fake = ask({ { status = 200, body = ANSWER } }, { source = false })
    assert.is_nil(fake:header(1, "authorization"))
  end)

  it("makes a session name of the time, and leaves out seconds that are none", function()
    local world, fake =
      credential_world.new { steps = { { status = 200, body = ANSWER } }, region = "x" }
    assert.is_table(
      sts.credentials(world, { action = "AssumeRole", role = "r", more = {}, seconds = "an hour" })
    )
    assert.matches("&RoleSessionName=dynamo%-1700000100$", fake.requests[1].body)
  end)

  local places = {
    { "cn-north-1", {}, "sts.cn-north-1.amazonaws.com.cn", "cn-north-1" },
    { "local", {}, "sts.us-east-1.amazonaws.com", "us-east-1" },
    { "eu-west-1", { AWS_ENDPOINT_URL = "https://all.example" }, "all.example", "eu-west-1" },
    {
      "eu-west-1",
      {
        AWS_ENDPOINT_URL = "https://all.example",
        AWS_ENDPOINT_URL_STS = "http://127.0.0.1:4566/sts",
      },
      "127.0.0.1",
      "eu-west-1",
    },
    {
      "eu-west-1",
      {
        AWS_ENDPOINT_URL_STS = "https://x.example",
        AWS_IGNORE_CONFIGURED_ENDPOINT_URLS = "true",
      },
      "sts.eu-west-1.amazonaws.com",
      "eu-west-1",
    },
    {
      "eu-west-1",
      { AWS_USE_FIPS_ENDPOINT = "true" },
      "sts-fips.eu-west-1.amazonaws.com",
      "eu-west-1",
    },
    { "eu-west-1", { AWS_USE_DUALSTACK_ENDPOINT = "true" }, "sts.eu-west-1.api.aws", "eu-west-1" },
    {
      "us-gov-west-1",
      { AWS_USE_FIPS_ENDPOINT = "true" },
      "sts.us-gov-west-1.amazonaws.com",
      "us-gov-west-1",
    },
    {
      "us-gov-west-1",
      { AWS_USE_FIPS_ENDPOINT = "true", AWS_USE_DUALSTACK_ENDPOINT = "true" },
      "sts-fips.us-gov-west-1.api.aws",
      "us-gov-west-1",
    },
    {
      "eu-west-1",
      { HOME = "/h" },
      "of-services.example",
      "eu-west-1",
      "[default]\nservices = s\n[services s]\nsts =\n"
        .. "  endpoint_url = https://of-services.example",
    },
    {
      "eu-west-1",
      { HOME = "/h" },
      "sts-fips.eu-west-1.amazonaws.com",
      "eu-west-1",
      "[default]\nuse_fips_endpoint = true",
    },
  }
  for i, case in ipairs(places) do
    it(("goes to %s, case %d"):format(case[3], i), function()
      local fake = ask(
        { { status = 200, body = ANSWER } },
        nil,
        { region = case[1], variables = case[2], files = { ["/h/.aws/config"] = case[5] } }
      )
      assert.are.equal(case[3], fake.requests[1].host)
      assert.matches("/" .. case[4]:gsub("%-", "%%-") .. "/sts/", fake:header(1, "authorization"))
    end)
  end

  local nowhere = {
    { "no region", { region = "none" }, "set AWS_REGION" },
    { "what is no region", { region = "evil.com/" }, "not the name of one" },
    {
      "clear text to another machine",
      { variables = { AWS_ENDPOINT_URL_STS = "http://192.0.2.1" } },
      "allow_http",
    },
    {
      "a word for FIPS that is none",
      { variables = { AWS_USE_FIPS_ENDPOINT = "maybe" } },
      "AWS_USE_FIPS_ENDPOINT is",
    },
    {
      "a services section that is not there",
      {
        variables = { HOME = "/h" },
        files = { ["/h/.aws/config"] = "[default]\nservices = s\n" },
      },
      "no section [services s]",
    },
    { "a bad address", { variables = { AWS_ENDPOINT_URL = "ftp://x" } }, "not usable" },
  }
  for _, case in ipairs(nowhere) do
    it("goes nowhere for " .. case[1], function()
      local fake, found, message = ask({ { status = 200, body = ANSWER } }, nil, case[2])
      assert.is_nil(found)
      assert.matches(case[3], message, 1, true)
      assert.are.equal(0, #fake.requests)
    end)
  end

  local passing = {
    sts_response.refusal("Throttling", "Rate exceeded"),
    sts_response.refusal("ThrottlingException", ""),
    sts_response.refusal("IDPCommunicationError", ""),
    { status = 500, body = "<html>" },
    { status = 503 },
    { kind = "transport", message = "reset" },
  }
  for i, step in ipairs(passing) do
    it("tries again after what may pass, case " .. i, function()
      local fake, found = ask { step, step, { status = 200, body = ANSWER } }
      assert.is_table(found)
      assert.are.same({ 0.5, 0.5 }, fake.sleeps)
      fake, found = ask { step }
      assert.is_nil(found)
      assert.are.equal(3, #fake.requests)
    end)
  end

  it("shows what STS says, once, without what it was told", function()
    local fake, found, message = ask {
      sts_response.refusal(
        "AccessDenied",
        "User: arn:aws:iam::1:user/Bob may not; &quot;canarysecretcanary&quot;, canarytoken0123456"
      ),
      { status = 200, body = ANSWER },
    }
    assert.is_nil(found)
    assert.are.equal(
      "STS refused AssumeRole: AccessDenied: User: arn:aws:iam::1:user/Bob may not; "
        .. '"[redacted]", [redacted]',
      message
    )
    assert.are.equal(1, #fake.requests)
  end)

  local damaged = {
    { "a refusal that is no XML", { status = 403, body = "<html>hunter2" }, "HTTP 403" },
    {
      "a refusal with two codes",
      sts_response.refusal("A</Code><Code>hunter2", "", 403),
      "HTTP 403",
    },
    { "a success that is cut", { status = 200, body = ANSWER:sub(1, -10) }, "cut" },
    { "a success that is empty", { status = 200, body = "" }, "no root" },
    {
      "a success without a secret",
      { status = 200, body = ANSWER:gsub("<SecretAccessKey>.-</SecretAccessKey>", "") },
      "missing",
    },
    {
      "a success with two secrets",
      { status = 200, body = ANSWER:gsub("(<SecretAccessKey>.-</SecretAccessKey>)", "%1%1") },
      "missing",
    },
    {
      "a success that ends at no time",
      { status = 200, body = ANSWER:gsub("2009%-02", "hunter2") },
      "missing",
    },
    {
      "the answer of another action",
      { status = 200, body = ANSWER:gsub("AssumeRole", "GetSessionToken") },
      "missing",
    },
  }
  for _, case in ipairs(damaged) do
    it("is an error for " .. case[1], function()
      local _, found, message = ask { case[2] }
      assert.is_nil(found)
      assert.matches(case[3], message, 1, true)
      assert.is_nil(message:find("hunter2"))
    end)
  end
end)
