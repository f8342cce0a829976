-- SPDX-License-Identifier: MIT
local operations = require("dynamo.operations").by_method
local target = require "dynamo.call.target"
local resolve = require("dynamo.endpoint").resolve
local world = require("support.fake_world").new

local REGION = { AWS_REGION = "eu-west-1" }
local OWN = { account_id = "111111111111" }
local PLAIN = "https://dynamodb.eu-west-1.amazonaws.com"

local function arn(account, region)
  return ("arn:aws:dynamodb:%s:%s:table/T"):format(region or "eu-west-1", account)
end

-- Returns the URL of a call's target, or nil, error.
local function url_of(client, method, params, credentials)
  local found, err = target.of(client, operations[method], params or {}, credentials or {})
  return found and found.url, err
end

local function refused(client, code, ...)
  local url, err = url_of(client, "get_item", { TableName = "T" })
  assert.is_nil(url)
  assert.are.equal("config", err.kind)
  assert.are.equal(code, err.code)
  for _, part in ipairs { ... } do
    assert.matches(part, err.message, 1, true)
  end
  return err
end

describe("target.of", function()
  it("gives all that a request needs", function()
    local found = target.of(world(REGION), operations.get_item, { TableName = "T" }, {})
    assert.are.same({
      url = PLAIN,
      scheme = "https",
      host = "dynamodb.eu-west-1.amazonaws.com",
      port = 443,
      path = "/",
      authority = "dynamodb.eu-west-1.amazonaws.com",
      signing_region = "eu-west-1",
      signing_name = "dynamodb",
      host_header = { "host", "dynamodb.eu-west-1.amazonaws.com" },
    }, found)
  end)

  it("signs the host that is sent, port included", function()
    local client = world({ AWS_ENDPOINT_URL = "http://localhost:8000" })
    local found = target.of(client, operations.get_item, {}, {})
    assert.are.same({ "host", "localhost:8000" }, found.host_header)
    assert.are.equal("us-east-1", found.signing_region)
  end)

  local config = "[default]\nregion = eu-north-1\nuse_dualstack_endpoint = true\n"
    .. "[profile p]\nregion = us-gov-west-1\nuse_fips_endpoint = true\n"
  local cases = {
    { REGION, nil, nil, PLAIN },
    { { AWS_DEFAULT_REGION = "eu-west-3" }, nil, nil, "https://dynamodb.eu-west-3.amazonaws.com" },
    { { AWS_REGION = "eu-west-1", AWS_DEFAULT_REGION = "eu-west-3" }, nil, nil, PLAIN },
    { {}, config, nil, "https://dynamodb.eu-north-1.api.aws" },
    { {}, config, { profile = "p" }, "https://dynamodb.us-gov-west-1.amazonaws.com" },
    { REGION, config, { use_dualstack = false }, PLAIN },
    {
      { AWS_USE_DUALSTACK_ENDPOINT = "false" },
      config,
      nil,
      "https://dynamodb.eu-north-1.amazonaws.com",
    },
    {
      { AWS_REGION = "eu-west-1", AWS_USE_FIPS_ENDPOINT = "true" },
      nil,
      nil,
      "https://dynamodb-fips.eu-west-1.amazonaws.com",
    },
    { REGION, nil, { region = "eu-south-2" }, "https://dynamodb.eu-south-2.amazonaws.com" },
    { { AWS_ENDPOINT_URL = "https://e" }, nil, nil, "https://e" },
    { { AWS_ENDPOINT_URL = "https://e" }, nil, { endpoint = "https://o" }, "https://o" },
    {
      {
        AWS_ENDPOINT_URL = "https://e",
        AWS_REGION = "eu-west-1",
        AWS_IGNORE_CONFIGURED_ENDPOINT_URLS = "true",
      },
      nil,
      nil,
      PLAIN,
    },
  }
  for i, case in ipairs(cases) do
    it(("finds %s, case %d"):format(case[4], i), function()
      assert.are.equal(case[4], (url_of(world(case[1], case[2], case[3]), "list_tables")))
    end)
  end

  it("has a target for streams and one for searches", function()
    local client =
      world { AWS_REGION = "eu-west-1", AWS_ENDPOINT_URL_DYNAMODB_STREAMS = "https://streams" }
    assert.are.equal(PLAIN, (url_of(client, "get_item")))
    assert.are.equal(
      "https://search-dynamodb.eu-west-1.amazonaws.com",
      (url_of(client, "search_vectors"))
    )
    assert.are.equal("https://streams", (url_of(client, "list_streams")))
  end)
end)

describe("the account of a target", function()
  local function host(account)
    return ("https://%s.ddb.eu-west-1.amazonaws.com"):format(account)
  end

  local cases = {
    { "of the credentials", {}, "get_item", { TableName = "T" }, OWN, host "111111111111" },
    {
      "of the option before those",
      { account_id = "333333333333" },
      "list_tables",
      {},
      OWN,
      host "333333333333",
    },
    {
      "of an ARN before all",
      { account_id = "333333333333" },
      "get_item",
      { TableName = arn "222222222222" },
      OWN,
      host "222222222222",
    },
    {
      "of an ARN alone",
      {},
      "get_item",
      { TableName = arn "222222222222" },
      {},
      host "222222222222",
    },
    {
      "not of another region's ARN",
      {},
      "get_item",
      { TableName = arn("222222222222", "eu-west-2") },
      OWN,
      host "111111111111",
    },
    {
      "of a list's ARN",
      {},
      "batch_get_item",
      { RequestItems = { [arn "222222222222"] = {} } },
      OWN,
      host "222222222222",
    },
    { "none where none is known", {}, "get_item", { TableName = "T" }, {}, PLAIN },
    {
      "none with mode disabled",
      { account_id_endpoint_mode = "disabled" },
      "get_item",
      { TableName = arn "222222222222" },
      OWN,
      PLAIN,
    },
    {
      "none with FIPS",
      { use_fips = true },
      "get_item",
      { TableName = "T" },
      OWN,
      "https://dynamodb-fips.eu-west-1.amazonaws.com",
    },
    {
      "none in another partition",
      { region = "cn-north-1" },
      "get_item",
      { TableName = "T" },
      OWN,
      "https://dynamodb.cn-north-1.amazonaws.com.cn",
    },
    {
      "none at an endpoint of one's own",
      { endpoint = "https://h" },
      "get_item",
      { TableName = arn "222222222222" },
      OWN,
      "https://h",
    },
    {
      "that of searches",
      {},
      "search_vectors",
      { TableName = arn "222222222222" },
      {},
      "https://222222222222.search-ddb.eu-west-1.amazonaws.com",
    },
    {
      "none of streams",
      {},
      "list_streams",
      {},
      OWN,
      "https://streams.dynamodb.eu-west-1.amazonaws.com",
    },
    {
      "of the ARN where one is required",
      { account_id_endpoint_mode = "required" },
      "get_item",
      { TableName = arn "222222222222" },
      {},
      host "222222222222",
    },
    {
      "of the credentials where one is required",
      { account_id_endpoint_mode = "required" },
      "get_item",
      { TableName = arn("222222222222", "eu-west-2") },
      OWN,
      host "111111111111",
    },
  }
  for _, case in ipairs(cases) do
    it("is " .. case[1], function()
      local client = world(REGION, nil, case[2])
      for _ = 1, 2 do -- found, then known
        assert.are.equal(case[6], (url_of(client, case[3], case[4], case[5])))
      end
    end)
  end

  it("is what the rules say, whatever the call before", function()
    local client, mode = world(REGION), "preferred"
    local params = { { "T" }, { arn "222222222222" }, { arn("2", "mars") }, { arn "" } }
    for _ = 1, 3 do
      for _, account_id in ipairs { "111111111111", "444444444444", false } do
        for _, name in ipairs(params) do
          local id = account_id or nil
          assert.are.equal(
            resolve({
              region = "eu-west-1",
              account_id = id,
              resource_arn = name[1],
              account_id_endpoint_mode = mode,
            }).url,
            (url_of(client, "get_item", { TableName = name[1] }, { account_id = id }))
          )
        end
      end
    end
  end)

  it("must be known where the mode says so, and can be at the next call", function()
    local client = world(REGION, nil, { account_id_endpoint_mode = "required" })
    for _ = 1, 2 do
      refused(
        client,
        "MissingAccountId",
        "AccountIdEndpointMode is required but no AccountID was provided or able to be loaded",
        "dynamo.new { account_id",
        'account_id_endpoint_mode is "required" from dynamo.new'
      )
    end
    assert.are.equal(host "111111111111", (url_of(client, "get_item", { TableName = "T" }, OWN)))
  end)

  it("must be one that a host can be called by", function()
    local url, err = url_of(world(REGION), "list_tables", {}, { account_id = "CANARY.evil.com/" })
    assert.is_nil(url)
    assert.are.equal(
      "InvalidEndpoint: Credentials-sourced account ID parameter is invalid",
      err.message
    )
  end)
end)

describe("what target.of knows", function()
  it("is one table where accounts have no hosts, and nothing is read twice", function()
    local client, reads = world({}, "[default]\nregion = eu-west-1\n", {
      account_id_endpoint_mode = "disabled",
    })
    local first = target.of(client, operations.get_item, { TableName = "T" }, OWN)
    local after = reads.n
    client.getenv = error
    for i = 1, 3 do
      local params = { TableName = arn("22222222222" .. i) }
      assert.are.equal(first, target.of(client, operations.query, params, {}))
    end
    assert.are.equal(2, after)
    assert.are.equal(after, reads.n)
    assert.are_not.equal(first, target.of(world(REGION), operations.get_item, {}, {}))
  end)

  it("is one table an account, and one an ARN", function()
    local client = world(REGION)
    local function of(name, credentials)
      return target.of(client, operations.get_item, { TableName = name }, credentials)
    end
    assert.are.equal(of("T", OWN), of("U", { account_id = "111111111111" }))
    assert.are.equal(of("T", {}), of("U", {}))
    assert.are.equal(of(arn "222222222222", OWN), of(arn "222222222222", {}))
    assert.are_not.equal(of("T", OWN), of("T", {}))
  end)

  it("does not grow without bound", function()
    local client = world(REGION)
    for i = 1, 2000 do
      local account = ("%012d"):format(i)
      assert.are.equal(
        ("https://%s.ddb.eu-west-1.amazonaws.com"):format(account),
        (url_of(client, "get_item", { TableName = arn(account) }))
      )
      url_of(client, "get_item", { TableName = arn(account, "mars") }, { account_id = account })
    end
    local known = 0
    for _ in pairs(client.targets.dynamodb.known) do
      known = known + 1
    end
    assert.is_true(known <= 256)
  end)

  it("is not what failed: that is tried again", function()
    local variables = {}
    local client = world(variables)
    refused(client, "MissingRegion", "Missing Region", "AWS_REGION", "dynamo.new { region")
    variables.AWS_REGION = "eu-west-1"
    assert.are.equal(PLAIN, (url_of(client, "get_item", { TableName = "T" })))
  end)
end)

describe("a request", function()
  it("goes to the host it is signed for, that of the account", function()
    local fake_client = require "support.fake_client"
    local db, fake = fake_client.new(
      { { status = 200, body = "{}" } },
      { account_id = "111111111111" }
    )
    assert.is_table(db:get_item { TableName = arn "222222222222", Key = { id = "1" } })
    assert.is_table(db.typed:get_item { TableName = "Users", Key = { id = { S = "1" } } })
    for i, account in ipairs { "222222222222", "111111111111" } do
      local host = account .. ".ddb.eu-west-1.amazonaws.com"
      assert.are.equal(host, fake.requests[i].host)
      assert.are.equal(host, fake:header(i, "host"))
      assert.matches(
        "/eu%-west%-1/dynamodb/aws4_request, SignedHeaders=[%w;-]*host;",
        fake:header(i, "authorization")
      )
    end
    local shown = assert(db:explain("get_item", { TableName = "Users", Key = { id = "1" } }))
    assert.are.equal("https://111111111111.ddb.eu-west-1.amazonaws.com", shown.url)
  end)
end)

describe("a wrong setting", function()
  it("is named with its value, its source and the remedy", function()
    refused(
      world { AWS_REGION = "us east 1" },
      "InvalidEndpoint",
      "not the name of one",
      'region is "us east 1" from AWS_REGION'
    )
    refused(
      world { AWS_REGION = "r", AWS_USE_FIPS_ENDPOINT = "yes" },
      "BadSetting",
      'AWS_USE_FIPS_ENDPOINT is "yes"; it may be true or false'
    )
    refused(
      world({}, "[default]\nregion = r\nuse_dualstack_endpoint = 1\n"),
      "BadSetting",
      'use_dualstack_endpoint of profile "default" in /h/.aws/config is "1"'
    )
    refused(
      world { AWS_REGION = "r", AWS_ACCOUNT_ID_ENDPOINT_MODE = "on" },
      "BadSetting",
      'AWS_ACCOUNT_ID_ENDPOINT_MODE is "on"; it may be preferred, required or disabled'
    )
    refused(
      world { AWS_ENDPOINT_URL_DYNAMODB = "localhost:8000" },
      "InvalidEndpoint",
      "no scheme",
      'endpoint is "localhost:8000" from AWS_ENDPOINT_URL_DYNAMODB'
    )
    refused(world { AWS_ENDPOINT_URL = "http://db" }, "InvalidEndpoint", "allow_http = true")
    refused(world({}, "[default"), "BadProfile", "/h/.aws/config: line 1")
    refused(world { AWS_PROFILE = "nobody", AWS_REGION = "r" }, "BadProfile", '"nobody"')
  end)

  it("is named beside the one it contradicts", function()
    local config = "[default]\nuse_fips_endpoint = true\nregion = local\n"
    refused(
      world({ AWS_ENDPOINT_URL = "https://h" }, config),
      "InvalidEndpoint",
      "Invalid Configuration: FIPS and custom endpoint are not supported",
      'endpoint is "https://h" from AWS_ENDPOINT_URL',
      'use_fips is true from use_fips_endpoint of profile "default" in /h/.aws/config'
    )
    refused(
      world({}, config),
      "InvalidEndpoint",
      "Invalid Configuration: FIPS and local endpoint are not supported",
      "use_fips_endpoint"
    )
    refused(
      world({ AWS_ACCOUNT_ID_ENDPOINT_MODE = "required" }, nil, { region = "cn-north-1" }),
      "InvalidEndpoint",
      "not supported in this partition",
      "AWS_ACCOUNT_ID_ENDPOINT_MODE",
      'region is "cn-north-1" from dynamo.new'
    )
  end)

  it("shows no user information of a URL", function()
    local err = refused(
      world { AWS_ENDPOINT_URL = "https://me:CANARY@h" },
      "InvalidEndpoint",
      "user information"
    )
    assert.is_nil(err.message:find("CANARY"))
  end)
end)
