-- SPDX-License-Identifier: MIT
-- JSON outside of Lua's strings: core.written, core.join.
local core = require "dynamo.core"
local operations = require "dynamo.operations"

local model = operations.model

local function encode(value, written)
  return core.encode(model, "AttributeMap", value, false, written)
end

describe("what is written outside of Lua's strings", function()
  it("is what a string would be", function()
    local written = core.written()
    assert.are.equal("", tostring(written))
    assert.are.equal(0, #written)
    for _, value in ipairs { { a = "text" }, {}, { b = { 1, 2.5, 'q"' } } } do
      local json = encode(value)
      assert.are.equal(written, (encode(value, written)))
      assert.are.equal(json, tostring(written))
      assert.are.equal(#json, #written)
      assert.are.same(value, core.decode(model, "AttributeMap", written, false, false))
      assert.are.equal(core.size(json), core.size(written))
    end
  end)

  it("stays as it was where nothing can be encoded", function()
    local written = core.written()
    encode({ a = 1 }, written)
    local json, problem = encode({ a = print }, written)
    assert.is_nil(json)
    assert.are.equal("a", problem.path)
    assert.are.equal('{"a":{"N":"1"}}', tostring(written))
  end)

  it("is a string after all if it is long", function()
    local written, value = core.written(), { a = ("x"):rep(65536) }
    local json = encode(value, written)
    assert.are.equal("string", type(json))
    assert.are.equal(encode(value), json)
    assert.are.equal(0, #written)
  end)

  it("tells of members that were null", function()
    local params = { TableName = "Table", Key = { a = 1 }, ConsistentRead = core.null }
    local written = core.written()
    local json, had_null = core.encode(model, "GetItemInput", params, false, written)
    assert.are.equal(written, json)
    assert.is_true(had_null)
  end)

  it("is refused if it is something else", function()
    for _, other in ipairs { "text", 1, {}, core.binary "text", io.stdout } do
      assert.has_error(function()
        encode({ a = 1 }, other)
      end)
    end
    assert.has_error(function()
      core.decode(model, "AttributeMap", core.binary "{}", false, false)
    end)
    assert.has_error(function()
      getmetatable(core.written()).__gc()
    end)
  end)

  it("is joined, among strings", function()
    local written = core.written()
    encode({ a = 1 }, written)
    local joined = core.join { "[", written, ",", written, "]" }
    encode({}, written)
    assert.are.equal('[{"a":{"N":"1"}},{"a":{"N":"1"}}]', tostring(joined))
    assert.are.equal("", tostring(core.join {}))
    for _, other in ipairs { 1, {}, false, core.binary "text" } do
      assert.has_error(function()
        core.join { "[", other }
      end)
    end
  end)
end)
