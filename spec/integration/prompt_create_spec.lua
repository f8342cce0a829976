-- SPDX-License-Identifier: MIT
-- create of bin/dynamo, against every emulator.
local dynamo = require "dynamo"
local emulator = require "support.emulator"

emulator.each("create", function(host)
  host:it("makes a table that the verbs find", function()
    local name = "prompt_create_" .. tostring({}):match "%x+$"
    local statements = table.concat({
      ("create %s device:S at:N INDEX byDay day:S ONLY note LOCAL byTotal total:N"):format(name),
      "use " .. name,
      "put d1 7 { day = 'x', note = 'n', total = 1, more = 2 }",
      "query INDEX byDay x",
      "drop " .. name,
    }, "\n")
    local out, status, err = host:feed(statements, "bin/dynamo", "--yes", "--output", "jsonl")
    assert.equal(0, status, err)
    local item = dynamo.from_json(out)
    assert.equal("n", item.note)
    assert.truthy(err:find("created: table " .. name, 1, true))
    assert.truthy(err:find("index byTotal: device (S), total (N)", 1, true), err)
  end)
end)
