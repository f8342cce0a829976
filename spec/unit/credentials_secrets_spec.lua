-- SPDX-License-Identifier: MIT
-- Whatever source fails however, nothing of a secret is in what is said about it.
local client = require "dynamo.client"
local core = require "dynamo.core"
local credentials = require "dynamo.credentials"
local credential_world = require "support.credential_world"
local sts_response = require "support.sts_response"

-- Each kind of secret a source may hold; all begin alike.
local KEY = "canarySecretKey/0123456789+abcdefghijklmn"
local TOKEN = "canaryToken0123456789abcdefghijklmnopqrstuvwxyz=="
local JSON = ('{"AccessKeyId":"canaryAKID","SecretAccessKey":"%s","Token":"%s","SessionToken":"%s"'):format(
  KEY,
  TOKEN,
  TOKEN
)
local ECHO = ("%s %s 'canaryToken0123456789' %s"):format(KEY, TOKEN, KEY:sub(1, 20))
  .. TOKEN:gsub("............", "%0\n\t")

local OFF = { AWS_EC2_METADATA_DISABLED = "true" }
local IMDS = { AWS_REGION = "eu-west-1" }
local HOST = {
  AWS_CONTAINER_CREDENTIALS_FULL_URI = "http://127.0.0.1/x",
  AWS_CONTAINER_AUTHORIZATION_TOKEN = TOKEN,
}
local WEB = {
  AWS_WEB_IDENTITY_TOKEN_FILE = "/token",
  AWS_ROLE_ARN = "arn:r",
  AWS_REGION = "eu-west-1",
}
local PROFILE = { HOME = "/h", AWS_REGION = "eu-west-1", AWS_EC2_METADATA_DISABLED = "true" }
local ROLE = (
  "[default]\nrole_arn = arn:r\nsource_profile = b\n[profile b]\n"
  .. "aws_access_key_id = canaryAKID\naws_secret_access_key = %s\naws_session_token = %s\n"
):format(KEY, TOKEN)
local SSO = "[default]\nsso_account_id = 123456789012\nsso_role_name = r\nsso_region = us-east-1\n"
  .. "sso_start_url = https://x.example\n"
local SSO_TOKEN = ('{"accessToken":"%s","expiresAt":"2030-01-31T12:00:00Z"'):format(TOKEN)
local PROCESS = "[default]\ncredential_process = prog --password canaryPassword\n"

local function response(body, status)
  return { status = status or 200, body = body }
end

local function process(stdout, stderr, status)
  return { prog = { status = status or 0, stdout = stdout, stderr = stderr } }
end

-- what fails; variables; config file; answers; results of programs; token file; SSO's token
local cases = {
  { "half a pair", { AWS_SECRET_ACCESS_KEY = KEY } },
  {
    "keys with a line end",
    { AWS_ACCESS_KEY_ID = "canaryAKID", AWS_SECRET_ACCESS_KEY = KEY .. "\n" },
  },
  { "a document for a key", { AWS_ACCESS_KEY_ID = JSON .. "}", AWS_SECRET_ACCESS_KEY = KEY } },
  {
    "an end that is none",
    {
      AWS_ACCESS_KEY_ID = "canaryAKID",
      AWS_SECRET_ACCESS_KEY = KEY,
      AWS_CREDENTIAL_EXPIRATION = TOKEN,
    },
  },
  {
    "keys that have ended",
    {
      AWS_ACCESS_KEY_ID = "canaryAKID",
      AWS_SECRET_ACCESS_KEY = KEY,
      AWS_CREDENTIAL_EXPIRATION = "2001-01-01T00:00:00Z",
    },
  },
  { "a profile with half a pair", PROFILE, "[default]\naws_secret_access_key = " .. KEY .. "\n" },
  { "a damaged line", PROFILE, "[default]\naws_secret_access_key " .. KEY .. "\n" },
  { "a damaged section", PROFILE, "[default\naws_secret_access_key = " .. KEY .. "\n" },
  {
    "a key with a blank",
    PROFILE,
    "[default]\naws_access_key_id = canaryAKID\n"
      .. "aws_secret_access_key = "
      .. KEY
      .. " "
      .. KEY
      .. "\n",
  },
  { "a role that is refused", PROFILE, ROLE, { sts_response.refusal("AccessDenied", ECHO) } },
  { "a role that gets lost", PROFILE, ROLE, { { kind = "transport", message = "reset" } } },
  { "a role without an answer", PROFILE, ROLE, { response(JSON) } },
  {
    "a role with a damaged answer",
    PROFILE,
    ROLE,
    { response(sts_response.success("AssumeRole", "canaryAKID").body:gsub("hunter2", KEY .. "<")) },
  },
  { "a role with a source that is no key", PROFILE, (ROLE:gsub("canaryAKID", "canary AKID")) },
  {
    "a web identity that is refused",
    WEB,
    nil,
    { sts_response.refusal("InvalidIdentityToken", TOKEN .. ", " .. TOKEN:sub(9, 40)) },
    nil,
    TOKEN,
  },
  { "a token file of something else", WEB, nil, nil, nil, TOKEN .. "\n" .. TOKEN },
  { "an SSO session whose file is cut", PROFILE, SSO, nil, nil, nil, SSO_TOKEN },
  {
    "an SSO session that is refused",
    PROFILE,
    SSO,
    { response('{"message":"no, ' .. TOKEN .. '"}', 401) },
    nil,
    nil,
    SSO_TOKEN .. "}",
  },
  {
    "an SSO session that gives no key",
    PROFILE,
    SSO,
    { response('{"roleCredentials":' .. JSON .. "}}") },
    nil,
    nil,
    SSO_TOKEN .. "}",
  },
  { "a process that fails", PROFILE, PROCESS, nil, process("", ECHO, 1) },
  {
    "a process that says what it has",
    PROFILE,
    PROCESS,
    nil,
    process(JSON, "password: canaryPassword token=" .. TOKEN, 1),
  },
  { "a process that prints no JSON", PROFILE, PROCESS, nil, process(ECHO, ECHO) },
  {
    "a process that prints another version",
    PROFILE,
    PROCESS,
    nil,
    process(JSON .. ',"Version":"canary"}', ECHO),
  },
  { "a process that prints half", PROFILE, PROCESS, nil, process(JSON .. ',"Version":1', ECHO) },
  {
    "a process that prints a bad end",
    PROFILE,
    PROCESS,
    nil,
    process(JSON .. ',"Version":1,"Expiration":"' .. TOKEN .. '"}', ECHO),
  },
  { "a container that refuses", HOST, nil, { response(ECHO, 403) } },
  { "a container that fails", HOST, nil, { response(ECHO, 500) } },
  { "a container that is cut", HOST, nil, { response(JSON) } },
  {
    "a container that says another code",
    HOST,
    nil,
    { response(JSON .. ',"Code":"' .. TOKEN .. '"}') },
  },
  {
    "a container's token with a line end",
    {
      AWS_CONTAINER_CREDENTIALS_FULL_URI = "http://127.0.0.1/x",
      AWS_CONTAINER_AUTHORIZATION_TOKEN = TOKEN .. "\r\nX-Evil: 1",
    },
  },
  { "an instance that gives no token", IMDS, nil, { response(ECHO, 403) } },
  { "an instance that gives no role", IMDS, nil, { response(TOKEN), response(ECHO) } },
  {
    "an instance that gives no keys",
    IMDS,
    nil,
    { response(TOKEN), response("r"), response(ECHO, 404) },
  },
  { "an instance that is cut", IMDS, nil, { response(TOKEN), response("r"), response(JSON) } },
  {
    "an instance whose answer gets lost",
    IMDS,
    nil,
    {
      response(TOKEN),
      response("r"),
      { kind = "timeout", message = "too slow", sent = "complete" },
    },
  },
}

-- Asserts that no text anywhere in a value holds a secret.
local function assert_clean(value, seen)
  if type(value) == "string" then
    assert.is_nil(value:find("canary"), value)
    assert.is_nil(value:gsub("[%s%c]", ""):find("canary"), value)
  elseif type(value) == "table" and not seen[value] then
    seen[value] = true
    for name, inner in pairs(value) do
      assert_clean(name, seen)
      assert_clean(inner, seen)
    end
  end
end

local function world_of(case)
  local variables = {}
  for _, more in ipairs { case[2], not case[4] and OFF or {} } do
    for name, value in pairs(more) do
      variables[name] = value
    end
  end
  return credential_world.new {
    variables = variables,
    steps = case[4],
    results = case[5],
    files = {
      ["/h/.aws/config"] = case[3],
      ["/token"] = case[6],
      ["/h/.aws/sso/cache/" .. core.sha1 "https://x.example" .. ".json"] = case[7],
    },
  }
end

describe("no secret is in what is said about", function()
  for _, case in ipairs(cases) do
    it(case[1], function()
      local world = world_of(case)
      local provider = credentials.new {
        getenv = world.getenv,
        read_file = world.read_file,
        run_process = world.run_process,
        random = world.random,
        transport = world.transport,
      }
      local found, message, err = provider:get()
      assert.is_nil(found)
      assert.are.equal("credentials", err.kind)
      assert_clean({ message, err, tostring(err), provider }, {})

      local db = client.new {
        credentials = provider,
        transport = world.transport,
        region = "eu-west-1",
        getenv = world.getenv,
        read_file = world.read_file,
      }
      assert_clean({ db:list_tables() }, {})
      assert_clean({ tostring(db), db, db.typed }, {})
    end)
  end
end)
