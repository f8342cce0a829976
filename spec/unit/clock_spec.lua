-- SPDX-License-Identifier: MIT
local clock = require "dynamo.call.clock"

describe("clock.parse", function()
  local dates = {
    { "Thu, 01 Jan 1970 00:00:00 GMT", 0 },
    { "Tue, 29 Feb 2000 12:00:00 GMT", 951825600 },
    { "Wed, 01 Mar 2000 00:00:00 GMT", 951868800 },
    { "Sun, 06 Nov 1994 08:49:37 GMT", 784111777 },
    { "Fri, 31 Dec 2100 23:59:59 GMT", 4133980799 },
    { "Tue, 24 Nov 2026 13:31:44 GMT", 1795527104 },
  }
  for _, case in ipairs(dates) do
    it("reads " .. case[1], function()
      assert.are.equal(case[2], clock.parse(case[1]))
    end)
  end

  it("agrees with the C library on a day of each month", function()
    for month = 1, 12 do
      for _, year in ipairs { 1972, 1999, 2023, 2024, 2026 } do
        local time = os.time { year = year, month = month, day = 28, hour = 12 }
        assert.are.equal(time, clock.parse(os.date("!%a, %d %b %Y %H:%M:%S GMT", time)))
      end
    end
  end)

  for _, text in ipairs {
    "",
    "2026-11-24T13:31:44Z",
    "Tue, 24 Foo 2026 13:31:44 GMT",
    "Tue, 24 Nov 2026 13:31:44 +0100",
    "Tue, 24 Nov 2026 13:31:44 GMT, x",
  } do
    it(("does not read %q"):format(text), function()
      assert.is_nil(clock.parse(text))
    end)
  end
end)

describe("clock.correction", function()
  local DATE = { date = "Tue, 24 Nov 2026 13:31:44 GMT" }
  local SERVER = 1795527104

  it("is none within five minutes", function()
    assert.is_nil(clock.correction(DATE, SERVER, SERVER, 0))
    assert.is_nil(clock.correction(DATE, SERVER - 299, SERVER - 299, 0))
    assert.is_nil(clock.correction(DATE, SERVER - 1200, SERVER - 1200, 1200))
  end)

  for _, off in ipairs { 360, -360, 1200, -1200, 86400 } do
    it(("takes the middle of the exchange, clock off by %d s"):format(off), function()
      local sent = SERVER + off
      assert.are.equal(-off - 1, clock.correction(DATE, sent, sent + 2, 0))
    end)
  end

  it("replaces an older correction", function()
    assert.are.equal(-1200, clock.correction(DATE, SERVER + 1200, SERVER + 1200, 400))
    assert.are.equal(0, clock.correction(DATE, SERVER, SERVER, 1200))
  end)

  it("does not believe a cache, a slow exchange or a stepping clock", function()
    local far = SERVER + 5000
    assert.is_nil(clock.correction({ date = DATE.date, age = "10" }, far, far, 0))
    assert.is_nil(clock.correction(DATE, far, far + 601, 0))
    assert.is_nil(clock.correction(DATE, far, far - 1, 0))
    assert.is_nil(clock.correction({}, far, far, 0))
    assert.is_nil(clock.correction({ date = "noon" }, far, far, 0))
  end)
end)

describe("clock.is_skew", function()
  local function err(code, message)
    return { code = code, message = message or "" }
  end

  it("needs a code of a signature, and a reason", function()
    assert.is_true(clock.is_skew(err "InvalidSignatureException", true))
    assert.is_false(clock.is_skew(err "InvalidSignatureException", false))
    assert.is_false(clock.is_skew(err "ValidationException", true))
  end)

  it("believes a text about the date, though the clock is right by now", function()
    for _, text in ipairs { "Signature expired: 1 is earlier", "Signature not yet current" } do
      assert.is_true(clock.is_skew(err("InvalidSignatureException", text), false))
      assert.is_false(clock.is_skew(err("ValidationException", text), false))
    end
  end)
end)

describe("a client's clock", function()
  local LATE = { date = "Thu, 01 Jan 1970 01:00:00 GMT" }
  local transport = {
    now = function()
      return 10
    end,
  }

  it("hears the service's time", function()
    local own = clock.new(true)
    assert.is_true(clock.hear(own, LATE, 10, transport))
    assert.are.equal(3590, own.offset)
    assert.is_false(clock.hear(own, LATE, 10, transport))
  end)

  it("is left as it is where it is told to", function()
    local own = clock.new(false)
    assert.is_false(clock.hear(own, LATE, 10, nil))
    assert.are.same({ offset = 0, corrects = false, heard_date = LATE.date }, own)
  end)

  it("remembers what it has heard where a response has no date", function()
    local own = clock.new(true)
    clock.hear(own, LATE, 10, transport)
    assert.is_false(clock.hear(own, {}, 10, transport))
    assert.are.equal(LATE.date, own.heard_date)
  end)
end)
