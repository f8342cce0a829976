-- SPDX-License-Identifier: MIT
-- Bad inputs of every kind (numbers, strings, tables, sets, typed values, members of requests, options
-- of a client, its life), one row each, against a server that counts what reaches it: a named error
-- with its place, nothing sent, and the client goes on working.
local canary = require "support.canary"
local dynamo = require "dynamo"
local fault = require "support.fault"

local ffi_literal = rawget(_G, "jit")
  and function(text)
    return (loadstring or load)("return " .. text)()
  end

describe("bad input", function()
  local server, db, users

  setup(function()
    server = fault.start()
    server:script { { exchanges = { { send = { fault.response "{}" } } }, ["repeat"] = true } }
    db = dynamo.new {
      region = "us-east-1",
      endpoint = "http://127.0.0.1:" .. server.port,
      credentials = { access_key_id = "AKID", secret_access_key = canary.SECRET },
      proxy = false,
    }
    users = db:table("Users", { key = { "pk", "sk" } })
  end)
  teardown(function()
    db:close()
    server:stop()
  end)

  -- How many requests the server has seen.
  local function seen()
    return #server:log().requests
  end

  local function put(value)
    return function()
      return db:put_item { TableName = "Users", Item = { pk = "1", v = value } }
    end
  end

  local function deep(levels)
    local root = {}
    local inner = root
    for _ = 2, levels do
      inner.n = {}
      inner = inner.n
    end
    return root
  end

  local function times(count, make)
    local list = {}
    for i = 1, count do
      list[i] = make(i)
    end
    return list
  end

  local function big_map()
    local map = {}
    for i = 1, 1000000 do
      map["attribute number " .. i] = "a value of some length"
    end
    return map
  end

  local function laughs()
    local level = {}
    for _ = 1, 30 do
      level = { level, level, level, level, level, level, level, level }
    end
    return level
  end

  local function update(params)
    return function()
      params.TableName, params.Key = "Users", { pk = "1" }
      return db:update_item(params)
    end
  end

  local function query(params)
    return function()
      params.TableName = "Users"
      params.KeyConditionExpression = params.KeyConditionExpression or "pk = :p"
      params.ExpressionAttributeValues = { [":p"] = 1 }
      return db:query(params)
    end
  end

  local function typed(value)
    return function()
      return db.typed:put_item { TableName = "Users", Item = { pk = { S = "1" }, v = value } }
    end
  end

  local function named(name)
    return function()
      return db:get_item { TableName = name, Key = { pk = "1" } }
    end
  end

  local function write(actions)
    return function()
      return db:transact_write_items(actions)
    end
  end

  local cycle = {}
  cycle.list = { cycle }

  -- the input, what is done, the path, a part of the message
  local rows = {
    { "NaN", put(0 / 0), "Item.v", "NaN" },
    { "inf", put(1 / 0), "Item.v", "infinity" },
    { "-inf", put(-1 / 0), "Item.v", "infinity" },
    { "a float of 2^53 + 1", put(2 ^ 53 + 1), "Item.v", 'use dynamo.number("...")' },
    { "1e126", put(1e126), "Item.v", "range" },
    { "1e-131", put(1e-131), "Item.v", "range" },
    {
      "an empty key",
      function()
        return db:get_item { TableName = "Users", Key = { pk = "" } }
      end,
      "Key.pk",
      "must not be empty",
    },
    {
      "an empty binary key",
      function()
        return db:get_item { TableName = "Users", Key = { pk = dynamo.binary "" } }
      end,
      "Key.pk",
      "must not be empty",
    },
    {
      "an empty key of an item whose schema is known",
      function()
        return users:put { pk = "", sk = "1" }
      end,
      "Item.pk",
      "must not be empty",
    },
    { "invalid UTF-8", put "\255", "Item.v", "use dynamo.binary" },
    { "an overlong form", put "\192\128", "Item.v", "UTF-8" },
    { "a CESU surrogate", put "\237\160\189\237\184\128", "Item.v", "UTF-8" },
    {
      "a partition key of 2049 bytes",
      function()
        return users:get { pk = ("x"):rep(2049), sk = "1" }
      end,
      "Key.pk",
      "2048",
    },
    {
      "a sort key of 1025 bytes",
      function()
        return users:get { pk = "x", sk = ("x"):rep(1025) }
      end,
      "Key.sk",
      "1024",
    },
    { "a string of 64 MiB", put(("x"):rep(2 ^ 26)), "Item.v", "larger than" },
    { "a mixed table", put { 1, 2, a = 3 }, "Item.v", "either a list or a map" },
    { "a hole", put { 1, nil, 3 }, "Item.v", "holes" },
    { "a far index", put { [1] = 1, [1000000] = 2 }, "Item.v", "holes" },
    { "a float key", put { [1.5] = 1 }, "Item.v", "key is a number" },
    { "a boolean key", put { [false] = 1 }, "Item.v", "a key is a boolean" },
    { "a table key", put { [{}] = 1 }, "Item.v", "a key is a table" },
    { "a function key", put { [print] = 1 }, "Item.v", "a key is a function" },
    { '1 and "1"', put { [1] = "a", ["1"] = "b" }, "Item.v", "either a list or a map" },
    { "an empty name", put { [""] = 1 }, 'Item.v[""]', "must not be empty" },
    { "a name that is no UTF-8", put { ["\255"] = 1 }, 'Item.v["\\xff"]', "UTF-8" },
    { "a name of 64 KB", put { [("n"):rep(65536)] = 1 }, nil, "65535" },
    { "a cycle", put(cycle), "Item.v.list[1]", "a cycle" },
    { "33 levels", put(deep(33)), nil, "32 levels" },
    { "100,000 levels", put(deep(100000)), nil, "32 levels" },
    { "a billion laughs", put(laughs()), nil, "larger than" },
    {
      "a million entries",
      function()
        return put(big_map())()
      end,
      nil,
      "larger than",
    },
    { "a function", put(print), "Item.v", "a function is not an attribute value" },
    { "a coroutine", put(coroutine.create(function() end)), "Item.v", "a coroutine" },
    { "a foreign userdata", put(io.stdout), "Item.v", "a userdata" },
    { "an empty set", put(dynamo.set {}), "Item.v", "an empty set" },
    { "a mixed set", put(dynamo.set { 1, "a" }), "Item.v[2]", "one type of element" },
    { "a set of tables", put(dynamo.set { {} }), "Item.v[1]", "one type of element" },
    { "a set of booleans", put(dynamo.set { true }), "Item.v[1]", "one type of element" },
    { "1 and 1.0", put(dynamo.set { 1, 1.0 }), "Item.v", "twice" },
    {
      "number 1 and number 1.0",
      put(dynamo.set { dynamo.number "1", dynamo.number "1.0" }),
      "Item.v",
      "twice",
    },
    { "S = 1", typed { S = 1 }, "Item.v.S", "a string expected" },
    { "N = 5", typed { N = 5 }, "Item.v.N", "digits as a string" },
    { "N = table", typed { N = {} }, "Item.v.N", "digits as a string" },
    { "N = word", typed { N = "five" }, "Item.v.N", "not a decimal number" },
    { 'BOOL = "true"', typed { BOOL = "true" }, "Item.v.BOOL", "true or false" },
    { "a typed value of two types", typed { S = "a", N = "1" }, "Item.v", "one of S N B" },
    { "a typed value of no type", typed {}, "Item.v", "one of S N B" },
    { "a typed value that is no table", typed "a", "Item.v", "one of S N B" },
    { "a type that is none", typed { Q = "x" }, "Item.v", "one of S N B" },
    { "a type in lower case", typed { s = "x" }, "Item.v", "one of S N B" },
    { "NULL = false", typed { NULL = false }, "Item.v.NULL", "only true" },
    { "B that is not base64", typed { B = "not base64" }, "Item.v.B", "base64" },
    { "R nested", typed { L = { { M = { x = { N = "x" } } } } }, "Item.v.L[1].M.x.N", "decimal" },
    { "no table name", named(nil), "TableName", "TableName" },
    { "an empty table name", named "", "TableName", "not a table name" },
    { "a table name with a blank", named "a b", "TableName", "not a table name" },
    { "a table name of 256 characters", named(("a"):rep(256)), "TableName", "not a table name" },
    { "a table name that is a path", named "../x", "TableName", "not a table name" },
    { "a table name with CRLF", named "Users\r\n", "TableName", "not a table name" },
    {
      "no Key",
      function()
        return db:get_item { TableName = "Users" }
      end,
      "Key",
      "Key",
    },
    {
      "no Item",
      function()
        return db:put_item { TableName = "Users" }
      end,
      "Item",
      "Item",
    },
    {
      "Item is no table",
      function()
        return db:put_item { TableName = "Users", Item = "x" }
      end,
      "Item",
      "a table expected",
    },
    {
      "Item is an array",
      function()
        return db:put_item { TableName = "Users", Item = { 1, 2 } }
      end,
      "Item",
      "got a list",
    },
    {
      "an empty key",
      function()
        return db:get_item { TableName = "Users", Key = {} }
      end,
      "Key",
      "empty",
    },
    {
      "an unknown member",
      function()
        return db:get_item { TableName = "Users", Key = { pk = "1" }, ConsistantRead = true }
      end,
      nil,
      'did you mean "ConsistentRead"',
    },
    { "Limit 0", query { Limit = 0 }, "Limit", "at least 1" },
    { "Limit -1", query { Limit = -1 }, "Limit", "at least 1" },
    { "Limit 1.5", query { Limit = 1.5 }, "Limit", "a whole number expected" },
    { 'Limit "10"', query { Limit = "10" }, "Limit", "a whole number expected, got a string" },
    { "Limit 2^31", query { Limit = 2 ^ 31 }, "Limit", "32 bits" },
    {
      "a value without a colon",
      update { UpdateExpression = "SET a = :v", ExpressionAttributeValues = { v = 1 } },
      "ExpressionAttributeValues.v",
      "begins with ':'",
    },
    {
      "a name without a hash",
      update { UpdateExpression = "REMOVE #a", ExpressionAttributeNames = { a = "b" } },
      "ExpressionAttributeNames.a",
      "begins with '#'",
    },
    {
      "an expression of 4097 bytes",
      update { UpdateExpression = ("x"):rep(4097) },
      "UpdateExpression",
      "4096",
    },
    {
      "an expression that is a table",
      update { UpdateExpression = {} },
      "UpdateExpression",
      "a string expected",
    },
    {
      "an expression with NUL",
      update { UpdateExpression = "REMOVE a\0" },
      "UpdateExpression",
      "NUL",
    },
    {
      "expression and legacy parameters",
      update {
        UpdateExpression = "REMOVE a",
        Expected = { a = { Exists = false } },
      },
      "Expected",
      "together with UpdateExpression",
    },
    { "an unknown word for Select", query { Select = "ALL" }, "Select", "ALL" },
    {
      "an unknown word for ReturnValues",
      update { UpdateExpression = "REMOVE a", ReturnValues = "ALL_NEWS" },
      "ReturnValues",
      'did you mean "ALL_NEW"',
    },
    {
      "a batch of none",
      function()
        return db:batch_get_item { RequestItems = {} }
      end,
      "RequestItems",
      "1 to 100",
    },
    {
      "the same key twice",
      function()
        return db:batch_get_item {
          RequestItems = { Users = { Keys = { { pk = 1 }, { pk = 1.0 } } } },
        }
      end,
      "RequestItems.Users.Keys[2]",
      "the same key as",
    },
    {
      "26 writes",
      function()
        return db:batch_write_item {
          RequestItems = {
            Users = times(26, function(i)
              return { PutRequest = { Item = { pk = i } } }
            end),
          },
        }
      end,
      "RequestItems.Users",
      "1 to 25",
    },
    {
      "101 gets",
      function()
        return db:batch_get_item {
          RequestItems = {
            Users = {
              Keys = times(101, function(i)
                return { pk = i }
              end),
            },
          },
        }
      end,
      "RequestItems.Users.Keys",
      "1 to 100",
    },
    { "a transaction of none", write { TransactItems = {} }, "TransactItems", "1 to 100" },
    {
      "a transaction of 101",
      write {
        TransactItems = times(101, function(i)
          return { Delete = { TableName = "Users", Key = { pk = i } } }
        end),
      },
      "TransactItems",
      "1 to 100",
    },
    {
      "the same item twice",
      write {
        TransactItems = times(2, function()
          return { Delete = { TableName = "Users", Key = { pk = "1" } } }
        end),
      },
      "TransactItems[2]",
      "the same item as",
    },
    {
      "a token of 37 characters",
      write {
        ClientRequestToken = ("t"):rep(37),
        TransactItems = { { Delete = { TableName = "Users", Key = { pk = "1" } } } },
      },
      "ClientRequestToken",
      "1 to 36",
    },
    {
      "an empty token",
      write {
        ClientRequestToken = "",
        TransactItems = { { Delete = { TableName = "Users", Key = { pk = "1" } } } },
      },
      "ClientRequestToken",
      "1 to 36",
    },
    {
      "a token that is a number",
      write {
        ClientRequestToken = 5,
        TransactItems = { { Delete = { TableName = "Users", Key = { pk = "1" } } } },
      },
      "ClientRequestToken",
      "a string expected",
    },
    {
      "a start key that is no map",
      query { ExclusiveStartKey = "x" },
      "ExclusiveStartKey",
      "a table expected",
    },
    {
      "a start key with a list",
      query { ExclusiveStartKey = { pk = { 1 } } },
      "ExclusiveStartKey.pk",
      "a string, a number or a binary",
    },
    {
      "segment 4 of 4",
      function()
        return db:scan { TableName = "Users", Segment = 4, TotalSegments = 4 }
      end,
      "Segment",
      "not below TotalSegments",
    },
    {
      "a million and one segments",
      function()
        return db:scan { TableName = "Users", Segment = 0, TotalSegments = 1000001 }
      end,
      "TotalSegments",
      "1000000",
    },
    {
      "a query of an empty key",
      function()
        return users:query({ pk = "" }):next()
      end,
      "condition.pk",
      "must not be empty",
    },
    {
      "a query of a value that none can hold",
      function()
        return users:query("pk = ?", 1 / 0):next()
      end,
      "arguments[1]",
      "not a DynamoDB number",
    },
    {
      "a cursor that was cut",
      function()
        return users:scan({ cursor = users:scan():cursor():sub(1, -2) }):next()
      end,
      "cursor",
      "has been cut or changed on the way",
    },
    {
      "a cursor of another scan, in segments",
      function()
        local cursor = users:scan({ segments = 4 }):cursor()
        return users:scan({ segments = 5, cursor = cursor }):next()
      end,
      "cursor",
      "in 4 segments, not in 5 segments",
    },
    {
      "a key attribute is missing",
      function()
        return users:get { pk = "1" }
      end,
      "Key.sk",
      "is missing",
    },
    {
      "a key attribute too many",
      function()
        return users:delete { pk = "1", sk = "2", x = 1 }
      end,
      "Key.x",
      "not a key attribute",
    },
    {
      "a bad attribute of an upsert",
      function()
        return users:upsert { pk = "1", sk = "2", tags = { { name = 0 / 0 } } }
      end,
      "Item.tags[1].name",
      "NaN",
    },
    {
      "a patch of nothing",
      function()
        return users:patch { pk = "1", sk = "2" }
      end,
      "Item",
      "nothing to set",
    },
  }
  if ffi_literal then
    rows[#rows + 1] =
      { "a struct", put(ffi_literal "require('ffi').new('int[1]')"), "Item.v", "FFI" }
    rows[#rows + 1] = { "a complex number", put(ffi_literal "1i"), "Item.v", "FFI" }
  end

  for _, row in ipairs(rows) do
    it(row[1] .. " is refused", function()
      local before = seen()
      local result, message, err = row[2]()
      assert.is_nil(result)
      assert.is_string(message)
      assert.equal("validation", err.kind)
      assert.equal(message, tostring(err))
      if row[3] then assert.equal(row[3], err.path) end
      assert.matches(row[4], message, 1, true)
      assert.equal(0, err.attempts)
      assert.equal(before, seen())
      assert.same({}, (assert(db:list_tables())))
      assert.equal(before + 1, seen())
    end)
  end

  -- What is misuse raises, at the line of the mistake.
  local closed = dynamo.new { region = "us-east-1" }
  closed:close()
  local misuse = {
    {
      "a number of 39 digits",
      function()
        return (dynamo.number(("1"):rep(39)))
      end,
      "38 significant digits",
    },
    {
      "a hexadecimal number",
      function()
        return (dynamo.number "0x10")
      end,
      "not a decimal number",
    },
    {
      "a binary of a number",
      function()
        return (dynamo.binary(5))
      end,
      "a string of bytes expected",
    },
    {
      "a region with a blank",
      function()
        dynamo.new { region = "us east 1" }
      end,
      "region",
    },
    {
      "a region that is a URL",
      function()
        dynamo.new { region = "evil.com/#" }
      end,
      "region",
    },
    {
      "an endpoint of the scheme ftp",
      function()
        dynamo.new { endpoint = "ftp://127.0.0.1" }
      end,
      "endpoint",
    },
    {
      "an endpoint without scheme",
      function()
        dynamo.new { endpoint = "localhost:8000" }
      end,
      "endpoint",
    },
    {
      "an endpoint with a password",
      function()
        dynamo.new { endpoint = "http://u:p@127.0.0.1" }
      end,
      "endpoint",
    },
    {
      "an endpoint with a query",
      function()
        dynamo.new { endpoint = "http://127.0.0.1/?a=b" }
      end,
      "endpoint",
    },
    {
      "an endpoint with a fragment",
      function()
        dynamo.new { endpoint = "http://127.0.0.1/#x" }
      end,
      "endpoint",
    },
    {
      "an endpoint with CRLF",
      function()
        dynamo.new { endpoint = "http://127.0.0.1/\r\nX: 1" }
      end,
      "endpoint",
    },
    {
      "an endpoint without host",
      function()
        dynamo.new { endpoint = "https://" }
      end,
      "endpoint",
    },
    {
      "http to another machine",
      function()
        dynamo.new { endpoint = "http://dynamo.example.com" }
      end,
      "allow_http",
    },
    {
      "an access key with a blank",
      function()
        dynamo.new { credentials = { access_key_id = "A B", secret_access_key = "S" } }
      end,
      "access_key_id",
    },
    {
      "an empty secret",
      function()
        dynamo.new { credentials = { access_key_id = "AB", secret_access_key = "" } }
      end,
      "secret_access_key",
    },
    {
      "a token with CRLF",
      function()
        dynamo.new {
          credentials = {
            access_key_id = "AB",
            secret_access_key = "S",
            session_token = "t\r\nX-Evil: 1",
          },
        }
      end,
      "session_token",
    },
    {
      "timeout 0",
      function()
        dynamo.new { timeout = 0 }
      end,
      "timeout",
    },
    {
      "timeout -1",
      function()
        dynamo.new { timeout = -1 }
      end,
      "timeout",
    },
    {
      "timeout NaN",
      function()
        dynamo.new { timeout = 0 / 0 }
      end,
      "timeout",
    },
    {
      "timeout inf",
      function()
        dynamo.new { timeout = 1 / 0 }
      end,
      "timeout",
    },
    {
      'timeout "5"',
      function()
        dynamo.new { timeout = "5" }
      end,
      "timeout",
    },
    {
      "max_attempts 0",
      function()
        dynamo.new { max_attempts = 0 }
      end,
      "max_attempts",
    },
    {
      "max_attempts 1.5",
      function()
        dynamo.new { max_attempts = 1.5 }
      end,
      "max_attempts",
    },
    {
      "a ca_file that is not there",
      function()
        dynamo.new { ca_file = "/no/such/file.pem" }
      end,
      "ca_file",
    },
    {
      "a ca_file that is no PEM",
      function()
        dynamo.new { ca_file = "Makefile" }
      end,
      "ca_file",
    },
    {
      "the option verify",
      function()
        dynamo.new { verify = false }
      end,
      "cannot be switched off",
    },
    {
      "the option ssl_verify",
      function()
        dynamo.new { ssl_verify = false }
      end,
      "cannot be switched off",
    },
    {
      "an unknown option",
      function()
        dynamo.new { reigon = "x" }
      end,
      'did you mean "region"',
    },
    {
      "a dot for a colon",
      function()
        db.get_item {}
      end,
      "use db:get_item",
    },
    {
      "another self",
      function()
        db.get_item("x", {})
      end,
      "use db:get_item",
    },
    {
      "another self of a table",
      function()
        users.get({}, {})
      end,
      "use table:get",
    },
    {
      "a closed client",
      function()
        closed:get_item {}
      end,
      "closed",
    },
    {
      "parameters that are no table",
      function()
        db:get_item "x"
      end,
      "table expected",
    },
    {
      "an unknown method",
      function()
        db:get_itme {}
      end,
      'did you mean "get_item"',
    },
    {
      "an unknown verb",
      function()
        users:upsrt {}
      end,
      'did you mean "upsert"',
    },
    {
      "an update with a plain table",
      function()
        users:update({ pk = "1", sk = "2" }, { a = 1 })
      end,
      "attributes are set by upsert or patch",
    },
    {
      "an unknown option of a verb",
      function()
        users:get({ pk = "1", sk = "2" }, { consistant_read = true })
      end,
      'did you mean "consistent_read"',
    },
  }
  for _, row in ipairs(misuse) do
    it(row[1] .. " raises", function()
      local before = seen()
      local done, message = pcall(row[2])
      assert.is_false(done)
      assert.matches(row[3], message, 1, true)
      assert.matches("bad_input_spec.lua:%d+:", message)
      assert.equal(before, seen())
    end)
  end

  it("closing twice does no harm", function()
    closed:close()
  end)

  it("the metatables are locked", function()
    assert.is_string(getmetatable(db))
    assert.is_string(getmetatable(users))
    assert.is_string(getmetatable(dynamo.number "1"))
    assert.is_string(getmetatable(dynamo.binary "1"))
  end)

  it("nothing printed shows a secret", function()
    local _, _, err = put(print)()
    for _, thing in ipairs { db, db.typed, users, err } do
      assert.is_nil(tostring(thing):find("SECRET", 1, true))
    end
    assert.is_nil(next(db) and next(db, next(db)))
  end)

  it("what only looks odd goes through", function()
    local shared = { 1 }
    local hostile = setmetatable({ a = 1 }, { __index = error, __pairs = error, __len = error })
    local good = {
      -0.0,
      0.1 + 0.2,
      "",
      "a\0b",
      "\239\187\191\226\128\168😀" .. ("x"):rep(300000),
      {},
      { shared, shared },
      hostile,
      { a = nil },
      dynamo.null,
      dynamo.set { "" },
    }
    local before = seen()
    for _, value in ipairs(good) do
      assert(put(value)())
    end
    assert.equal(before + #good, seen())
  end)

  it("leaves the caller's tables as they were", function()
    local item, key, o =
      { pk = "1", sk = "2", a = 1 }, { pk = "1", sk = "2" }, { return_values = "NONE" }
    assert(users:upsert(item, o))
    assert(users:insert(item, o))
    assert(users:update(key, "SET a = :v", { values = { [":v"] = 1 } }))
    assert.same({ pk = "1", sk = "2", a = 1 }, item)
    assert.same({ pk = "1", sk = "2" }, key)
    assert.same({ return_values = "NONE" }, o)
    local params = { TransactItems = { { Delete = { TableName = "Users", Key = { pk = "1" } } } } }
    assert(db:transact_write_items(params))
    assert.is_nil(params.ClientRequestToken)
  end)
end)
