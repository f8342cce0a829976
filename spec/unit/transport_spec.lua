-- SPDX-License-Identifier: MIT
local fake_ngx = require "support.fake_ngx"
local transports = require "dynamo.transport"

local NAMES = { "dynamo.transport.curl", "dynamo.transport.cosocket" }

describe("the transport that is picked", function()
  local real = {}

  before_each(function()
    for _, name in ipairs(NAMES) do
      real[name] = package.loaded[name] or false
      local function new(options)
        return { name = name, options = options }
      end
      package.loaded[name] = { new = new }
    end
  end)
  after_each(function()
    for _, name in ipairs(NAMES) do
      package.loaded[name] = real[name] or nil
    end
  end)

  it("is libcurl's in a plain program", function()
    assert.equal(NAMES[1], transports.new({}).name)
  end)

  it("is that of cosockets inside nginx, whatever the phase", function()
    local fake = fake_ngx.install()
    package.loaded[NAMES[2]] = {
      new = function()
        return { name = NAMES[2] }
      end,
    }
    for _, phase in ipairs { "init", "content", "log" } do
      fake.phase = phase
      assert.equal(NAMES[2], transports.new({}).name)
    end
    fake.restore()
  end)

  it("gets the client's options, and no proxy as an empty one", function()
    local given = { connect_timeout = 1, ca_file = "c", proxy = false, max_body_bytes = 2, x = 3 }
    assert.same(
      { connect_timeout = 1, ca_file = "c", proxy = "", max_body_bytes = 2 },
      transports.new(given).options
    )
    assert.equal("http://p:1", transports.new({ proxy = "http://p:1" }).options.proxy)
    assert.is_nil(transports.new({}).options.proxy)
  end)
end)
