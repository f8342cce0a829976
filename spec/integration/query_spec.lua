-- SPDX-License-Identifier: MIT
-- Queries, scans and counts against emulators: whatever the pages, segments and cursors, each item comes
-- exactly once.
local dynamo = require "dynamo"
local emulator = require "support.emulator"
local scale = require "support.scale"

local COUNT = scale(200)
local CUSTOMERS = 4
local PAGE = math.ceil(COUNT / 11) -- items of a page: several pages each time, and a last one

-- Returns the nth order; the totals of a customer are as many as its orders, in another order than
-- these.
local function order_of(n)
  return {
    customerId = "c-" .. n % CUSTOMERS,
    at = n,
    total = n * 7919 % 10007,
    n = n,
    note = ("x"):rep(n % 50),
  }
end

-- Writes all orders. Of two first items of a partition that come at once, moto loses one.
local function fill(orders, lacks)
  assert(orders:writer({ in_flight = lacks.atomic_updates and 1 or 8 }, function(writer)
    for n = 1, COUNT do
      writer:put(order_of(n))
    end
  end))
end

-- Notes each of what a `for` gives, which must be new.
local function note(seen, number)
  assert(number and not seen[number], ("%s came twice"):format(tostring(number)))
  seen[number], seen.count = true, (seen.count or 0) + 1
end

-- Returns the numbers of what a result hands out, in order, and notes each.
local function numbers_of(result, seen)
  local numbers = {}
  for order in result:items() do
    note(seen, order.n)
    numbers[#numbers + 1] = order.n
  end
  return numbers
end

emulator.each("reading many items", function(host)
  local db, name, orders = host.db, nil, nil

  setup(function()
    name = host:create({ { "customerId", "S" }, { "at", "N" } }, {
      AttributeDefinitions = {
        { AttributeName = "customerId", AttributeType = "S" },
        { AttributeName = "at", AttributeType = "N" },
        { AttributeName = "total", AttributeType = "N" },
      },
      GlobalSecondaryIndexes = {
        {
          IndexName = "byTotal",
          KeySchema = {
            { AttributeName = "customerId", KeyType = "HASH" },
            { AttributeName = "total", KeyType = "RANGE" },
          },
          Projection = { ProjectionType = "ALL" },
        },
      },
    })
    orders = db:table(name, { key = { "customerId", "at" } })
    fill(orders, host.lacks)
  end)

  -- Asserts that all orders were seen.
  local function all_seen(seen)
    assert.equal(COUNT, seen.count)
  end

  for what, o in pairs {
    ["in one piece"] = {},
    ["in one piece, by small pages"] = { page_size = PAGE },
    ["in 4 segments"] = { segments = 4, page_size = PAGE },
    ["in 5 segments, 2 in flight"] = { segments = 5, in_flight = 2, page_size = PAGE },
    ["page by page, asked for ahead"] = { page_size = PAGE, prefetch = true },
    ["strongly consistent"] = { consistent_read = true, page_size = PAGE },
  } do
    it("scans " .. what, function()
      local seen = {}
      numbers_of(orders:scan(o), seen)
      all_seen(seen)
      seen = {}
      assert(dynamo.together {
        function()
          return numbers_of(orders:scan(o), seen)
        end,
      })
      all_seen(seen)
      assert.equal(COUNT, (orders:scan(o):count()))
    end)
  end

  it("hands a scan to work side by side", function()
    local seen = {}
    local o = { segments = 3, page_size = PAGE, prefetch = true }
    assert.equal(
      COUNT,
      dynamo.each(orders:scan(o):items(), function(order)
        note(seen, order.n)
      end, { in_flight = 7 })
    )
    all_seen(seen)
  end)

  it("queries both ways, by table and by index", function()
    local all = { {}, {} }
    for customer = 0, CUSTOMERS - 1 do
      for i, index in ipairs { false, "byTotal" } do
        local by = index and "total" or "at"
        local o = { page_size = PAGE, index_name = index or nil }
        local up = assert(orders:query({ customerId = "c-" .. customer }, o):all())
        o.descending = true
        local down = numbers_of(orders:query("customerId = ?", "c-" .. customer, o), all[i])
        for at, order in ipairs(up) do
          assert.equal(order.n, down[#down + 1 - at])
          assert.is_true(at == 1 or up[at - 1][by] <= order[by])
        end
        assert.equal(#up, #down)
      end
    end
    all_seen(all[1])
    all_seen(all[2])
  end)

  it("queries by range, filter and builders", function()
    local half = math.ceil(COUNT / 2)
    local expected = 0
    for n = half + 1, COUNT do
      if n % CUSTOMERS == 1 and n % 50 > 25 then expected = expected + 1 end
    end
    local o = { filter = { "size(note) > ?", 25 }, page_size = PAGE }
    local condition = dynamo.all(dynamo.attr("customerId"):eq "c-1", dynamo.attr("at"):gt(half))
    for _, result in ipairs {
      orders:query("customerId = ? AND at > ?", "c-1", half, o),
      orders:query({ "customerId = 'c-1' AND at > ?", half }, o),
      orders:query(condition, o),
      orders:query("customerId = 'c-1' AND at BETWEEN ? AND ?", half + 1, COUNT, o),
    } do
      local seen = {}
      numbers_of(result, seen)
      assert.equal(expected, seen.count or 0)
    end
    assert.equal(expected, (orders:count(condition, o)))
  end)

  it("counts", function()
    assert.equal(COUNT, (orders:count()))
    assert.equal(COUNT, (orders:count(nil, { segments = 4, page_size = PAGE })))
    local of_customer = 0
    for n = 1, COUNT do
      if n % CUSTOMERS == 2 then of_customer = of_customer + 1 end
    end
    assert.equal(of_customer, (orders:count({ customerId = "c-2" }, { page_size = PAGE })))
    local count, cursor = 0, nil
    repeat
      local more, _, info = assert(
        orders:count({ customerId = "c-2" }, { max_pages = 1, page_size = PAGE, cursor = cursor })
      )
      count, cursor = count + more, info.cursor
    until not cursor
    assert.equal(of_customer, count)
  end)

  for what, o in pairs {
    ["a scan"] = { page_size = PAGE },
    ["a scan in 4 segments"] = { page_size = PAGE, segments = 4, in_flight = 3 },
    ["a filtered scan"] = { page_size = PAGE, filter = "n > 0" },
  } do
    it("leaves " .. what .. " anywhere, and goes on", function()
      local seen, cursor = {}, nil
      local limit = math.ceil(COUNT / 7)
      repeat
        local asked = { limit = limit, cursor = cursor, projection = "n" }
        for option, value in pairs(o) do
          asked[option] = value
        end
        local result = orders:scan(asked)
        numbers_of(result, seen)
        cursor = result:cursor()
      until not cursor
      all_seen(seen)
    end)
  end

  for _, verb in ipairs { "scan", "query" } do
    it(("pages a %s through processes"):format(verb), function()
      local seen, last, cursor, expected = {}, math.huge, nil, 0
      for n = 1, COUNT do
        if verb == "scan" or n % CUSTOMERS == 1 then expected = expected + 1 end
      end
      repeat
        local output, status = host:run(
          "spec/support/read_on.lua",
          name,
          verb,
          tostring(math.ceil(expected / 3)),
          cursor
        )
        assert.equal(0, status, output)
        for number in output:gmatch "item (%d+)\n" do
          number = tonumber(number)
          note(seen, number)
          if verb == "query" then
            local total = order_of(number).total
            assert.is_true(total <= last)
            last = total
          end
        end
        cursor = output:match "cursor (%S+)\n$"
      until not cursor
      assert.equal(expected, seen.count)
    end)
  end

  it("goes on after the item that it left, whatever was written meanwhile", function()
    local customer = "left"
    for at = 1, 9 do
      assert(orders:put { customerId = customer, at = at, n = at })
    end
    local result = orders:query({ customerId = customer }, { page_size = 7 })
    local last
    for _ = 1, 4 do
      last = result:next()
    end
    local cursor = result:cursor()
    assert(orders:delete { customerId = customer, at = last.at })
    assert(orders:put { customerId = customer, at = 2.5, n = 2.5 })
    assert(orders:put { customerId = customer, at = 4.5, n = 4.5 })
    local rest = numbers_of(orders:query({ customerId = customer }, { cursor = cursor }), {})
    assert.same({ 4.5, 5, 6, 7, 8, 9 }, rest)
    for _, at in ipairs { 1, 2, 2.5, 3, 4.5, 5, 6, 7, 8, 9 } do
      assert(orders:delete { customerId = customer, at = at })
    end
  end)

  it("gives the first, and the only one", function()
    local first = assert(orders:query({ customerId = "c-1" }, { descending = true }):first())
    local last = COUNT
    while last % CUSTOMERS ~= 1 do
      last = last - 1
    end
    assert.equal(last, first.n)
    assert.equal(1, assert(orders:query({ customerId = "c-1", at = 1 }):one()).n)
    local item, message, err = orders:query({ customerId = "c-1" }):one()
    assert.same({ nil, "SeveralResults" }, { item, err.code }, message)
    assert.is_nil((orders:query({ customerId = "none" }):first()))
    assert.same({}, (orders:query({ customerId = "none" }):all()))
  end)

  it("finds out the keys by itself", function()
    local expected, seen, cursor = assert(orders:count { customerId = "c-3" }), {}, nil
    repeat
      local stranger = db:table(name)
      local result = stranger:query({ customerId = "c-3" }, {
        limit = math.ceil(expected / 3),
        cursor = cursor,
        projection = "n",
        index_name = "byTotal",
      })
      numbers_of(result, seen)
      cursor = result:cursor()
    until not cursor
    assert.equal(expected, seen.count)
  end)
end)
