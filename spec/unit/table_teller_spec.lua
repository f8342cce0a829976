-- SPDX-License-Identifier: MIT
-- How far a lazy result is, told on its client's clock.
local fake_client = require "support.fake_client"
local tables = require "dynamo.table"
local teller = require "dynamo.table.teller"

describe("teller.of", function()
  it("is none where nobody wants to know", function()
    assert.is_nil(teller.of({}, nil))
  end)

  it("tells on the clock of the client's transport, which stands once that fails", function()
    local db, fake = fake_client.new { { status = 200, body = "{}" } }
    local client = tables.noun(db:table "Things").client
    local seconds
    local told = teller.of(client, function(_, _, since)
      seconds = since
    end)()
    fake.clock = fake.clock + 5
    told:add()
    assert.equal(5, seconds)
    function fake.monotonic()
      error "no time"
    end
    told:finish()
    assert.equal(5, seconds)
  end)

  it("tells nothing of a client that is closed", function()
    local db = fake_client.new { { status = 200, body = "{}" } }
    local client = tables.noun(db:table "Things").client
    db:close()
    assert.is_nil(teller.of(client, print)())
  end)
end)
