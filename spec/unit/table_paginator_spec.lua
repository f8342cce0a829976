-- SPDX-License-Identifier: MIT
-- db:pages and db:tables over a fake transport: every paged operation of the model.
local fake_client = require "support.fake_client"
local json = require "dkjson"
local operations = require "dynamo.operations"
local paginators = require "dynamo.paginators"

local ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/Things"

-- Method -> what it needs.
local PARAMS = {
  describe_stream = { StreamArn = ARN .. "/stream/2026-01-01T00:00:00.000" },
  list_tags_of_resource = { ResourceArn = ARN },
  query = { TableName = "Things", KeyConditionExpression = "id = :id" },
  scan = { TableName = "Things" },
}

-- Method -> an element of its list, and a next token, as they come.
local ELEMENTS = {
  query = { { id = { S = "a" } }, { id = { S = "t" } } },
  scan = { { id = { S = "a" } }, { id = { S = "t" } } },
  list_imports = { json.decode "{}", ("token"):rep(24) },
  list_tables = { "Users", "token" },
  list_tags_of_resource = { { Key = "k", Value = "v" }, "token" },
}
local OTHERS = { json.decode "{}", "token-of-a-length-that-every-shard-and-arn-may-have" }

-- Puts a value at "Member" or "Structure.Member".
local function put(answer, path, value)
  local structure, member = path:match("^(%w+)%.(%w+)$")
  if structure then
    answer[structure] = answer[structure] or {}
    answer[structure][member] = value
  else
    answer[path] = value
  end
end

-- Returns a page of so many elements; the last one has no next token.
local function page_of(method, count, is_last)
  local paginator, sample = paginators[method], ELEMENTS[method] or OTHERS
  local answer, list = {}, setmetatable({}, { __jsontype = "array" })
  for i = 1, count do
    list[i] = sample[1]
  end
  put(answer, paginator.items, list)
  if not is_last then put(answer, paginator.next_token, sample[2]) end
  return { status = 200, body = json.encode(answer) }
end

describe("db:pages", function()
  for method, paginator in pairs(paginators) do
    it("follows the pages of " .. method .. ", empty ones too", function()
      local db, fake = fake_client.new {
        page_of(method, 2),
        function() -- the same token twice would be no end
          local other = page_of(method, 0)
          other.body = other.body:gsub("token", "newer"):gsub('"t"', '"u"')
          return other
        end,
        page_of(method, 1, true),
      }
      local result = db:pages(method, PARAMS[method])
      assert.equal(0, #fake.requests)
      assert.equal(3, #assert(result:all()))
      assert.equal(3, #fake.requests)
      local sample = (ELEMENTS[method] or OTHERS)[2]
      assert.is_nil(json.decode(fake.requests[1].body)[paginator.token])
      assert.same(sample, json.decode(fake.requests[2].body)[paginator.token])
      assert.equal(3, result:info().pages)
      assert.equal(operations.by_method[method].target[2], fake:header(1, "x-amz-target"))
    end)
  end

  it("takes the operation as AWS spells it, and parameters that stay as they are", function()
    local db, fake = fake_client.new { page_of("list_tables", 1, true) }
    local params = { Limit = 5, ExclusiveStartTableName = "Mine" }
    local result = db:pages("ListTables", params)
    params.Limit = 6
    assert.same({ "Users" }, (result:all()))
    assert.same({ Limit = 5, ExclusiveStartTableName = "Mine" }, json.decode(fake.requests[1].body))
  end)

  it("has the limits of results and pages, and sums up what was scanned", function()
    local db, fake = fake_client.new {
      {
        status = 200,
        body = '{"Items":[{"id":{"S":"a"}}],"ScannedCount":7,"LastEvaluatedKey":{"id":{"S":"a"}}}',
      },
      {
        status = 200,
        body = '{"Items":[{"id":{"S":"b"}}],"ScannedCount":5,"LastEvaluatedKey":{"id":{"S":"b"}}}',
      },
    }
    local result = db:pages("scan", { TableName = "Things" }, { max_pages = 2 })
    assert.equal(2, #assert(result:all()))
    assert.equal(12, result:info().scanned_count)
    assert.equal(1, #assert(db:pages("scan", { TableName = "Things" }, { limit = 1 }):all()))
    assert.equal(3, #fake.requests)
  end)

  it("hands back the parameters of the page that failed", function()
    local db = fake_client.new {
      page_of("list_tables", 1),
      { status = 400, body = '{"__type":"x#AccessDeniedException","message":"no"}' },
      page_of("list_tables", 2, true),
    }
    local result = db:pages("list_tables", { Limit = 1 })
    assert.equal("Users", result:next())
    local item, message, err = result:next()
    assert.is_nil(item)
    assert.equal("AccessDeniedException", err.code, message)
    assert.same({ Limit = 1, ExclusiveStartTableName = "token" }, err.params)
    assert.equal(2, #assert(db:pages("list_tables", err.params):all()))
  end)

  it("refuses an answer that leads back to itself", function()
    local db = fake_client.new { page_of("list_tables", 1) }
    local _, _, err = db:tables():all()
    assert.equal("integrity", err.kind)
    assert.equal("RepeatedPosition", err.code)
  end)

  it("gives the options to each call", function()
    local db, fake = fake_client.new { page_of("list_tables", 1, true) }
    assert(db:tables({ timeout = 3 }):all())
    assert.equal(103, fake.deadlines[1])
  end)

  it("tells how far it is", function()
    local db = fake_client.new { page_of("list_tables", 2), page_of("list_tables", 1, true) }
    local calls = {}
    assert(db:tables({
      progress = function(...)
        calls[#calls + 1] = { ... }
      end,
    }):all())
    assert.equal(3, calls[#calls][1])
    assert.is_true(calls[#calls][4])
  end)

  it("gives the names of tables", function()
    local db = fake_client.new { page_of("list_tables", 2), page_of("list_tables", 1, true) }
    local names = {}
    for name in db:tables():items() do
      names[#names + 1] = name
    end
    assert.same({ "Users", "Users", "Users" }, names)
  end)
end)

describe("db:pages, misused,", function()
  local cases = {
    { 'no paged operation "list_table", did you mean "list_tables"?', "pages", "list_table" },
    { "no paged operation", "pages", nil },
    { "get_item does not come in pages; these do: describe_stream, ", "pages", "get_item" },
    { "execute_statement does not come in pages", "pages", "ExecuteStatement" },
    { "the parameters must be a table, not a string", "pages", "scan", "T" },
    { "the options must be a table, not a number", "pages", "scan", {}, 5 },
    { 'unknown option "limt", did you mean "limit"?', "pages", "scan", {}, { limt = 1 } },
    { "limit must be a whole number, 1 at least", "pages", "scan", {}, { limit = 0 } },
    { "one argument too many", "pages", "scan", {}, {}, false },
    { "the options must be a table, not a string", "tables", "x" },
    { "one argument too many", "tables", {}, false },
  }
  for _, case in ipairs(cases) do
    it("raises at the caller's line: " .. case[1], function()
      local db, fake = fake_client.new { page_of("list_tables", 1, true) }
      local ok, message = pcall(function()
        local _ = db[case[2]](db, case[3], case[4], case[5], case[6])
      end)
      assert.is_false(ok)
      assert.matches("table_paginator_spec.lua:%d+: db:" .. case[2] .. ": ", message)
      assert.truthy(message:find(case[1], 1, true), message)
      assert.equal(0, #fake.requests)
    end)
  end
end)
