-- SPDX-License-Identifier: MIT
local dynamo = require "dynamo"
local opaque = require "dynamo.opaque"

local VALUE = {
  id = "a",
  n = dynamo.number "12345678901234567890123456789012345678",
  bytes = dynamo.binary "\0\255",
  list = { "b", dynamo.list {} },
}

describe("an opaque text", function()
  local written = assert(opaque.write("k1", VALUE))

  it("is read back exactly", function()
    local value = assert(opaque.read("k1", written))
    assert.is_true(dynamo.equal(VALUE, value))
  end)

  it("stands in a URL as it is", function()
    assert.is_nil(written:find("[^%w._~-]"))
    assert.matches("^k1%.%x%x%x%x%x%x%x%x%.", written)
  end)

  it("is told from one of another kind", function()
    assert.is_true(opaque.is_of("k1", written))
    assert.is_false(opaque.is_of("k", written))
    local value, problem = opaque.read("k2", written)
    assert.is_nil(value)
    assert.are.equal('does not begin with "k2.": it is something else', problem)
  end)

  it("is refused wherever it was cut or changed", function()
    for at = 4, #written do
      for _, given in ipairs {
        written:sub(1, at - 1),
        written:sub(1, at - 1) .. (written:sub(at, at) == "A" and "B" or "A") .. written:sub(
          at + 1
        ),
        written:sub(1, at - 1) .. written:sub(at + 1),
      } do
        local value, problem = opaque.read("k1", given)
        assert.is_nil(value)
        assert.matches("its checksum is wrong", problem, 1, true)
      end
    end
    assert.is_nil((opaque.read("k1", written .. "A")))
  end)

  it("is refused where its content is none", function()
    local core = require "dynamo.core"
    local sum = core.crc32 "AAAA"
    local given = ("k1.%04x%04x.AAAA"):format(math.floor(sum / 65536), sum % 65536)
    local value, problem = opaque.read("k1", given)
    assert.is_nil(value)
    assert.matches("cannot be read", problem, 1, true)
  end)

  it("is not made of what an item cannot hold", function()
    local done, message, err = opaque.write("k1", { f = print })
    assert.is_nil(done)
    assert.is_string(message)
    assert.are.equal("validation", err.kind)
  end)
end)
