-- SPDX-License-Identifier: MIT
-- One write of a batch: checked by place, written down at once.
local dynamo = require "dynamo"
local core = require "dynamo.core"
local requests = require "dynamo.table.batch.write_request"
local service = require "support.batch_service"
local targets = require "dynamo.table.batch.batch_table"

local KB = 1024

local function target_of(o)
  local users = service.new(nil, o)
  return assert(targets.new(require("dynamo.table").noun(users), true, "", {}))
end

describe("a write of a batch", function()
  it("is what the item was when it was given", function()
    local item = { id = "1", list = { 1, 2 } }
    local write = assert(requests.make(target_of(), "put", item, "Item"))
    item.id, item.list[1] = "2", 7
    assert.are.same({ id = "1", list = { 1, 2 } }, requests.subject(write))
    local texts = {}
    requests.append(texts, write)
    local text = tostring(core.join(texts))
    assert.are.equal(
      '{"PutRequest":{"Item":{"id":{"S":"1"},"list":{"L":[{"N":"1"},{"N":"2"}]}}}}',
      text
    )
    assert.is_true(write.bytes >= #text)
  end)

  it("is of the same key whatever holds its number, a put or a delete", function()
    local target = target_of { key = { "id", "at" } }
    local keys = {}
    for _, id in ipairs { 1, 1.0, dynamo.number "1.00", dynamo.number "10E-1" } do
      keys[requests.make(target, "put", { id = id, at = "x" }, "Item").key] = true
      keys[requests.make(target, "delete", { id = id, at = "x" }, "Key").key] = true
    end
    local count = 0
    for _ in pairs(keys) do
      count = count + 1
    end
    assert.are.equal(1, count)
    local other = requests.make(target, "delete", { id = "1", at = "x" }, "Key")
    assert.is_nil(keys[other.key])
  end)

  it("takes the bare value of a partition key", function()
    local write = assert(requests.make(target_of(), "delete", "u-1", "Key"))
    assert.are.same({ id = "u-1" }, requests.subject(write))
  end)

  local function refusal(kind, subject, o)
    local write, err = requests.make(target_of(o), kind, subject, "list[3]")
    assert.is_nil(write)
    assert.are.equal("validation", err.kind)
    return err
  end

  it("is refused by its place", function()
    local cases = {
      { "put", { id = "1", a = { b = { 0 / 0 } } }, "list[3].a.b[1]", "list[3].a.b[1]: NaN" },
      { "put", { a = 1 }, "list[3].id", "list[3].id is missing" },
      { "put", { id = "" }, "list[3].id", "list[3].id must not be empty" },
      { "put", { id = "1", [1] = 2 }, "list[3]", "list[3]" },
      { "put", { id = "1", ["a b"] = 0 / 0 }, 'list[3]["a b"]', 'list[3]["a b"]: NaN' },
      { "delete", { id = true }, "list[3].id", "list[3].id must be a string" },
      { "delete", { id = "1", a = 1 }, "list[3].a", "list[3].a is not a key attribute" },
    }
    for _, case in ipairs(cases) do
      local err = refusal(case[1], case[2])
      assert.are.equal(case[3], err.path)
      assert.are.equal(case[4], err.message:sub(1, #case[4]))
    end
  end)

  it("is refused if its item is beyond 400 KB, counted as the service does", function()
    local id = "12"
    local room = 400 * KB - #"id" - #id - #"b"
    local fits = { id = id, b = dynamo.binary(("x"):rep(room)) }
    assert.is_table(requests.make(target_of(), "put", fits, "Item"))
    local err = refusal("put", { id = id, b = ("x"):rep(room + 1) })
    assert.are.equal("item_size", err.code)
    assert.are.equal("list[3] is 409601 bytes large; an item may have 409600 (400 KB)", err.message)
  end)

  it("goes through the extensions", function()
    local own = { name = "own" }
    function own.before_write(context)
      assert.are.equal("put", context.operation)
      context.item.stamp = 7
      return { item = context.item }
    end
    local uuid = dynamo.extension.uuid { attribute = "id" }
    local write =
      assert(requests.make(target_of { extensions = { uuid, own } }, "put", { a = 1 }, "Item"))
    local item = requests.subject(write)
    assert.matches("^%x+%-", item.id)
    assert.are.same({ 1, 7 }, { item.a, item.stamp })
  end)

  it("is refused if an extension guards it", function()
    local o = { extensions = { dynamo.extension.version() } }
    local err = refusal("put", { id = "1" }, o)
    assert.are.equal("condition", err.code)
    assert.matches("list[3]: an extension of the table guards this put", err.message, 1, true)
    assert.is_table(requests.make(target_of(o), "delete", { id = "1" }, "Key"))
    assert.are.equal("condition", refusal("delete", { id = "1", version = 1 }, o).code)
  end)

  it("is refused if an extension refuses it", function()
    local own = { name = "own" }
    function own.before_write()
      return nil, "not today"
    end
    local err = refusal("put", { id = "1" }, { extensions = { own } })
    assert.are.equal("list[3]: not today", err.message)
    assert.are.equal("list[3]", err.path)
  end)

  it("tells misuse from bad data", function()
    local write, problem = requests.make(target_of(), "put", 5, "Item")
    assert.is_nil(write)
    assert.are.equal("bad argument to 'put' (item must be a table, not number)", problem)
  end)
end)
