-- SPDX-License-Identifier: MIT
-- What is in a proof; whether it verifies is asked of another library in spec/oracle.
local core = require "dynamo.core"
local dpop = require "dynamo.credentials.dpop"
local token_world = require "support.token_world"

-- The key of RFC 6979, appendix A.2.5, whose public numbers are known.
local KEY = [[
-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIMmvqdhFunUWa1whV2ex1pNOUMPbNuibEnuKYisSD2choAoGCCqGSM49
AwEHoUQDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Z5A/4QCLi8
maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==
-----END EC PRIVATE KEY-----
]]
local URL = "https://eu-west-1.signin.aws.amazon.com/v1/token"

local function decode(part)
  local text = part:gsub("[-_]", { ["-"] = "+", ["_"] = "/" })
  return core.base64_decode(text .. ("="):rep(-#text % 4))
end

local function proof(world, pem)
  return dpop.proof(world or token_world.new {}, pem or KEY, "POST", URL)
end

describe("credentials.dpop", function()
  it("says which request it is for, and by which key", function()
    local header, claims, signature = assert(proof()):match("^([%w_-]+)%.([%w_-]+)%.([%w_-]+)$")
    assert.are.same({
      typ = "dpop+jwt",
      alg = "ES256",
      jwk = {
        kty = "EC",
        crv = "P-256",
        x = "YP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Y",
        y = "eQP-EAi4vJmkGunpVii8ZPLxsgwtfp9Rd6PClNRGIpk",
      },
    }, core.document(decode(header)))
    assert.are.same({
      htm = "POST",
      htu = URL,
      iat = token_world.NOW,
      jti = "ffffffff-ffff-4fff-bfff-ffffffffffff",
    }, core.document(decode(claims)))
    assert.are.equal(64, #decode(signature))
  end)

  it("says what it lacks, and shows nothing of the key", function()
    local made, problem = proof(nil, KEY:sub(1, 99))
    assert.is_nil(made)
    assert.are.equal("no P-256 private key in PEM without a passphrase", problem)
    local world = token_world.new {}
    function world.random()
      return nil, "/dev/urandom: too few bytes"
    end
    assert.are.same({ nil, "/dev/urandom: too few bytes" }, { proof(world) })
  end)
end)
