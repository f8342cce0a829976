-- SPDX-License-Identifier: MIT
-- Whatever of the configuration is wrong, and wherever somebody has put a secret by mistake: no
-- message repeats it. The sources of credentials have a spec of their own (credentials_secrets).
local canary = require "support.canary"
local client = require "dynamo.client"
local credentials = require "dynamo.credentials"
local endpoint = require "dynamo.endpoint"
local fake_client = require "support.fake_client"
local fake_transport = require "support.fake_transport"

-- As long as a secret access key, and with digits like each of them.
local SECRET = canary.MARK .. "/0123456789+abcdefghi"
local HALVES = SECRET:sub(1, 20) .. "\n  " .. SECRET:sub(21)
local CONFIG, SHARED = "/h/.aws/config", "/h/.aws/credentials"
local KEYS = ("aws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = %s\n"):format(SECRET)

-- Returns what a user may make of a secret in the wrong place.
local function forms(secret)
  return {
    secret,
    "https://user:" .. secret .. "@db.example",
    "https://user:" .. ("x"):rep(200) .. secret .. "@db.example/x",
    "https://db.example/?X-Amz-Security-Token=" .. secret,
    "https://db.example/#" .. secret,
    "user:" .. secret .. "@db.example",
  }
end

local VARIABLES = {
  "AWS_REGION",
  "AWS_DEFAULT_REGION",
  "AWS_PROFILE",
  "AWS_DEFAULT_PROFILE",
  "AWS_ENDPOINT_URL",
  "AWS_ENDPOINT_URL_DYNAMODB",
  "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
  "AWS_USE_FIPS_ENDPOINT",
  "AWS_USE_DUALSTACK_ENDPOINT",
  "AWS_ACCOUNT_ID",
  "AWS_ACCOUNT_ID_ENDPOINT_MODE",
  "AWS_MAX_ATTEMPTS",
  "AWS_RETRY_MODE",
  "AWS_SDK_UA_APP_ID",
  "AWS_DISABLE_CLOCK_SKEW_CORRECTION",
  "AWS_CREDENTIAL_EXPIRATION",
  "AWS_ROLE_ARN",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "AWS_EC2_METADATA_DISABLED",
  "AWS_EC2_METADATA_SERVICE_ENDPOINT",
  "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
  "HTTPS_PROXY",
}

local PROPERTIES = {
  "region",
  "endpoint_url",
  "services",
  "ignore_configured_endpoint_urls",
  "use_fips_endpoint",
  "use_dualstack_endpoint",
  "account_id_endpoint_mode",
  "max_attempts",
  "retry_mode",
  "sdk_ua_app_id",
  "disable_clock_skew_correction",
  "aws_account_id",
  "role_arn = arn:r\nsource_profile",
  "source_profile = b\nrole_arn",
  "role_arn = arn:r\ncredential_source",
  "role_arn = arn:r\nsource_profile = b\nmfa_serial",
  "role_arn = arn:r\nsource_profile = b\nrole_session_name",
  "role_arn = arn:r\nsource_profile = b\nregion",
  "sso_account_id = 1\nsso_role_name = r\nsso_start_url = https://x.example\nsso_region",
  "sso_account_id = 1\nsso_role_name = r\nsso_session",
  "sso_account_id = 1\nsso_role_name = r\nsso_region = us-east-1\nsso_start_url",
  "sso_session = s\nsso_account_id = 1\nsso_role_name = r\nsso_start_url",
  "login_session",
  "credential_process",
  "credential_process = prog --password",
  "credential_process = prog >",
}

-- Lines that are not what the grammar of the files wants, before and behind a good profile.
local LINES = {
  "%s",
  "  %s",
  "[%s",
  "= %s",
  ": %s",
  "aws_secret_access_key %s",
  "aws_secret_access_key: %s",
  "[profile %s]\nregion",
  "[services x]\ndynamodb =\n  %s",
  "[services x]\ndynamodb =\n  endpoint_url %s",
  "[services x]\ndynamodb =\n  endpoint_url: %s",
  "[sso-session s]\nsso_start_url = %s\nsso_region = x\nno sign",
}

-- Options that are told by their text, and not by their type alone.
local OPTIONS = {
  "region",
  "endpoint",
  "profile",
  "proxy",
  "account_id",
  "account_id_endpoint_mode",
  "retry_mode",
  "numbers",
  "max_attempts",
  "timeout",
  "use_fips",
  "credentials",
  "hooks",
  "extensions",
  "shared_dict",
  "getenv",
}

-- Where the keys are that messages must not repeat, if they are anywhere but in the wrong place.
local HOMES = {
  ["in code"] = { options = { credentials = canary.credentials { secret_access_key = SECRET } } },
  ["in the environment"] = {
    variables = { AWS_ACCESS_KEY_ID = "AKID", AWS_SECRET_ACCESS_KEY = SECRET },
  },
  ["in the environment, as a token"] = {
    variables = {
      AWS_ACCESS_KEY_ID = "AKID",
      AWS_SECRET_ACCESS_KEY = "another secret key",
      AWS_SESSION_TOKEN = SECRET,
    },
  },
  ["in a file, as another profile's"] = { shared = "[default]\n[other]\n" .. KEYS },
  ["in a file"] = { shared = "[default]\n[b]\n" .. KEYS, config = "[default]\n" .. KEYS },
}

-- Returns a reader of the files of a world: all else is missing, and its path named, as it is.
local function reader(files)
  return function(path)
    if files[path] then return files[path], tonumber("666", 8) end
    return nil, path .. ": No such file or directory"
  end
end

local function merged(...)
  local all = {}
  for i = 1, select("#", ...) do
    for name, value in pairs((select(i, ...)) or {}) do
      all[name] = value
    end
  end
  return all
end

-- Returns all that is said in a world to whoever asks for something: results, messages, errors,
-- warnings, and what prints.
local function said_in(home, world)
  local said = {}
  local function note(...)
    said[#said + 1] = { ... }
  end
  local variables = merged({ HOME = "/h" }, home.variables, world.variables)
  local injected = {
    getenv = function(name)
      return variables[name]
    end,
    read_file = reader {
      [CONFIG] = (world.config or "") .. (home.config or ""),
      [SHARED] = (home.shared or "") .. (world.shared or ""),
    },
    run_process = function(words)
      return nil, words[1] .. ": No such file or directory"
    end,
    transport = fake_transport.new {},
    random = fake_client.random,
  }
  local options = merged(injected, { hooks = { on_warning = note } }, home.options, world.options)
  local made, db = pcall(client.new, options)
  note(tostring(db))
  if made then
    note(pcall(db.list_tables, db))
    note(db:explain "list_tables")
  end
  if not home.options then note(select(2, credentials.new(injected):get())) end
  return said
end

-- Asserts that nothing of a secret is said in a world, wherever the right keys are.
local function assert_silent(world, homes)
  for where, home in pairs(homes or HOMES) do
    local said = said_in(home, world)
    for _, each in ipairs(said) do
      assert.is_nil(canary.find(each), where)
    end
  end
end

-- Where a text that nobody knows for a secret must not be shown either: with the parts of a URL that
-- are nobody's business, and on lines that mean nothing.
local NOWHERE = { nowhere = {} }

describe("no message repeats a secret that is given for", function()
  for _, name in ipairs(VARIABLES) do
    it(name, function()
      for i, text in ipairs(forms(SECRET)) do
        assert_silent { variables = { [name] = text } }
        if i > 1 and name:find "URL" then
          assert_silent({ variables = { AWS_REGION = "eu-west-1", [name] = text } }, NOWHERE)
        end
      end
    end)
  end

  for _, name in ipairs(PROPERTIES) do
    it((name:gsub("\n", ", ")), function()
      for _, secret in ipairs { SECRET, HALVES } do
        for i, text in ipairs(forms(secret)) do
          local world = { config = ("[default]\n%s = %s\n"):format(name, text) }
          assert_silent(world)
          if i > 1 and name:find "url" then assert_silent(world, NOWHERE) end
        end
      end
    end)
  end

  for _, name in ipairs(OPTIONS) do
    it(name .. " of dynamo.new", function()
      for _, text in ipairs(forms(SECRET)) do
        for _, value in ipairs { text, { text }, { access_key_id = text } } do
          assert_silent { options = { [name] = value } }
        end
      end
    end)
  end
end)

describe("no message repeats a secret", function()
  for _, line in ipairs(LINES) do
    it("on the line " .. line:format("x"):gsub("\n", ", "), function()
      for _, secret in ipairs { SECRET, HALVES } do
        local text = line:format(secret) .. "\n"
        for _, file in ipairs { "config", "shared" } do
          assert_silent({ [file] = text }, NOWHERE)
          assert_silent({ [file] = "[default]\nregion = eu-west-1\n" .. text }, NOWHERE)
        end
      end
    end)
  end

  it("that is a name among the credentials", function()
    for _, keys in ipairs { { [SECRET] = true }, { AKIDEXAMPLE = SECRET } } do
      assert_silent({ options = { credentials = keys } }, NOWHERE)
    end
  end)

  it("of what dynamo.resolve_endpoint is given", function()
    for _, text in ipairs(forms(SECRET)) do
      for _, name in ipairs { "region", "endpoint", "account_id_endpoint_mode", "service" } do
        assert.is_nil(canary.find { pcall(endpoint.resolve, { [name] = text }) }, name)
      end
    end
  end)
end)
