-- SPDX-License-Identifier: MIT
local settings = require "dynamo.call.settings"

local function client(variables, config)
  local reads = { n = 0 }
  return {
    getenv = function(name) return name == "HOME" and "/h" or variables[name] end,
    read_file = function(path)
      reads.n = reads.n + 1
      if config and path == "/h/.aws/config" then return config end
      return nil, path .. ": not there"
    end,
  }, reads
end

describe("settings.text", function()
  it("takes the first variable that is not blank, then the profile's property", function()
    local variables = { A = " ", B = "from B" }
    local config = "[default]\na = from the profile\n"
    assert.are.equal("from B", (settings.text(client(variables, config), { "A", "B" }, "a")))
    assert.are.equal("from the profile", (settings.text(client({}, config), { "A" }, "a")))
    assert.is_nil((settings.text(client({}, config), { "A" })))
    assert.is_nil((settings.text(client({}), { "A" }, "a")))
  end)

  it("says where the text comes from", function()
    assert.are.same({ "x", "B" }, { settings.text(client { B = "x" }, { "A", "B" }, "a") })
    assert.are.same({ "x", "a" }, { settings.text(client({}, "[default]\na=x\n"), { "A" }, "a") })
  end)
end)

describe("settings.profile", function()
  it("reads the files once a client", function()
    local it, reads = client({}, "[default]\na=x\n")
    for _ = 1, 3 do assert.are.equal("x", settings.profile(it).properties.a) end
    assert.are.equal(2, reads.n)
  end)

  it("tells a damaged file from none", function()
    assert.is_true(select(3, settings.profile(client({}, "[default\n"))))
    assert.is_false(select(3, settings.profile(client {})))
  end)
end)
