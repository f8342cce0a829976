-- SPDX-License-Identifier: MIT
local config_file = require "dynamo.settings.config_file"

describe("config_file.parse", function()
  it("tells profiles, SSO sessions and services apart", function()
    assert.are.same(
      {
        profiles = { work = { region = "eu-west-1" } },
        sso_sessions = { corp = { sso_region = "us-east-1" } },
        services = { here = { dynamodb = "\nendpoint_url = http://localhost:8000" } },
        passed_over = {},
      },
      config_file.parse(
        [[
[profile work]
region = eu-west-1
[sso-session corp]
sso_region = us-east-1
[services here]
dynamodb =
  endpoint_url = http://localhost:8000
]],
        true
      )
    )
  end)

  it("reads section names as AWS's tools write them", function()
    local sections = config_file.parse(
      [[
[sso-session My Team]
[profile 'my work']
[profile "work"]
[profile a\ b]
[profile 'it!']
[profile  two  blanks ]
[services 'x']
  [ profile indented ] with text after it ] and ; more
[profile bücher]
]],
      true
    )
    local function names_of(kind)
      local names = {}
      for name in pairs(sections[kind]) do
        names[#names + 1] = name
      end
      table.sort(names)
      return names
    end
    assert.are.same(
      { "a b", "bücher", "indented", "it!", "my work", "two  blanks", "work" },
      names_of "profiles"
    )
    assert.are.same({ "My Team" }, names_of "sso_sessions")
    assert.are.same({ "x" }, names_of "services")
    assert.are.same({}, sections.passed_over)
  end)

  it("takes a credentials file's names as they are", function()
    local text = "[dev team]\na = 1\n[profile other]\na = 2\n[it's!]\na = 3\n"
    assert.are.same(
      { ["dev team"] = { a = "1" }, ["profile other"] = { a = "2" }, ["it's!"] = { a = "3" } },
      config_file.parse(text, false).profiles
    )
  end)

  it("notes each section of a config file that it passes over", function()
    local sections = config_file.parse(
      "[work]\na = 1\n[profile foo!bar]\na = 2\n"
        .. "[profile don't]\n[plugins]\n[profiles x]\n[profile]\n[profile '']\n",
      true
    )
    assert.are.same({}, sections.profiles)
    assert.are.same({
      work = 1,
      ["profile foo!bar"] = 3,
      ["profile don't"] = 5,
      plugins = 6,
      ["profiles x"] = 7,
      profile = 8,
      ["profile ''"] = 9,
    }, sections.passed_over)
  end)

  it("prefers [profile default] to [default], and joins two of one kind", function()
    for _, text in ipairs {
      "[profile default]\na = 1\n[default]\nc = 3\n[profile default]\nb = 2\n",
      "[default]\nc = 3\n[profile default]\na = 1\n[profile default]\nb = 2\n",
      "[default]\na = 1\n[default]\nb = 2\n",
    } do
      assert.are.same({ default = { a = "1", b = "2" } }, config_file.parse(text, true).profiles)
    end
  end)

  it("reads indented properties and files", function()
    assert.are.same(
      { a = { x = "1", y = "2" }, b = { z = "3\n-more" } },
      config_file.parse(
        "  [profile a]\n  x = 1\n  y = 2\n  [profile b]\n  z = 3\n    -more\n",
        true
      ).profiles
    )
    assert.are.same(
      { a = { x = "\ny = 1", z = "2" } },
      config_file.parse("[profile a]\n   x =\n     y = 1\n z = 2\n", true).profiles
    )
  end)

  it("keeps blank lines within a value, and ends lines as old systems do", function()
    assert.are.same(
      { a = { x = "1\n\n2", y = "3" } },
      config_file.parse("[profile a]\rx = 1\r\n\r\n 2\n\n\ny = 3\n\n", true).profiles
    )
  end)

  it("ends a value where a blank and a comment begin, but for one that continues", function()
    assert.are.same(
      { a = { x = "1", y = "a#b;c", z = "2\n3 # 4" } },
      config_file.parse("[profile a]\nx = 1 # one\ny = a#b;c\t; two\nz = 2\n 3 # 4\n", true).profiles
    )
  end)

  it("passes over an indented comment, and a byte order mark", function()
    local text = "\239\187\191[default]\n  # a note\nregion = a\n  ; another\noutput = json"
    assert.are.same(
      { default = { region = "a", output = "json" } },
      config_file.parse(text, true).profiles
    )
  end)

  it("names the line of a mistake", function()
    local parsed, message = config_file.parse("[default]\r\n\r\nregion\r\n", true)
    assert.is_nil(parsed)
    assert.are.equal("line 3: Expected an '=' sign defining a property", message)
  end)

  local mistakes = {
    {
      "[services s]\ndynamodb =\n  endpoint_url http://localhost:8000\n",
      3,
      "Expected an '=' sign defining a property",
    },
    { "[services s]\ndynamodb =\n  max_attempts = 3\n\n  junk\n", 5, "within dynamodb" },
    { "[services s]\ndynamodb =\n  = 3\n", 3, "Property did not have a name" },
    { "[profile a]\nendpoint_url: http://h/?a=b\n", 2, 'write "name = value"' },
    { "[profile a]\nkey : value\n", 2, 'write "name = value"' },
    { "[services s]\ndynamodb =\n  endpoint_url: http://h\n", 3, 'write "name = value"' },
    { "[profile a]\n junk\n", 2, "Expected a property definition, found a continuation" },
  }
  for _, case in ipairs(mistakes) do
    it(("refuses %q"):format(case[1]), function()
      local parsed, message = config_file.parse(case[1], true)
      assert.is_nil(parsed)
      assert.matches(("line %d: "):format(case[2]), message, 1, true)
      assert.matches(case[3], message, 1, true)
    end)
  end

  it("shows nothing of a line, which may hold a secret", function()
    for _, line in ipairs { "key: CANARY", "CANARY", "a =\n  CANARY" } do
      local _, message = config_file.parse("[default]\n" .. line, true)
      assert.is_nil(message:find("CANARY", 1, true))
    end
  end)

  it("refuses a text beyond 1 MiB", function()
    local parsed, message = config_file.parse(("#"):rep(1024 * 1024 + 1), true)
    assert.is_nil(parsed)
    assert.are.equal("it is larger than 1 MiB", message)
  end)

  it("survives what is no text", function()
    assert.is_nil(config_file.parse("\0\1\2[", true))
    assert.is_nil(config_file.parse(("x"):rep(100000), true))
  end)
end)

describe("config_file.nested", function()
  it("reads the properties of a nested block", function()
    local section = config_file.parse(
      "[services s]\ndynamodb =\n  Endpoint_URL = http://h/?a=b\n"
        .. "  # a note\n\n  max_attempts=3\n",
      true
    ).services.s
    assert.are.same(
      { endpoint_url = "http://h/?a=b", max_attempts = "3" },
      config_file.nested(section.dynamodb)
    )
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
      local config, shared = config_file.locations(function(name)
        return case[1][name]
      end)
      assert.are.equal(case[2], config)
      assert.are.equal(case[3], shared)
    end)
  end
end)
