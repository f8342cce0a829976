-- SPDX-License-Identifier: MIT
-- Several workers over one dictionary, in one process. Real workers: spec/nginx/credentials_spec.lua.
local shared = require "dynamo.credentials.shared"

local clock = { wall = 1000 }
function clock.now()
  return clock.wall
end
function clock.monotonic()
  return clock.wall
end
function clock.sleep(_, seconds)
  clock.wall = clock.wall + seconds
  if coroutine.running() and clock.yields then coroutine.yield() end
end

-- A lua_shared_dict: values end by the clock.
local function new_dict()
  local dict, entries = { sets = 0 }, {}
  local function alive(key)
    local entry = entries[key]
    return entry and clock.wall < entry.ends and entry or nil
  end
  function dict.get(_, key)
    return alive(key) and alive(key).value
  end
  function dict:set(key, value, seconds)
    self.sets = self.sets + 1
    entries[key] = { value = value, ends = clock.wall + seconds }
    return true
  end
  function dict:add(key, value, seconds)
    if self.is_full then return nil, "no memory" end
    if alive(key) then return nil, "exists" end
    entries[key] = { value = value, ends = clock.wall + seconds }
    return true
  end
  function dict.delete(_, key)
    entries[key] = nil
  end
  function dict.count()
    local count = 0
    for key in pairs(entries) do
      count = count + (alive(key) and 1 or 0)
    end
    return count
  end
  return dict
end

describe("credentials shared by workers", function()
  local before, dict, fetched

  setup(function()
    before = rawget(_G, "ngx")
  end)
  teardown(function()
    rawset(_G, "ngx", before)
  end)
  before_each(function()
    dict, fetched = new_dict(), 0
    clock.wall, clock.yields = 1000, false
    rawset(_G, "ngx", {
      shared = { d = dict },
      worker = {
        pid = function()
          return 1
        end,
      },
    })
  end)

  local function holder_of(fields)
    local holder = {
      shared_dict = "d",
      transport = clock,
      getenv = function()
        return nil
      end,
    }
    for name, value in pairs(fields or {}) do
      holder[name] = value
    end
    return holder
  end

  -- Returns what a worker has for a fetch: worker(ask) -> credentials | nil, message, err. `source`
  -- is in place of one whose credentials have numbers and live for 100 seconds.
  local function new_worker(source, fields)
    local holder = holder_of(fields)
    local fetch = shared.over(function(asker, ask)
      fetched = fetched + 1
      if source then return source(asker, ask) end
      return {
        access_key_id = "A" .. fetched,
        secret_access_key = "s" .. fetched,
        session_token = "t" .. fetched,
        account_id = "012345678901",
        expires_at = clock.wall + 100,
      }
    end, holder)
    return function(ask)
      return fetch(holder, ask or {})
    end
  end

  it("are fetched by the first and found by the others, whole", function()
    local found = new_worker()()
    assert.same(found, new_worker()())
    assert.same({
      access_key_id = "A1",
      secret_access_key = "s1",
      session_token = "t1",
      account_id = "012345678901",
      expires_at = 1100,
    }, new_worker()())
    assert.equal(1, fetched)
    assert.equal(1, dict.count()) -- no lock is left
  end)

  it("are fetched anew by one worker for all", function()
    local workers = { new_worker(), new_worker(), new_worker() }
    for round = 1, 5 do
      for _, worker in ipairs(workers) do
        assert.equal("A" .. round, worker().access_key_id)
      end
      clock.wall = clock.wall + 80
    end
    assert.equal(5, fetched)
  end)

  it("that were refused are not found again", function()
    local one, other = new_worker(), new_worker()
    assert.equal("A1", one().access_key_id)
    assert.equal("A1", other().access_key_id)
    assert.equal("A2", one({ refresh = true }).access_key_id)
    assert.equal("A2", other({ refresh = true }).access_key_id)
    assert.equal(2, fetched)
  end)

  it("are found by their own kind alone", function()
    local function env(name, value)
      return {
        getenv = function(asked)
          return asked == name and value or nil
        end,
      }
    end
    local kinds = {
      {},
      { profile = "a" },
      { profile = "b" },
      env("AWS_PROFILE", "a"),
      env("AWS_ROLE_ARN", "r"),
      env("HOME", "/root"),
    }
    for _ = 1, 2 do
      for n, kind in ipairs(kinds) do
        assert.equal("A" .. n, new_worker(nil, kind)().access_key_id)
      end
    end
  end)

  it("that have no end, or have ended, or are no credentials, are not put there", function()
    for _, found in ipairs {
      { access_key_id = "A", secret_access_key = "s" },
      { access_key_id = "A", secret_access_key = "s", expires_at = 999 },
      { access_key_id = "A\nB", secret_access_key = "s", expires_at = 2000 },
      { secret_access_key = "s", expires_at = 2000 },
    } do
      assert.equal(
        found,
        new_worker(function()
          return found
        end)()
      )
    end
    assert.equal(0, dict.sets)
    assert.equal(4, fetched)
  end)

  it("are not there past their end", function()
    new_worker()()
    clock.wall = 1100
    assert.equal("A2", new_worker()().access_key_id)
  end)

  it("that one cannot have, another tries to get", function()
    local failing = new_worker(function()
      return nil, "none", { code = "NoCredentials" }
    end)
    local found, message, err = failing()
    assert.is_nil(found)
    assert.same({ "none", "NoCredentials" }, { message, err.code })
    assert.equal("A2", new_worker()().access_key_id)
  end)

  it("are free to fetch after somebody who raised, whose error goes on", function()
    local ok, problem = pcall(new_worker(function()
      error("oh", 0)
    end))
    assert.same({ false, "oh" }, { ok, problem })
    assert.equal(0, dict.count())
  end)

  -- Runs functions as coroutines until all have ended.
  local function run(...)
    local threads = {}
    for i, f in ipairs { ... } do
      threads[i] = coroutine.create(f)
    end
    clock.yields = true
    for _ = 1, 1000 do
      for _, thread in ipairs(threads) do
        if coroutine.status(thread) ~= "dead" then assert(coroutine.resume(thread)) end
      end
    end
  end

  -- A source that takes so many seconds. It yields, which PUC 5.1 cannot do within a pcall.
  local function slow(seconds)
    return function(asker)
      local n, ends = fetched, clock.wall + seconds
      while clock.wall < ends do
        asker.transport:sleep(0.05)
      end
      return { access_key_id = "A" .. n, secret_access_key = "s", expires_at = clock.wall + 100 }
    end
  end

  local can_yield = _VERSION ~= "Lua 5.1" or rawget(_G, "jit") ~= nil

  it("are waited for while another worker fetches", function()
    if not can_yield then return pending("PUC Lua 5.1 cannot yield within a pcall") end
    local seen = {}
    run(function()
      seen[1] = new_worker(slow(1))().access_key_id
    end, function()
      seen[2] = new_worker()().access_key_id
    end, function()
      seen[3] = new_worker()().access_key_id
    end)
    assert.same({ "A1", "A1", "A1" }, seen)
    assert.equal(1, fetched)
  end)

  it("are not waited for past the deadline, nor for a worker that is past its own", function()
    if not can_yield then return pending("PUC Lua 5.1 cannot yield within a pcall") end
    local seen = {}
    run(function()
      new_worker(slow(60))({ deadline = 1010 })
    end, function()
      seen.late = select(3, new_worker()({ deadline = 1002 }))
    end)
    assert.same({ "credentials", "CredentialsTimeout" }, { seen.late.kind, seen.late.code })
    assert.equal(1, fetched)

    clock.wall = 2000
    local patient
    run(function()
      new_worker(slow(60))({ deadline = 2010 })
    end, function()
      patient = new_worker()({ deadline = 2030 }).access_key_id
    end)
    assert.equal("A3", patient) -- fetched by itself, once the lock had ended
    assert.equal(3, fetched)
  end)

  it("do not end another worker's lock", function()
    local key = "dynamo credentials" .. ("\n"):rep(12) .. "\nlock"
    local worker = new_worker(function()
      assert.equal("1:1", dict:get(key))
      dict:delete(key)
      dict:add(key, "2:7", 30)
      return { access_key_id = "A", secret_access_key = "s", expires_at = 2000 }
    end)
    worker()
    assert.equal("2:7", dict:get(key))
  end)

  it("are fetched alone when the dictionary is full", function()
    dict.is_full = true
    assert.equal("A1", new_worker()().access_key_id)
  end)

  describe("need a dictionary", function()
    it("that nginx.conf names", function()
      assert.is_nil(shared.problem("d"))
      assert.equal(
        'names no dictionary: put "lua_shared_dict other 1m;" into nginx.conf',
        shared.problem("other")
      )
      assert.equal("must be a string, not a table", shared.problem {})
    end)

    it("and so nginx", function()
      rawset(_G, "ngx", nil)
      assert.matches("no nginx here", shared.problem("d"))
    end)
  end)

  it("are not those of another profile", function()
    for _, name in ipairs { "AWS_PROFILE", "AWS_DEFAULT_PROFILE" } do
      local asked = 0
      local function source()
        asked = asked + 1
        return { access_key_id = "A", secret_access_key = "S", expires_at = 1100 }
      end
      for _, profile in ipairs { "one", "two", "one" } do
        local holder = holder_of {
          getenv = function(variable)
            return variable == name and profile or nil
          end,
        }
        assert(shared.over(source, holder)(holder, {}))
      end
      assert.are.equal(2, asked, name)
    end
  end)
end)
