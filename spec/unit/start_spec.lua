-- SPDX-License-Identifier: MIT
local client = require "dynamo.client"
local fake_client = require "support.fake_client"

describe("a client's start", function()
  it("waits for the first call", function()
    local read = 0
    local db = fake_client.new({ { status = 200, body = "{}" } },
      { getenv = function() read = read + 1 end })
    assert.are.equal(0, read)
    assert(db:list_tables())
    assert.is_true(read > 0)
  end)

  it("takes attempts and mode of the environment, and refuses what they may not be", function()
    local variables = { AWS_MAX_ATTEMPTS = "2", AWS_RETRY_MODE = "fast" }
    local db, fake = fake_client.new({ { status = 500 } },
      { getenv = function(name) return variables[name] end })
    local _, _, err = db:list_tables()
    assert.are.equal("config", err.kind)
    assert.matches("AWS_RETRY_MODE", err.message)
    variables.AWS_RETRY_MODE = "standard"
    _, _, err = db:list_tables()
    assert.are.equal(2, err.attempts)
    assert.are.equal(2, #fake.requests)
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
