-- SPDX-License-Identifier: MIT
-- What objects know lies with them: they are collected with all of it, whatever refers to them.
local canary = require "support.canary"
local client = require "dynamo.client"
local dynamo = require "dynamo"
local fake_client = require "support.fake_client"
local fake_transport = require "support.fake_transport"

local OK = { status = 200, body = "{}", headers = { ["x-amzn-requestid"] = "REQ" } }
local KEY = { TableName = "Users", Key = { id = "1" } }

local function keys()
  return { access_key_id = "AKID", secret_access_key = canary.SECRET }
end

-- Makes an object that what it knows refers to, uses it, and returns it.
local makers = {}

-- Returns a client with an option that refers to it, once it was used.
local function used(name, option_of)
  local own = {}
  local options = fake_client.options(fake_transport.new { OK }, { [name] = option_of(own) })
  own.client = client.new(options)
  own.client:put_item { TableName = "Users", Item = { id = "1" } }
  return own.client
end

makers["a client with a hook"] = function()
  return used("hooks", function(own)
    return {
      before_send = function()
        return own.client
      end,
    }
  end)
end
makers["a client with a provider"] = function()
  return used("credentials", function(own)
    return {
      get = function()
        return keys()
      end,
      own = own,
    }
  end)
end
makers["a client with a transport"] = function()
  return used("transport", function(own)
    local fake = fake_transport.new { OK }
    fake.own = own
    return fake
  end)
end
makers["a client with a function"] = function()
  return used("getenv", function(own)
    return function()
      return own.nothing
    end
  end)
end
makers["a client with its own chain of credentials"] = function()
  local own = {}
  local options = fake_client.options(fake_transport.new { OK }, {
    getenv = function(name)
      return own and name:match "^AWS_%u+_KEY" and "key" or nil
    end,
  })
  options.credentials = nil
  own.client = client.new(options)
  own.client:get_item(KEY)
  return own.client
end
makers["a typed client"] = function()
  return used("hooks", function(own)
    return {
      before_send = function()
        return own.client
      end,
    }
  end).typed
end
makers["a closed client"] = function()
  local db = makers["a client with a hook"]()
  db:close()
  return db
end
makers["a table"] = function()
  local own, db = {}, fake_client.new { OK }
  own.users = db:table("Users", {
    key = { "id" },
    extensions = {
      {
        name = "own",
        before_write = function()
          return own.nothing
        end,
      },
    },
  })
  own.users:put { id = "1" }
  return own.users
end
makers["a provider"] = function()
  local own = {}
  own.provider = dynamo.credentials {
    getenv = function()
      return own.nothing
    end,
    transport = fake_transport.new { OK },
  }
  own.provider:get()
  return own.provider
end
makers["a transport"] = function()
  local transport = require("dynamo.transport.curl").new()
  transport.own = transport
  return transport
end

describe("what is referred to by what it knows", function()
  -- Compiled traces take memory of their own, and hold on to what they were made with.
  local jit = rawget(_G, "jit")
  setup(function()
    if jit then
      jit.off()
      jit.flush()
    end
  end)
  teardown(function()
    if jit then jit.on() end
  end)

  for name, make in pairs(makers) do
    it(("is collected: %s"):format(name), function()
      local kept = setmetatable({ make() }, { __mode = "v" })
      collectgarbage()
      collectgarbage()
      assert.is_nil(kept[1])
    end)

    it(("takes no memory when there were many: %s"):format(name), function()
      local function many(count)
        for _ = 1, count do
          make()
        end
        collectgarbage()
        collectgarbage()
        return collectgarbage "count"
      end
      many(20)
      local before = many(20)
      assert.is_true(many(500) < before + 20) -- KiB; each takes more than one
    end)
  end
end)

describe("what an object knows", function()
  it("shows in no pairs, no next and no metatable", function()
    local db = fake_client.new { OK }
    local seen = {}
    for name, value in pairs(db) do
      seen[name] = value
    end
    assert.same({ typed = db.typed }, seen)
    assert.is_nil(next(db.typed))
    local users = db:table("Users", { key = { "id" } })
    assert.is_nil(next(users))
    assert.same(
      { "dynamo.client", "dynamo.client", "dynamo.table" },
      { getmetatable(db), getmetatable(db.typed), getmetatable(users) }
    )
  end)

  it("is not had by another object that looks alike", function()
    local db = fake_client.new { OK }
    assert.is_false(pcall(db.get_item, db.typed, KEY))
    assert.is_false(pcall(db.get_item, db:table("Users"), KEY))
    assert.is_false(pcall(db.typed.get_item, db, KEY))
    assert.is_false(pcall(db.get_item, "text", KEY))
    assert.is_false(pcall(db.get_item, setmetatable({}, { __index = db }), KEY))
  end)
end)
