-- SPDX-License-Identifier: MIT
local configured = require "dynamo.endpoint.configured"
local world = require("support.fake_world").new

local CONFIG = [[
[default]
services = mine
endpoint_url = https://profile
[profile plain]
endpoint_url = https://plain
[profile ignoring]
endpoint_url = https://plain
ignore_configured_endpoint_urls = true
[profile lost]
services = nowhere
[services mine]
s3 =
  endpoint_url = https://s3
dynamodb =
  max_attempts = 3
  endpoint_url = https://section
]]

describe("endpoint.configured", function()
  local all = {
    AWS_ENDPOINT_URL = "https://all",
    AWS_ENDPOINT_URL_DYNAMODB = "https://db",
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS = "https://streams",
  }
  local cases = {
    { all, "dynamodb", "https://db", "AWS_ENDPOINT_URL_DYNAMODB" },
    { all, "streams", "https://streams", "AWS_ENDPOINT_URL_DYNAMODB_STREAMS" },
    { { AWS_ENDPOINT_URL = "https://all" }, "dynamodb", "https://all", "AWS_ENDPOINT_URL" },
    { { AWS_ENDPOINT_URL = "https://all" }, "streams", "https://all", "AWS_ENDPOINT_URL" },
    {
      { AWS_ENDPOINT_URL_DYNAMODB = " ", AWS_ENDPOINT_URL = "https://all" },
      "dynamodb",
      "https://all",
      "AWS_ENDPOINT_URL",
    },
    { {}, "dynamodb", "https://section", "endpoint_url of dynamodb in [services mine]" },
    {
      {},
      "streams",
      "https://profile",
      'endpoint_url of profile "default" in /h/.aws/config',
    },
    {
      { AWS_PROFILE = "plain" },
      "dynamodb",
      "https://plain",
      'endpoint_url of profile "plain" (chosen by AWS_PROFILE) in /h/.aws/config',
    },
    {
      { AWS_ENDPOINT_URL = "https://all", AWS_IGNORE_CONFIGURED_ENDPOINT_URLS = "True" },
      "dynamodb",
    },
    { { AWS_PROFILE = "ignoring", AWS_ENDPOINT_URL = "https://all" }, "dynamodb" },
    {
      { AWS_PROFILE = "ignoring", AWS_IGNORE_CONFIGURED_ENDPOINT_URLS = "false" },
      "dynamodb",
      "https://plain",
      'endpoint_url of profile "ignoring" (chosen by AWS_PROFILE) in /h/.aws/config',
    },
  }
  for i, case in ipairs(cases) do
    it(("gives %s, case %d"):format(tostring(case[3]), i), function()
      local url, source = configured.url(world(case[1], CONFIG), case[2])
      assert.are.equal(case[3], url)
      assert.are.equal(case[4], source)
    end)
  end

  it("refuses a services section with a line that is no property (no write goes astray)", function()
    local config = "[default]\nservices = s\n[services s]\ndynamodb =\n"
      .. "  endpoint_url http://localhost:8000\n"
    local url, err = configured.url(world({}, config), "dynamodb")
    assert.is_nil(url)
    assert.are.equal("BadProfile", err.code)
    assert.matches("/h/.aws/config: line 5: Expected an '=' sign", err.message, 1, true)
  end)

  it("is nothing where nothing is configured", function()
    assert.are.same({}, { configured.url(world(), "dynamodb") })
  end)

  it("refuses a services section that is not there, whatever the service", function()
    for _, service in ipairs { "dynamodb", "streams" } do
      local url, err = configured.url(world({ AWS_PROFILE = "lost" }, CONFIG), service)
      assert.is_nil(url)
      assert.are.equal("config", err.kind)
      assert.are.equal(
        'BadSetting: services of profile "lost" (chosen by AWS_PROFILE) in '
          .. '/h/.aws/config is "nowhere", but there is no section [services nowhere]',
        err.message
      )
    end
  end)

  it("hints at a services section whose name needs quotes", function()
    local config = "[default]\nservices = a!\n[services a!]\n"
    local _, err = configured.url(world({}, config), "dynamodb")
    assert.matches("has [services a!]: write [services 'a!'] there", err.message, 1, true)
  end)

  it("is ignored where code says so, whatever environment and profile say", function()
    local option = { ignore_configured_endpoint_urls = true }
    for _, variables in ipairs { all, {}, { AWS_PROFILE = "lost" } } do
      assert.are.same({}, { configured.url(world(variables, CONFIG, option), "dynamodb") })
    end
    local kept = { ignore_configured_endpoint_urls = false }
    assert.are.equal(
      "https://plain",
      (configured.url(world({ AWS_PROFILE = "ignoring" }, CONFIG, kept), "dynamodb"))
    )
  end)

  it("refuses an ignore flag that is neither true nor false, and a damaged file", function()
    local url, err = configured.url(
      world { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS = "1", AWS_ENDPOINT_URL = "https://all" },
      "dynamodb"
    )
    assert.is_nil(url)
    assert.matches('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is "1"', err.message, 1, true)
    url, err = configured.url(world(all, "[default\n"), "dynamodb")
    assert.is_nil(url)
    assert.are.equal("BadProfile", err.code)
  end)
end)
