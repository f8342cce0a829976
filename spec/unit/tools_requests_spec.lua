-- SPDX-License-Identifier: MIT
local canonical = require "support.canonical"
local child = require "support.child"
local every_verb = require "support.every_verb"

-- Returns what the tool prints.
local function requests()
  local lines, status = child.lines("tools/requests.lua", "")
  local text = table.concat(lines, "\n")
  assert.are.equal("0", status, text)
  return text
end

describe("tools/requests.lua", function()
  it("prints the same each time", function()
    local text = requests()
    assert.are.equal(text, requests())
    assert.is_truthy(text:find('"UpdateExpression":"SET #n0 = :v0, #n1 = #n1 + :v1"', 1, true))
  end)

  it("has a response for every step", function()
    local text = requests()
    for _, name in ipairs(every_verb.steps {}) do
      assert.is_truthy(text:find(("\n=> %s: ok\n"):format(name), 1, true), name)
    end
  end)
end)

describe("the canonical text of JSON", function()
  it("has its keys in order and no spaces", function()
    local text = canonical.json ' { "b" : [ 1, {"d":null, "c":"x\\u0000"} ], "a" : {}, "e": [] } '
    assert.are.equal('{"a":{},"b":[1,{"c":"x\\u0000","d":null}],"e":[]}', text)
  end)

  it("is refused for what is no JSON", function()
    assert.has_error(function()
      canonical.json '{"a":'
    end)
  end)
end)
