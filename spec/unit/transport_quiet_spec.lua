-- SPDX-License-Identifier: MIT
-- Where nginx does not tell a socket's descriptor. Where it does: spec/nginx/life_spec.lua.
local fake_ngx = require "support.fake_ngx"

describe("a kept connection", function()
  it("counts as quiet where there is no telling", function()
    for _, subsystem in ipairs { "stream", "http" } do
      local fake = fake_ngx.install()
      rawget(_G, "ngx").config.subsystem = subsystem
      local is_quiet = require "dynamo.transport.quiet"
      assert.is_true(is_quiet({}))
      assert.is_true(is_quiet({ "no userdata" }))
      assert.is_true(is_quiet({ io.stdout }))
      fake.restore()
    end
  end)
end)
