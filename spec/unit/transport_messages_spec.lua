-- SPDX-License-Identifier: MIT
local messages = require "dynamo.transport.messages"

describe("the messages of a transport", function()
  it("are used for one request after the other", function()
    local list = messages.new()
    local first, second = messages.take(list), messages.take(list)
    assert.is_false(rawequal(first, second))
    assert.is_true(first:answer(200, {}, "x"))
    messages.give(list, first)
    assert.equal(0, first:size())
    assert.is_true(rawequal(first, messages.take(list)))
    assert.is_false(rawequal(second, messages.take(list)))
  end)

  it("take bodies up to a limit", function()
    local message = messages.take(messages.new(3))
    message:feed "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody"
    assert.equal("ResponseTooLarge", (select(3, message:status())))
  end)

  it("forget what they carried when the transport is closed", function()
    local list = messages.new()
    messages.give(list, messages.take(list))
    messages.close(list)
    local message = messages.take(list)
    assert.is_true(message:request("GET", "/", {}, ""))
  end)
end)

describe("a request in the form of a table", function()
  local REQUEST = { method = "PUT", path = "/a", headers = { { "b", "c" } } }

  -- Returns a transport whose carry does what f(message) returns.
  local function transport(f)
    local object = { messages = messages.new() }
    function object.carry(_, message, target, deadline)
      object.target, object.deadline = target, deadline
      return f(message)
    end
    return object
  end

  it("is carried by a message", function()
    local written
    local object = transport(function(message)
      written = message:bytes()
      return message:answer(201, { D = "e" }, "{}")
    end)
    local response = assert(messages.send(object, REQUEST, 5))
    assert.same({ status = 201, headers = { d = "e" }, body = "{}" }, response)
    assert.equal("PUT /a HTTP/1.1\r\nb: c\r\nContent-Length: 0\r\n\r\n", written)
    assert.same({ REQUEST, 5 }, { object.target, object.deadline })
    assert.equal(1, #object.messages)
  end)

  it("fails as it is carried", function()
    local object = transport(function()
      return nil, "no", { kind = "timeout" }
    end)
    assert.same({ nil, "no", { kind = "timeout" } }, { messages.send(object, REQUEST, 5) })
    assert.equal(1, #object.messages)
  end)

  it("is not carried if HTTP does not carry it", function()
    local object = transport(error)
    local bad = { method = "PUT", path = "/a", headers = { { "b", "c\n" } } }
    local response, text, err = messages.send(object, bad, 5)
    assert.is_nil(response)
    assert.equal("header 1 is refused: its value holds a control byte", text)
    assert.same({ "validation", "BadHeader", "none" }, { err.kind, err.code, err.sent })
  end)

  it("has a message of its own", function()
    local object
    object = transport(function(message)
      if object.is_inside then return message:answer(200, {}, "inner") end
      object.is_inside = true
      assert.equal("inner", messages.send(object, REQUEST, 5).body)
      return message:answer(200, {}, "outer")
    end)
    assert.equal("outer", messages.send(object, REQUEST, 5).body)
    assert.equal(2, #object.messages)
  end)
end)
