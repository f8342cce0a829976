-- SPDX-License-Identifier: MIT
-- Random writes, alone, in batches and in transactions, and what queries and scans of the embedded
-- store then find, held against a plain table of the items: every page, every index, either way.
-- Sort keys are numbers from one end of the range to the other, in a list that has them in order.
local dynamo = require "dynamo"
local random_value = require "support.random_value"
local scale = require "support.scale"

local OPERATIONS = scale(10000)
local NINES = ("9"):rep(38)
local SORTED = {
  "-9.9999999999999999999999999999999999999E+125",
  "-" .. NINES,
  "-" .. NINES:sub(1, 37) .. "8",
  "-10",
  "-9.5",
  "-1E-129",
  "-1E-130",
  "0",
  "1E-130",
  "1.5E-130",
  "0.1",
  "2",
  "10",
  "10.000000000000000000000000000000000001",
  NINES:sub(1, 37) .. "8",
  NINES,
  "9.9999999999999999999999999999999999999E+125",
}
local PARTITIONS, GROUPS = { "a", "b", "a\0", "\195\164" }, { "x", "y" }
local OPERATORS = {
  ["="] = function(a, b)
    return a == b
  end,
  ["<"] = function(a, b)
    return a < b
  end,
  ["<="] = function(a, b)
    return a <= b
  end,
  [">"] = function(a, b)
    return a > b
  end,
  [">="] = function(a, b)
    return a >= b
  end,
}
local WORDS = { "=", "<", "<=", ">", ">=" }

-- ---- the plain table ---------------------------------------------------------------------------

-- Items are { pk, rank (of the sort key), group or nil, n }.
local function name_of(item)
  return item.pk .. "/" .. item.rank
end

-- Returns the names of the items for which a test holds, in a stable order of their ranks.
local function found(items, test)
  local list = {}
  for name, item in pairs(items) do
    if test(item) then list[#list + 1] = { name = name, rank = item.rank } end
  end
  table.sort(list, function(a, b)
    if a.rank ~= b.rank then return a.rank < b.rank end
    return a.name < b.name
  end)
  return list
end

-- ---- requests ----------------------------------------------------------------------------------

local function key_of(item)
  return { pk = { S = item.pk }, sk = { N = SORTED[item.rank] } }
end

local function typed(item)
  local whole = key_of(item)
  whole.rank, whole.n = { N = tostring(item.rank) }, { N = tostring(item.n) }
  if item.group then whole.group = { S = item.group } end
  return whole
end

local function random_item(random, n)
  return {
    pk = random.pick(PARTITIONS),
    rank = random.upto(#SORTED),
    group = random.pick { GROUPS[1], GROUPS[2], false } or nil,
    n = n,
  }
end

-- Returns some items with different keys.
local function different(random, count, n)
  local list, taken = {}, {}
  for _ = 1, count do
    local item = random_item(random, n)
    if not taken[name_of(item)] then list[#list + 1] = item end
    taken[name_of(item)] = true
  end
  return list
end

local function put(db, items, random, n)
  local item = random_item(random, n)
  assert(db:put_item { TableName = "reads", Item = typed(item) })
  items[name_of(item)] = item
end

local function delete(db, items, random)
  local item = random_item(random, 0)
  local done =
    assert(db:delete_item { TableName = "reads", Key = key_of(item), ReturnValues = "ALL_OLD" })
  local old = items[name_of(item)]
  assert.equal(old and tostring(old.n), done.Attributes and done.Attributes.n.N)
  items[name_of(item)] = nil
end

local function batch(db, items, random, n)
  local requests = {}
  for i, item in ipairs(different(random, 10, n)) do
    local is_put = random.upto(2) == 1
    requests[i] = is_put and { PutRequest = { Item = typed(item) } }
      or { DeleteRequest = { Key = key_of(item) } }
    items[name_of(item)] = is_put and item or nil
  end
  assert(db:batch_write_item { RequestItems = { reads = requests } })
end

-- A transaction of inserts: all of them if no item is there, else none.
local function transact(db, items, random, n)
  local actions, is_free, list = {}, true, different(random, 3, n)
  for i, item in ipairs(list) do
    actions[i] = {
      Put = {
        TableName = "reads",
        Item = typed(item),
        ConditionExpression = "attribute_not_exists(pk)",
      },
    }
    is_free = is_free and not items[name_of(item)]
  end
  local done, _, err = db:transact_write_items { TransactItems = actions }
  assert.equal(is_free, done ~= nil)
  if not done then return assert.equal("TransactionCanceledException", err.code) end
  for _, item in ipairs(list) do
    items[name_of(item)] = item
  end
end

-- Returns the names of all that a query or a scan finds, page by page.
local function read(db, operation, request)
  local names = {}
  repeat
    local page = assert(db[operation](db, request))
    assert.equal(#page.Items, page.Count)
    for _, item in ipairs(page.Items) do
      names[#names + 1] = { name = item.pk.S .. "/" .. item.rank.N, rank = tonumber(item.rank.N) }
    end
    request.ExclusiveStartKey = page.LastEvaluatedKey
  until not page.LastEvaluatedKey
  return names
end

local function names_of(list, is_sorted)
  local names = {}
  for i, one in ipairs(list) do
    names[i] = one.name
  end
  if is_sorted then table.sort(names) end
  return names
end

local function ranks_of(list, first, last, step)
  local ranks = {}
  for i = first, last, step do
    ranks[#ranks + 1] = list[i].rank
  end
  return ranks
end

-- A query of the table or of its index: the ranks in order, and the very items.
local function query(db, items, random)
  local is_index, word = random.upto(2) == 1, random.pick(WORDS)
  local value, rank = random.pick(is_index and GROUPS or PARTITIONS), random.upto(#SORTED)
  local forward = random.upto(2) == 1
  local got = read(db, "query", {
    TableName = "reads",
    IndexName = is_index and "groups" or nil,
    KeyConditionExpression = ("%s = :p AND sk %s :s"):format(is_index and "#g" or "pk", word),
    ExpressionAttributeNames = is_index and { ["#g"] = "group" } or nil,
    ExpressionAttributeValues = { [":p"] = { S = value }, [":s"] = { N = SORTED[rank] } },
    ScanIndexForward = forward,
    Limit = random.pick { 1, 3, 100 },
  })
  local wanted = found(items, function(item)
    return (is_index and item.group or not is_index and item.pk) == value
      and OPERATORS[word](item.rank, rank)
  end)
  assert.same(names_of(wanted, true), names_of(got, true))
  local ranks = forward and ranks_of(got, 1, #got, 1) or ranks_of(got, #got, 1, -1)
  assert.same(ranks_of(wanted, 1, #wanted, 1), ranks)
end

-- A scan of the table or of its index, in segments, with a filter.
local function scan(db, items, random)
  local is_index, segments, rank = random.upto(2) == 1, random.upto(3), random.upto(#SORTED)
  local got = {}
  for segment = 1, segments do
    local part = read(db, "scan", {
      TableName = "reads",
      IndexName = is_index and "groups" or nil,
      FilterExpression = "sk > :s",
      ExpressionAttributeValues = { [":s"] = { N = SORTED[rank] } },
      Limit = random.pick { 4, 100 },
      Segment = segment - 1,
      TotalSegments = segments,
    })
    for _, one in ipairs(part) do
      got[#got + 1] = one
    end
  end
  local wanted = found(items, function(item)
    return (not is_index or item.group ~= nil) and item.rank > rank
  end)
  assert.same(names_of(wanted, true), names_of(got, true))
end

local KINDS = { put, put, put, delete, batch, transact, query, query, query, scan }

describe("reads of the embedded store", function()
  local client

  setup(function()
    client = dynamo.new { endpoint = "memory:" }
    assert(client:create_table {
      TableName = "reads",
      BillingMode = "PAY_PER_REQUEST",
      KeySchema = {
        { AttributeName = "pk", KeyType = "HASH" },
        { AttributeName = "sk", KeyType = "RANGE" },
      },
      AttributeDefinitions = {
        { AttributeName = "pk", AttributeType = "S" },
        { AttributeName = "sk", AttributeType = "N" },
        { AttributeName = "group", AttributeType = "S" },
      },
      GlobalSecondaryIndexes = {
        {
          IndexName = "groups",
          KeySchema = {
            { AttributeName = "group", KeyType = "HASH" },
            { AttributeName = "sk", KeyType = "RANGE" },
          },
          Projection = { ProjectionType = "ALL" },
        },
      },
    })
  end)

  teardown(function()
    client:close()
  end)

  it(("find what was written, in %d operations"):format(OPERATIONS), function()
    local random, items = random_value.source(20121115), {}
    for n = 1, OPERATIONS do
      random.pick(KINDS)(client.typed, items, random, n)
    end
  end)
end)
