-- SPDX-License-Identifier: MIT
-- What the libcurl transport does when it is used in the middle of its own request, over a handle
-- that lets it be: see spec/fault/finaliser_spec.lua for the real one.
local client = require "dynamo.client"
local dynamo = require "dynamo"
local fake_client = require "support.fake_client"

describe("the libcurl transport, in the middle of a request", function()
  local NAME, CORE = "dynamo.transport.curl", "dynamo.curl"
  local saved, handles, subject, during
  local REQUEST = {
    method = "POST",
    scheme = "http",
    host = "h",
    port = 1,
    path = "/",
    headers = {},
    body = "",
  }

  -- A handle that runs `during` within a send, once.
  local function new_handle()
    local handle = { number = #handles + 1, closed = 0, sending = 0 }
    function handle:close()
      assert(self.sending == 0, "closed while it sends")
      self.closed = self.closed + 1
    end
    function handle:send()
      assert(self.sending == 0 and self.closed == 0, "used while it sends, or when it is closed")
      self.sending = 1
      local f = during
      during = nil
      if f then f() end
      self.sending = 0
      return 200, {}, "from " .. self.number
    end
    handles[#handles + 1] = handle
    return handle
  end

  before_each(function()
    saved = { package.loaded[NAME], package.loaded[CORE] }
    handles, during = {}, nil
    package.loaded[NAME] = nil
    package.loaded[CORE] = {
      new = new_handle,
      monotonic = function()
        return 0
      end,
      version_problem = function()
        return nil
      end,
    }
    subject = require(NAME).new()
  end)
  after_each(function()
    package.loaded[NAME], package.loaded[CORE] = saved[1], saved[2]
  end)

  it("sends another over a handle of its own, which is then closed", function()
    local inner
    during = function()
      inner = subject:send(REQUEST, 1)
    end
    assert.equal("from 1", subject:send(REQUEST, 1).body)
    assert.equal("from 2", inner.body)
    assert.same({ 0, 1 }, { handles[1].closed, handles[2].closed })
    assert.equal("from 1", subject:send(REQUEST, 1).body)
  end)

  it("is closed when the request has ended", function()
    during = function()
      subject:close()
      assert.equal(0, handles[1].closed)
    end
    assert.equal("from 1", subject:send(REQUEST, 1).body)
    assert.equal(1, handles[1].closed)
    assert.is_false(pcall(subject.send, subject, REQUEST, 1))
    subject:close()
    assert.equal(1, handles[1].closed)
  end)

  it("that raised goes on with handles of their own", function()
    during = function()
      error("memory", 0)
    end
    assert.is_false(pcall(subject.send, subject, REQUEST, 1))
    assert.equal("from 2", subject:send(REQUEST, 1).body)
    subject:close()
  end)
end)

describe("a libcurl that is too old", function()
  local NAME = "dynamo.transport.curl"
  local SAYS = "libcurl 7.79.1 is too old: 7.80.0 or newer is needed, "
    .. "which can be kept from sending a write twice"
  local curl = require "dynamo.curl"
  local real

  before_each(function()
    real = curl.version_problem
    package.loaded[NAME] = nil
    -- This very library, were it of that version.
    function curl.version_problem()
      return real(0x074f01)
    end
  end)
  after_each(function()
    curl.version_problem = real
    package.loaded[NAME] = nil
  end)

  it("is told by its version's number", function()
    assert.equal(SAYS, real(0x074f01))
    assert.matches("libcurl 7.68.0 is too old: 7.80.0", real(0x074400), 1, true)
    assert.is_nil(real(0x075000))
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
