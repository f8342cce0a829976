-- SPDX-License-Identifier: MIT
-- The time of work that takes several calls: on the clock of a fake transport.
local dynamo = require "dynamo"
local errors = require "dynamo.error"
local fake_client = require "support.fake_client"
local fake_transport = require "support.fake_transport"
local spans = require "dynamo.call.span"
local tables = require "dynamo.table"

local OK = { status = 200, body = "{}" }

-- Returns the state of a client over a transport, and the client.
local function state_of(transport, more)
  local db = dynamo.new(fake_client.options(transport, more))
  return tables.noun(db:table "T").client, db
end

describe("a span", function()
  it("divides its time among calls", function()
    local fake = fake_transport.new { OK }
    local span = assert(spans.begin(state_of(fake), 10, nil))
    fake.clock = fake.clock + 4
    assert.equal(6, spans.left(span))
    assert.equal(6, spans.options(span, {}).timeout)
    assert.equal(2, spans.options(span, {}, 2).timeout)
    fake.clock = fake.clock + 20
    assert.equal(-14, spans.left(span))
    assert.is_true(spans.options(span, {}).timeout > 0)
  end)

  it("has the client's time unless it is told one, and hands its canceller on", function()
    local stop = dynamo.canceller()
    local span =
      assert(spans.begin(state_of(fake_transport.new { OK }, { timeout = 7 }), nil, stop))
    assert.equal(7, spans.left(span))
    assert.same({ timeout = 7, cancel = stop, once = true }, spans.options(span, { once = true }))
  end)

  it("waits on the client's transport", function()
    local fake = fake_transport.new { OK }
    local span = assert(spans.begin((state_of(fake))))
    assert.is_nil(spans.rest(span, 3))
    assert.same({ 3 }, fake.sleeps)
  end)

  it("has a clock that stands once its client is closed", function()
    local fake = fake_transport.new { OK }
    local state, db = state_of(fake)
    local clock = spans.clock(assert(spans.begin(state, 10)))
    local began = clock()
    fake.clock = fake.clock + 2
    assert.equal(2, clock() - began)
    db:close()
    assert.equal(2, clock() - began)
  end)

  it("does not wait once it is cancelled, or its client closed", function()
    local stop, fake = dynamo.canceller(), fake_transport.new { OK }
    local span = assert(spans.begin(state_of(fake), 10, stop))
    stop:cancel()
    assert.equal("Cancelled", spans.rest(span, 3).code)
    local state, db = state_of(fake)
    span = assert(spans.begin(state, 10))
    db:close()
    assert.equal("ClientClosed", spans.rest(span, 3).code)
    local left, err = spans.left(span)
    assert.is_nil(left)
    assert.equal("ClientClosed", err.code)
    local none, closed = spans.begin(state, 10)
    assert.is_nil(none)
    assert.equal("ClientClosed", closed.code)
    assert.same({}, fake.sleeps)
  end)

  it("hands on the error of a client that cannot begin", function()
    local function getenv(name)
      return name == "AWS_MAX_ATTEMPTS" and "many" or nil
    end
    local state = state_of(fake_transport.new { OK }, { getenv = getenv })
    local span, err = spans.begin(state, 1)
    assert.is_nil(span)
    assert.equal("config", err.kind)
  end)

  it("hands on what a transport of the user's own breaks its contract with", function()
    local fake = fake_transport.new { OK }
    local span = assert(spans.begin((state_of(fake))))
    function fake.sleep()
      error "tired"
    end
    local err = spans.rest(span, 1)
    assert.equal("BadTransport", err.code)
    assert.equal("dynamo.error", getmetatable(errors.copy(err)))
    function fake.monotonic()
      return "late"
    end
    local left, wrong = spans.left(span)
    assert.is_nil(left)
    assert.equal("BadTransport", wrong.code)
  end)
end)
