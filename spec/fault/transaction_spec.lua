-- SPDX-License-Identifier: MIT
-- Transactions of the table verbs against a service that loses answers, and has the transactions of
-- others under way, which no emulator has.
local chaos = require "support.fault.chaos"
local fault = require "support.fault"
local fault_client = require "support.fault.client"
local scale = require "support.scale"

local TABLE = "Accounts"
local LOST = { cut = 0 } -- carried out, and closed before the answer

describe("a transaction", function()
  local server, db, paced, accounts

  setup(function()
    server = fault.start()
  end)
  teardown(function()
    server:stop()
  end)
  before_each(function()
    server:requests {}
    db, paced = fault_client.new(server)
    accounts = db:table(TABLE, { key = { "id" } })
  end)
  after_each(function()
    db:close()
    paced:close()
  end)

  local number, one, other = 0, nil, nil
  before_each(function()
    number = number + 1
    one, other = "a" .. number, "b" .. number
  end)

  local function transfer(amount)
    return db:transaction()
      :update(accounts, one, "ADD balance ?", -amount)
      :update(accounts, other, "ADD balance ?", amount)
  end

  -- Asserts how often two items were written, and what they hold.
  local function assert_done(times, amount)
    local looks = server:look(TABLE, { one, other })
    assert.same({ times, times }, { looks[1].applied, looks[2].applied })
    if times == 0 then return end
    assert.equal(tostring(-amount), looks[1].item.balance.N)
    assert.equal(tostring(amount), looks[2].item.balance.N)
  end

  it("is done once where the answer was lost", function()
    server:requests { LOST }
    local done, _, info = transfer(5):commit()
    assert.is_true(done)
    assert.same({ 2, true }, { info.attempts, info.replayed })
    local requests = server:log().requests
    assert.equal(requests[1].digest, requests[2].digest)
    assert_done(1, 5)
  end)

  it("is done once where every answer was lost and it is committed again", function()
    server:requests { LOST, LOST, LOST, LOST }
    local transaction = transfer(5)
    local done, _, err = transaction:commit()
    assert.is_nil(done)
    assert.same({ 4, "unknown" }, { err.attempts, err.maybe_applied })
    assert.is_true(transaction:commit())
    assert.equal(5, #server:log().requests)
    assert_done(1, 5)
  end)

  it("is done once under one token, whoever commits it", function()
    server:requests { LOST, LOST, LOST, LOST }
    local token = "transfer-" .. number
    assert.is_nil((transfer(5):commit { token = token }))
    assert.is_true(transfer(5):commit { token = token })
    assert_done(1, 5)
    local _, _, err = transfer(6):commit { token = token }
    assert.equal("IdempotentParameterMismatchException", err.code)
    assert_done(1, 5)
  end)

  it("is not sent again where another is in the way, unless asked", function()
    server:requests { { held = { [other] = "TransactionConflict" } } }
    local done, message, err = transfer(5):commit()
    assert.is_nil(done)
    assert.same(
      { "TransactionCanceledException", 1, "no", 2 },
      { err.code, err.attempts, err.maybe_applied, err.action }
    )
    assert.same({ "None", "TransactionConflict" }, { err.reasons[1].code, err.reasons[2].code })
    assert.same({ "update", TABLE }, { err.reasons[2].verb, err.reasons[2].table })
    assert.matches("actions[2] (update, table Accounts)", message, 1, true)
    assert_done(0)
  end)

  it("is sent again on request, until nobody is in the way", function()
    server:requests {
      { held = { [one] = "TransactionConflict" } },
      { held = { [one] = "ThrottlingError", [other] = "TransactionConflict" } },
    }
    local done, _, info = transfer(5):commit { retry_conflicts = true }
    assert.is_true(done)
    assert.equal(3, info.attempts)
    assert.equal(2, #paced.sleeps)
    assert_done(1, 5)
  end)

  it("is sent again where all that failed was throttled", function()
    server:requests { { held = { [one] = "ProvisionedThroughputExceeded" } } }
    local done, _, info = transfer(5):commit()
    assert.is_true(done)
    assert.equal(2, info.attempts)
    assert_done(1, 5)
  end)

  it("is not sent again where something else failed, too", function()
    server:requests { { held = { [one] = "TransactionConflict" } } }
    local done, _, err = db:transaction()
      :update(accounts, one, "ADD balance ?", 1)
      :check(accounts, other, "open = true")
      :commit { retry_conflicts = true }
    assert.is_nil(done)
    assert.equal(1, err.attempts)
    assert.same(
      { "TransactionConflict", "ConditionalCheckFailed" },
      { err.reasons[1].code, err.reasons[2].code }
    )
    assert_done(0)
  end)

  it("maps every reason to its action", function()
    local codes = {
      "ConditionalCheckFailed",
      "ItemCollectionSizeLimitExceeded",
      "TransactionConflict",
      "ProvisionedThroughputExceeded",
      "ThrottlingError",
      "ValidationError",
    }
    for at = 1, #codes do
      local transaction, held = db:transaction(), {}
      for i = 1, #codes do
        local id = ("%s-%d-%d"):format(one, at, i)
        transaction:put(accounts, { id = id })
        if i >= at then held[id] = codes[i] end
      end
      server:requests { { held = held } }
      local _, _, err = transaction:commit()
      assert.equal(at, err.action)
      for i, code in ipairs(codes) do
        assert.equal(i >= at and code or "None", err.reasons[i].code)
      end
    end
  end)

  it("of one is what once sends", function()
    server:requests { { held = { [one] = "TransactionConflict" } }, LOST }
    local done, _, info = accounts:update(one, "ADD balance ?", 7, { once = true })
    assert.is_true(done)
    assert.same({ 3, true }, { info.attempts, info.replayed })
    assert.equal(1, server:look(TABLE, { one })[1].applied)
  end)

  it("that reads meets others, too", function()
    assert(accounts:put { id = one, n = 1 })
    server:requests { { held = { [one] = "TransactionConflict" } } }
    local gets = { { accounts, other }, { accounts, one } }
    local _, _, err = db:transact_get(gets)
    assert.same({ 2, "get" }, { err.action, err.reasons[2].verb })
    server:requests { { held = { [one] = "TransactionConflict" } }, { cut = 0 } }
    local items, _, info = db:transact_get(gets, { retry_conflicts = true })
    assert.same({ n = 2, [2] = { id = one, n = 1 } }, items)
    assert.equal(3, info.attempts)
  end)

  describe("under random faults", function()
    local ROUND = 40 -- commits of one client: then its retries are full
    local roll, seen = chaos.dice(chaos.SEED), { done = 0, no = 0, unknown = 0, yes = 0 }
    local names, expected, balances -- of a round's accounts

    local function open_accounts(round)
      names, expected, balances = {}, { 0, 0, 0, 0 }, { 0, 0, 0, 0 }
      for i = 1, 4 do
        names[i] = ("r%d-%d"):format(round, i)
      end
    end

    -- Returns the numbers of two accounts.
    local function pair()
      local from, to = roll(4), roll(3)
      return from, to >= from and to + 1 or to
    end

    -- Asserts that each account was written as often as it is said to have been.
    local function assert_applied()
      for i, look in ipairs(server:look(TABLE, names)) do
        assert.equal(expected[i], look.applied)
      end
    end

    -- Returns what happens to the attempts of one commit: now and then another is in the way.
    local function plan(account)
      local exchanges = chaos.plan(roll)
      if roll(3) == 1 then
        table.insert(exchanges, roll(3), { held = { [names[account]] = "TransactionConflict" } })
      end
      return exchanges
    end

    -- Moves an amount; a commit that failed is settled by another one.
    local function move(client, amount)
      local things, from, to = client:table(TABLE, { key = { "id" } }), pair()
      server:requests(plan(to), { tls = "if asked" })
      local transaction = client
        :transaction()
        :update(things, names[from], "ADD balance ?", -amount)
        :update(things, names[to], "ADD balance ?", amount)
      local done, _, err = transaction:commit { retry_conflicts = true }
      seen[done and "done" or err.maybe_applied] = seen[done and "done" or err.maybe_applied] + 1
      server:requests {}
      if not done and err.maybe_applied == "no" then assert_applied() end
      assert(done or transaction:commit())
      expected[from], expected[to] = expected[from] + 1, expected[to] + 1
      balances[from], balances[to] = balances[from] - amount, balances[to] + amount
      assert_applied()
    end

    local function assert_balances()
      for i, look in ipairs(server:look(TABLE, names)) do
        assert.equal(tostring(balances[i]), look.item.balance.N)
      end
    end

    it("is done once, whatever was said of it before", function()
      for round = 1, scale(12) do
        open_accounts(round)
        local client, transport = fault_client.new(server, { attempt_timeout = 0.05 })
        for i = 1, ROUND do
          move(client, round * ROUND + i)
        end
        client:close()
        transport:close()
        assert_balances()
      end
      assert.is_true(seen.done > 0 and seen.unknown > 0)
    end)
  end)
end)
