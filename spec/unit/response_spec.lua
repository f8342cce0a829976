-- SPDX-License-Identifier: MIT
local core = require "dynamo.core"
local operations = require "dynamo.operations"
local responses = require "dynamo.call.response"
local answered = require "support.answered"

local get_item = operations.by_method.get_item
local tag_resource = operations.by_method.tag_resource
local READER = { typed = false, exact = false }

local BODY = '{"Item":{"a":{"N":"1"}}}'
local GZIP_HEADER = "\31\139\8\0\0\0\0\0\0\3" -- RFC 1952, no name, no time

-- Returns the bytes of a gzip member that stores `text` as it is.
local function stored_gzip(text)
  local function little(n, bytes)
    local out = {}
    for i = 1, bytes do
      out[i] = string.char(n % 256)
      n = math.floor(n / 256)
    end
    return table.concat(out)
  end
  return GZIP_HEADER
    .. "\1"
    .. little(#text, 2)
    .. little(65535 - #text, 2)
    .. text
    .. little(core.crc32(text), 4)
    .. little(#text, 4)
end

local function read(response, operation)
  return responses.read(operation or get_item, answered(response), READER)
end

local function crc(body)
  return ("%d"):format(core.crc32(body))
end

describe("response.read of a success", function()
  local packed = stored_gzip(BODY)
  local good = {
    { "a plain body", { status = 200, body = BODY } },
    {
      "a right checksum",
      { status = 200, body = BODY, headers = { ["x-amz-crc32"] = crc(BODY) } },
    },
    {
      "gzip, checksum over its bytes",
      {
        status = 200,
        body = packed,
        headers = { ["content-encoding"] = "gzip", ["x-amz-crc32"] = crc(packed) },
      },
    },
    { "identity", { status = 200, body = BODY, headers = { ["content-encoding"] = "identity" } } },
    { "an unknown member", { status = 200, body = '{"New":[1],"Item":{"a":{"N":"1"}}}' } },
  }
  for _, case in ipairs(good) do
    it("takes " .. case[1], function()
      assert.are.same({ Item = { a = 1 } }, (read(case[2])))
    end)
  end

  it(
    "tells the id of the request, whether that is one of AWS's, and a date that is news",
    function()
      local date = "Thu, 01 Jan 1970 01:00:00 GMT"
      for _, row in ipairs {
        { {}, nil, true, nil },
        { { ["x-amzn-requestid"] = "A1", date = date }, "A1", true, date },
        { { ["x-amzn-requestid"] = "a b", date = "x" }, "a b", false, nil },
        { { ["x-amzn-requestid"] = "" }, nil, true, nil },
      } do
        for _, status in ipairs { 200, 400 } do
          local response = { status = status, headers = row[1], body = BODY }
          local _, _, id, is_fine, news = responses.read(get_item, answered(response), READER, "x")
          assert.are.same({ row[2], row[3], row[4] }, { id, is_fine, news })
        end
      end
    end
  )

  it("takes nothing from a header that comes again", function()
    local twice = "x-amzn-requestid: A1\r\nx-amzn-requestid: A2\r\ndate: a\r\ndate: a\r\n"
    local value, _, id, is_fine, date = read { status = 200, more = twice, body = BODY }
    assert.are.same({ { Item = { a = 1 } }, "A1", true, "" }, { value, id, is_fine, date })
    for name, text in pairs { ["x-amz-crc32"] = crc(BODY), ["content-encoding"] = "identity" } do
      local line = ("%s: %s\r\n"):format(name, text)
      local result, err = read { status = 200, more = line .. line, body = BODY }
      assert.is_nil(result)
      assert.matches(text .. ", " .. text, err.message, 1, true)
    end
  end)

  it("takes {} for no item, and no body where there is no output", function()
    assert.are.same({}, (read { status = 200, body = "{}" }))
    assert.are.same({}, (read({ status = 200, body = "" }, tag_resource)))
    assert.are.same({}, (read({ status = 200, body = "{}" }, tag_resource)))
  end)

  local put_item, id = operations.by_method.put_item, { ["x-amzn-requestid"] = "A1" }
  local json = { ["content-type"] = "application/x-amz-json-1.0" }
  local nothing = {
    { "{} with nothing to say whose it is", {}, put_item, "{}" },
    { "{} of an emulator", json, put_item, "{ }" },
    { "{} of an emulator that finds no item", json, get_item, "{}" },
    { "members of another age with a request id", id, put_item, '{"New":1}' },
    { "any body with a request id where there is no output", id, tag_resource, "ok" },
  }
  for _, case in ipairs(nothing) do
    it("takes " .. case[1], function()
      assert.are.same({}, (read({ status = 200, headers = case[2], body = case[4] }, case[3])))
    end)
  end

  local foreign = {
    { '{"ok":true}', json, get_item },
    { '{"ok":true}', json, put_item },
    { '{"ok":true}', {}, tag_resource },
    { "<html>hi</html>", {}, tag_resource },
    { "{}", { ["content-type"] = "text/html" }, put_item },
    { "", { ["content-type"] = "text/html; charset=utf-8" }, tag_resource },
    { '{"ok":true}', { ["x-amzn-requestid"] = "" }, get_item },
  }
  for i, case in ipairs(foreign) do
    it(("refuses what is not DynamoDB's, case %d"):format(i), function()
      local result, err = read({ status = 200, headers = case[2], body = case[1] }, case[3])
      assert.is_nil(result)
      assert.are.same(
        { "integrity", "not_dynamodb", 200, true },
        { err.kind, err.code, err.status, err.retryable }
      )
      assert.matches("is not DynamoDB", err.message, 1, true)
    end)
  end

  local html = "<html>\r\n<h1>Welcome to the hotel</h1>\0" .. ("x"):rep(200)
  local bad = {
    { "a wrong checksum", { body = BODY, headers = { ["x-amz-crc32"] = "1" } }, "crc32", true },
    {
      "a checksum that is a word",
      { body = BODY, headers = { ["x-amz-crc32"] = "abc" } },
      "crc32_header",
      true,
    },
    {
      "a checksum of 33 bits",
      { body = BODY, headers = { ["x-amz-crc32"] = "4294967296" } },
      "crc32_header",
      true,
    },
    {
      "a checksum of 400 digits",
      { body = BODY, headers = { ["x-amz-crc32"] = ("9"):rep(400) } },
      "crc32_header",
      true,
    },
    {
      "a checksum below zero",
      { body = BODY, headers = { ["x-amz-crc32"] = "-1" } },
      "crc32_header",
      true,
    },
    {
      "gzip that is cut",
      { body = packed:sub(1, -5), headers = { ["content-encoding"] = "gzip" } },
      "truncated",
      true,
    },
    {
      "gzip with a wrong checksum",
      {
        body = packed:sub(1, -9) .. "\0\0\0\0" .. packed:sub(-4),
        headers = { ["content-encoding"] = "gzip" },
      },
      "damaged",
      true,
    },
    {
      "an unknown encoding",
      { body = BODY, headers = { ["content-encoding"] = "br" } },
      "content_encoding",
      false,
    },
    { "HTML", { body = html }, "syntax", true },
    { "nothing", { body = "" }, "empty", true },
    { "a byte behind the JSON", { body = BODY .. "x" }, "syntax", true },
    { "JSON that is cut", { body = BODY:sub(1, -2) }, "syntax", true },
    { "invalid UTF-8", { body = '{"Item":{"a":{"S":"\255"}}}' }, "syntax", true },
    { "a member twice", { body = '{"Item":{},"Item":{}}' }, "duplicate", true },
    { "an unknown type", { body = '{"Item":{"a":{"Q":"x"}}}' }, "type", false },
    { "an attribute of two types", { body = '{"Item":{"a":{"S":"x","N":"1"}}}' }, "type", false },
  }
  for i, case in ipairs(bad) do
    it(("finds damage (%s), case %d"):format(case[1], i), function()
      case[2].status = 200
      local result, err = read(case[2])
      assert.is_nil(result)
      assert.are.equal("integrity", err.kind)
      assert.are.equal(case[3], err.code)
      assert.are.equal(case[4], err.retryable)
      assert.are.equal(200, err.status)
    end)
  end

  it("says where what is no JSON goes wrong, and shows none of it", function()
    local _, err = read { status = 200, body = html }
    assert.matches(("at byte 1 of %d"):format(#html), err.message, 1, true)
    assert.is_nil(err.message:find("hotel", 1, true))
  end)

  it("shows nothing of an item, wherever the response is damaged", function()
    local body = '{"Item":{"name":{"S":"Ann Private"},"pin":{"N":"90210"}}}'
    for i = 1, #body - 1 do
      for _, damaged in ipairs {
        body:sub(1, i),
        body:sub(1, i - 1) .. "\1" .. body:sub(i + 1),
        body:sub(1, i) .. "}" .. body:sub(i + 1),
      } do
        local result, err = read { status = 200, headers = id, body = damaged }
        if not result then
          local shown = err.message .. " " .. (err.path or "")
          assert.is_nil(shown:find "Ann" or shown:find "Priv" or shown:find "902", shown)
          assert.matches("at byte %d+ of " .. #damaged, err.message)
        end
      end
    end
  end)

  it("names the place of a value it cannot read", function()
    local _, err = read { status = 200, body = '{"Item":{"a":{"Q":"x"}}}' }
    assert.are.equal("Item.a", err.path:sub(1, 6))
  end)

  it("knows damage at every byte", function()
    local checksum = crc(BODY)
    for i = 1, #BODY do
      local flipped = BODY:sub(1, i - 1) .. string.char((BODY:byte(i) + 1) % 256) .. BODY:sub(i + 1)
      for _, body in ipairs { flipped, BODY:sub(1, i - 1) } do
        local result, err =
          read { status = 200, body = body, headers = { ["x-amz-crc32"] = checksum } }
        assert.is_nil(result)
        assert.are.equal("integrity", err.kind)
      end
    end
  end)
end)

describe("response.read of a failure", function()
  for _, status in ipairs { 301, 302, 307, 308 } do
    it(("does not follow a %d"):format(status), function()
      local _, err = read { status = status, body = "", headers = { location = "http://evil" } }
      assert.are.equal("Redirect", err.code)
      assert.is_false(err.retryable)
      assert.is_nil(err.message:find("evil"))
    end)
  end

  it("goes by the status, whatever the body", function()
    local _, err = read {
      status = 503,
      body = "<html>Service Unavailable",
      headers = {
        ["content-type"] = "text/html",
        ["x-amz-crc32"] = "1",
        ["content-encoding"] = "br",
      },
    }
    assert.are.equal("service", err.kind)
    assert.are.equal("HTTP503", err.code)
    assert.is_true(err.retryable)
  end)

  it("reads the code of a refusal only from an intact body", function()
    local body = '{"__type":"ConditionalCheckFailedException"}'
    local _, err = read { status = 400, body = body, headers = { ["x-amz-crc32"] = crc(body) } }
    assert.are.equal("ConditionalCheckFailedException", err.code)
    _, err = read { status = 400, body = body, headers = { ["x-amz-crc32"] = "1" } }
    assert.are.equal("crc32", err.code)
    assert.are.equal(400, err.status)
  end)

  local code = '{"__type":"ns#ValidationException"}'
  local id = { ["x-amzn-requestid"] = "A1" }
  for what, case in pairs {
    ["a page"] = { true, "<html>Forbidden</html>" },
    ["no body"] = { true, "" },
    ["a code where AWS has none"] = { true, '{"code":"Forbidden"}' },
    ["an empty request id"] = { true, "", { ["x-amzn-requestid"] = "" } },
    ["a damaged body"] = { true, code, { ["x-amz-crc32"] = "1" } },
    ["the service's code"] = { nil, code },
    ["the service's code in a header"] = { nil, "", { ["x-amzn-errortype"] = "X" } },
    ["a page with a request id"] = { nil, "<html>", id },
    ["a damaged body with a request id"] = {
      nil,
      code,
      { ["x-amz-crc32"] = "1", ["x-amzn-requestid"] = "A1" },
    },
  } do
    it(("tells whether the service refused: %s"):format(what), function()
      local _, err = read { status = 403, body = case[2], headers = case[3] }
      assert.are.equal(case[1], err.foreign)
    end)
  end

  it("inflates a refusal", function()
    local body = stored_gzip('{"__type":"ns#ValidationException","message":"no"}')
    local _, err = read { status = 400, body = body, headers = { ["content-encoding"] = "gzip" } }
    assert.are.equal("ValidationException: no", tostring(err))
  end)
end)

describe("the id of a request", function()
  it("is known by its forms to be no secret", function()
    for id, is_one in pairs {
      VNPCCTO5QSQ6SDE8DJ7M1BQ3TJVV4KQNSO5AEMVJF66Q9ASUAAJG = true,
      ["4442587f-b0f7-4d1b-a0c1-5f2e0c0d0e0f"] = true,
      ["wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"] = false,
      ["a\nb"] = false,
      [("A"):rep(53)] = false,
      [("0af"):rep(12)] = false,
    } do
      local found, is_fine = responses.request_id(id)
      assert.are.same({ id, is_one }, { found, is_fine })
    end
  end)

  it("is none where there is no text", function()
    assert.are.same({ nil, true }, { responses.request_id(nil) })
    assert.are.same({ nil, true }, { responses.request_id("") })
  end)
end)
