-- SPDX-License-Identifier: MIT
-- What the libcurl transport does when it is used in the middle of its own request, over a handle
-- that lets it be: see spec/fault/finaliser_spec.lua for the real one.
describe("the libcurl transport, in the middle of a request", function()
  local NAME, CORE = "dynamo.call.transport.curl", "dynamo.curl"
  local saved, handles, subject, during
  local REQUEST = { method = "POST", scheme = "http", host = "h", port = 1, path = "/",
    headers = {}, body = "" }

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
    package.loaded[CORE] = { new = new_handle, monotonic = function() return 0 end }
    subject = require(NAME).new()
  end)
  after_each(function() package.loaded[NAME], package.loaded[CORE] = saved[1], saved[2] end)

  it("sends another over a handle of its own, which is then closed", function()
    local inner
    during = function() inner = subject:send(REQUEST, 1) end
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
    during = function() error("memory", 0) end
    assert.is_false(pcall(subject.send, subject, REQUEST, 1))
    assert.equal("from 2", subject:send(REQUEST, 1).body)
    subject:close()
  end)
end)
