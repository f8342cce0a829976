-- SPDX-License-Identifier: MIT
local settings = require "dynamo.settings.lookup"
local world = require("support.fake_world").new

local PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
local DEFAULT = ' of profile "default" in /h/.aws/config'

-- Checks that a setting is refused with a message of these parts.
local function refused(value, err, ...)
  assert.is_nil(value)
  assert.are.equal("config", err.kind)
  for _, part in ipairs { ... } do
    assert.matches(part, err.message, 1, true)
  end
  return err
end

describe("settings.text", function()
  it("takes the first variable that is not blank, then the profile's property", function()
    local variables = { A = " ", B = "from B" }
    local config = "[default]\na = from the profile\nempty =\n"
    assert.are.equal("from B", (settings.text(world(variables, config), { "A", "B" }, "a")))
    assert.are.equal("from the profile", (settings.text(world({}, config), { "A" }, "a")))
    assert.are.same({}, { settings.text(world({}, config), { "A" }) })
    assert.are.same({}, { settings.text(world({}, config), { "A" }, "empty") })
    assert.are.same({}, { settings.text(world(), { "A" }, "a") })
  end)

  it("says where the text is from", function()
    assert.are.same({ "x", "B" }, { settings.text(world { B = "x" }, { "A", "B" }, "a") })
    assert.are.same(
      { "x", "a" .. DEFAULT },
      { settings.text(world({}, "[default]\na=x\n"), { "A" }, "a") }
    )
  end)

  it("is an error where the profile is damaged, or is not there though chosen", function()
    local value, err = settings.text(world({}, "[default\n"), {}, "a")
    assert.are.equal("BadProfile", refused(value, err, "/h/.aws/config", "line 1").code)
    value, err = settings.text(world { AWS_PROFILE = "nobody" }, { "A" }, "a")
    refused(value, err, 'no profile "nobody"')
    assert.are.equal("x", (settings.text(world({ A = "x" }, "[default\n"), { "A" }, "a")))
  end)
end)

describe("settings.profile", function()
  local function complete(more)
    local options = { region = "eu-west-1", endpoint = "https://h", has_credentials = true }
    for name, value in pairs(more or {}) do
      options[name] = value
    end
    return options
  end

  it("is not read where region, endpoint and credentials are given in code", function()
    for _, config in ipairs { "[default\n", "[default]\nretry_mode = fast\n" } do
      local client, reads = world({ AWS_PROFILE = "nobody" }, config, complete())
      assert.are.same({ max_attempts = 4, retry_mode = "standard" }, settings.retry(client))
      assert.are.equal(0, reads.n)
    end
  end)

  it("is read where one of the three is left out, or a profile is given", function()
    for _, name in ipairs { "region", "endpoint", "has_credentials" } do
      local _, err = settings.retry(world({}, "[default\n", complete { [name] = false }))
      assert.are.equal("BadProfile", err.code)
    end
    local _, err = settings.retry(world({}, "", complete { profile = "nobody" }))
    assert.matches('no profile "nobody"', err.message, 1, true)
  end)

  it("names the variable that chose it in what it caused", function()
    for _, variable in ipairs { "AWS_PROFILE", "AWS_DEFAULT_PROFILE" } do
      local _, err = settings.retry(world({ [variable] = "p" }, "[profile p]\nretry_mode = x\n"))
      assert.matches(variable, err.message, 1, true)
      _, err = settings.retry(world({ [variable] = "q" }, "[profile p]\n"))
      assert.matches(variable, err.message, 1, true)
    end
  end)

  it("reads the files once a client", function()
    local client, reads = world({}, "[default]\na=x\n")
    for _ = 1, 3 do
      assert.are.equal("x", settings.profile(client).properties.a)
    end
    assert.are.equal(2, reads.n)
  end)

  it("tells a damaged file from none", function()
    assert.is_true(select(3, settings.profile(world({}, "[default\n"))))
    assert.is_false(select(3, settings.profile(world())))
  end)
end)

describe("settings.flag", function()
  local function flag(...)
    return settings.flag(world(...), "use", { "USE" }, "use_it")
  end

  it("takes the option, the variable, the property, in that order", function()
    local config = "[default]\nuse_it = TRUE\n"
    assert.are.same({ false, "dynamo.new" }, { flag({ USE = "true" }, config, { use = false }) })
    assert.are.same({ false, "USE" }, { flag({ USE = "False" }, config) })
    assert.are.same({ true, "use_it" .. DEFAULT }, { flag({}, config) })
    assert.are.same({}, { flag() })
  end)

  it("refuses what is neither true nor false, naming the place", function()
    local value, err = flag { USE = "yes" }
    refused(value, err, 'USE is "yes"; it may be true or false')
    assert.are.equal("BadSetting", err.code)
    value, err = flag({}, "[default]\nuse_it = 1\n")
    refused(value, err, "use_it" .. DEFAULT .. ' is "1"')
  end)
end)

describe("settings.word", function()
  local function word(...)
    return settings.word(world(...), "mode", { "MODE" }, "mode", { "one", "two", "three" })
  end

  it("takes one of the words, in any case", function()
    assert.are.same({ "off", "dynamo.new" }, { word({ MODE = "two" }, nil, { mode = "off" }) })
    assert.are.same({ "two", "MODE" }, { word { MODE = "Two" } })
    assert.are.same({ "one", "mode" .. DEFAULT }, { word({}, "[default]\nmode = one\n") })
    assert.are.same({}, { word() })
  end)

  it("refuses another, naming the place", function()
    local value, err = word { MODE = "four" }
    refused(value, err, 'MODE is "four"; it may be one, two or three')
  end)
end)

describe("settings.shown", function()
  it("quotes, in one line, without user information", function()
    assert.are.equal("true", settings.shown(true))
    assert.are.equal('"a b"', settings.shown("a\nb"))
    assert.are.equal('"https://...@h/x"', settings.shown("https://me:CANARY@h/x"))
    assert.is_true(#settings.shown(("x"):rep(1000)) < 200)
  end)
end)

describe("settings.retry", function()
  local good = {
    { {}, nil, nil, 4, "standard" },
    { { AWS_MAX_ATTEMPTS = "7", AWS_RETRY_MODE = "Adaptive" }, nil, nil, 7, "adaptive" },
    { { AWS_RETRY_MODE = "legacy" }, nil, nil, 4, "standard" },
    { {}, "[default]\nmax_attempts = 2\nretry_mode = adaptive\n", nil, 2, "adaptive" },
    { { AWS_MAX_ATTEMPTS = "7" }, nil, { max_attempts = 3 }, 3, "standard" },
    { { AWS_RETRY_MODE = "adaptive" }, nil, { retry_mode = "standard" }, 4, "standard" },
    { { AWS_MAX_ATTEMPTS = "7" }, nil, { retry_mode = "off" }, 1, "off" },
    { {}, nil, { retry_mode = "off", max_attempts = 9 }, 1, "off" },
  }
  for i, case in ipairs(good) do
    it(("gives %d attempts, %s, case %d"):format(case[4], case[5], i), function()
      assert.are.same(
        { max_attempts = case[4], retry_mode = case[5] },
        settings.retry(world(case[1], case[2], case[3]))
      )
    end)
  end

  for _, text in ipairs { "0", "-1", "1.5", "101", "four", "0x4", "1e1" } do
    it(("refuses %s attempts"):format(text), function()
      local policy, err = settings.retry(world { AWS_MAX_ATTEMPTS = text })
      refused(
        policy,
        err,
        ('AWS_MAX_ATTEMPTS is "%s"; it may be a whole number from 1 to 100'):format(text)
      )
    end)
  end

  it("refuses a mode there is not, and a damaged profile", function()
    local policy, err = settings.retry(world({}, "[default]\nretry_mode = fast\n"))
    refused(policy, err, "retry_mode" .. DEFAULT .. ' is "fast"; it may be standard, adaptive')
    policy, err = settings.retry(world({ AWS_RETRY_MODE = "standard" }, "[default\n"))
    refused(policy, err, "line 1")
  end)
end)

describe("settings.ca_file", function()
  local function ca_file(variables, config, options, text)
    local client = world(variables, config, options)
    local read_file = client.read_file
    client.read_file = function(path)
      if path == "/x/ca.pem" and text then return text end
      return read_file(path)
    end
    return settings.ca_file(client)
  end

  it("takes the option, the variable, the property, in that order", function()
    local variables, config = { AWS_CA_BUNDLE = "/x/ca.pem" }, "[default]\nca_bundle = /x/ca.pem\n"
    assert.are.equal("/o", (ca_file(variables, nil, { ca_file = "/o" })))
    assert.are.equal("/x/ca.pem", (ca_file(variables, nil, nil, PEM)))
    assert.are.equal("/x/ca.pem", (ca_file({}, config, nil, PEM)))
    assert.are.same({}, { ca_file() })
  end)

  it("refuses a file that is missing or none of certificates", function()
    local path, err = ca_file { AWS_CA_BUNDLE = "/x/ca.pem" }
    refused(path, err, 'AWS_CA_BUNDLE is "/x/ca.pem"', "cannot be read", "not there")
    path, err = ca_file({}, "[default]\nca_bundle = /x/ca.pem\n", nil, "")
    refused(path, err, "ca_bundle" .. DEFAULT, "holds no PEM certificate")
  end)
end)

describe("settings.app_id", function()
  it("is text for a header, whatever was given", function()
    assert.are.equal("my-app_1.0", (settings.app_id(world { AWS_SDK_UA_APP_ID = "my-app_1.0" })))
    assert.are.equal("a-b--X--1-", (settings.app_id(world { AWS_SDK_UA_APP_ID = "a b\r\nX: 1#" })))
    assert.are.equal("p", (settings.app_id(world({}, "[default]\nsdk_ua_app_id = p\n"))))
    assert.are.same({}, { settings.app_id(world()) })
    local id, err = settings.app_id(world({}, "[default\n"))
    refused(id, err, "line 1")
  end)
end)

describe("settings.clock_skew_correction", function()
  local function correction(...)
    return settings.clock_skew_correction(world(...))
  end

  it("is on, unless switched off", function()
    assert.is_true(correction())
    assert.is_true(correction { AWS_DISABLE_CLOCK_SKEW_CORRECTION = "false" })
    assert.is_false(correction { AWS_DISABLE_CLOCK_SKEW_CORRECTION = "true" })
    assert.is_false(correction({}, "[default]\ndisable_clock_skew_correction = true\n"))
  end)

  it("refuses what is neither true nor false", function()
    local value, err = correction { AWS_DISABLE_CLOCK_SKEW_CORRECTION = "1" }
    refused(value, err, "AWS_DISABLE_CLOCK_SKEW_CORRECTION")
  end)
end)
