-- SPDX-License-Identifier: MIT
-- The source of pages, where the lazy result does not come in; see also table_query_spec.
local dynamo = require "dynamo"
local fake_client = require "support.fake_client"
local fake_pages = require "support.fake_pages"
local page_source = require "dynamo.table.query.page_source"
local query = require "dynamo.table.query"
local tables = require "dynamo.table"

-- Returns the source of a scan over what a fake transport plays, and the transport.
local function source_of(steps, o)
  local db, fake = fake_client.new(steps)
  local ask = assert(query.scan.read(tables.noun(db:table("Users", { key = { "id" } })), o))
  return page_source.new(ask), fake
end

describe("a source of pages", function()
  it("gives pages, positions and what the calls told", function()
    local source = source_of(fake_pages.new({ { { id = "a" } }, { { id = "b" } } }, { "id" }))
    local page, position, info = source.fetch(nil, nil)
    assert.are.same({ "a", { id = "a" }, 1, 1 }, {
      page[1].id,
      position,
      info.attempts,
      info.scanned_count,
    })
    page, position = source.fetch(position, nil)
    assert.are.equal("b", page[1].id)
    assert.is_nil(position)
  end)

  it("leaves the parameters of the page before as they were sent", function()
    local source, fake = source_of(fake_pages.new({ { { id = "a" } }, { { id = "b" } } }, { "id" }))
    source.fetch({ id = "x" }, 5)
    source.fetch(nil, nil)
    assert.matches('"ExclusiveStartKey"', fake.requests[1].body, 1, true)
    assert.is_nil(fake.requests[2].body:find("ExclusiveStartKey", 1, true))
    assert.is_nil(fake.requests[2].body:find("Limit", 1, true))
  end)

  it("knows no more where an item stands than that has", function()
    local source = source_of { fake_pages.page { { name = "no id" } } }
    local page = source.fetch(nil, nil)
    source.hand_out(page, 1)
    local cursor, _, err = source.cursor(nil, 1, page)
    assert.is_nil(cursor)
    assert.are.equal("wrong_key", err.code)
  end)

  it("says where it is, before it began", function()
    local source = source_of({}, { segments = 3 })
    assert.is_string(source.cursor(nil, 0))
    assert.matches("^page1%.", (source_of({}).cursor(nil, 0)))
  end)

  it("hands on the numbers of items alone", function()
    local source, fake = source_of { { status = 200, body = '{"Count":7,"ScannedCount":9}' } }
    source.count_only()
    local page = source.fetch(nil, nil)
    assert.are.same({ 7, 0 }, { page.count, #page })
    assert.are.equal("COUNT", dynamo.from_json(fake.requests[1].body).Select)
  end)
end)
