-- SPDX-License-Identifier: MIT
local config_file = require "dynamo.config_file"

describe("config_file.parse", function()
  it("tells profiles, SSO sessions and services apart", function()
    assert.are.same({
      profiles = { work = { region = "eu-west-1" } },
      sso_sessions = { corp = { sso_region = "us-east-1" } },
      services = { here = { dynamodb = "\nendpoint_url = http://localhost:8000" } },
    }, config_file.parse([[
[profile work]
region = eu-west-1
[sso-session corp]
sso_region = us-east-1
[services here]
dynamodb =
  endpoint_url = http://localhost:8000
]], true))
  end)

  it("takes bare names in a credentials file, and only those", function()
    local text = "[work]\na = 1\n[profile other]\na = 2\n"
    assert.are.same({ work = { a = "1" } }, config_file.parse(text, false).profiles)
    assert.are.same({ other = { a = "2" } }, config_file.parse(text, true).profiles)
  end)

  it("passes over an indented comment, and a byte order mark", function()
    local text = "\239\187\191[default]\n  # a note\nregion = a\n  ; another\noutput = json"
    assert.are.same({ default = { region = "a", output = "json" } },
      config_file.parse(text, true).profiles)
  end)

  it("names the line of a mistake", function()
    local parsed, message = config_file.parse("[default]\r\n\r\nregion\r\n", true)
    assert.is_nil(parsed)
    assert.are.equal("line 3: Expected an '=' sign defining a property", message)
  end)

  it("survives what is no text", function()
    assert.is_nil(config_file.parse("\0\1\2[", true))
    assert.is_nil(config_file.parse(("x"):rep(100000), true))
  end)
end)

describe("config_file.nested", function()
  it("reads the properties of a nested block", function()
    local section = config_file.parse("[services s]\ndynamodb =\n  Endpoint_URL = http://h/?a=b\n"
      .. "  # a note\n\n  junk\n  max_attempts=3\n", true).services.s
    assert.are.same({ endpoint_url = "http://h/?a=b", max_attempts = "3" },
      config_file.nested(section.dynamodb))
    assert.are.same({}, config_file.nested(section.s3))
    assert.are.same({}, config_file.nested(""))
  end)
end)

describe("config_file.locations", function()
  local cases = {
    { { HOME = "/h" }, "/h/.aws/config", "/h/.aws/credentials" },
    { { HOME = "/h", AWS_CONFIG_FILE = "~/c" }, "/h/c", "/h/.aws/credentials" },
    { { AWS_CONFIG_FILE = "/c", AWS_SHARED_CREDENTIALS_FILE = "/s" }, "/c", "/s" },
    { { AWS_CONFIG_FILE = "~other/c" }, "~other/c", nil },
    { {}, nil, nil },
  }
  for i, case in ipairs(cases) do
    it("finds both files, case " .. i, function()
      local config, shared = config_file.locations(function(name) return case[1][name] end)
      assert.are.equal(case[2], config)
      assert.are.equal(case[3], shared)
    end)
  end
end)

describe("config_file.value", function()
  it("is nothing for what is blank", function()
    assert.are.equal(" x ", config_file.value " x ")
    for _, blank in ipairs { "", " ", "\t\n" } do assert.is_nil(config_file.value(blank)) end
    assert.is_nil(config_file.value(nil))
  end)
end)
