-- SPDX-License-Identifier: MIT
-- The verbs that read many items, over a fake transport.
local canary = require "support.canary"
local dynamo = require "dynamo"
local fake_client = require "support.fake_client"
local fake_pages = require "support.fake_pages"

local KEY = { "id", "at" }

-- Returns a table over what a fake transport plays, and the transport.
local function orders_of(steps, o, more)
  local db, fake = fake_client.new(steps, more)
  o = o or {}
  o.key = o.key or KEY
  return db:table("Orders", o), fake
end

-- Returns the members of the nth request.
local function sent(fake, n)
  return assert(dynamo.from_json(fake.requests[n].body))
end

local FIVE = fake_pages.new(
  { { { id = "a", at = 1 }, { id = "a", at = 2 } }, {}, { { id = "a", at = 3 } } },
  KEY
)

describe("a query", function()
  it("sends nothing before it is used, then one page after the other", function()
    local orders, fake = orders_of(FIVE)
    local result = orders:query("id = ? AND at > ?", "a", 0, { filter = "total > 10" })
    assert.are.equal(0, #fake.requests)
    local seen = {}
    for item in result:items() do
      seen[#seen + 1] = item.at
    end
    assert.are.same({ 1, 2, 3 }, seen)
    assert.are.same({
      TableName = "Orders",
      KeyConditionExpression = "#n0 = :v0 AND #n1 > :v1",
      FilterExpression = "#n2 > :v2",
      ExpressionAttributeNames = { ["#n0"] = "id", ["#n1"] = "at", ["#n2"] = "total" },
      ExpressionAttributeValues = {
        [":v0"] = { S = "a" },
        [":v1"] = { N = "0" },
        [":v2"] = { N = "10" },
      },
      ReturnConsumedCapacity = "TOTAL",
    }, sent(fake, 1))
    assert.are.same({ id = { S = "a" }, at = { N = "2" } }, sent(fake, 2).ExclusiveStartKey)
    assert.are.equal(3, #fake.requests)
  end)

  it("takes a table of key attributes, a list and builders", function()
    local all = dynamo.all(dynamo.attr("id"):eq "a", dynamo.attr("at"):ge(5))
    for text, condition in pairs {
      ["#n0 = :v0 AND #n1 = :v1"] = { id = "a", at = 5 },
      ["#n0 = :v0"] = { "id = ?", "a" },
      ["#n0 = :v0 AND #n1 >= :v1"] = all,
      ["#n0 = :v0 AND #n1 < :v1"] = "id = 'a' AND at < 5",
    } do
      local orders = orders_of {}
      local body = assert(orders:explain("query", condition)).body
      local expression = dynamo.from_json(body).KeyConditionExpression
      assert.is_true(
        expression == text or expression == text:gsub("v0", "v1", 1):gsub("v1$", "v0"),
        expression
      )
    end
  end)

  it("says each option in the API's members", function()
    local orders, fake = orders_of(FIVE)
    orders
      :query({ id = "a" }, {
        index_name = "byAt",
        descending = true,
        consistent_read = true,
        select = "ALL_PROJECTED_ATTRIBUTES",
        page_size = 2,
        return_consumed_capacity = "INDEXES",
      })
      :first()
    assert.are.same({
      TableName = "Orders",
      IndexName = "byAt",
      ScanIndexForward = false,
      ConsistentRead = true,
      Select = "ALL_PROJECTED_ATTRIBUTES",
      Limit = 1,
      KeyConditionExpression = "#n0 = :v0",
      ExpressionAttributeNames = { ["#n0"] = "id" },
      ExpressionAttributeValues = { [":v0"] = { S = "a" } },
      ReturnConsumedCapacity = "INDEXES",
    }, sent(fake, 1))
  end)

  it("asks for no more than the limit, unless there is a filter", function()
    local orders, fake = orders_of(FIVE)
    assert.are.equal(3, #assert(orders:query({ id = "a" }, { limit = 3 }):all()))
    assert.are.same({ 3, 1, 1 }, { sent(fake, 1).Limit, sent(fake, 2).Limit, sent(fake, 3).Limit })
    orders, fake = orders_of(FIVE)
    assert.are.equal(
      1,
      #assert(orders:query({ id = "a" }, { limit = 1, filter = "a = 1", page_size = 7 }):all())
    )
    assert.are.equal(7, sent(fake, 1).Limit)
    assert.are.equal(1, #fake.requests)
  end)

  it("stops after so many pages", function()
    local orders, fake = orders_of(FIVE)
    local result = orders:query({ id = "a" }, { max_pages = 2 })
    assert.are.equal(2, #assert(result:all()))
    assert.are.equal(2, #fake.requests)
    local rest = orders:query({ id = "a" }, { cursor = result:cursor() })
    assert.are.same({ { id = "a", at = 3 } }, (rest:all()))
  end)

  it("adds what the projection leaves out of the keys, and takes it off again", function()
    local steps =
      fake_pages.new({ { { id = "a", at = 1, n = 5 }, { id = "a", at = 2, n = 6 } }, {} }, KEY)
    local orders, fake = orders_of(steps)
    local result = orders:query({ id = "a" }, { projection = "n, at" })
    assert.are.same({ at = 1, n = 5 }, (result:next()))
    assert.are.equal("#n1, #n2, #n0", sent(fake, 1).ProjectionExpression)
    local rest, later = orders_of { FIVE[3] }
    rest:query({ id = "a" }, { cursor = result:cursor() }):next()
    assert.are.same({ id = { S = "a" }, at = { N = "1" } }, sent(later, 1).ExclusiveStartKey)
  end)

  it("finds the keys of an index by the table's description, once, or by db:table", function()
    local description = {
      status = 200,
      body = [[{"Table":{"KeySchema":[
      {"AttributeName":"id","KeyType":"HASH"}],"GlobalSecondaryIndexes":[{"IndexName":"byAt",
      "KeySchema":[{"AttributeName":"day","KeyType":"HASH"},{"AttributeName":"at","KeyType":"RANGE"}]}]}}]],
    }
    local page = fake_pages.page { { id = "a", day = 1, at = 2, n = 1 } }
    local orders, fake = orders_of({ description, page }, { key = { "id" } })
    for _ = 1, 2 do
      local items = orders:query({ day = 1 }, { projection = "n", index_name = "byAt" }):all()
      assert.are.same({ { n = 1 } }, items)
    end
    assert.are.equal(3, #fake.requests)
    assert.are.equal("#n1, #n2, #n0, #n3", sent(fake, 2).ProjectionExpression)
    orders, fake = orders_of({ page }, { key = { "id" }, indexes = { byAt = { "day", "at" } } })
    assert.are.equal(
      1,
      #assert(orders:query({ day = 1 }, { projection = "n", index_name = "byAt" }):all())
    )
    assert.are.equal(1, #fake.requests)
    orders = orders_of({ description }, { key = { "id" } })
    local _, message, err = orders
      :query({ day = 1 }, { projection = "n", index_name = "byTa" })
      :all()
    assert.are.equal('index_name: the table has no index "byTa", did you mean "byAt"?', message)
    assert.are.same({ "validation", "index_name" }, { err.kind, err.code })
  end)

  it("leaves out what an extension hides, and hands on what it changes", function()
    local extension = {
      name = "x",
      after_read = function(context)
        assert(context.operation == "query")
        if context.item.at == 1 then return { hidden = true } end
        return { item = { at = context.item.at * 10 } }
      end,
    }
    local orders = orders_of(FIVE, { extensions = { extension } })
    local result = orders:query({ id = "a" }, { limit = 1 })
    assert.are.same({ { at = 20 } }, (result:all()))
    local rest = orders_of({ FIVE[3] }):query({ id = "a" }, { cursor = result:cursor() })
    assert.are.same({ { id = "a", at = 3 } }, (rest:all()))
  end)

  it("gives an item again at which an extension raised", function()
    local raises = true
    local extension = {
      name = "x",
      after_read = function()
        if raises then error("not yet", 0) end
      end,
    }
    local steps =
      fake_pages.new({ { { id = "a", at = 1, n = 5 }, { id = "a", at = 2, n = 6 } } }, KEY)
    local result = orders_of(steps, { extensions = { extension } }):query(
      { id = "a" },
      { projection = "n" }
    )
    assert.are.same({ false, "not yet" }, { pcall(result.next, result) })
    raises = false
    assert.are.same({ n = 5 }, (result:next()))
    local rest, later = orders_of { FIVE[3] }
    rest:query({ id = "a" }, { cursor = result:cursor() }):next()
    assert.are.same({ id = { S = "a" }, at = { N = "1" } }, sent(later, 1).ExclusiveStartKey)
  end)

  it("tells what it cost", function()
    local capacity = { ConsumedCapacity = '{"TableName":"Orders","CapacityUnits":1.5}' }
    local orders = orders_of {
      fake_pages.page({ { id = "a", at = 1 } }, { id = "a", at = 1 }, capacity),
      fake_pages.page({ { id = "a", at = 2 } }, nil, capacity),
    }
    local _, _, info = orders:query({ id = "a" }):all()
    assert.are.same({ 2, 2, 2, 2, 3 }, {
      info.pages,
      info.count,
      info.scanned_count,
      info.attempts,
      info.consumed_capacity.CapacityUnits,
    })
  end)
end)

describe("a cursor", function()
  local NARROW = { status = 200, body = FIVE[1].body }

  it("is exact to the last item, whatever was done to that", function()
    local orders = orders_of(FIVE)
    local result = orders:query { id = "a" }
    local item = result:next()
    item.id, item.at = nil, "changed"
    local rest, fake = orders_of { NARROW }
    rest:query({ id = "a" }, { cursor = result:cursor() }):next()
    assert.are.same({ id = { S = "a" }, at = { N = "1" } }, sent(fake, 1).ExclusiveStartKey)
  end)

  it("is exact on the one page there is, without being told the key", function()
    local description = {
      status = 200,
      body = [[{"Table":{"KeySchema":[
      {"AttributeName":"id","KeyType":"HASH"},{"AttributeName":"at","KeyType":"RANGE"}]}}]],
    }
    local db, fake = fake_client.new {
      fake_pages.page { { id = "a", at = 1 }, { id = "a", at = 2 } },
      description,
    }
    local result = db:table("Orders"):query { id = "a" }
    local item = result:next()
    item.at = nil
    local cursor = assert(result:cursor())
    assert.are.equal(2, #fake.requests)
    local rest, later = orders_of { NARROW }
    rest:query({ id = "a" }, { cursor = cursor }):next()
    assert.are.same({ id = { S = "a" }, at = { N = "1" } }, sent(later, 1).ExclusiveStartKey)
  end)

  it("is refused by who cannot go on from it", function()
    local orders = orders_of(FIVE)
    local result = orders:query { id = "a" }
    result:next()
    local cursor = result:cursor()
    local other = fake_client.new({}):table("Users", { key = KEY })
    local cases = {
      ["it is of another table: Orders, not Users"] = other:query(
        { id = "a" },
        { cursor = cursor }
      ),
      ["it is of another index: none, not byAt"] = orders:query(
        { id = "a" },
        { cursor = cursor, index_name = "byAt" }
      ),
      ["it is of another direction: ascending, not descending"] = orders:query(
        { id = "a" },
        { cursor = cursor, descending = true }
      ),
      ["it is of another operation: query, not scan"] = orders:scan { cursor = cursor },
      ["it is of another query: id has another value there"] = orders:query(
        { id = "b" },
        { cursor = cursor }
      ),
      ["the text has been cut or changed on the way: its checksum is wrong"] = orders:query(
        { id = "a" },
        { cursor = cursor:sub(1, -2) }
      ),
      ['the text does not begin with "page1.": it is something else'] = orders:query(
        { id = "a" },
        { cursor = "" }
      ),
    }
    for problem, refused in pairs(cases) do
      local item, message, err = refused:next()
      assert.is_nil(item)
      assert.are.equal("cursor: " .. problem, message)
      assert.are.same(
        { "validation", "cursor", "cursor", 0 },
        { err.kind, err.code, err.path, err.attempts }
      )
      assert.is_nil(err.cursor)
      assert.is_nil(refused:cursor())
    end
  end)

  it("follows what failed on any page", function()
    local FAILED = { status = 400, body = '{"__type":"AccessDeniedException","message":"no"}' }
    for page = 1, 3 do
      local steps = { FIVE[1], FIVE[2], FIVE[3] }
      steps[page] = FAILED
      local orders = orders_of(steps)
      local items, message, err = orders:query({ id = "a" }):all()
      assert.is_nil(items)
      assert.are.equal("AccessDeniedException: no", message)
      local left = {}
      for i = page, 3 do
        left[#left + 1] = FIVE[i]
      end
      local seen = err.results
      for item in orders_of(left):query({ id = "a" }, { cursor = err.cursor }):items() do
        seen[#seen + 1] = item
      end
      assert.are.same({ 1, 2, 3 }, { seen[1].at, seen[2].at, seen[3].at })
      assert.are.equal(3, #seen)
    end
  end)
end)

describe("a scan", function()
  it("needs nothing", function()
    local orders, fake = orders_of(FIVE)
    assert.are.equal(3, #assert(orders:scan():all()))
    assert.are.same({ TableName = "Orders", ReturnConsumedCapacity = "TOTAL" }, sent(fake, 1))
  end)

  it("tells how far it is", function()
    local told = {}
    local steps = { FIVE[1], FIVE[2], FIVE[3] }
    for i, step in ipairs(steps) do
      steps[i] = { status = 200, body = step.body, seconds = 0.25 }
    end
    local orders = orders_of(steps)
    local result = orders:scan {
      progress = function(done, total, seconds, is_over)
        told[#told + 1] = { done, total or "?", seconds, is_over }
        error "counted"
      end,
    }
    assert.are.equal(3, #assert(result:all()))
    assert.are.same(
      { { 1, "?", 0.25, false }, { 3, "?", 0.75, false }, { 3, "?", 0.75, true } },
      told
    )
    assert.are.equal(3, result:info().hook_failures)
  end)

  it("consumes so many units a second", function()
    local capacity = { ConsumedCapacity = '{"CapacityUnits":20}' }
    local steps = {}
    for i = 1, 4 do
      steps[i] = fake_pages.page({ { id = "a", at = i } }, i < 4 and { id = "a", at = i }, capacity)
      steps[i].seconds = 0.5
    end
    local orders, fake = orders_of(steps)
    assert.are.equal(4, #assert(orders:scan({ rate_limit = 10 }):all()))
    assert.are.same({ 2, 1.5, 1.5 }, fake.sleeps)
  end)

  it("waits no more once it is cancelled", function()
    local stop = dynamo.canceller()
    local capacity = { ConsumedCapacity = '{"CapacityUnits":20}' }
    local orders, fake =
      orders_of { fake_pages.page({ { id = "a", at = 1 } }, { id = "a", at = 1 }, capacity) }
    local result = orders:scan { rate_limit = 10, cancel = stop }
    assert.are.equal(1, result:next().at)
    stop:cancel()
    local item, _, err = result:next()
    assert.is_nil(item)
    assert.are.same({ "cancelled", "Cancelled", "scan" }, { err.kind, err.code, err.operation })
    assert.is_string(err.cursor)
    assert.are.equal(1, #fake.requests)
  end)
end)

describe("a long scan", function()
  -- Returns what is in use after each of so many pages, in kilobytes.
  local function memory_of(o)
    local at = 0
    local db = fake_client.new {
      function(_, fake)
        fake.requests, fake.deadlines = {}, {}
        local items = {}
        for i = 1, 50 do
          items[i] = { id = "a", at = at * 50 + i, text = ("x"):rep(500) }
        end
        at = at + 1
        return fake_pages.page(items, at % 60 > 0 and { id = "a", at = at * 50 } or nil)
      end,
    }
    db = db:table("Orders", { key = KEY })
    local used, seen = {}, 0
    for page in db:scan(o):pages() do
      collectgarbage()
      collectgarbage()
      used[#used + 1], seen = collectgarbage "count", seen + #page
    end
    assert(seen == 3000)
    return used
  end

  it("has one page in memory", function()
    local jit = rawget(_G, "jit")
    if jit then jit.off() end -- what is compiled meanwhile is memory, too
    local used = memory_of {}
    if jit then jit.on() end
    local most = 0
    for i = 11, #used do
      most = math.max(most, used[i])
    end
    assert.are.equal(60, #used)
    assert.is_true(most - used[10] < 25, ("%g kB more"):format(most - used[10])) -- a page is more
  end)
end)

describe("a count", function()
  local COUNTS = {
    {
      status = 200,
      body = '{"Count":10,"ScannedCount":20,"LastEvaluatedKey":{"id":{"S":"a"},"at":{"N":"1"}}}',
    },
    { status = 200, body = '{"Count":5,"ScannedCount":5}' },
  }

  it("is of what a condition says, and of everything", function()
    local orders, fake = orders_of(COUNTS)
    local count, message, info = orders:count("id = ?", "a", { filter = "b = 1" })
    assert.are.same({ 15, 25, 2 }, { count, info.scanned_count, info.pages })
    assert.is_nil(message)
    assert.are.equal("COUNT", sent(fake, 2).Select)
    orders, fake = orders_of(COUNTS)
    assert.are.equal(15, (orders:count()))
    assert.is_nil(sent(fake, 1).KeyConditionExpression)
    orders, fake = orders_of(COUNTS)
    assert.are.equal(15, (orders:count(nil, { consistent_read = true })))
    assert.is_true(sent(fake, 1).ConsistentRead)
    orders = orders_of(COUNTS)
    assert.are.equal(15, (orders:count { id = "a" }))
  end)

  it("goes on where it was left", function()
    local orders, fake = orders_of(COUNTS)
    local count, _, info = orders:count({ id = "a" }, { max_pages = 1 })
    assert.are.equal(10, count)
    local rest
    rest, _, info = orders:count({ id = "a" }, { cursor = info.cursor })
    assert.are.same({ 5, "1" }, { rest, sent(fake, 2).ExclusiveStartKey.at.N })
    assert.is_nil(info.cursor)
  end)

  it("of a result asks for no items, nor for a projection", function()
    local orders, fake = orders_of(COUNTS)
    assert.are.equal(15, (orders:query({ id = "a" }, { projection = "a" }):count()))
    assert.are.same(
      { "COUNT", { ["#n0"] = "id" } },
      { sent(fake, 1).Select, sent(fake, 1).ExpressionAttributeNames }
    )
    assert.is_nil(sent(fake, 1).ProjectionExpression)
    orders, fake = orders_of { FIVE[1], COUNTS[2] }
    local result = orders:query({ id = "a" }, { projection = "a" })
    result:next()
    assert.are.equal(6, (result:count()))
    assert.are.equal("COUNT", sent(fake, 2).Select)
  end)

  it("fails with what it has", function()
    local orders =
      orders_of { COUNTS[1], { status = 400, body = '{"__type":"AccessDeniedException"}' } }
    local count, message, err = orders:count { id = "a" }
    assert.is_nil(count)
    assert.are.equal(10, err.count)
    assert.are.equal(message, err.message)
    assert.are.equal(5, (orders_of({ COUNTS[2] }):count({ id = "a" }, { cursor = err.cursor })))
  end)
end)

describe("segments", function()
  -- Returns a function that plays a table of so many items, of which segment s has those whose number
  -- gives s; two a page. Requests of a segment in `failing` fail.
  local function table_of(count, failing)
    return function(request)
      local members = dynamo.from_json(request.body)
      local total, segment = members.TotalSegments, members.Segment
      if failing and failing[segment] then
        return { status = 400, body = '{"__type":"AccessDeniedException","message":"no"}' }
      end
      local after = members.ExclusiveStartKey and tonumber(members.ExclusiveStartKey.id.N) or -1
      local items = {}
      for i = 0, count - 1 do
        if i % total == segment and i > after and #items < 2 then items[#items + 1] = { id = i } end
      end
      local last = items[2] and items[2].id + total < count and { id = items[2].id } or nil
      return fake_pages.page(items, last, { ConsumedCapacity = '{"CapacityUnits":1}' })
    end
  end

  local function seen_of(result, seen)
    for item in result:items() do
      assert.is_nil(seen[item.id], "twice")
      seen[item.id] = true
      seen.n = (seen.n or 0) + 1
    end
    return seen
  end

  for _, case in ipairs { { 1, 1 }, { 3, 10 }, { 4, 2 }, { 7, 3 }, { 30, 4 } } do
    local total, in_flight = case[1], case[2]
    it(("give each item once: %d, %d in flight"):format(total, in_flight), function()
      local orders, fake = orders_of({ table_of(23) }, { key = { "id" } })
      local result = orders:scan { segments = total, in_flight = in_flight }
      assert.are.equal(23, seen_of(result, {}).n)
      local info = result:info()
      assert.are.same(
        { #fake.requests, #fake.requests, 23, #fake.requests },
        { info.pages, info.attempts, info.scanned_count, info.consumed_capacity.CapacityUnits }
      )
      assert.is_nil(result:cursor())
    end)

    it(("are resumed after any item: %d, %d in flight"):format(total, in_flight), function()
      for step = 1, 5 do
        local seen, cursor, rounds = {}, nil, 0
        repeat
          local orders = orders_of({ table_of(23) }, { key = { "id" } })
          local result = orders:scan {
            segments = rounds % 2 == 0 and total or nil,
            in_flight = in_flight,
            limit = step,
            cursor = cursor,
            projection = "other",
          }
          for page in result:pages() do
            assert.are.same({}, page[1])
          end
          result = orders:scan {
            segments = total,
            in_flight = in_flight,
            limit = step,
            cursor = cursor,
          }
          seen_of(result, seen)
          cursor, rounds = result:cursor(), rounds + 1
        until not cursor
        assert.are.equal(23, seen.n)
        assert.is_true(rounds >= math.floor(23 / step))
      end
    end)

    it(("are counted: %d, %d in flight"):format(total, in_flight), function()
      local orders = orders_of({ table_of(23) }, { key = { "id" } })
      assert.are.equal(23, (orders:scan({ segments = total, in_flight = in_flight }):count()))
    end)
  end

  it("finish the round that reaches max_pages", function()
    local orders, fake = orders_of({ table_of(23) }, { key = { "id" } })
    local result = orders:scan { segments = 4, in_flight = 3, max_pages = 2 }
    assert.are.equal(6, seen_of(result, {}).n)
    assert.are.same({ 3, 3 }, { result:info().pages, #fake.requests })
    assert.is_string(result:cursor())
  end)

  it("share a rate limit", function()
    local orders, fake = orders_of({ table_of(6) }, { key = { "id" } })
    assert.are.equal(6, #assert(orders:scan({ segments = 3, rate_limit = 0.5 }):all()))
    assert.are.same({ 2, 2 }, fake.sleeps)
  end)

  it("that fail keep nothing from those that do not, and are resumed", function()
    local failing = { [1] = true }
    local orders, fake = orders_of({ table_of(23, failing) }, { key = { "id" } })
    local result, seen = orders:scan { segments = 3 }, {}
    local ok, message = pcall(seen_of, result, seen)
    assert.are.same({ false, "AccessDeniedException: no", 4 }, { ok, message, seen.n })
    assert.are.equal(3, #fake.requests)
    failing[1] = nil
    seen_of(orders:scan { cursor = result:failure().cursor }, seen)
    assert.are.equal(23, seen.n)
  end)

  it("that all fail, fail", function()
    local orders = orders_of({ table_of(23, { true, [0] = true }) }, { key = { "id" } })
    local item, message, err = orders:scan({ segments = 2 }):next()
    assert.is_nil(item)
    assert.are.same({ "AccessDeniedException: no", "string" }, { message, type(err.cursor) })
  end)

  it("that go on where they began are found", function()
    local orders = orders_of({
      function(request)
        local segment = dynamo.from_json(request.body).Segment
        return fake_pages.page({}, segment == 1 and { id = 1 } or nil)
      end,
    }, { key = { "id" } })
    local items, _, err = orders:scan({ segments = 2 }):all()
    assert.is_nil(items)
    assert.are.same({ "RepeatedPosition", "scan" }, { err.code, err.operation })
  end)

  it("are those of the cursor", function()
    local orders = orders_of({ table_of(23) }, { key = { "id" } })
    local result = orders:scan { segments = 3 }
    result:next()
    local _, message = orders:scan({ segments = 4, cursor = result:cursor() }):next()
    assert.are.equal("cursor: it is of a scan in 3 segments, not in 4 segments", message)
    result = orders_of(FIVE):scan()
    result:next()
    _, message = orders_of(FIVE):scan({ segments = 4, cursor = result:cursor() }):next()
    assert.are.equal("cursor: it is of a scan in one piece, not in 4 segments", message)
    _, message = orders_of(FIVE):scan({ in_flight = 4, cursor = result:cursor() }):next()
    assert.are.equal("cursor: it is of a scan in one piece, which takes no in_flight", message)
  end)
end)

describe("what data makes wrong", function()
  it("is told by the result, and nothing is sent", function()
    local orders, fake = orders_of {}
    local cases = {
      {
        orders:query { id = "" },
        "condition.id must not be empty: it is a key attribute",
        "condition.id",
      },
      {
        orders:query { id = true },
        "condition.id must be a string, a number or dynamo.binary: it is a key attribute",
        "condition.id",
      },
      { orders:query("id = ?", print), "arguments[1]", "arguments[1]" },
      { orders:query("id = ?", "a", { filter = { "b = ?", 0 / 0 } }), "filter[2]", "filter[2]" },
      { orders:query({ "id = ?", 1 / 0 }), "condition[2]", "condition[2]" },
      { orders:scan { filter = dynamo.attr("b"):within {} }, "filter: IN takes a list", "filter" },
      {
        orders:query("id = :id", { values = { [":id"] = { [1] = 1, [3] = 3 } } }),
        "values.:id",
        "values.:id",
      },
    }
    for _, case in ipairs(cases) do
      local item, message, err = case[1]:next()
      assert.is_nil(item)
      assert.are.equal("validation", err.kind)
      assert.matches(case[2], message, 1, true)
      assert.are.equal(case[3], err.path)
      assert.are.equal(message, err.message)
      assert.is_false(pcall(case[1]:items()))
    end
    assert.are.equal(0, #fake.requests)
  end)
end)

describe("what is wrong with the code", function()
  -- Returns the message of f, which raises at a line of its own.
  local function misuse(f)
    local info = debug.getinfo(f, "S")
    local ok, message = pcall(f)
    assert.is_false(ok, "nothing raised")
    local line = tonumber(message:match "table_query_spec%.lua:(%d+): ")
    assert.is_true(line and line >= info.linedefined and line <= info.lastlinedefined, message)
    return message:match ": (.*)$"
  end

  -- Asserts that a verb raises what it is said to.
  local function refuses(expected, verb, ...)
    local orders, fake = orders_of {}
    local arguments = { n = select("#", ...), ... }
    local unpack = table.unpack or unpack
    local message = misuse(function()
      local result = orders[verb](orders, unpack(arguments, 1, arguments.n))
      return result
    end)
    assert.matches(("table:%s: %s"):format(verb, expected), message, 1, true)
    message = misuse(function()
      local result = orders:explain(verb, unpack(arguments, 1, arguments.n))
      return result
    end)
    assert.matches(("table:%s: %s"):format(verb, expected), message, 1, true)
    assert.are.equal(0, #fake.requests)
  end

  it("raises: conditions", function()
    refuses("a condition expected, got nil; users:scan reads a whole table", "query")
    refuses("condition must be a string", "query", true)
    refuses("condition: there is no key attribute in it", "query", {})
    refuses("condition: [2] is no name of a key attribute", "query", { [2] = "a" })
    refuses("condition: these are options, which stand behind it", "query", { limit = 5 })
    refuses("condition: these are options, which stand behind it", "count", { filter = "a = 1" })
    refuses("condition: column 4", "query", "id ")
    refuses("key condition: the partition key must be tested with =", "query", "id > ?", 1)
    refuses("key condition: OR cannot be used in it", "query", "id = 1 OR at = 2")
    refuses("key condition: contains cannot be used in it", "query", dynamo.attr("a"):contains "b")
    refuses("filter: column", "query", "id = 1", { filter = "a =" })
    refuses("projection: ", "query", "id = 1", { projection = "a, a.b" })
    refuses("no value for ? number 2 of 2", "query", "id = ? AND at = ?", "a")
    refuses("no value for ? number 1 of 1", "query", "id = ?", { limit = 1 })
    refuses("2 arguments behind 0 ?", "query", "id = 1", {}, {})
    refuses("one argument too many, a string", "scan", {}, "x")
    refuses("one argument too many, a string", "count", nil, {}, "x")
    refuses(
      "values.:x: not used by any expression",
      "scan",
      { filter = "a = 1", values = { [":x"] = 1 } }
    )
  end)

  -- What is no count of anything: F of the catalogue of bad inputs, as options of results and pages.
  it("raises: numbers", function()
    for _, option in ipairs { "limit", "page_size", "max_pages" } do
      for _, value in ipairs { 0, -1, 1.5, "10", 2 ^ 31, 0 / 0, 1 / 0 } do
        local problem = option .. " must be a whole number from 1 to 2147483647"
        refuses(problem, "query", { id = "a" }, { [option] = value })
        refuses(problem, "scan", { [option] = value })
        refuses(problem, "count", nil, { [option] = value })
      end
    end
    for _, value in ipairs { 0, 1.5, "4", 1000001 } do
      refuses("segments must be a whole number from 1 to 1000000", "scan", { segments = value })
      refuses(
        "segments must be a whole number from 1 to 1000000",
        "count",
        nil,
        { segments = value }
      )
    end
    for _, value in ipairs { 0, -1, "1", 1 / 0, 0 / 0 } do
      local problem = "rate_limit must be a number of capacity units a second, above 0"
      refuses(problem, "scan", { rate_limit = value })
    end
    refuses("in_flight must be a whole number", "scan", { segments = 2, in_flight = 0 })
  end)

  it("raises: options", function()
    refuses('unknown option "lmit", did you mean "limit"?', "query", { id = "a" }, { lmit = 1 })
    refuses('unknown option "segments"', "query", { id = "a" }, { segments = 2 })
    refuses('unknown option "segments"', "count", { id = "a" }, { segments = 2 })
    refuses('unknown option "descending"', "scan", { descending = true })
    refuses('unknown option "exclusive_start_key"', "scan", { exclusive_start_key = { id = 1 } })
    refuses('unknown option "projection"', "count", nil, { projection = "a" })
    refuses("cursor must be a string, not a table", "scan", { cursor = { id = 1 } })
    refuses("in_flight needs segments", "scan", { in_flight = 3 })
    refuses('select = "COUNT" would return no items', "scan", { select = "COUNT" })
    refuses(
      'select = "ALL_ATTRIBUTES" does not go with projection',
      "scan",
      { select = "ALL_ATTRIBUTES", projection = "a" }
    )
    refuses(
      'select = "SPECIFIC_ATTRIBUTES" needs projection',
      "scan",
      { select = "SPECIFIC_ATTRIBUTES" }
    )
    refuses(
      'select = "ALL_PROJECTED_ATTRIBUTES" needs index_name',
      "scan",
      { select = "ALL_PROJECTED_ATTRIBUTES" }
    )
    refuses("select: ", "scan", { select = "EVERYTHIN" })
    refuses("the options must be a table, not a string", "scan", "x")
  end)

  it("raises: a colon that is none, a client that is closed", function()
    local db = fake_client.new {}
    local orders = db:table("Orders", { key = KEY })
    for _, verb in ipairs { "query", "scan", "count" } do
      assert.are.equal(
        ("use table:%s(...), with a colon"):format(verb),
        misuse(function()
          local result = orders[verb]({ id = "a" })
          return result
        end)
      )
    end
    local result = orders:scan()
    db:close()
    assert.are.equal(
      "the client is closed",
      misuse(function()
        local other = orders:scan()
        return other
      end)
    )
    local _, _, err = result:next()
    assert.are.same({ "cancelled", "ClientClosed" }, { err.kind, err.code })
  end)
end)

describe("explain", function()
  it("shows the request of the first page, and sends nothing", function()
    local orders, fake = orders_of {}
    local request = assert(
      orders:explain("query", "id = ?", "a", { limit = 3, page_size = 10, descending = true })
    )
    assert.are.equal("POST", request.method)
    local members = dynamo.from_json(request.body)
    assert.are.same({ 3, false }, { members.Limit, members.ScanIndexForward })
    members = dynamo.from_json(assert(orders:explain("scan", { segments = 4 })).body)
    assert.are.same({ 0, 4 }, { members.Segment, members.TotalSegments })
    members = dynamo.from_json(assert(orders:explain("count", { id = "a" })).body)
    assert.are.equal("COUNT", members.Select)
    assert.is_nil(assert(orders:explain("query", { id = "a" })).body:find(canary.SECRET, 1, true))
    assert.are.equal(0, #fake.requests)
  end)

  it("shows where a cursor goes on", function()
    local orders = orders_of(FIVE)
    local result = orders:query { id = "a" }
    result:next()
    local o = { cursor = result:cursor() }
    local members = dynamo.from_json(assert(orders:explain("query", { id = "a" }, o)).body)
    assert.are.same({ N = "1" }, members.ExclusiveStartKey.at)
  end)

  it("says what it would have to ask for, and what is wrong", function()
    local db = fake_client.new {}
    local request, _, err = db:table("Orders"):explain("scan", { projection = "a" })
    assert.is_nil(request)
    assert.are.same({ "config", "no_key" }, { err.kind, err.code })
    request, _, err = db:table("Orders", { key = KEY })
      :explain("query", { id = "a" }, { projection = "a", index_name = "byAt" })
    assert.is_nil(request)
    assert.are.equal("no_key", err.code)
    request, _, err = db:table("Orders"):explain("query", { id = "" })
    assert.is_nil(request)
    assert.are.equal("condition.id", err.path)
    request, _, err = db:table("Orders"):explain("query", "id = ?", print)
    assert.is_nil(request)
    assert.are.equal("arguments[1]", err.path)
  end)
end)

-- Returns the words in back-quotes in the first columns of the tables of docs/query.md under a heading.
local function documented(heading)
  local names, is_there = {}, false
  for line in io.lines "docs/query.md" do
    if line:find "^## " then is_there = line == "## " .. heading end
    for name in (is_there and line:match "^| (`[^|]*) |" or ""):gmatch "`:?([%l_]+)" do
      names[#names + 1] = name
    end
  end
  table.sort(names)
  return names
end

local function sorted(set)
  local names = {}
  for name in pairs(set) do
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

describe("docs/query.md", function()
  it("has every option, and no other", function()
    local arguments, operations = require "dynamo.table.arguments", require "dynamo.operations"
    local words = {}
    for _, method in ipairs { "query", "scan" } do
      for name in pairs(arguments.options_of(method, operations.by_method[method])) do
        words[name] = true
      end
    end
    assert.are.same(sorted(words), documented "Options")
  end)

  it("has every method of a result, and no other", function()
    local result = orders_of({}):scan()
    local names = documented "The result"
    assert.are.equal(12, #names)
    for _, name in ipairs(names) do
      assert.is_function(result[name], name)
    end
    assert.has_error(function()
      return result.other
    end)
  end)
end)
