-- SPDX-License-Identifier: MIT
local fake_transport = require "support.fake_transport"
local service = require "dynamo.credentials.service"

local CONFIG = "[default]\nservices = mine\n[services mine]\nsso =\n"
  .. "  endpoint_url = https://section.example\n"

local function world_of(variables, steps)
  return {
    getenv = function(name)
      return (variables or {})[name]
    end,
    read_file = function(path)
      if path == "/h/.aws/config" then return CONFIG end
      return nil, path .. ": not there"
    end,
    transport = fake_transport.new(steps or {}),
  }
end

local function send(steps)
  local world = world_of(nil, steps)
  local document, problem, failed = service.send(world, {
    url = "https://portal.example/x?a=b",
    headers = { { "token", "hunter2hunter2hunter2" } },
    secrets = { "hunter2hunter2hunter2" },
  })
  return world.transport, document, problem, failed
end

describe("credentials.service", function()
  local addresses = {
    { {}, "https://portal.sso.eu-west-1.amazonaws.com" },
    { { AWS_USE_FIPS_ENDPOINT = "true" }, "https://portal.sso-fips.eu-west-1.amazonaws.com" },
    { { AWS_USE_DUALSTACK_ENDPOINT = "true" }, "https://portal.sso.eu-west-1.api.aws" },
    { { AWS_USE_FIPS_ENDPOINT = "yes" }, nil, 'AWS_USE_FIPS_ENDPOINT is "yes"' },
    { { AWS_ENDPOINT_URL = "http://127.0.0.1:1/" }, "http://127.0.0.1:1" },
    {
      { AWS_ENDPOINT_URL = "http://127.0.0.1:1", AWS_ENDPOINT_URL_SSO = "https://own.example/x" },
      "https://own.example/x",
    },
    {
      {
        AWS_ENDPOINT_URL_SSO = "https://own.example",
        AWS_IGNORE_CONFIGURED_ENDPOINT_URLS = "true",
      },
      "https://portal.sso.eu-west-1.amazonaws.com",
    },
    { { AWS_ENDPOINT_URL_SSO = " " }, "https://portal.sso.eu-west-1.amazonaws.com" },
    { { HOME = "/h" }, "https://section.example" },
    { { HOME = "/h", AWS_PROFILE = "nobody" }, nil, 'no profile "nobody"' },
    {
      { AWS_ENDPOINT_URL_SSO = "http://own.example" },
      nil,
      "(AWS_ENDPOINT_URL_SSO) is not usable: http:// to another machine needs allow_http "
        .. "= true: credentials would travel unencrypted",
    },
    {
      { AWS_ENDPOINT_URL_SSO = "file:///x" },
      nil,
      "(AWS_ENDPOINT_URL_SSO) is not usable: the scheme must be",
    },
  }
  for i, row in ipairs(addresses) do
    it("knows address " .. i, function()
      local address, problem = service.address(world_of(row[1]), "sso", "eu-west-1")
      assert.are.equal(row[2], address)
      if row[3] then assert.matches(row[3], problem, 1, true) end
    end)
  end

  it("gives the document of a response", function()
    local fake, document = send { { status = 200, body = '{"a":1}' } }
    assert.are.same({ a = 1 }, document)
    assert.are.equal("/x?a=b", fake.requests[1].path)
    assert.are.equal("hunter2hunter2hunter2", fake:header(1, "token"))
  end)

  it("tries again after a lost exchange, too many requests and a server's failure", function()
    local fake, document = send {
      { kind = "transport" },
      { status = 503 },
      { status = 200, body = "{}" },
    }
    assert.are.same({}, document)
    assert.are.same({ 0.5, 0.5 }, fake.sleeps)
  end)

  local failures = {
    {
      { status = 403, body = '{"message":"No access for hunter2hunter2hunter2"}' },
      "HTTP 403: No access for [redacted]",
      { status = 403 },
    },
    {
      { status = 400, body = '{"error":"invalid_grant","error_description":"Bad\\nrefresh"}' },
      "HTTP 400: Bad refresh",
      { status = 400, error = "invalid_grant" },
    },
    { { status = 401, body = "<html>hunter2hunter2hunter2" }, "HTTP 401", { status = 401 } },
    {
      { status = 400, body = '{"error":{"hunter2hunter2hunter2":1},"message":5}' },
      "HTTP 400",
      { status = 400 },
    },
    {
      { kind = "transport", message = "refused hunter2hunter2hunter2" },
      "no answer from https://portal.example: refused [redacted]",
      nil,
    },
  }
  for i, row in ipairs(failures) do
    it("says what went wrong, " .. i, function()
      local _, document, problem, failed = send { row[1] }
      assert.is_nil(document)
      assert.are.equal(row[2], problem)
      assert.are.same(row[3], failed)
    end)
  end
end)
