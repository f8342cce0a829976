-- SPDX-License-Identifier: MIT
-- SECURITY.md and the sentence of docs/client.md about explain say what is so.
local canary = require "support.canary"
local fake_client = require "support.fake_client"

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "*a"
  file:close()
  return text
end

describe("SECURITY.md", function()
  local text = read "SECURITY.md"

  it("names a test that is there for each promise", function()
    local promises = text:match "## What is promised(.-)\n## "
    local count = 0
    for promise in promises:gsub("\n%- ", "\1"):gmatch "\1([^\1]+)" do
      count = count + 1
      local files = 0
      for path in promise:gmatch "`(spec/[%w_/]+%.lua)`" do
        files = files + 1
        assert.is_true(#read(path) > 0)
      end
      assert.is_true(files > 0, promise)
    end
    assert.is_true(count >= 6)
  end)

  it("says what is out of reach, and gives no address", function()
    for _, word in ipairs { "Core files", "swap", "SSLKEYLOGFILE" } do
      assert.matches(word, text, 1, true)
    end
    assert.is_nil(text:find "[%w.]+@[%w.]+")
  end)
end)

describe("explain", function()
  it("has the token and the signature, as docs/client.md warns", function()
    local docs = read "docs/client.md"
    assert.matches("headers hold the\n  session token and the signature", docs, 1, true)
    local db = fake_client.new({}, { credentials = canary.credentials() })
    local headers = {}
    for _, pair in ipairs(db:explain("list_tables", {}).headers) do
      headers[pair[1]] = pair[2]
    end
    assert.are.equal(canary.TOKEN, headers["x-amz-security-token"])
    assert.matches("Signature=%x+", headers.authorization)
  end)
end)
