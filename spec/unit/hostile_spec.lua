-- SPDX-License-Identifier: MIT
-- Tables whose every metamethod raises, given where they do not belong: what is wrong is said in our
-- words, and none of theirs ran.
local dynamo = require "dynamo"
local fake_client = require "support.fake_client"

local function raise()
  error "a metamethod of the user's ran"
end
local HOSTILE = setmetatable({}, {
  __index = raise,
  __newindex = raise,
  __tostring = raise,
  __concat = raise,
  __len = raise,
  __eq = raise,
  __lt = raise,
  __le = raise,
  __pairs = raise,
  __call = raise,
  __unm = raise,
  __name = {},
})
-- The same, as a table of options that has one.
local function options(name, value)
  return setmetatable({ [name] = value }, getmetatable(HOSTILE))
end

local OK = { status = 200, body = "{}" }
local KEY = { id = "1" }

describe("hostile tables", function()
  local db, users

  before_each(function()
    db = fake_client.new { OK }
    users = db:table("Users", { key = { "id" } })
  end)

  -- Asserts that f raises, or returns nil and a message, and that no metamethod did.
  local function assert_refused(f, ...)
    local results = { pcall(f, ...) }
    assert.is_true(not results[1] or results[2] == nil)
    local message = results[1] and results[3] or results[2]
    assert.equal("string", type(message))
    assert.is_nil(message:find("metamethod", 1, true), message)
    assert.is_nil(message:find("attempt to", 1, true), message)
  end

  it("are refused as the name of an option", function()
    assert_refused(dynamo.new, options(HOSTILE, 1))
    assert_refused(dynamo.new, { hooks = options(HOSTILE, print) })
    assert_refused(dynamo.credentials, options(HOSTILE, 1))
    assert_refused(dynamo.resolve_endpoint, options(HOSTILE, 1))
    assert_refused(db.table, db, "Users", options(HOSTILE, 1))
    assert_refused(db.get_item, db, { TableName = "Users", Key = KEY }, options(HOSTILE, 1))
    for _, verb in ipairs { "get", "put", "insert", "replace", "upsert", "patch", "delete" } do
      assert_refused(users[verb], users, KEY, options(HOSTILE, 1))
    end
  end)

  it("are refused as an operation, a verb, a table, and a client", function()
    assert_refused(db.explain, db, HOSTILE)
    assert_refused(users.explain, users, HOSTILE)
    assert_refused(db.table, db, HOSTILE)
    assert_refused(db.get_item, HOSTILE)
    assert_refused(users.get, HOSTILE, KEY)
    assert_refused(db.close, HOSTILE)
  end)

  it("are refused as the value of an option", function()
    for _, name in ipairs {
      "region",
      "endpoint",
      "profile",
      "use_fips",
      "account_id",
      "account_id_endpoint_mode",
      "max_attempts",
      "retry_mode",
      "retry_unsafe",
      "timeout",
      "attempt_timeout",
      "connect_timeout",
      "ca_file",
      "proxy",
      "user_agent",
      "numbers",
      "allow_http",
      "getenv",
      "read_file",
      "random",
      "shared_dict",
    } do
      assert_refused(dynamo.new, options(name, HOSTILE))
    end
    for _, name in ipairs {
      "condition",
      "projection",
      "timeout",
      "retry_unsafe",
      "if_newer",
      "ignore_nulls",
      "return_values",
    } do
      assert_refused(users.upsert, users, { id = "1", n = 1 }, options(name, HOSTILE))
    end
  end)

  it("are refused as the name of an attribute", function()
    assert_refused(users.put, users, { id = "1", [HOSTILE] = 1 })
    assert_refused(users.upsert, users, { id = "1", [HOSTILE] = 1 })
    assert_refused(users.get, users, { id = "1", [HOSTILE] = 1 })
  end)
end)
