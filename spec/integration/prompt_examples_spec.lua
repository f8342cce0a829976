-- SPDX-License-Identifier: MIT
-- The examples of help and of the manual page do what they say: each runs, on tables as they take for granted.
local emulator = require "support.emulator"
local examples = require "dynamo.prompt.examples"

-- Each runtime has tables of its own: those of a region.
local REGION = emulator.RUNTIME == "luajit" and "ap-south-2" or "ap-south-1"

-- What an example needs besides the tables.
local EDITOR = "sed -i 's/Ann/Anna/'"

local function table_of(host, name, key, more)
  more = more or {}
  more.TableName = name
  return host.definition(key, more)
end

emulator.each("the example", function(host)
  if host.name ~= "moto" then return end -- what is of each service other specs look at
  local db, folder

  local function fresh(params)
    db:delete_table { TableName = params.TableName }
    assert(db:create_table(params))
  end

  before_each(function()
    db = host:client { region = REGION }
    folder = os.tmpname()
    os.remove(folder)
    assert(os.execute("mkdir " .. folder))
    local users = { { "userId", "S" } }
    db:delete_table { TableName = "Events" }
    fresh(table_of(host, "Users", users, {
      StreamSpecification = { StreamEnabled = true, StreamViewType = "NEW_AND_OLD_IMAGES" },
    }))
    fresh(table_of(host, "Users2", users))
    fresh(table_of(host, "Orders", { { "customer", "S" }, { "ordered", "S" } }))
    local known = db:table("Users", { key = { "userId" } })
    assert(known:put { userId = "123", name = "Ann", visits = 1 })
    assert(known:put { userId = "124", name = "Bo", visits = 2 })
    local orders = db:table("Orders", { key = { "customer", "ordered" } })
    assert(orders:put { customer = "c-1", ordered = "2026-11-27", total = 12 })
  end)
  after_each(function()
    db:close()
    os.execute("rm -rf " .. folder)
  end)

  for name, statements in pairs(examples) do
    it("of " .. name, function()
      local arguments = { "bin/dynamo", "--region", REGION, "--table", "Users", "--yes" }
      for _, statement in ipairs(statements) do
        -- Once will do, and files belong into a folder of their own.
        local own =
          statement:gsub("^watch 2 ", "watch 0.1 2 "):gsub("users%.jsonl", folder .. "/%0")
        arguments[#arguments + 1] = "-e"
        arguments[#arguments + 1] = own
      end
      local variables = { XDG_CONFIG_HOME = folder, XDG_STATE_HOME = folder, EDITOR = EDITOR }
      local out, status, err =
        host:feed({ "", variables = variables }, (table.unpack or unpack)(arguments))
      assert.equal(0, status, ("%s\n%s"):format(out, err))
      assert.is_true(out ~= "" or err ~= "")
    end)
  end
end)
