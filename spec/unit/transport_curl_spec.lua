-- SPDX-License-Identifier: MIT
-- What the libcurl transport does when it is used in the middle of its own request, over a pool that
-- lets it be: see spec/fault/finaliser_spec.lua for the real one.
local client = require "dynamo.client"
local dynamo = require "dynamo"
local fake_client = require "support.fake_client"

describe("the libcurl transport, in the middle of a request", function()
  local NAME, CURL = "dynamo.transport.curl", "dynamo.curl"
  local saved, pool, subject, during
  local REQUEST = {
    method = "POST",
    scheme = "http",
    host = "h",
    port = 1,
    path = "/",
    headers = {},
    body = "",
  }

  -- A pool that responses with the number of the request, and runs `during` behind it, once.
  local function new_pool()
    pool = { closed = 0, carried = 0 }
    function pool:carry(message)
      assert(self.closed == 0, "used when it is closed")
      self.carried = self.carried + 1
      message:expect(false)
      message:feed(("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n%d"):format(self.carried))
      local f = during
      during = nil
      if f then f() end
      return true
    end
    function pool:close()
      self.closed = self.closed + 1
    end
    return pool
  end

  before_each(function()
    saved = { package.loaded[NAME], package.loaded[CURL] }
    during = nil
    package.loaded[NAME] = nil
    package.loaded[CURL] = {
      new = new_pool,
      monotonic = function()
        return 0
      end,
      version_problem = function()
        return nil
      end,
    }
    subject = require(NAME).new { proxy = "" }
  end)
  after_each(function()
    package.loaded[NAME], package.loaded[CURL] = saved[1], saved[2]
  end)

  it("sends another by a message of its own", function()
    local inner
    during = function()
      inner = subject:send(REQUEST, 1)
    end
    assert.equal("1", subject:send(REQUEST, 1).body)
    assert.equal("2", inner.body)
    assert.equal("3", subject:send(REQUEST, 1).body)
  end)

  it("is closed, and its answer is there", function()
    during = function()
      subject:close()
    end
    assert.equal("1", subject:send(REQUEST, 1).body)
    assert.equal(1, pool.closed)
    assert.is_false(pcall(subject.send, subject, REQUEST, 1))
    subject:close()
    assert.equal(1, pool.closed)
  end)

  it("that raised goes on with another message", function()
    during = function()
      error("memory", 0)
    end
    assert.is_false(pcall(subject.send, subject, REQUEST, 1))
    assert.equal("2", subject:send(REQUEST, 1).body)
    subject:close()
  end)
end)

describe("a libcurl that is too old", function()
  local NAME = "dynamo.transport.curl"
  local SAYS = "libcurl 7.71.1 is too old: 7.72.0 or newer is needed, "
    .. "which keeps connections apart"
  local curl = require "dynamo.curl"
  local real

  before_each(function()
    real = curl.version_problem
    package.loaded[NAME] = nil
    -- This very library, were it of that version.
    function curl.version_problem()
      return real(0x074701)
    end
  end)
  after_each(function()
    curl.version_problem = real
    package.loaded[NAME] = nil
  end)

  it("is told by its version's number", function()
    assert.equal(SAYS, real(0x074701))
    assert.matches("libcurl 7.68.0 is too old: 7.72.0", real(0x074400), 1, true)
    assert.is_nil(real(0x074800))
    assert.is_nil(real(0x080e01))
    assert.is_nil(real())
    assert.is_false(pcall(real, -1))
  end)

  it("ends a call with an error of kind config, each time", function()
    local options = fake_client.options()
    options.transport = nil
    local db = client.new(options)
    for _ = 1, 2 do
      local result, message, err = db:put_item { TableName = "Users", Item = { id = "1" } }
      assert.is_nil(result)
      assert.equal("OldLibcurl: " .. SAYS, message)
      assert.same(
        { "config", "OldLibcurl", "no", 0 },
        { err.kind, err.code, err.maybe_applied, err.attempts }
      )
    end
    db:close()
  end)

  it("ends the search for credentials", function()
    local provider = dynamo.credentials {
      getenv = function(name)
        return name == "AWS_CONTAINER_CREDENTIALS_FULL_URI" and "http://127.0.0.1:1/x" or nil
      end,
      read_file = function(path)
        return nil, path .. ": none"
      end,
    }
    local found, message, err = provider:get()
    assert.is_nil(found)
    assert.matches(SAYS, message, 1, true)
    assert.equal("config", err.kind)
  end)

  it("is refused by the transport itself", function()
    local ok, message = pcall(require(NAME).new)
    assert.is_false(ok)
    assert.matches(SAYS, message, 1, true)
  end)
end)
