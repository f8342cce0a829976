-- SPDX-License-Identifier: MIT
local core = require "dynamo.core"
local result = require "dynamo.transport.result"

local ROUTE = { where = "db.example:443" }

describe("what a transport returns", function()
  it("is nil, message, err of a failure", function()
    local failed, message, err = result.failure("tls", "TlsFailed", "no", "none", 200, "R1")
    assert.is_nil(failed)
    assert.equal("no", message)
    assert.same({
      kind = "tls",
      code = "TlsFailed",
      message = "no",
      sent = "none",
      status = 200,
      request_id = "R1",
    }, err)
  end)

  it("names the host of a failure on its way, on one line of ASCII", function()
    local lost = { kind = "transport", code = "ConnectFailed", text = "a\r\nb\195\164" }
    local _, message, err = result.failed_on(ROUTE, lost, "partial")
    assert.equal("db.example:443: a??b??", message)
    assert.same({ message, "partial" }, { err.message, err.sent })
  end)

  it("is the answer that a message has read", function()
    local message = core.message()
    message:feed "HTTP/1.1 201 Made\r\nX-A: b\r\nContent-Length: 2\r\n\r\n{}"
    assert.same(
      { status = 201, headers = { ["x-a"] = "b", ["content-length"] = "2" }, body = "{}" },
      result.response(message)
    )
  end)

  it("is why there is none, with the service's id of it if that had come", function()
    local message = core.message()
    message:feed "HTTP/1.1 200 OK\r\nX-Amzn-RequestId: R1\r\nContent-Length: 2\r\n\r\n{"
    message:lose "closed"
    local response, text, failed = result.lost(ROUTE, message, "complete")
    assert.is_nil(response)
    assert.equal("db.example:443: the answer ended within its body", text)
    assert.same(
      { "integrity", "PartialAnswer", 200, "R1", "complete" },
      { failed.kind, failed.code, failed.status, failed.request_id, failed.sent }
    )
    message:expect(false)
    message:lose "timeout"
    failed = select(3, result.lost(ROUTE, message, "complete"))
    assert.same({ "timeout", nil, nil }, { failed.kind, failed.status, failed.request_id })
  end)
end)
