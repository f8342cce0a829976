-- SPDX-License-Identifier: MIT
-- dynamo.sign as its callers meet it: what it adds, what it refuses, what it never tells. That the
-- signatures are right is the business of spec/vectors and spec/oracle.
local core = require "dynamo.core"
local sign = require "dynamo.sign"

local SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
local NOON = 1440938160 -- 2015-08-30T12:36:00Z

local function copy(base, changes)
  local result = {}
  for name, value in pairs(base) do
    result[name] = value
  end
  for name, value in pairs(changes or {}) do
    result[name] = value
  end
  return result
end

local function a_request(changes)
  return copy({ method = "GET", host = "example.amazonaws.com", path = "/" }, changes)
end

local function some_options(changes)
  return copy({
    credentials = { access_key_id = "AKIDEXAMPLE", secret_access_key = SECRET },
    region = "us-east-1",
    service = "service",
    time = NOON,
  }, changes)
end

local function with_token()
  return { access_key_id = "AKIDEXAMPLE", secret_access_key = SECRET, session_token = "TOKEN" }
end

-- Returns the values of a header in a list, and the names SignedHeaders says.
local function values_of(signed, name)
  local values = {}
  for _, header in ipairs(signed.headers) do
    if header[1]:lower() == name then values[#values + 1] = header[2] end
  end
  return values
end

local function signed_names(signed)
  return values_of(signed, "authorization")[1]:match("SignedHeaders=([^,]*)")
end

describe("sign", function()
  it("says the host as it is to be sent", function()
    for _, row in ipairs {
      { {}, "example.amazonaws.com" },
      { { port = 443 }, "example.amazonaws.com" },
      { { port = 8000 }, "example.amazonaws.com:8000" },
      { { scheme = "http", port = 80 }, "example.amazonaws.com" },
      { { scheme = "http", port = 443 }, "example.amazonaws.com:443" },
      { { headers = { { "Host", "other" } } }, "other" },
    } do
      assert.same({ row[2] }, values_of(sign.sign(a_request(row[1]), some_options()), "host"))
    end
  end)

  it("takes the host from a header where the request names none", function()
    for _, headers in ipairs {
      { { "Host", "other" } },
      { { "Host", "other" }, { "X-A", "1" } },
      { { "X-A", "1" }, { "host", "other" } },
    } do
      local signed = sign.sign({ method = "GET", path = "/", headers = headers }, some_options())
      assert.same({ "other" }, values_of(signed, "host"))
    end
  end)

  it("drops empty and dotted segments of the path, or leaves them where asked", function()
    for _, row in ipairs {
      { {}, "/a/c" },
      { { normalize_path = true }, "/a/c" },
      { { normalize_path = false }, "/a//./b/../c" },
    } do
      local signed = sign.sign(a_request { path = "/a//./b/../c" }, some_options(row[1]))
      assert.equal(row[2], signed.canonical_request:match("^GET\n([^\n]*)\n"))
    end
  end)

  it("replaces what an earlier signing left", function()
    local options = some_options { credentials = with_token(), signed_body_header = true }
    local first = sign.sign(a_request(), options)
    local again = sign.sign(a_request { headers = first.headers }, options)
    assert.same(first.signature, again.signature)
    assert.equal(#first.headers, #again.headers)
  end)

  it("adds the token signed, or unsigned where asked", function()
    local signed = sign.sign(a_request(), some_options { credentials = with_token() })
    assert.same({ "TOKEN" }, values_of(signed, "x-amz-security-token"))
    assert.equal("host;x-amz-date;x-amz-security-token", signed_names(signed))
    local options = some_options { credentials = with_token(), omit_session_token = true }
    local unsigned = sign.sign(a_request(), options)
    assert.same({ "TOKEN" }, values_of(unsigned, "x-amz-security-token"))
    assert.equal("host;x-amz-date", signed_names(unsigned))
  end)

  it("adds the hash of the body where asked", function()
    local signed = sign.sign(a_request { body = "abc" }, some_options { signed_body_header = true })
    local hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" -- FIPS 180-4
    assert.same({ hash }, values_of(signed, "x-amz-content-sha256"))
    assert.equal(hash, signed.canonical_request:match("[^\n]*$"))
  end)

  it("leaves its arguments as they are", function()
    local headers = { { "X-A", "1" } }
    sign.sign(a_request { headers = headers }, some_options { credentials = with_token() })
    assert.same({ { "X-A", "1" } }, headers)
  end)

  it("takes a time with a fraction, from the epoch on", function()
    assert.equal(
      sign.sign(a_request(), some_options()).signature,
      sign.sign(a_request(), some_options { time = NOON + 0.75 }).signature
    )
    assert.same(
      { "19700101T000000Z" },
      values_of(sign.sign(a_request(), some_options { time = 0 }), "x-amz-date")
    )
  end)
end)

describe("misuse of sign", function()
  local function credentials(changes)
    return some_options { credentials = copy(some_options().credentials, changes) }
  end

  for _, row in ipairs {
    { "request: table expected, got nil" },
    { "request.method is missing", {} },
    { "request.body: string expected, got number", a_request { body = 5 } },
    { 'request has no field "heders", did you mean "headers"?', a_request { heders = {} } },
    { "request.path must begin with /", a_request { path = "a" } },
    { "request.path must begin with /", a_request { path = "/?a" } },
    { "request.scheme must be", a_request { scheme = "ftp" } },
    { "request.port must be", a_request { port = 1.5 } },
    { "request.port must be", a_request { port = 0 } },
    { "request.host is missing", { method = "GET", path = "/" } },
    { "request.headers must be a list", a_request { headers = { a = "b" } } },
    { "request.headers[2] must be", a_request { headers = { { "a", "b" }, { "c" } } } },
    { "a header value holds a control byte", a_request { host = "h\r\nx-forged: 1" } },
    { "a header name is not an HTTP token", a_request { headers = { { "a b", "c" } } } },
    { "the method is not an HTTP token", a_request { method = "GET /" } },
    { "options: table expected, got string", a_request(), "us-east-1" },
    { "options.time is missing", a_request(), copy(some_options(), { time = false }) },
    { "options.time must be", a_request(), some_options { time = -1 } },
    { "options.time must be", a_request(), some_options { time = 0 / 0 } },
    { "options.time must be", a_request(), some_options { time = math.huge } },
    {
      'options has no field "normalise_path"',
      a_request(),
      some_options { normalise_path = true },
    },
    {
      "options.credentials.secret_access_key: string expected, got number",
      a_request(),
      credentials { secret_access_key = 5 },
    },
    { "the secret access key is empty", a_request(), credentials { secret_access_key = "" } },
    {
      "the access key id is empty or malformed",
      a_request(),
      credentials { access_key_id = "a/b" },
    },
    { "the region is empty or malformed", a_request(), some_options { region = "" } },
    { "the service is empty or malformed", a_request(), some_options { service = "a\n" } },
  } do
    local expected, request, options = row[1], row[2], row[3] or some_options()
    if options.time == false then options.time = nil end
    it("raises: " .. expected, function()
      local raised, message = pcall(function()
        local signed = sign.sign(request, options)
        return signed
      end)
      assert.is_false(raised)
      assert.truthy(message:find("sign_spec.lua:%d+: sign: "), message)
      assert.truthy(message:find(expected, 1, true), message)
      assert.is_nil(message:find(SECRET, 1, true))
    end)
  end
end)

describe("amz_date", function()
  it("is the time in UTC, to the second", function()
    assert.equal("20150830T123600Z", sign.amz_date(NOON))
    assert.equal("20150830T123600Z", sign.amz_date(NOON + 0.999))
    assert.equal("20150830T123601Z", sign.amz_date(NOON + 1))
    assert.equal("20150830T123600Z", sign.amz_date(NOON))
  end)
end)

describe("a signer", function()
  local HEADERS = { { "host", "h" }, { "x-amz-date", "20150830T123600Z" } }

  -- Returns the arguments of authorization, with the one at `index` replaced.
  local function arguments(index, value)
    local list = {
      "POST",
      "/",
      HEADERS,
      "{\0}",
      "AKIDEXAMPLE",
      SECRET,
      "us-east-1",
      "dynamodb",
      "20150830T123600Z",
    }
    if index then list[index] = value end
    return (table.unpack or unpack)(list, 1, 9)
  end

  it("returns nil and a message for what the data causes", function()
    for _, row in ipairs {
      { 1, "A B", "the method is not an HTTP token" },
      { 3, { { "a", "b\n" } }, "a header value holds a control byte" },
      { 6, "", "the secret access key is empty" },
      { 9, "20150830", "the date is not of the form YYYYMMDDTHHMMSSZ" },
    } do
      local authorization, message = core.signer():authorization(arguments(row[1], row[2]))
      assert.is_nil(authorization)
      assert.equal(row[3], message)
    end
  end)

  it("raises on wrong types, numbers for strings included", function()
    local signer = core.signer()
    for index = 1, 9 do
      assert.has_error(function()
        signer:authorization(arguments(index, 5))
      end)
    end
    for _, headers in ipairs { { 1 }, { {} }, { { "a", 5 } }, { { 5, "a" } } } do
      assert.has_error(function()
        signer:authorization(arguments(3, headers))
      end)
    end
    assert.has_error(function()
      signer.authorization({}, arguments())
    end)
  end)

  it("reads headers raw", function()
    local function refuse()
      error("a metamethod ran")
    end
    local header = setmetatable({ "host" }, { __index = refuse })
    local message =
      select(2, pcall(core.signer().authorization, core.signer(), arguments(3, { header })))
    assert.is_nil(message:find("a metamethod ran", 1, true))
  end)

  it("keeps its secret to itself, and its metatable", function()
    local signer = core.signer()
    signer:authorization(arguments())
    assert.is_nil(tostring(signer):find(SECRET, 1, true))
    assert.equal("dynamo.signer", getmetatable(signer))
  end)

  it("signs again after a failure", function()
    local signer = core.signer()
    local before = signer:authorization(arguments())
    signer:authorization(arguments(3, { { "a", "\n" } }))
    pcall(signer.authorization, signer, arguments(3, { { "a", 5 } }))
    assert.equal(before, signer:authorization(arguments()))
  end)
end)
