-- SPDX-License-Identifier: MIT
-- core.es256, core.ec_public and core.sha1 as Lua sees them; what they compute is checked in
-- spec/core. The key is that of RFC 6979, appendix A.2.5.
local core = require "dynamo.core"

local KEY = [[
-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIMmvqdhFunUWa1whV2ex1pNOUMPbNuibEnuKYisSD2choAoGCCqGSM49
AwEHoUQDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Z5A/4QCLi8
maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==
-----END EC PRIVATE KEY-----
]]

local function hex(bytes)
  return (bytes:gsub(".", function(byte)
    return ("%02x"):format(byte:byte())
  end))
end

describe("core.ec_public", function()
  it("gives the coordinates of the public key", function()
    local x, y = core.ec_public(KEY)
    assert.are.equal("60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6", hex(x))
    assert.are.equal("7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299", hex(y))
  end)
end)

describe("core.es256", function()
  it("gives 64 bytes, others each time", function()
    local first, second = core.es256(KEY, "text"), core.es256(KEY, "text")
    assert.are.equal(64, #first)
    assert.are_not.equal(first, second)
  end)

  local others = { nothing = "", ["no key"] = "hunter2", ["half a key"] = KEY:sub(1, 99) }
  for name, text in pairs(others) do
    it("refuses " .. name .. " without showing it", function()
      for _, result in ipairs { { core.es256(text, "text") }, { core.ec_public(text) } } do
        assert.is_nil(result[1])
        assert.are.equal("no P-256 private key in PEM without a passphrase", result[2])
      end
    end)
  end

  it("raises on what is no string", function()
    assert.has_error(function()
      core.es256(KEY, 5)
    end)
    assert.has_error(function()
      core.es256(nil, "text")
    end)
    assert.has_error(function()
      core.ec_public {}
    end)
  end)
end)

describe("core.sha1", function()
  it("gives lower-case hexadecimal digits", function()
    assert.are.equal("a9993e364706816aba3e25717850c26c9cd0d89d", core.sha1 "abc")
    assert.are.equal("4a3dec2d1f8245280855c42db0ee4239f917fdb8", core.sha1 "a\0b")
  end)
end)
