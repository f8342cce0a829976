-- SPDX-License-Identifier: MIT
-- Sources of credentials on this machine that fail: programs, and files that are none.
local credentials = require "dynamo.credentials"
local curl = require "dynamo.curl"
local patience = require "support.patience"
local stopwatch = require "support.stopwatch"

describe("a process's credentials", function()
  -- Returns the result of a chain whose profile runs a command line.
  local function run(command, ask)
    local config = "[default]\ncredential_process = " .. command .. "\n"
    local chain = credentials.new {
      getenv = function(name)
        return name == "HOME" and "/h" or nil
      end,
      read_file = function(path)
        if path == "/h/.aws/config" then return config end
        return nil, path .. ": No such file or directory"
      end,
    }
    return chain:get(ask)
  end

  -- Asserts that a fetch failed with a text that holds no secret.
  local function refused(part, found, message, err)
    assert.is_nil(found)
    assert.are.same({ "credentials", "BadCredentials" }, { err.kind, err.code })
    assert.matches(part, message, 1, true)
    assert.is_nil(message:find("canary"), message)
  end

  it("are what a program prints", function()
    local print = [[printf '{"Version":1,"AccessKeyId":"AK","SecretAccessKey":"%s%s"}' ]]
    local found = assert(run(print .. [["s$HOME" ';x']]))
    assert.are.equal("s$HOME;x", found.secret_access_key) -- no shell has seen it
    local none, message = run(print .. [[a\ b "c"]])
    assert.is_nil(none)
    assert.matches("secret_access_key holds a character", message, 1, true)
  end)

  local wrong = {
    { "a program that is not there", "/nonexistent/dynamo --token canary", "/nonexistent/dynamo" },
    {
      "a status",
      [[sh -c 'echo "vault is sealed, token=canary" >&2; exit 3']],
      "it ended with status 3: vault is sealed",
    },
    { "a signal", "sh -c 'kill -9 $$'", "it ended with status" },
    { "too much output", "head -c 100000 /dev/zero", "credential_process of profile" },
    { "no output", "true", "not JSON" },
  }
  for _, case in ipairs(wrong) do
    it("are an error for " .. case[1], function()
      refused(case[3], run(case[2]))
    end)
  end

  it("have the time of the call", function()
    patience.grow(function(seconds)
      local elapsed = stopwatch.start()
      local deadline = curl.monotonic() + seconds
      refused("credential_process of profile", run("sleep 60", { deadline = deadline }))
      assert.is_true(elapsed() < seconds + 0.05, elapsed() .. " s")
    end)
  end)
end)

describe("a shared file that", function()
  local folder

  before_each(function()
    folder = os.tmpname()
    os.remove(folder)
    os.execute("mkdir " .. folder)
  end)
  after_each(function()
    os.execute("rm -r " .. folder)
  end)

  local files = {
    ["is a pipe"] = "mkfifo %s",
    ["is a directory"] = "mkdir %s",
    ["is a device"] = "ln -s /dev/zero %s",
    ["is of 10 MB"] = "head -c 10000000 /dev/zero > %s",
    ["is binary"] = "head -c 10000 /dev/urandom > %s",
    ["is not there"] = ": %s",
  }
  -- One that did would hold this spec up for ever.
  for name, command in pairs(files) do
    it(name .. " does not hold anyone up", function()
      local path = folder .. "/config"
      os.execute(command:format(path))
      local variables = {
        AWS_CONFIG_FILE = path,
        AWS_SHARED_CREDENTIALS_FILE = path,
        AWS_EC2_METADATA_DISABLED = "true",
      }
      local found, message, err = credentials
        .new({
          getenv = function(variable)
            return variables[variable]
          end,
        })
        :get()
      assert.is_nil(found)
      assert.are.equal("credentials", err.kind)
      assert.matches(path, message, 1, true)
    end)
  end
end)
