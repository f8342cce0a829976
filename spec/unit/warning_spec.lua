-- SPDX-License-Identifier: MIT
local canary = require "support.canary"
local client = require "dynamo.client"
local credentials = require "dynamo.credentials"
local fake_client = require "support.fake_client"
local fake_transport = require "support.fake_transport"
local warning = require "dynamo.warning"
local world = require "dynamo.world"

local KEYS = "aws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = " .. canary.SECRET .. "\n"
local SHARED, CONFIG = "/h/.aws/credentials", "/h/.aws/config"
local SOME_KEY = { TableName = "Users", Key = { userId = "1" } }
local function octal(digits)
  return tonumber(digits, 8)
end

-- Returns a read_file of `files`: path -> { text, permissions in octal digits or nil }.
local function reader(files)
  return function(path)
    local file = files[path]
    if not file then return nil, path .. ": No such file or directory" end
    return file[1], file[2] and octal(file[2])
  end
end

-- Returns options of a client in a world of `files`, and the list of the warnings it is told.
local function watched(files, more)
  local told = {}
  local options = {
    region = "eu-west-1",
    getenv = function(name)
      return name == "HOME" and "/h" or nil
    end,
    read_file = type(files) == "function" and files or reader(files),
    random = fake_client.random,
    hooks = {
      on_warning = function(record)
        told[#told + 1] = record
      end,
    },
  }
  for name, value in pairs(more or {}) do
    options[name] = value
  end
  return options, told
end

-- Makes calls with a client of these options; returns the last one's info.
local function call(options, count)
  local steps = {}
  for i = 1, count or 1 do
    steps[i] = { status = 200, headers = {}, body = "{}" }
  end
  options.transport = fake_transport.new(steps)
  local db, info = client.new(options), nil
  for _ = 1, count or 1 do
    info = select(3, assert(db:get_item(SOME_KEY)))
  end
  return info
end

describe("hooks.on_warning", function()
  it("is told once of a credentials file that others may read", function()
    local options, told = watched { [SHARED] = { "[default]\n" .. KEYS, "644" } }
    call(options, 3)
    assert.are.same({
      {
        code = "CredentialsFileExposed",
        path = SHARED,
        message = SHARED
          .. " holds credentials, and others than its owner may read it: "
          .. "run: chmod 600 "
          .. SHARED,
      },
    }, told)
  end)

  it("is told by each client", function()
    local options, told = watched { [SHARED] = { "[default]\n" .. KEYS, "644" } }
    call(options)
    call(options)
    assert.are.equal(2, #told)
  end)

  local rights = {
    { "600" },
    { "400" },
    { "700" },
    { "000" },
    { "711" },
    { "4600" },
    { "640", "read" },
    { "604", "read" },
    { "620", "write" },
    { "602", "write" },
    { "666", "read and write" },
    { "642", "read and write" },
    { "777", "read and write" },
  }
  for _, case in ipairs(rights) do
    local permissions, may = case[1], case[2]
    it(("takes %s for %s"):format(permissions, may or "nothing to warn of"), function()
      local options, told = watched { [SHARED] = { "[default]\n" .. KEYS, permissions } }
      call(options)
      assert.are.equal(may and 1 or 0, #told)
      if may then assert.matches("its owner may " .. may .. " it", told[1].message, 1, true) end
    end)
  end

  it("is told of a config file if it holds a secret, of any profile", function()
    local with = CONFIG .. " with a secret"
    for name, text in pairs {
      [with] = "[default]\nregion = eu-west-1\n[profile other]\n" .. KEYS,
      without = "[default]\nregion = eu-west-1\naws_secret_access_key =\n",
    } do
      local options, told = watched(
        { [CONFIG] = { text, "644" }, [SHARED] = { "", "600" } },
        { credentials = canary.credentials(), profile = "default" }
      )
      call(options)
      assert.are.equal(name == with and 1 or 0, #told, name)
      if told[1] then assert.are.equal(CONFIG, told[1].path) end
    end
  end)

  local ORDERS = {
    ["a program"] = "[profile other]\ncredential_process = /bin/keys\n",
    ["an endpoint"] = "[default]\nendpoint_url = https://db.example\n",
    ["an endpoint of a service"] = "[services x]\ndynamodb =\n  endpoint_url = https://db.example\n",
    ["authorities"] = "[default]\nca_bundle = /ca.pem\n",
    nothing = "[default]\nregion = eu-west-1\n[services x]\ndynamodb =\n  other = 1\n",
    ["a blank one"] = "[default]\nendpoint_url =\n",
  }
  for what, text in pairs(ORDERS) do
    local is_warned_of = what ~= "nothing" and what ~= "a blank one"
    it(("is told of a config file that others may write, with %s"):format(what), function()
      for _, permissions in ipairs { "622", "602", "620", "644", "600" } do
        local options, told = watched(
          { [CONFIG] = { text, permissions }, [SHARED] = { "", "600" } },
          { credentials = canary.credentials(), profile = "default" }
        )
        client.new(options):explain("list_tables")
        local may = is_warned_of and permissions:find "2" ~= nil
        assert.are.equal(may and 1 or 0, #told, permissions)
        assert.are.same(may and {
          code = "ConfigFileExposed",
          path = CONFIG,
          message = CONFIG
            .. " says what is run, where requests go or whom they trust, and others than its "
            .. "owner may write it: run: chmod go-w "
            .. CONFIG,
        } or nil, told[1])
      end
    end)
  end

  it("is told of a config file with a secret and a program as of one with a secret", function()
    local text = "[default]\ncredential_process = /bin/keys\n" .. KEYS
    local options, told = watched { [CONFIG] = { text, "666" } }
    call(options, 2)
    assert.are.equal(1, #told)
    assert.are.equal("CredentialsFileExposed", told[1].code)
  end)

  it("is told though the file is damaged", function()
    local options, told = watched { [SHARED] = { KEYS, "644" } }
    options.transport = fake_transport.new {}
    assert.is_nil((client.new(options):get_item(SOME_KEY)))
    assert.are.equal(1, #told)
  end)

  it("is told nothing where permissions are not known, or no file is read", function()
    for _, more in ipairs {
      {},
      {
        credentials = canary.credentials(),
        endpoint = "https://dynamodb.eu-west-1.amazonaws.com",
      },
    } do
      local permissions = more.endpoint and "666" or nil
      local options, told = watched({ [SHARED] = { "[default]\n" .. KEYS, permissions } }, more)
      call(options)
      assert.are.same({}, told)
    end
  end)

  it("is told of what dynamo.credentials reads for a client", function()
    local read_file = reader { [SHARED] = { "[work]\n" .. KEYS, "644" } }
    local getenv = function(name)
      return name == "HOME" and "/h" or nil
    end
    local provider = credentials.new { profile = "work", getenv = getenv, read_file = read_file }
    local options, told = watched({}, { credentials = provider })
    call(options, 2)
    assert.are.equal(1, #told)
    assert.are.equal(SHARED, told[1].path)
  end)

  it("is given no secret", function()
    local options, told = watched { [SHARED] = { "[default]\n" .. KEYS, "666" } }
    call(options)
    for _, value in pairs(told[1]) do
      assert.is_nil(value:find(canary.SECRET, 1, true))
    end
  end)

  it("that raises is counted in the call, once, and disturbs nothing", function()
    local options = watched(
      { [SHARED] = { "[default]\n" .. KEYS, "666" } },
      { hooks = {
        on_warning = function()
          error "hook"
        end,
      } }
    )
    assert.are.equal(1, call(options).hook_failures)
    assert.is_nil(call(options, 2).hook_failures)
  end)

  -- A file that is there, with these permissions.
  local function with_file(permissions, f)
    local path = os.tmpname()
    local file = assert(io.open(path, "wb"))
    file:write("[default]\n", KEYS)
    file:close()
    os.execute(("chmod %s %s"):format(permissions, path))
    local ok, problem = pcall(f, path)
    os.remove(path)
    assert(ok, problem)
  end

  for permissions, count in pairs { ["644"] = 1, ["600"] = 0, ["400"] = 0 } do
    it(("is told %d times of a real file with %s"):format(count, permissions), function()
      with_file(permissions, function(path)
        local function getenv(name)
          return name == "AWS_SHARED_CREDENTIALS_FILE" and path or nil
        end
        local options, told = watched(world.read_file, { getenv = getenv })
        call(options)
        assert.are.equal(count, #told)
        if told[1] then assert.are.equal(path, told[1].path) end
      end)
    end)
  end
end)

describe("warnings on standard error", function()
  -- Returns what is written there while a file is warned of twice.
  local function written(value)
    local real, text = io.stderr, {}
    local warnings = warning.new(nil, function(name)
      return name == "DYNAMO_WARNINGS" and value or nil
    end)
    local sink = {
      write = function(_, ...)
        text[#text + 1] = table.concat { ... }
      end,
    }
    rawset(io, "stderr", sink)
    for _ = 1, 2 do
      warnings:of_file("/x", octal "644", "secret")
    end
    rawset(io, "stderr", real)
    return table.concat(text)
  end

  it("are written if DYNAMO_WARNINGS=stderr asks for them", function()
    assert.are.equal(
      "dynamo: warning: /x holds credentials, and others than its owner may read "
        .. "it: run: chmod 600 /x\n",
      written "stderr"
    )
  end)

  it("are not written unasked", function()
    assert.are.equal("", written(nil))
    assert.are.equal("", written "no")
  end)
end)
