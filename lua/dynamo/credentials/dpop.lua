-- SPDX-License-Identifier: MIT
-- Proof that whoever sends a request has the private key that a login was bound to: a JSON Web Token
-- signed for that one request.
-- @see https://www.rfc-editor.org/rfc/rfc9449#section-4.2
local core = require "dynamo.core"
local json = require "dynamo.credentials.json"
local uuid = require "dynamo.random_uuid"
local text = require "dynamo.text"

local M = {}

local base64url = text.base64url

--- Returns the value of the DPoP header, or nil, what is wrong.
-- @tparam table world random, transport
-- @tparam string pem the P-256 private key; nothing of it is in a message
-- @tparam string method
-- @tparam string url without a query
function M.proof(world, pem, method, url)
  local x, y = core.ec_public(pem)
  if not x then return nil, y end
  local id, problem = uuid.v4(world.random)
  if not id then return nil, problem end
  local header = json.write {
    typ = "dpop+jwt",
    alg = "ES256",
    jwk = { kty = "EC", crv = "P-256", x = base64url(x), y = base64url(y) },
  }
  local claims = json.write {
    jti = id,
    htm = method,
    htu = url,
    iat = math.floor(world.transport:now()),
  }
  local signed = base64url(header) .. "." .. base64url(claims)
  local signature, refused = core.es256(pem, signed)
  if not signature then return nil, refused end
  return signed .. "." .. base64url(signature)
end

return M
