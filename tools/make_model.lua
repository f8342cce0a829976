-- SPDX-License-Identifier: MIT
-- make_model.lua FOLDER [check]
--
-- Writes the generated Lua files from the publications in FOLDER; `make model` runs it at the
-- repository's root. With "check" it writes nothing, and says which file is not what it would write.
local generate = require "tools.model.generate"

local only_check = arg[2] == "check"
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

for path, source in pairs(generate.sources(arg[1])) do
  (only_check and check or write)(path, source)
end
os.exit(differ == 0)
