-- SPDX-License-Identifier: MIT
-- The heads of HTTP messages, as transports over sockets of Lua's use them.
local core = require "dynamo.core"

describe("core.request_head", function()
  it("writes the request line, the headers in their order, the length, a blank line", function()
    assert.equal(
      "POST /?a=b HTTP/1.1\r\nHost: h\r\nX-Empty: \r\nX-Text: a b\r\nContent-Length: 12\r\n\r\n",
      core.request_head(
        "POST",
        "/?a=b",
        { { "Host", "h" }, { "X-Empty", "" }, { "X-Text", "a b" } },
        12
      )
    )
    assert.equal("GET / HTTP/1.1\r\n\r\n", core.request_head("GET", "/", {}))
    assert.equal(
      "PUT / HTTP/1.1\r\nContent-Length: 16777216\r\n\r\n",
      core.request_head("PUT", "/", {}, 2 ^ 24)
    )
  end)

  for name, arguments in pairs {
    ["a line end in a value"] = { "POST", "/", { { "X-Token", "hidden\r\nX-Evil: 1" } } },
    ["a NUL in a value"] = { "POST", "/", { { "X-Token", "hidden\0" } } },
    ["a DEL in a value"] = { "POST", "/", { { "X-Token", "hidden\127" } } },
    ["a line end in a name"] = { "POST", "/", { { "X-hidden\r\nX-Evil", "1" } } },
    ["an empty name"] = { "POST", "/", { { "", "hidden" } } },
    ["a line end in the target"] = { "POST", "/hidden\r\nX-Evil: 1", {} },
    ["a space in the target"] = { "POST", "/hidden x", {} },
    ["an empty target"] = { "POST", "", {} },
    ["a NUL in the method"] = { "POST\0hidden", "/", {} },
    ["an empty method"] = { "", "/", {} },
  } do
    it("refuses " .. name .. " and repeats nothing of it", function()
      local head, code, message = core.request_head(arguments[1], arguments[2], arguments[3], 0)
      assert.is_nil(head)
      assert.equal(arguments[3][1] and "BadHeader" or "BadUrl", code)
      assert.is_nil(message:find("hidden", 1, true))
    end)
  end

  it("refuses more than 32 headers and more than 64 KiB of them", function()
    local many = {}
    for i = 1, 32 do
      many[i] = { "X-" .. i, "a" }
    end
    assert.truthy(core.request_head("POST", "/", many, 0))
    many[33] = { "X-33", "a" }
    assert.same(
      { nil, "BadHeader", "header 33 is refused: there are more than 32" },
      { core.request_head("POST", "/", many, 0) }
    )
    local _, code = core.request_head("POST", "/", { { "X-Large", ("x"):rep(2 ^ 16) } }, 0)
    assert.equal("BadHeader", code)
  end)

  it("raises on misuse", function()
    for _, headers in ipairs { "a: b", { "a: b" }, { { "a", 1 } }, { { "a" } } } do
      assert.is_false(pcall(core.request_head, "POST", "/", headers, 0))
    end
    assert.is_false(pcall(core.request_head, "POST", nil, {}, 0))
    assert.equal("GET / HTTP/1.1\r\n\r\n", core.request_head("GET", "/", {}))
  end)
end)

describe("core.answer_head", function()
  local HEAD = "HTTP/1.1 200 OK\r\nX-One:  a \r\nx-ONE:b\r\nX-Empty:\r\nContent-Length: 4\r\n\r\n"

  it("gives the status, the fields by lower-case name, the version, the body's place", function()
    local status, fields, minor, place = core.answer_head(HEAD .. "body", 1)
    assert.equal(200, status)
    assert.same({ ["x-one"] = "a, b", ["x-empty"] = "", ["content-length"] = "4" }, fields)
    assert.equal(1, minor)
    assert.equal("body", (HEAD .. "body"):sub(place))
    assert.equal(0, (select(3, core.answer_head("HTTP/1.0 200 OK\r\n\r\n", 1))))
  end)

  it("begins where it is told", function()
    local early = "HTTP/1.1 100 Continue\r\nX-Early: 1\r\n\r\n"
    local status, _, _, place = core.answer_head(early .. HEAD, 1)
    assert.equal(100, status)
    local final, fields = core.answer_head(early .. HEAD, place)
    assert.equal(200, final)
    assert.is_nil(fields["x-early"])
    assert.is_false(pcall(core.answer_head, HEAD, 0))
    assert.is_false(pcall(core.answer_head, HEAD, #HEAD + 2))
    assert.is_nil((core.answer_head(HEAD, #HEAD + 1)))
  end)

  it("gives nothing but nil for a head cut anywhere", function()
    for cut = 0, #HEAD - 1 do
      assert.same({ n = 1 }, { n = select("#", core.answer_head(HEAD:sub(1, cut), 1)) })
      assert.is_nil((core.answer_head(HEAD:sub(1, cut), 1)))
    end
  end)

  for name, row in pairs {
    ["HTTP/0.9"] = { "hello", "transport" },
    ["another protocol, at its first byte"] = { "\21", "transport" },
    ["another version"] = { "HTTP/2 200\r\n\r\n", "transport" },
    ["a garbage status"] = { "HTTP/1.1 what\r\n\r\n", "transport" },
    ["two lengths"] = {
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n",
      "integrity",
      200,
    },
    ["a folded line"] = { "HTTP/1.1 500 No\r\nX: a\r\n b\r\n\r\n", "integrity", 500 },
  } do
    it("refuses " .. name, function()
      local status, kind, message, seen = core.answer_head(row[1], 1)
      assert.is_nil(status)
      assert.same({ row[2], row[3] }, { kind, seen })
      assert.is_string(message)
    end)
  end
end)
