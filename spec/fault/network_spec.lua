-- SPDX-License-Identifier: MIT
-- Names that do not resolve, addresses that are dead or move. They are made
-- in a network namespace (support/fault/network.sh), all in one process, and judged here.
local child = require "support.child"

local PREFIX = "unshare -rnm sh spec/support/fault/network.sh"

-- Outcomes of an increment.
local function done(attempts)
  return { ok = true, applied = 1, requests = 1, attempts = attempts }
end

local function failed(kind, code, attempts)
  return {
    kind = kind,
    code = code,
    maybe_applied = "no",
    applied = 0,
    requests = 0,
    attempts = attempts,
  }
end

-- what, its function in support/fault/in_network.lua, outcome, lookups at least
local ROWS = {
  {
    "a name that does not exist, asked for anew each time",
    "no_such_name",
    failed("transport", "HostNotFound", 4),
    4,
  },
  {
    "a name without an address",
    "name_without_address",
    failed("transport", "HostNotFound", 4),
    4,
  },
  { "a name that comes back", "name_that_comes_back", done(2) },
  { "a silent name server", "silent_name_server", failed("timeout", "ConnectTimeout", 2) },
  {
    "a silent name server and a deadline",
    "silent_name_server_within_deadline",
    failed("timeout", "ConnectTimeout", 1),
  },
  { "a first address that refuses", "first_address_refuses", done(1) },
  { "a first address that is a black hole", "first_address_is_a_black_hole", done(1) },
  { "an address that moves while the connection is kept", "address_that_moves", done(1) },
  { "a black hole", "black_hole", failed("timeout", "ConnectTimeout", 4), 4 },
  {
    "a black hole and a deadline",
    "black_hole_within_deadline",
    failed("timeout", "ConnectTimeout", 1),
  },
  { "a black hole whose name moves on", "black_hole_that_moves", done(2) },
}

-- Returns why there can be no such network here, or nil.
local function obstacle()
  local status = os.execute("exec " .. PREFIX .. " true 2>/dev/null")
  if status ~= true and status ~= 0 then return "no network namespaces for this user" end
end

describe("the network has", function()
  local reason = obstacle()
  local facts

  setup(function()
    if reason then return end
    facts = child.run("spec/support/fault/in_network.lua", { before = PREFIX })
  end)

  for _, row in ipairs(ROWS) do
    it(row[1], function()
      if reason then return pending(reason) end
      local seen, expected, compared = facts[row[2]], row[3], {}
      for _, name in ipairs {
        "ok",
        "kind",
        "code",
        "maybe_applied",
        "applied",
        "requests",
        "attempts",
      } do
        compared[name] = seen[name]
      end
      assert.same(expected, compared)
      assert.is_true(seen.in_time ~= false, seen.seconds .. " s")
      assert.is_true(seen.asked >= (row[4] or 0))
    end)
  end
end)
