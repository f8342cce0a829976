-- SPDX-License-Identifier: MIT
local endpoint = require "dynamo.call.endpoint"

describe("endpoint.resolve", function()
  local good = {
    { { region = "eu-west-1" }, "https://dynamodb.eu-west-1.amazonaws.com", "eu-west-1" },
    { { region = "cn-north-1" }, "https://dynamodb.cn-north-1.amazonaws.com.cn", "cn-north-1" },
    { { region = "us-gov-west-1", service = "streams" },
      "https://streams.dynamodb.us-gov-west-1.amazonaws.com", "us-gov-west-1" },
    { { region = "local" }, "http://localhost:8000", "us-east-1" },
    { { region = "local", endpoint = "http://localhost:9000" }, "http://localhost:9000", "local" },
    { { endpoint = "https://example.com" }, "https://example.com", "us-east-1" },
    { { region = "eu-west-1", endpoint = "https://example.com:8443/db", service = "streams" },
      "https://example.com:8443/db/", "eu-west-1" },
    { { region = "eu-west-1", endpoint = "http://db:8000", allow_http = true },
      "http://db:8000", "eu-west-1" },
  }
  for _, case in ipairs(good) do
    it("finds " .. case[2], function()
      local place = assert(endpoint.resolve(case[1]))
      assert.are.equal(case[2], place.url)
      assert.are.equal(case[3], place.signing_region)
      assert.are.equal("dynamodb", place.signing_name)
    end)
  end

  -- C1, C2, C3
  local bad = {
    { {}, "Missing Region" },
    { { region = "" }, "not the name" },
    { { region = "us east 1" }, "not the name" },
    { { region = "evil.com/#" }, "not the name" },
    { { region = "eu-west-1\r\nX: 1" }, "not the name" },
    { { region = "eu-west-" }, "not the name" },
    { { region = ("a"):rep(64) }, "not the name" },
    { { region = 1 }, "not the name" },
    { { region = "eu-west-1", service = "s3" }, "the service must be" },
    { { endpoint = "ftp://h" }, "scheme" },
    { { endpoint = "http://example.com" }, "allow_http" },
  }
  for i, case in ipairs(bad) do
    it(("refuses case %d: %s"):format(i, case[2]), function()
      local place, message = endpoint.resolve(case[1])
      assert.is_nil(place)
      assert.matches(case[2], message, 1, true)
    end)
  end
end)

describe("endpoint.configured", function()
  local all = {
    AWS_ENDPOINT_URL = "https://all",
    AWS_ENDPOINT_URL_DYNAMODB = "https://db",
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS = "https://streams",
  }
  local cases = {
    { all, "dynamodb", "https://db" },
    { all, "streams", "https://streams" },
    { { AWS_ENDPOINT_URL = "https://all" }, "streams", "https://all" },
    { { AWS_ENDPOINT_URL_DYNAMODB = " ", AWS_ENDPOINT_URL = "https://all" }, "dynamodb",
      "https://all" },
    { { AWS_ENDPOINT_URL = "https://all", AWS_IGNORE_CONFIGURED_ENDPOINT_URLS = "True" },
      "dynamodb" },
    { {}, "dynamodb" },
  }
  for i, case in ipairs(cases) do
    it(("gives %s, case %d"):format(tostring(case[3]), i), function()
      local getenv = function(name) return case[1][name] end
      assert.are.equal(case[3], endpoint.configured(case[2], getenv))
    end)
  end
end)
