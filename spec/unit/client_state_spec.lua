-- SPDX-License-Identifier: MIT
local client_options = require "dynamo.client_options"
local client_state = require "dynamo.client_state"
local fake_client = require "support.fake_client"
local fake_transport = require "support.fake_transport"

local function state_of(more)
  local options = fake_client.options(fake_transport.new {}, more)
  return client_state.new(assert(client_options.check(options)))
end

describe("the state of a client", function()
  it("has copies of hooks and extensions", function()
    local hooks, extensions = { before_send = print }, { { name = "x", after_read = print } }
    local state = state_of { hooks = hooks, extensions = extensions }
    hooks.before_send, extensions[1] = nil, nil
    assert.are.same({ before_send = print }, state.hooks)
    assert.are.equal("x", state.extensions[1].name)
    assert.is_nil(state_of().hooks)
  end)

  it("keeps a provider, not the credentials", function()
    local state = state_of()
    assert.is_nil(state.credentials)
    assert.is_true(state.has_credentials)
    assert.are.equal("AKIDEXAMPLE", state.provider:get().access_key_id)
    local own = { get = print }
    assert.are.equal(own, state_of({ credentials = own }).provider)
  end)

  it("says how responses are read, and whether somebody else's code runs", function()
    local state = state_of { numbers = "exact" }
    assert.are.same({ typed = true, exact = true }, state.readers[true])
    assert.are.same({ typed = false, exact = true }, state.readers[false])
    assert.is_true(state.is_foreign)
    assert.is_false(client_state.new(assert(client_options.check())).is_foreign)
  end)

  it("makes one attempt where there are no retries", function()
    assert.are.equal(1, state_of({ retry_mode = "off", max_attempts = 9 }).max_attempts)
  end)
end)
