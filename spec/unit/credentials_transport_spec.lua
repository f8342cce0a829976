-- SPDX-License-Identifier: MIT
local fake_transport = require "support.fake_transport"
local transports = require "dynamo.call.credentials.transport"

describe("the transport of credentials sources", function()
  it("is the user's own", function()
    local fake = fake_transport.new {}
    local holder = { transport = fake }
    assert.are.equal(fake, transports.of(holder))
    assert.are.equal(fake, transports.clock(holder))
    assert.is_nil(holder.credential_transport)
  end)

  it("is not the one a client made for its calls, which tells the time", function()
    local made = fake_transport.new {}
    local holder = { transport = made, owns_transport = true }
    local own = transports.of(holder)
    assert.are_not.equal(made, own)
    assert.are.equal(own, holder.credential_transport)
    assert.are.equal(own, transports.of(holder))
    assert.are.equal(made, transports.clock(holder))
    assert.is_true(own.blocking) -- nobody may wait by it for another coroutine
    own:close()
  end)

  it("tells the time where there is no other", function()
    local holder = {}
    assert.is_number(transports.clock(holder):monotonic())
    holder.credential_transport:close()
  end)
end)
