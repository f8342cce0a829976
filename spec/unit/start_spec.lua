-- SPDX-License-Identifier: MIT
local client = require "dynamo.client"
local fake_client = require "support.fake_client"

describe("a client's start", function()
  it("waits for the first call", function()
    local read = 0
    local db = fake_client.new({ { status = 200, body = "{}" } }, {
      getenv = function()
        read = read + 1
      end,
    })
    assert.are.equal(0, read)
    assert(db:list_tables())
    assert.is_true(read > 0)
  end)

  it("takes attempts and mode of the environment, and refuses what they may not be", function()
    local variables = { AWS_MAX_ATTEMPTS = "2", AWS_RETRY_MODE = "fast" }
    local db, fake = fake_client.new({ { status = 500 } }, {
      getenv = function(name)
        return variables[name]
      end,
    })
    local _, _, err = db:list_tables()
    assert.are.equal("config", err.kind)
    assert.matches("AWS_RETRY_MODE", err.message)
    variables.AWS_RETRY_MODE = "standard"
    _, _, err = db:list_tables()
    assert.are.equal(2, err.attempts)
    assert.are.equal(2, #fake.requests)
  end)

  local function with(variables, more)
    local options = more or {}
    options.getenv = function(name)
      return variables[name]
    end
    return fake_client.new({
      {
        status = 200,
        body = "{}",
        headers = {
          date = "Thu, 01 Jan 1970 00:00:00 GMT",
        },
      },
    }, options)
  end

  it("tells the service the application's name", function()
    local db, fake = with { AWS_SDK_UA_APP_ID = "shop floor" }
    assert(db:list_tables())
    assert.matches("^dynamo%-lua/.* app/shop%-floor$", fake:header(1, "user-agent"))
    db, fake = with({ AWS_SDK_UA_APP_ID = "shop" }, { user_agent = "mine/1" })
    assert(db:list_tables())
    assert.are.equal("mine/1", fake:header(1, "user-agent"))
  end)

  it("leaves the clock as it is where it is told to", function()
    for _, off in ipairs { "true", "false" } do
      local db, fake = with { AWS_DISABLE_CLOCK_SKEW_CORRECTION = off }
      assert(db:list_tables())
      assert(db:list_tables())
      assert.are.equal(off == "false", fake:header(2, "x-amz-date"):sub(1, 4) == "1970")
    end
  end)

  it("trusts the authorities of AWS_CA_BUNDLE, or says why not", function()
    local db = with { AWS_CA_BUNDLE = "/no/such/bundle.pem" }
    local _, _, err = db:list_tables()
    assert.are.equal("config", err.kind)
    assert.matches(
      'AWS_CA_BUNDLE is "/no/such/bundle.pem", a file that cannot',
      err.message,
      1,
      true
    )
  end)

  it("leaves a transport that was given to its owner", function()
    local db, fake = fake_client.new { { status = 200, body = "{}" } }
    assert(db:list_tables())
    db:close()
    assert.are.equal(0, fake.closed)
  end)

  it("makes a transport of its own, which the client closes", function()
    local options = fake_client.options(nil, { endpoint = "http://127.0.0.1:1", timeout = 5 })
    local db = client.new(options)
    local _, _, err = db:list_tables()
    assert.are.equal("ConnectionRefused", err.code)
    db:close()
    db:close()
  end)
end)
