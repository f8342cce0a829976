-- SPDX-License-Identifier: MIT
-- Writes the generated Lua files; `make model` runs it at the repository's root. With the argument
-- "check" it writes nothing, and says which file is not what it would write.
local generate = require "tools.model.generate"

local only_check = arg[1] == "check"
local differ = 0

local function write(path, source)
  local file = assert(io.open(path, "wb"))
  assert(file:write(source))
  assert(file:close())
end

local function check(path, source)
  local file = assert(io.open(path, "rb"))
  if file:read("*a") ~= source then
    print(path .. ": not what `make model` writes")
    differ = differ + 1
  end
  file:close()
end

for path, source in pairs(generate.sources(os.getenv("DYNAMO_MODEL") or "../shared/model")) do
  (only_check and check or write)(path, source)
end
os.exit(differ == 0)
