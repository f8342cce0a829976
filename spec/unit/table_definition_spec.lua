-- SPDX-License-Identifier: MIT
local settings = require "dynamo.table.definition"

describe("settings.checked", function()
  local extension = {
    name = "x",
    after_read = function()
      return nil
    end,
  }
  local good = {
    {},
    { key = { "pk", "sk" } },
    { merge = "priority", extensions = {}, attributes = {} },
    { attributes = { a = { write = "if_absent" }, b = { write = "always" }, c = {} } },
    { extensions = { extension, extension } },
  }
  for i, o in ipairs(good) do
    it("takes what is right, case " .. i, function()
      assert.are.same(o, settings.checked("Users", o))
    end)
  end

  local bad = {
    { 5, {}, "the table's name must be a string, not number" },
    { "Users", "x", "the options must be a table, not string" },
    { "Users", { key = {} }, 'key must be { "partition key" }' },
    { "Users", { indexes = 5 }, "indexes must be a table, not a number" },
    { "Users", { indexes = { a = {} } }, "indexes.a must be a list of the index's key attributes" },
    { "Users", { indexes = { a = { "b", "b" } } }, "indexes.a must be a list" },
    { "Users", { indexes = { a = "b" } }, "indexes.a must be a list" },
    { "Users", { indexes = { { "b" } } }, "indexes.1 must be a list" },
    { "Users", { merge = true }, 'merge must be "strict", "priority", "concatenate"' },
    { "Users", { attributes = { [1] = {} } }, "attributes must map a name to" },
    {
      "Users",
      { extensions = { { name = 5, after_read = print } } },
      "extensions[1] name must be a string, not a number",
    },
    {
      "Users",
      { extensions = { { name = "x", before_write = print, options = "y" } } },
      "extensions[1] options must be a table, not a string",
    },
  }
  for i, case in ipairs(bad) do
    it("says what is wrong, case " .. i, function()
      local checked, problem = settings.checked(case[1], case[2])
      assert.is_nil(checked)
      assert.matches(case[3], problem, 1, true)
    end)
  end
end)

describe("settings.noun", function()
  it("copies what it is told, the client's extensions first", function()
    local of_client = { name = "c", after_read = print }
    local client = { extensions = { of_client } }
    local o = {
      key = { "pk" },
      indexes = { byDay = { "day", "at" } },
      attributes = { a = { write = "if_absent" } },
      extensions = { { name = "x", before_write = print, options = { "version" } } },
    }
    local noun = settings.noun(client, "Users", o)
    o.key[1], o.attributes.a.write, o.extensions[2] = "other", "always", {}
    o.indexes.byDay[1] = "other"
    assert.are.same({
      client = client,
      name = "Users",
      key = { "pk" },
      told = { "pk" },
      indexes = { byDay = { "day", "at" } },
      merge = "strict",
      tests = {},
      updates = { plans = {}, count = 0, root = {}, node_count = 0 },
      attributes = { a = { write = "if_absent" } },
      extensions = { of_client, o.extensions[1] },
      options = { version = true },
    }, noun)
  end)
end)
