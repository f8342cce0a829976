-- SPDX-License-Identifier: MIT
-- Faults of the process itself: proxies in its environment, no more files, interrupted
-- system calls.
local child = require "support.child"
local classes = require "support.fault.replay_classes"
local curl = require "dynamo.curl"
local canary = require "support.canary"
local fault = require "support.fault"
local fault_client = require "support.fault.client"
local patience = require "support.patience"
local stopwatch = require "support.stopwatch"

describe("the process", function()
  local server

  setup(function()
    server = fault.start()
  end)
  teardown(function()
    server:stop()
  end)

  local key, keys = nil, 0
  before_each(function()
    keys = keys + 1
    key = "key" .. keys
  end)

  local function applied()
    return server:look(classes.TABLE, { key })[1].applied
  end

  -- Runs a script beside the server.
  local function run(script, env, before)
    env.FAULT_PORT, env.FAULT_CA, env.FAULT_KEY = server.port, server:ca_file(), key
    return child.run(script, { env = env, before = before })
  end

  -- ---- proxies in the environment -------------------------------------------------------------

  local DEAD = ("http://user:%s@127.0.0.1:1"):format(canary.MARK)
  local direct = { ok = true }
  local stopped = { code = "ConnectionRefused", maybe_applied = "no" }
  local PROXIES = {
    -- environment, outcome by https and http
    { { HTTPS_PROXY = DEAD }, stopped, direct },
    { { https_proxy = DEAD }, stopped, direct },
    { { http_proxy = DEAD }, direct, stopped },
    { { HTTP_PROXY = DEAD }, direct, direct }, -- may be a CGI's request header: never read
    { { ALL_PROXY = DEAD }, stopped, stopped },
    { { ALL_PROXY = DEAD, NO_PROXY = "example.com,127.0.0.1" }, direct, direct },
    { { ALL_PROXY = DEAD, no_proxy = "127.0.0.1" }, direct, direct },
    { { ALL_PROXY = DEAD, NO_PROXY = "*" }, direct, direct },
    { { ALL_PROXY = DEAD, NO_PROXY = "127.0.0.2,0.0.1,example.com" }, stopped, stopped },
  }

  for _, case in ipairs(PROXIES) do
    local names = {}
    for name, value in pairs(case[1]) do
      names[#names + 1] = name .. (value == DEAD and "" or "=" .. value)
    end
    table.sort(names)
    it("obeys " .. table.concat(names, " "), function()
      server:requests({}, { tls = "if asked" })
      assert.same(
        { https = case[2], http = case[3] },
        run("spec/support/fault/in_environment.lua", case[1])
      )
      assert.equal((case[2].ok and 1 or 0) + (case[3].ok and 1 or 0), applied())
    end)
  end

  -- ---- no more files --------------------------------------------------------------------------

  it("runs out of files, and calls fail until there are some again", function()
    server:requests { { close = "fin" } }
    local facts = run("spec/support/fault/without_files.lua", {}, "ulimit -n 40;")
    assert.is_true(facts.opened > 5 and facts.opened < 40)
    local failed = { kind = "transport", maybe_applied = "no", attempts = 4 }
    local done = { ok = true, attempts = 1 }
    assert.same(
      { fresh = failed, lost = done, fresh_again = done, lost_again = done, opened = facts.opened },
      facts
    )
    assert.equal(3, applied())
  end)

  -- ---- interrupted system calls ---------------------------------------------------------------

  describe("that is interrupted each millisecond", function()
    local interrupts, path

    setup(function()
      path = os.tmpname()
      local lua = rawget(_G, "jit") and "5.1" or _VERSION:match("%d.%d")
      local status = os.execute(
        (
          "env -u LD_PRELOAD %s -shared -fPIC -o %s "
          .. "$(pkg-config --cflags lua%s) spec/fault/interrupts.c"
        ):format(os.getenv("CC") or "cc", path, lua)
      )
      assert(status == true or status == 0, "interrupts.c does not compile")
      interrupts = assert(package.loadlib(path, "luaopen_interrupts"))()
    end)
    teardown(function()
      os.remove(path)
    end)

    -- Runs `work` under interrupts; returns what it returns.
    local function interrupted(work)
      interrupts.start(1000)
      local ok, result = pcall(work)
      local count = interrupts.stop()
      assert(ok, result)
      assert.is_true(count > 10, count .. " signals came")
      return result
    end

    for _, tls in ipairs { false, true } do
      it("makes its calls all the same over " .. (tls and "TLS" or "plain HTTP"), function()
        local exchanges, large = {}, ("x"):rep(2 ^ 20)
        for i = 1, 50 do
          exchanges[i] = { delay = 0.002 }
        end
        server:requests(exchanges, { tls = tls and "good" or nil })
        local db, paced = fault_client.new(server, { tls = tls })
        interrupted(function()
          for _ = 1, 49 do
            assert(classes.UNSAFE.run(db, key))
          end
          assert(classes.UNSAFE.run(db, key, large))
        end)
        db:close()
        paced:close()
        assert.equal(50, applied())
        assert.equal(50, #server:log().requests)
      end)
    end

    it("waits as long as it should", function()
      local _, real = fault_client.new(server)
      patience.grow(function(wanted)
        local began, elapsed = curl.monotonic(), stopwatch.start()
        interrupted(function()
          real.inner:sleep(wanted)
        end)
        assert.is_true(curl.monotonic() - began >= wanted)
        assert.is_true(elapsed() < wanted + 0.05, elapsed() .. " s")
      end)
      real:close()
    end)

    it("keeps to its deadline", function()
      patience.grow(function(timeout)
        server:requests { { stall = 0 } }
        local db = fault_client.new(
          server,
          { real = true, timeout = timeout, attempt_timeout = patience.HANG }
        )
        local elapsed = stopwatch.start()
        local err = interrupted(function()
          return (select(3, classes.UNSAFE.run(db, key)))
        end)
        local seconds = elapsed()
        db:close()
        assert.same({ "timeout", "unknown" }, { err.kind, err.maybe_applied })
        assert.is_true(seconds < timeout + 0.05, seconds .. " s")
      end)
    end)
  end)
end)
