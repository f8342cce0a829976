-- SPDX-License-Identifier: MIT
local options = require "dynamo.client_options"

local PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"

local function reads(text)
  return function()
    return text, text == nil and "No such file or directory" or nil
  end
end

describe("options.check", function()
  it("take ignore_configured_endpoint_urls, a boolean", function()
    for _, value in ipairs { true, false } do
      local checked = assert(options.check { ignore_configured_endpoint_urls = value })
      assert.are.equal(value, checked.ignore_configured_endpoint_urls)
    end
    local checked, problem = options.check { ignore_configured_endpoint_urls = "true" }
    assert.is_nil(checked)
    assert.are.equal("ignore_configured_endpoint_urls must be a boolean, not a string", problem)
  end)

  it("fills in the defaults, and leaves what it was given", function()
    local given = { region = "eu-west-1" }
    local checked = assert(options.check(given))
    assert.are.same({ region = "eu-west-1" }, given)
    assert.is_nil(checked.max_attempts) -- environment and profile may have their say
    assert.is_nil(checked.retry_mode)
    assert.are.equal(3.1, checked.connect_timeout)
    assert.are.equal(5, checked.attempt_timeout)
    assert.are.equal(30, checked.timeout)
    assert.are.equal("auto", checked.numbers)
    assert.are.equal("function", type(checked.random))
    assert.is_not_nil(options.check(nil))
  end)

  local good = {
    region = { "eu-west-1", "local" },
    endpoint = {
      "https://example.com",
      "http://localhost:8000",
      "http://[::1]",
      "memory:",
      "memory:tests",
      "file:app.db",
    },
    profile = { "work" },
    credentials = { { access_key_id = "A", secret_access_key = "s" }, { get = print } },
    max_attempts = { 1, 10 },
    retry_mode = { "standard", "adaptive", "off" },
    retry_unsafe = { true, false },
    use_fips = { true, false },
    use_dualstack = { true, false },
    account_id = { "012345678901" },
    account_id_endpoint_mode = { "preferred", "required", "disabled" },
    timeout = { 0.001, 1, 86400 },
    proxy = { false, "http://proxy:3128" },
    numbers = { "auto", "exact" },
    user_agent = { "me/1.0" },
    allow_http = { true, false },
  }
  for name, values in pairs(good) do
    for i, value in ipairs(values) do
      it(("takes %s, value %d"):format(name, i), function()
        assert.are.equal(value, assert(options.check { [name] = value })[name])
      end)
    end
  end

  local bad = {
    { "region", "" },
    { "region", "us east 1" },
    { "region", "evil.com/#" },
    { "region", "a\r\nb" },
    { "region", 5 },
    { "endpoint", "file:" },
    { "endpoint", "ftp://h/x" },
    { "endpoint", "example.com" },
    { "endpoint", "https://u:p@h" },
    { "endpoint", "https://h?x" },
    { "endpoint", 8000 },
    { "endpoint", "http://example.com" },
    { "credentials", {} },
    { "credentials", "AK" },
    { "credentials", { access_key_id = "A B", secret_access_key = "s" } },
    { "timeout", 0 },
    { "timeout", -1 },
    { "timeout", 0 / 0 },
    { "timeout", math.huge },
    { "timeout", "5" },
    { "timeout", 1e12 },
    { "connect_timeout", 0 },
    { "attempt_timeout", "x" },
    { "max_attempts", 0 },
    { "max_attempts", -1 },
    { "max_attempts", 1.5 },
    { "max_attempts", 1e9 },
    { "max_attempts", "4" },
    { "max_attempts", 0 / 0 },
    { "retry_mode", "legacy" },
    { "retry_unsafe", 1 },
    { "hooks", print },
    { "hooks", { before_sending = print } },
    { "hooks", { before_send = true } },
    { "numbers", "string" },
    { "allow_http", "yes" },
    { "proxy", true },
    { "proxy", "socks5://h" },
    { "proxy", "http://h\r\n" },
    { "user_agent", "" },
    { "user_agent", "a\r\nb" },
    { "profile", 1 },
    { "use_fips", "true" },
    { "use_dualstack", 1 },
    { "account_id", "12345678901" },
    { "account_id", 123456789012 },
    { "account_id", "12345678901x" },
    { "account_id", "0123456789012" },
    { "account_id_endpoint_mode", "prefered" },
    { "account_id_endpoint_mode", true },
    { "getenv", {} },
    { "read_file", 1 },
    { "random", "x" },
    { "write_file", true },
    { "run_process", "sh" },
    { "transport", "curl" },
    { "transport", { send = print } },
    { "max_connections", 0 },
    { "max_connections", 1.5 },
    { "max_connections", "5" },
    { "loop", true },
    { "loop", {} },
    { "shared_dict", "dynamo" },
    { "shared_dict", {} }, -- there is no nginx here
  }
  for i, case in ipairs(bad) do
    it(("refuses %s, case %d"):format(case[1], i), function()
      local checked, problem = options.check { [case[1]] = case[2] }
      assert.is_nil(checked)
      assert.are.equal(case[1], problem:match("^[%w_]+"))
    end)
  end

  it("takes a shared_dict that nginx.conf has, and no credentials beside it", function()
    rawset(_G, "ngx", { shared = { dynamo = {} } })
    local checked = options.check { shared_dict = "dynamo" }
    local _, missing = options.check { shared_dict = "other" }
    local keys = { access_key_id = "A", secret_access_key = "s" }
    local _, both = options.check { shared_dict = "dynamo", credentials = keys }
    rawset(_G, "ngx", nil)
    assert.equal("dynamo", checked.shared_dict)
    assert.matches("lua_shared_dict other", missing, 1, true)
    assert.matches("credentials are given", both, 1, true)
  end)

  it("takes http:// to another machine only when told so", function()
    assert.is_not_nil(options.check { endpoint = "http://db:8000", allow_http = true })
  end)

  local contradictions = {
    { { endpoint = "https://h", use_fips = true }, "FIPS and custom endpoint are not supported" },
    {
      { endpoint = "https://h", use_dualstack = true },
      "Dualstack and custom endpoint are not supported",
    },
    { { region = "local", use_fips = true }, "FIPS and local endpoint are not supported" },
    {
      { region = "eu-west-1", endpoint = "https://dynamodb.eu-west-1.api.aws" },
      "Endpoint override is not supported for dual-stack endpoints",
    },
    {
      { use_fips = true, account_id_endpoint_mode = "required" },
      "FIPS account endpoints are not supported",
    },
    {
      { region = "cn-north-1", account_id_endpoint_mode = "required" },
      "account endpoints are not supported in this partition",
    },
  }
  for _, case in ipairs(contradictions) do
    it("refuses what contradicts itself: " .. case[2], function()
      local checked, problem = options.check(case[1])
      assert.is_nil(checked)
      assert.matches("the options contradict each other: ", problem, 1, true)
      assert.matches(case[2], problem, 1, true)
    end)
  end

  it("leaves to the first call what environment and profile may still say", function()
    for _, given in ipairs {
      { account_id_endpoint_mode = "required" },
      { use_fips = true },
      { use_fips = true, use_dualstack = true },
      { endpoint = "https://h", use_fips = false, account_id_endpoint_mode = "required" },
      { endpoint = "https://dynamodb.us-east-1.api.aws" },
    } do
      assert(options.check(given))
    end
  end)

  local files = {
    { "is missing", nil, "cannot be read" },
    { "is empty", "", "no PEM" },
    { "is not PEM", "\48\130\1\1", "no PEM" },
    { "holds a key only", "-----BEGIN PRIVATE KEY-----\n", "no PEM" },
  }
  for _, case in ipairs(files) do
    it("refuses a ca_file that " .. case[1], function()
      local checked, problem = options.check { ca_file = "/x/ca.pem", read_file = reads(case[2]) }
      assert.is_nil(checked)
      assert.matches(case[3], problem, 1, true)
    end)
  end

  it("takes a ca_file of certificates", function()
    assert.is_not_nil(options.check { ca_file = "/x/ca.pem", read_file = reads(PEM) })
    assert.is_not_nil(options.check {
      ca_file = "/x",
      read_file = reads((PEM:gsub("CERT", "TRUSTED CERT"))),
    })
  end)

  it("guesses what an unknown option should have been", function()
    local _, problem = options.check { regoin = "eu-west-1" }
    assert.are.equal('unknown option "regoin", did you mean "region"?', problem)
    _, problem = options.check { [1] = "x" }
    assert.are.equal('unknown option "1"', problem)
  end)

  for _, name in ipairs { "verify", "ssl_verify", "insecure" } do
    it(("will not have verification switched off by %s"):format(name), function()
      local _, problem = options.check { [name] = false }
      assert.matches("verification cannot be switched off", problem)
      assert.matches("ca_file", problem)
    end)
  end

  it("wants a table", function()
    assert.is_nil(options.check("eu-west-1"))
  end)
end)
