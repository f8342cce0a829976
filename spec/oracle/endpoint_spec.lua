-- SPDX-License-Identifier: MIT
-- Endpoints of every region are resolved as botocore resolves them, by the rule sets that ours are
-- generated from and by those that the installed botocore brings: the same, as long as its version
-- is that of the models.
local compiler = require "tools.model.endpoint"
local core = require "dynamo.core"
local resolve = require("dynamo.endpoint").resolve
local rules = require "dynamo.endpoint.rules"

local MODELS = os.getenv("DYNAMO_MODEL") or "../shared/model"
local CASES = 20000 -- there are more than that

local OPTIONS = {
  Region = "region",
  Endpoint = "endpoint",
  UseFIPS = "use_fips",
  UseDualStack = "use_dualstack",
  AccountId = "account_id",
  AccountIdEndpointMode = "account_id_endpoint_mode",
  ResourceArn = "resource_arn",
  ResourceArnList = "resource_arn_list",
  IsSearchOperation = "search",
}

-- Returns the oracle's lines, or nil and what it said instead.
local function open_oracle()
  local python = os.getenv("DYNAMO_PYTHON") or "build/emulators/python/bin/python"
  local oracle = io.popen(("'%s' spec/oracle/endpoint_oracle.py '%s' 2>&1"):format(python, MODELS))
  local greeting = oracle:read("*l") or "nothing"
  if greeting:find("^oracle botocore ") then return oracle end
  local last = greeting
  for line in oracle:lines() do
    last = line
  end
  oracle:close()
  return nil, last
end

-- Returns the cases and the installed rule sets, compiled by service; or nil, why there are none.
local function read_oracle()
  local models = io.open(MODELS .. "/partitions.json")
  if not models then return nil, "vectors/model absent: " .. MODELS end
  models:close()
  local oracle, reason = open_oracle()
  if not oracle then return nil, "the oracle did not start: " .. reason end
  local rule_sets, cases = assert(core.document(oracle:read("*l"))), {}
  for service, rule_set in pairs(rule_sets) do
    rule_sets[service] = compiler.compile(rule_set)
  end
  for line in oracle:lines() do
    cases[#cases + 1] = assert(core.document(line))
  end
  oracle:close()
  return cases, rule_sets
end

-- Returns an outcome as text: that the two are equal costs no luassert.
local function text_of(url, region, message)
  return url and ("%s signed for %s"):format(url, region) or "error: " .. message
end

local function outcome(expected)
  return text_of(expected.url, expected.region or "us-east-1", expected.error)
end

-- What is resolved by the door that users have.
local function resolved(case)
  local options = { service = case.service, allow_http = true }
  for name, value in pairs(case.params) do
    if OPTIONS[name] then options[OPTIONS[name]] = value end
  end
  local place, message = resolve(options)
  return text_of(place and place.url, place and place.signing_region, message)
end

-- What other rules of the same form give.
local function evaluated(rule_set, params)
  local found, message = rules.evaluate(rule_set, params)
  local region = found and found.signing_region or params.Region or "us-east-1"
  return text_of(found and found.url, region, message)
end

describe("botocore", function()
  local cases, rule_sets = read_oracle()
  if not cases then return pending(rule_sets) end

  -- Compares an outcome of ours to the oracle's in every case.
  local function compare(publication, ours)
    for _, case in ipairs(cases) do
      local expected, got = outcome(case[publication]), ours(case)
      if expected ~= got then assert.are.same({ case.params, expected }, { case.params, got }) end
    end
    assert.is_true(#cases > CASES)
  end

  it("resolves endpoints by our publication as we do", function()
    compare("published", resolved)
  end)

  it("evaluates the rules it brings as we would", function()
    compare("installed", function(case)
      return evaluated(rule_sets[case.service], case.params)
    end)
  end)

  it("brings the rules that ours are generated from", function()
    for _, case in ipairs(cases) do
      if outcome(case.published) ~= outcome(case.installed) then
        assert.are.same(case.published, case.installed)
      end
    end
  end)
end)
