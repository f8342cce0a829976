-- SPDX-License-Identifier: MIT
local core = require "dynamo.core"
local json = require "dynamo.credentials.json"

describe("credentials.json", function()
  local rows = {
    {
      { b = 1, a = { true, false, core.null }, c = { d = {} } },
      '{"a":[true,false,null],"b":1,"c":{"d":{}}}',
    },
    {
      'quote " backslash \\ slash / line\nfeed \0 \127 é €',
      '"quote \\" backslash \\\\ slash / ' .. 'line\\u000afeed \\u0000 \127 é €"',
    },
    { { ['"'] = "" }, '{"\\"":""}' },
    { " !#[]^_~", '" !#[]^_~"' },
    { { 1700000000, -3, 0.5, 1e20 }, "[1700000000,-3,0.5,100000000000000000000]" },
  }
  for i, row in ipairs(rows) do
    it("writes document " .. i, function()
      assert.are.equal(row[2], json.write(row[1]))
    end)
  end

  it("writes what core.document read", function()
    local text = '{"accessToken":{"expiresAt":"2030-01-01T00:00:00Z","n":900},"list":["a",["b"]],'
      .. '"new\\nline":null,"pem":"-----BEGIN-----\\u000aAA==\\u000a"}'
    local document = assert(core.document(text))
    assert.are.same(document, core.document(json.write(document)))
  end)
end)
