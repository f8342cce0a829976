-- SPDX-License-Identifier: MIT
local credentials = require "dynamo.call.credentials"

local function world(variables, files, chosen)
  return {
    profile = chosen,
    getenv = function(name) return variables[name] end,
    read_file = function(path)
      if files and files[path] then return files[path] end
      return nil, path .. ": No such file or directory"
    end,
  }
end

local ENVIRONMENT = { HOME = "/h", AWS_ACCESS_KEY_ID = "ENV", AWS_SECRET_ACCESS_KEY = "s" }
local FILES = {
  ["/h/.aws/credentials"] = "[default]\naws_access_key_id = FILE\naws_secret_access_key = s\n",
}

describe("the chain of credentials", function()
  it("looks at the environment, then at the profile", function()
    assert.are.equal("ENV", credentials.new(world(ENVIRONMENT, FILES)):get().access_key_id)
    assert.are.equal("FILE", credentials.new(world({ HOME = "/h" }, FILES)):get().access_key_id)
  end)

  it("skips the environment for a profile chosen in code", function()
    local chain = credentials.new(world(ENVIRONMENT, FILES, "default"))
    assert.are.equal("FILE", chain:get().access_key_id)
  end)

  it("does not fall through half a pair", function()
    local chain = credentials.new(world({ HOME = "/h", AWS_ACCESS_KEY_ID = "ENV" }, FILES))
    local found, message, err = chain:get()
    assert.is_nil(found)
    assert.are.equal("credentials", err.kind)
    assert.are.equal("BadCredentials", err.code)
    assert.matches("AWS_SECRET_ACCESS_KEY", message)
  end)

  it("lists what was tried, and the remedy", function()
    local found, message, err = credentials.new(world { HOME = "/h" }):get()
    assert.is_nil(found)
    assert.are.equal("NoCredentials", err.code)
    for _, part in ipairs { "AWS_ACCESS_KEY_ID is not set", "/h/.aws/credentials", "dynamo.new" } do
      assert.matches(part, message, 1, true)
    end
  end)

  it("reads once what it found, and again what it did not find", function()
    local reads, variables = 0, {}
    local chain = credentials.new {
      getenv = function(name) reads = reads + 1; return variables[name] end,
      read_file = function() return nil, "none" end,
    }
    assert.is_nil(chain:get())
    variables = ENVIRONMENT
    assert.is_not_nil(chain:get())
    local after = reads
    assert.is_not_nil(chain:get())
    assert.are.equal(after, reads)
  end)

  it("shows nothing to who prints a provider (L11)", function()
    local provider = credentials.static { access_key_id = "AK", secret_access_key = "hunter2" }
    for _, value in pairs(provider) do assert.are.equal("function", type(value)) end
  end)
end)

-- C4
describe("credentials.problem", function()
  local good = { access_key_id = "AKIDEXAMPLE", secret_access_key = "wJalr/XUt+nFEMI=" }
  local cases = {
    { {}, nil },
    { { session_token = "FwoGZXIvYXdzE==" }, nil },
    { { access_key_id = false }, "must be a string" },
    { { access_key_id = "AK ID" }, "access_key_id" },
    { { access_key_id = "AKID\n" }, "access_key_id" },
    { { access_key_id = '{"AccessKeyId":"x"}' }, "access_key_id" },
    { { secret_access_key = "" }, "secret_access_key is empty" },
    { { secret_access_key = "hunter2\n" }, "secret_access_key" },
    { { session_token = "hunter2\r\nX-Evil: 1" }, "session_token" },
    { { session_token = "hunter2\0" }, "session_token" },
    { { session_token = 5 }, "session_token must be a string" },
  }
  for i, case in ipairs(cases) do
    it(("says %s, case %d, and never the value"):format(tostring(case[2]), i), function()
      local given = {}
      for name, value in pairs(good) do given[name] = value end
      for name, value in pairs(case[1]) do given[name] = value end
      local problem = credentials.problem(given)
      if not case[2] then return assert.is_nil(problem) end
      assert.matches(case[2], problem, 1, true)
      assert.is_nil(problem:find("hunter2"))
    end)
  end

  it("names what is missing", function()
    assert.are.equal("access_key_id is missing", credentials.problem {})
  end)
end)

describe("credentials.snapshot", function()
  local function client(get) return { provider = { get = get } } end

  it("keeps one frozen copy while nothing changes", function()
    local given = { access_key_id = "A", secret_access_key = "s", session_token = "t" }
    local c = client(function() return given end)
    local one = credentials.snapshot(c)
    assert.are.equal(one, credentials.snapshot(c))
    assert.are.same({ "x-amz-security-token", "t" }, one.token_header)
    given.access_key_id = "B"
    assert.are.equal("B", credentials.snapshot(c).access_key_id)
    assert.are.equal("A", one.access_key_id)
  end)

  -- C10
  local bad = {
    ["raises"] = function() error("hunter2") end,
    ["returns nothing"] = function() end,
    ["returns a string"] = function() return "hunter2" end,
    ["returns too little"] = function() return { access_key_id = "A" } end,
    ["returns nil, message"] = function() return nil, "vault is sealed" end,
    ["returns a line end"] = function()
      return { access_key_id = "A", secret_access_key = "hunter2\n" }
    end,
  }
  for name, get in pairs(bad) do
    it("is an error when the provider " .. name, function()
      local snapshot, err = credentials.snapshot(client(get))
      assert.is_nil(snapshot)
      assert.are.equal("credentials", err.kind)
      assert.is_nil(tostring(err):find("hunter2"))
    end)
  end
end)
