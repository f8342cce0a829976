-- SPDX-License-Identifier: MIT
-- Random requests are signed as botocore signs them, byte for byte and stage by stage.
local core = require "dynamo.core"
local oracle = require "support.oracle"
local sign = require "dynamo.sign"

local COUNT, SEED = 10000, 20150830

local FIELDS = {
  "method",
  "scheme",
  "host",
  "port",
  "path",
  "query",
  "body",
  "region",
  "service",
  "access_key_id",
  "secret_access_key",
  "session_token",
  "time",
  "canonical_request",
  "string_to_sign",
  "signature",
  "authorization",
}

local function decode(text)
  return (
    text:gsub("%%(%x%x)", function(digits)
      return string.char(tonumber(digits, 16))
    end)
  )
end

-- Returns one record of the oracle: its fields by name, and `headers`.
local function parse(line)
  local fields = {}
  for text in (line .. "\t"):gmatch("([^\t]*)\t") do
    fields[#fields + 1] = decode(text)
  end
  local record = { headers = {} }
  for i, name in ipairs(FIELDS) do
    record[name] = fields[i]
  end
  for i = #FIELDS + 1, #fields, 2 do
    table.insert(record.headers, { fields[i], fields[i + 1] })
  end
  return record
end

local function signed_by_us(record)
  return sign.sign({
    method = record.method,
    scheme = record.scheme,
    host = record.host,
    port = tonumber(record.port),
    path = record.path,
    query = record.query,
    headers = record.headers,
    body = record.body,
  }, {
    credentials = {
      access_key_id = record.access_key_id,
      secret_access_key = record.secret_access_key,
      session_token = record.session_token ~= "" and record.session_token or nil,
    },
    region = record.region,
    service = record.service,
    time = tonumber(record.time),
  })
end

-- Returns the authorization that a client's own path would send: no query, the headers in one list.
local function authorization_of(signer, record, headers)
  return signer:authorization(
    record.method,
    record.path,
    headers,
    record.body,
    record.access_key_id,
    record.secret_access_key,
    record.region,
    record.service,
    sign.amz_date(tonumber(record.time))
  )
end

-- Compares one record; the comparisons that pass do not pay for luassert.
local function compare(record, signer)
  local signed = signed_by_us(record)
  for _, stage in ipairs { "canonical_request", "string_to_sign", "signature" } do
    if signed[stage] ~= record[stage] then assert.equal(record[stage], signed[stage]) end
  end
  local last = table.remove(signed.headers)
  if last[2] ~= record.authorization then assert.equal(record.authorization, last[2]) end
  if record.query == "" then
    local fast = authorization_of(signer, record, signed.headers)
    if fast ~= record.authorization then assert.equal(record.authorization, fast) end
  end
end

describe("botocore", function()
  it(("signs %d random requests as we do"):format(COUNT), function()
    local signer, compared = core.signer(), 0
    for line in oracle.lines("sign", COUNT, SEED) do
      compare(parse(line), signer)
      compared = compared + 1
    end
    assert.equal(COUNT, compared)
  end)
end)
