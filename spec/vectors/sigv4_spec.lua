-- SPDX-License-Identifier: MIT
-- AWS's own signing suite (aws-c-auth, tests/aws-signing-test-suite/v4), stage by stage, so that a
-- failure names the stage.
local lfs = require "lfs"
local sign = require("dynamo.sign").sign
local vectors = require "support.vectors"

local CASES = 28 -- that many are known to lie there

-- Returns the names of the cases, sorted.
local function case_names()
  local names = {}
  for name in lfs.dir(vectors.FOLDER .. "/sigv4") do
    if not name:find("^%.") then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

-- Returns { method, path, query, headers, body } of a raw HTTP request. A line that begins with
-- white space continues the value before it, with a space between (RFC 9112 section 5.2).
local function parse_request(text)
  local head, body = text:match("^(.-)\n\n(.*)$")
  if not head then
    head, body = text, ""
  end
  local request = { headers = {}, body = body }
  local target
  for line in head:gmatch("[^\n]+") do
    local name, value = line:match("^([^%s:]+):(.*)$")
    if not target then
      request.method, target = line:match("^(%S+) (.*) HTTP/1%.1$")
    elseif name then
      table.insert(request.headers, { name, value })
    else
      local last = request.headers[#request.headers]
      last[2] = last[2] .. " " .. line:match("^%s+(.*)$")
    end
  end
  request.path, request.query = target:match("^([^?]*)%??(.*)$")
  return request
end

-- Returns the epoch seconds of "YYYY-MM-DDTHH:MM:SSZ"; days by the civil calendar.
local function epoch_seconds(timestamp)
  local year, month, day, hour, minute, second =
    timestamp:match("(%d+)-(%d+)-(%d+)T(%d+):(%d+):(%d+)Z")
  local y, m = tonumber(year), tonumber(month)
  if m <= 2 then
    y, m = y - 1, m + 12
  end
  local days = 365 * y
    + math.floor(y / 4)
    - math.floor(y / 100)
    + math.floor(y / 400)
    + math.floor((153 * (m - 3) + 2) / 5)
    + day
    - 1
    - 719468
  return ((days * 24 + hour) * 60 + minute) * 60 + second
end

-- Returns the options that context.json asks for. Its values are flat enough for patterns.
local function parse_context(text)
  local function string_of(name)
    return text:match(('"%s": "([^"]*)"'):format(name))
  end
  local function flag_of(name)
    return text:match(('"%s": (%%a+)'):format(name)) == "true"
  end
  return {
    credentials = {
      access_key_id = string_of("access_key_id"),
      secret_access_key = string_of("secret_access_key"),
      session_token = string_of("token"),
    },
    region = string_of("region"),
    service = string_of("service"),
    time = epoch_seconds(string_of("timestamp")),
    normalize_path = flag_of("normalize"),
    signed_body_header = flag_of("sign_body"),
    omit_session_token = flag_of("omit_session_token"),
  }
end

-- Returns the headers as sorted "name:value" lines: order and case of names do not matter.
local function header_lines(headers)
  local lines = {}
  for i, header in ipairs(headers) do
    lines[i] = header[1]:lower() .. ":" .. header[2]
  end
  table.sort(lines)
  return table.concat(lines, "\n")
end

describe("the AWS signing suite", function()
  local names = case_names()
  it("is complete", function()
    assert.is_true(#names >= CASES)
  end)

  for _, name in ipairs(names) do
    describe(name, function()
      local function expected(file)
        return vectors.text(("sigv4/%s/%s"):format(name, file))
      end
      local request = parse_request(expected("request.txt"))
      local options = parse_context(expected("context.json"))
      local signed = sign(request, options)

      it("has the canonical request", function()
        assert.equal(expected("header-canonical-request.txt"), signed.canonical_request)
      end)
      it("has the string to sign", function()
        assert.equal(expected("header-string-to-sign.txt"), signed.string_to_sign)
      end)
      it("has the signature", function()
        assert.equal(expected("header-signature.txt"), signed.signature)
      end)
      it("has the headers of the signed request", function()
        local wanted = parse_request(expected("header-signed-request.txt"))
        assert.equal(header_lines(wanted.headers), header_lines(signed.headers))
      end)
    end)
  end
end)
