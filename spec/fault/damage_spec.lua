-- SPDX-License-Identifier: MIT
-- A response with any bit of its body turned, or cut at any byte, is never taken for a response.
local classes = require "support.fault.replay_classes"
local core = require "dynamo.core"
local dynamo = require "dynamo"
local fake_client = require "support.fake_client"
local fault = require "support.fault"
local fault_client = require "support.fault.client"

local KEY = { TableName = classes.TABLE, Key = { id = "all types" } }

-- An item of every type, 2 KB of JSON.
local ITEM = {
  id = "all types",
  text = ('text with \195\169, \0 and "quotes" '):rep(20),
  number = dynamo.number "12345678901234567890.123456789012345678",
  small = -17,
  bytes = dynamo.binary(("\0\1\254\255"):rep(60)),
  yes = true,
  nothing = dynamo.null,
  list = { "a", 1, { "nested", { deeper = "still" } }, false },
  map = { a = { b = { c = "d" } }, empty = {}, words = { "one", "two", "three" } },
  strings = dynamo.string_set { "red", "green", "blue" },
  numbers = dynamo.number_set { 1, 2.5, -3e10 },
  binaries = dynamo.binary_set { dynamo.binary "x", dynamo.binary "y" },
  filler = ("0123456789"):rep(60),
}

-- Returns the headers of a body with its checksum.
local function headers_of(body)
  return { ["x-amz-crc32"] = ("%.0f"):format(core.crc32(body)) }
end

local function body_of(item)
  return '{"Item":' .. assert(dynamo.encode_item(item)) .. "}"
end

-- Turns bit `bit` (0 to 7) of the byte at `i`.
local function turned(text, i, bit)
  local byte, value = text:byte(i), 2 ^ bit
  local set = math.floor(byte / value) % 2 == 1
  return text:sub(1, i - 1) .. string.char(set and byte - value or byte + value) .. text:sub(i + 1)
end

describe("a response of 2 KB", function()
  local body = body_of(ITEM)

  it("is one, and is read whole when nothing is wrong with it", function()
    assert.is_true(#body >= 2000, #body .. " bytes")
    local db = fake_client.new { { status = 200, body = body, headers = headers_of(body) } }
    assert.equal(body, body_of(assert(db:get_item(KEY)).Item))
  end)

  it("is refused with any one bit turned", function()
    local damaged
    local headers = headers_of(body)
    local db = fake_client.new({
      function()
        return { status = 200, body = damaged, headers = headers }
      end,
    }, { max_attempts = 1 })
    for i = 1, #body do
      for bit = 0, 7 do
        damaged = turned(body, i, bit)
        local result, _, err = db:get_item(KEY)
        if result or err.code ~= "crc32" then
          error(("byte %d, bit %d: taken for an answer"):format(i, bit))
        end
      end
    end
  end)

  it("without a checksum is refused or read right when cut at any byte", function()
    local length
    local db = fake_client.new({
      function()
        return { status = 200, body = body:sub(1, length) }
      end,
    }, { max_attempts = 1 })
    for i = 0, #body - 1 do
      length = i
      local result, _, err = db:get_item(KEY)
      if result or err.kind ~= "integrity" then error(("cut at %d: taken"):format(i)) end
    end
  end)
end)

describe("a response that is cut", function()
  local server, db, paced

  setup(function()
    server = fault.start()
    server:requests {}
    db, paced = fault_client.new(server, { max_attempts = 1 })
    assert(db:put_item { TableName = classes.TABLE, Item = ITEM })
  end)
  teardown(function()
    db:close()
    paced:close()
    server:stop()
  end)

  -- What goes wrong when a response ends early, whichever way its end is said.
  local KINDS = { transport = true, integrity = true }

  -- Cuts a response of the given framing at each byte, headers included; returns how many were
  -- refused. One that is whole for all we can know must be right.
  local function cut_everywhere(framing, close)
    local cuts, refused = {}, 0
    for i = 1, 4000 do
      cuts[i] = { cut = i - 1, close = close, response = { framing = framing } }
    end
    server:requests(cuts)
    for i = 1, #cuts do
      local result, _, err = db:get_item(KEY)
      if result then
        assert.equal(body_of(ITEM), body_of(result.Item))
        return refused
      end
      assert.is_true(KINDS[err.kind], err.code)
      assert.is_nil(err.maybe_applied)
      refused = i
    end
    error "the answer is longer than the cuts"
  end

  for _, framing in ipairs { "length", "chunked", "close" } do
    it(("at any byte, framed by %s, is refused"):format(framing), function()
      local refused = cut_everywhere(framing, "fin")
      assert.is_true(refused > 2200, refused .. " refused")
    end)
  end

  it("at any byte by a reset is refused", function()
    assert.is_true(cut_everywhere("length", "rst") > 2200)
  end)
end)
