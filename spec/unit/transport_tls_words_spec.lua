-- SPDX-License-Identifier: MIT
-- Where nginx cannot be asked. Where it can: the certificates of spec/nginx, on a machine busy enough
-- for a response to be there at once.
local fake_ngx = require "support.fake_ngx"

describe("the words for a handshake that failed in silence", function()
  it("are none where there is no telling", function()
    for _, subsystem in ipairs { "stream", "http" } do
      local fake = fake_ngx.install()
      rawget(_G, "ngx").config.subsystem = subsystem
      local words = require "dynamo.transport.tls_words"
      assert.is_nil(words {})
      assert.is_nil(words { "no userdata" })
      assert.is_nil(words { io.stdout })
      fake.restore()
    end
  end)
end)
