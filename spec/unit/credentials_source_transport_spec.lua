-- SPDX-License-Identifier: MIT
local fake_transport = require "support.fake_transport"
local transports = require "dynamo.credentials.source_transport"

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

  it("trusts whom AWS_CA_BUNDLE says", function()
    local real, given = package.loaded["dynamo.transport"].new, nil
    package.loaded["dynamo.transport"].new = function(options)
      given = options
    end
    finally(function()
      package.loaded["dynamo.transport"].new = real
    end)
    transports.of {
      proxy = false,
      getenv = function(name)
        return name == "AWS_CA_BUNDLE" and "/ca.pem" or nil
      end,
      read_file = function(path)
        if path == "/ca.pem" then return "-----BEGIN CERTIFICATE-----" end
        return nil, path .. ": not there"
      end,
    }
    assert.are.same(
      { connect_timeout = 1, max_body_bytes = 65536, ca_file = "/ca.pem", proxy = false },
      given
    )
  end)

  it("tells the time where there is no other", function()
    local holder = {}
    assert.is_number(transports.clock(holder):monotonic())
    holder.credential_transport:close()
  end)
end)
