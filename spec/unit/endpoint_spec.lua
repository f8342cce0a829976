-- SPDX-License-Identifier: MIT
local endpoint = require "dynamo.endpoint"

local ARN = "arn:aws:dynamodb:eu-west-1:222222222222:table/T"

-- Returns options of the region eu-west-1 with an account, and more on top.
local function with(more)
  local options = {
    region = "eu-west-1",
    account_id = "111111111111",
    account_id_endpoint_mode = "preferred",
  }
  for name, value in pairs(more) do
    options[name] = value
  end
  return options
end

describe("endpoint.resolve", function()
  local good = {
    { { region = "eu-west-1" }, "https://dynamodb.eu-west-1.amazonaws.com", "eu-west-1" },
    { { region = "cn-north-1" }, "https://dynamodb.cn-north-1.amazonaws.com.cn", "cn-north-1" },
    {
      { region = "us-gov-west-1", service = "streams" },
      "https://streams.dynamodb.us-gov-west-1.amazonaws.com",
      "us-gov-west-1",
    },
    {
      { region = "eu-west-1", use_dualstack = true },
      "https://dynamodb.eu-west-1.api.aws",
      "eu-west-1",
    },
    {
      { region = "eu-west-1", use_fips = true },
      "https://dynamodb-fips.eu-west-1.amazonaws.com",
      "eu-west-1",
    },
    {
      { region = "us-gov-west-1", use_fips = true },
      "https://dynamodb.us-gov-west-1.amazonaws.com",
      "us-gov-west-1",
    },
    {
      { region = "eu-west-1", use_dualstack = true, service = "streams" },
      "https://streams-dynamodb.eu-west-1.api.aws",
      "eu-west-1",
    },
    {
      { region = "eu-west-1", search = true },
      "https://search-dynamodb.eu-west-1.amazonaws.com",
      "eu-west-1",
    },
    { { region = "local" }, "http://localhost:8000", "us-east-1" },
    { { region = "local", endpoint = "http://localhost:9000" }, "http://localhost:9000", "local" },
    { { endpoint = "https://example.com" }, "https://example.com", "us-east-1" },
    {
      { region = "eu-west-1", endpoint = "https://example.com:8443/db", service = "streams" },
      "https://example.com:8443/db/",
      "eu-west-1",
    },
    {
      { region = "eu-west-1", endpoint = "http://db:8000", allow_http = true },
      "http://db:8000",
      "eu-west-1",
    },
    {
      with { search = true },
      "https://111111111111.search-ddb.eu-west-1.amazonaws.com",
      "eu-west-1",
    },
    { with { use_dualstack = true }, "https://111111111111.ddb.eu-west-1.api.aws", "eu-west-1" },
  }
  for _, case in ipairs(good) do
    it("finds " .. case[2], function()
      local place = assert(endpoint.resolve(case[1]))
      assert.are.equal(case[2], place.url)
      assert.are.equal(case[3], place.signing_region)
      assert.are.equal("dynamodb", place.signing_name)
    end)
  end

  it("gives the parts of the URL, of which the authority is the Host header's text", function()
    assert.are.same({
      url = "http://127.0.0.1:8000/db/",
      scheme = "http",
      host = "127.0.0.1",
      port = 8000,
      path = "/db/",
      authority = "127.0.0.1:8000",
      signing_region = "eu-west-1",
      signing_name = "dynamodb",
    }, endpoint.resolve { region = "eu-west-1", endpoint = "http://127.0.0.1:8000/db" })
  end)

  local bad = {
    { {}, "Missing Region" },
    { { region = "" }, "not the name" },
    { { region = "us east 1" }, "not the name" },
    { { region = "evil.com/#" }, "not the name" },
    { { region = "eu-west-1\r\nX: 1" }, "not the name" },
    { { region = "eu-west-1\n" }, "not the name" },
    { { region = "eu-west-" }, "not the name" },
    { { region = "{Endpoint}" }, "not the name" },
    { { region = ("a"):rep(64) }, "not the name" },
    { { region = "us east 1", endpoint = "https://example.com" }, "not the name" },
    { { region = "eu-west-1", service = "s3" }, "the service must be" },
    { { region = "eu-west-1", account_id_endpoint_mode = "prefered" }, 'must be "preferred"' },
    { { endpoint = "ftp://h" }, "scheme" },
    { { endpoint = "" }, "scheme" },
    { { endpoint = "https://u:p@h" }, "user information" },
    { { endpoint = "http://example.com" }, "allow_http" },
    { { region = "eu-west-1", endpoint = "https://{Region}" }, "no host name" },
    { { region = "local", use_fips = true }, "FIPS and local endpoint are not supported" },
    {
      { region = "local", use_dualstack = true },
      "Dualstack and local endpoint are not supported",
    },
    {
      { endpoint = "https://example.com", use_fips = true },
      "FIPS and custom endpoint are not supported",
    },
    {
      { region = "eu-west-1", endpoint = "https://DynamoDB.eu-west-1.api.aws:443/" },
      "Endpoint override is not supported for dual-stack endpoints",
    },
    {
      { region = "eu-west-1", endpoint = "https://search-dynamodb.eu-west-1.api.aws" },
      "Endpoint override is not supported for dual-stack endpoints",
    },
    { with { account_id = "1.2" }, "Credentials-sourced account ID parameter is invalid" },
    { with { account_id = "" }, "Credentials-sourced account ID parameter is invalid" },
    { with { account_id = "a\r\nb" }, "Credentials-sourced account ID parameter is invalid" },
    {
      { region = "eu-west-1", account_id_endpoint_mode = "required" },
      "AccountIdEndpointMode is required but no AccountID was provided or able to be loaded",
    },
    {
      with { account_id_endpoint_mode = "required", use_fips = true },
      "FIPS account endpoints are not supported",
    },
    {
      with { account_id_endpoint_mode = "required", region = "cn-north-1" },
      "account endpoints are not supported in this partition",
    },
  }
  for i, case in ipairs(bad) do
    it(("refuses case %d: %s"):format(i, case[2]), function()
      local place, message = endpoint.resolve(case[1])
      assert.is_nil(place)
      assert.matches(case[2], message, 1, true)
    end)
  end
end)

describe("the account of a host", function()
  local own, other =
    "https://111111111111.ddb.eu-west-1.amazonaws.com",
    "https://222222222222.ddb.eu-west-1.amazonaws.com"
  local plain = "https://dynamodb.eu-west-1.amazonaws.com"
  local cases = {
    { "of the credentials", {}, own },
    { "of the ARN before that", { resource_arn = ARN }, other },
    { "of the list's first", { resource_arn_list = { ARN, "arn:x" } }, other },
    { "not of the list's second", { resource_arn_list = { "T", ARN } }, own },
    { "not of an empty list", { resource_arn_list = {} }, own },
    {
      "of the ARN before the list",
      { resource_arn = ARN, resource_arn_list = { (ARN:gsub("2", "3")) } },
      other,
    },
    { "of an index's ARN", { resource_arn = ARN .. "/index/i:x" }, other },
    { "not of a name", { resource_arn = "T" }, own },
    { "not of another region's ARN", { resource_arn = (ARN:gsub("west", "east")) }, own },
    { "not of another service's ARN", { resource_arn = (ARN:gsub("dynamodb", "s3")) }, own },
    {
      "not of an ARN cut short",
      { resource_arn = "arn:aws:dynamodb:eu-west-1:222222222222" },
      own,
    },
    { "not of an ARN without a partition", { resource_arn = (ARN:gsub("aws", "")) }, own },
    {
      "not of an ARN whose account is no label",
      { resource_arn = (ARN:gsub("2+", "x.evil")) },
      own,
    },
    { "not of an ARN with a line end", { resource_arn = (ARN:gsub("222:", "22\n2:")) }, own },
    {
      "none where accounts have no hosts",
      { region = "us-gov-west-1" },
      "https://dynamodb.us-gov-west-1.amazonaws.com",
    },
    { "none with FIPS", { use_fips = true }, "https://dynamodb-fips.eu-west-1.amazonaws.com" },
    { "none when disabled", { account_id_endpoint_mode = "disabled", resource_arn = ARN }, plain },
    { "none at an endpoint of one's own", { endpoint = "https://h" }, "https://h" },
    {
      "none for streams",
      { service = "streams", resource_arn = ARN },
      "https://streams.dynamodb.eu-west-1.amazonaws.com",
    },
  }
  for _, case in ipairs(cases) do
    it("is " .. case[1], function()
      assert.are.equal(case[3], endpoint.resolve(with(case[2])).url)
    end)
  end

  it("is none without a mode", function()
    assert.are.equal(
      plain,
      endpoint.resolve({
        region = "eu-west-1",
        account_id = "111111111111",
        resource_arn = ARN,
      }).url
    )
  end)
end)

describe("misuse of endpoint.resolve", function()
  local cases = {
    { { use_fps = true }, 'unknown option "use_fps", did you mean "use_fips"?' },
    { { use_fips = "true" }, "use_fips: boolean expected, got string" },
    { { region = 1 }, "region: string expected, got number" },
    { { resource_arn_list = { 1 } }, "resource_arn_list[1]: string expected, got number" },
    { "eu-west-1", "table expected, got string" },
  }
  for _, case in ipairs(cases) do
    it("raises at the caller's line: " .. case[2], function()
      local ok, message = pcall(function()
        local _ = endpoint.resolve(case[1])
      end)
      assert.is_false(ok)
      assert.matches("endpoint_spec%.lua:%d+: resolve_endpoint: ", message)
      assert.matches(case[2], message, 1, true)
    end)
  end
end)
