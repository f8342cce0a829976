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

-- Returns the authorization of a record without a query, for a method.
local function authorization_of(signer, record, headers, method)
  return signer:authorization(
    method,
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

-- Returns the authorization that a client's own path writes for the record as one of POST; or nil for
-- what HTTP does not carry, and for one that says the hash of its body itself, which no client does.
local function written(signer, record, headers)
  local unsigned = {}
  for i, header in ipairs(headers) do
    if header[1]:lower() == "x-amz-content-sha256" then return nil end
    unsigned[i] = header
  end
  unsigned[#headers + 1] = { "id", "0000" }
  local head, problem, code = signer:head(
    record.path == "" and "/" or record.path,
    unsigned,
    #headers,
    #headers + 1,
    record.access_key_id,
    record.secret_access_key,
    record.region,
    record.service,
    sign.amz_date(tonumber(record.time))
  )
  if code then return nil end
  local message = core.message()
  assert(signer:write(assert(head, problem), message, "0", 4095, record.body))
  local fields = message:fields {}
  assert(fields[#headers + 1][2] == "0fff")
  assert(message:bytes():sub(-#record.body - 1) == "\n" .. record.body)
  return fields[#headers + 2][2]
end

-- Compares one record; the comparisons that pass do not pay for luassert.
local function compare(record, signer, counts)
  local signed = signed_by_us(record)
  for _, stage in ipairs { "canonical_request", "string_to_sign", "signature" } do
    if signed[stage] ~= record[stage] then assert.equal(record[stage], signed[stage]) end
  end
  local last = table.remove(signed.headers)
  if last[2] ~= record.authorization then assert.equal(record.authorization, last[2]) end
  if record.query == "" then
    local own = authorization_of(signer, record, signed.headers, record.method)
    if own ~= record.authorization then assert.equal(record.authorization, own) end
    local as_post = authorization_of(signer, record, signed.headers, "POST")
    local sent = written(signer, record, signed.headers)
    if sent and sent ~= as_post then assert.equal(as_post, sent) end
    if sent then counts.written = counts.written + 1 end
  end
end

describe("botocore", function()
  it(("signs %d random requests as we do"):format(COUNT), function()
    local signer, counts = core.signer(), { compared = 0, written = 0 }
    for line in oracle.lines("sign", COUNT, SEED) do
      compare(parse(line), signer, counts)
      counts.compared = counts.compared + 1
    end
    assert.equal(COUNT, counts.compared)
    assert.is_true(counts.written > COUNT / 10, counts.written)
  end)
end)
