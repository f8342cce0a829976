-- SPDX-License-Identifier: MIT
--- rockspec_check.lua: does the rockspec list every Lua file, and every C file in its module?
-- Run by Lua 5.4 at the repository's root (make check-rockspec). Prints what lacks, as the line to
-- add, and what is listed in vain.

local ROCKSPEC = "rockspec/dynamo-scm-1.rockspec"

-- The rockspec's globals.
local function read_rockspec()
  local globals = {}
  assert(loadfile(ROCKSPEC, "t", globals))()
  return globals
end

-- The paths that `find ARGUMENTS` prints, sorted.
local function find(arguments)
  local pipe, paths = assert(io.popen("find " .. arguments)), {}
  for path in pipe:lines() do
    paths[#paths + 1] = path
  end
  pipe:close()
  table.sort(paths)
  return paths
end

-- "lua/dynamo/call/init.lua" is the module "dynamo.call".
local function module_name(path)
  return (path:gsub("^lua/", ""):gsub("%.lua$", ""):gsub("/init$", ""):gsub("/", "."))
end

local breaches = 0

local function breach(...)
  breaches = breaches + 1
  print(ROCKSPEC .. ": " .. string.format(...))
end

local function check_lua_files(modules)
  for _, path in ipairs(find "lua -name '*.lua'") do
    local name = module_name(path)
    if modules[name] ~= path then breach("lacks   [%q] = %q,", name, path) end
  end
end

local function check_listed(path)
  local file = io.open(path)
  if file then
    file:close()
  else
    breach("lists %s, which is not there", path)
  end
end

-- `module` lists the files under `folder`.
local function check_c_files(module, folder)
  local listed = {}
  for _, path in ipairs(module.sources) do
    listed[path] = true
  end
  for _, path in ipairs(find(folder .. " -name '*.c'")) do
    if not listed[path] then breach("lacks   %q,", path) end
  end
end

local modules = read_rockspec().build.modules
check_lua_files(modules)
for _, module in pairs(modules) do
  for _, path in ipairs(module.sources or { module }) do
    check_listed(path)
  end
end
check_c_files(modules["dynamo.core"], "csrc/core csrc/lua")
check_c_files(modules["dynamo.curl"], "csrc/curl")
check_c_files(modules["dynamo.process"], "csrc/process")
check_c_files(modules["dynamo.wait"], "csrc/wait")
os.exit(breaches == 0)
