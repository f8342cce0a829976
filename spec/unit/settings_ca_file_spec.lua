-- SPDX-License-Identifier: MIT
local ca_file = require "dynamo.settings.ca_file"

describe("ca_file.problem", function()
  local rows = {
    { "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", nil },
    { "# a bundle\n-----BEGIN TRUSTED CERTIFICATE-----\nMIIB\n", nil },
    { "", "holds no PEM certificate" },
    { "-----BEGIN PRIVATE KEY-----\n", "holds no PEM certificate" },
    { nil, "cannot be read: no such file" },
  }
  for i, row in ipairs(rows) do
    it(("says %s, row %d"):format(tostring(row[2]), i), function()
      local asked
      local function read_file(path)
        asked = path
        return row[1], not row[1] and "no such file" or nil
      end
      assert.equal(row[2], (ca_file.problem("/x/ca.pem", read_file)))
      assert.equal("/x/ca.pem", asked)
    end)
  end
end)
