-- SPDX-License-Identifier: MIT
-- lua5.4 tools/floors.lua [check|write]
--
-- Draws what the Lua files require as floors of rooms, the highest first: prints them, with "write"
-- into docs/architecture.md, with "check" compares them with that page. A room is a folder under
-- lua/dynamo/ with all that is in it, or a file directly there. It may require what is on lower
-- floors, and beside it what does not lead back to it. Fails on an arrow that runs up, a circle of
-- rooms, a folder that has no floor, a guest that looks behind the door, and two files of one name in
-- different folders (but init.lua).
local GROUND = 1
-- Folder or file -> its floor. Files that are not named here are on the ground, the C modules below.
local FLOORS = {
  ["prompt/"] = 8,
  ["dynamo"] = 7,
  ["client"] = 7,
  ["client_options"] = 7,
  ["client_state"] = 7,
  ["table/"] = 6,
  ["stream/"] = 6,
  ["call/"] = 5,
  ["credentials/"] = 4,
  ["embedded/"] = 4,
  ["transport/"] = 3,
  ["endpoint/"] = 3,
  ["loop/"] = 2,
  ["settings/"] = 2,
  ["expression/"] = 2,
}
-- Rooms that come in by the front door alone: of the library they require `dynamo` itself, and a C module
-- of their own.
local GUESTS = { ["prompt/"] = "dynamo.line" }
local C_MODULES =
  { core = true, curl = true, line = true, process = true, sqlite = true, wait = true }

local problems = {}

local function problem(...)
  problems[#problems + 1] = (...):format(select(2, ...))
end

-- Returns the room of a module: "table/" of dynamo.table.extension.ttl; nil for a C module.
local function room_of(module)
  local name, folder = module:match "^dynamo%.?(%w*[%w_]*)(%.?)"
  if name == "" then return "dynamo" end
  if C_MODULES[name] then return nil end
  local is_folder = folder == "." or io.open(("lua/dynamo/%s/init.lua"):format(name))
  return is_folder and name .. "/" or name
end

-- Returns the modules and what each requires: { { module, path, requires = { name, ... } }, ... }.
local function read_modules()
  local modules = {}
  for path in io.popen("find lua -name '*.lua' | LC_ALL=C sort"):lines() do
    local module = path:sub(5, -5):gsub("/init$", ""):gsub("/", ".")
    local record = { module = module, path = path, requires = {} }
    for line in io.lines(path) do
      local code = line:gsub("%-%-.*$", "")
      for name in code:gmatch [[require%s*%(?%s*["'](dynamo[%w_.]*)]] do
        record.requires[#record.requires + 1] = name
      end
    end
    modules[#modules + 1] = record
  end
  return modules
end

local function floor_of(room)
  if room:sub(-1) == "/" and not FLOORS[room] then
    problem("lua/dynamo/%s: this folder has no floor; give it one in tools/floors.lua", room)
    FLOORS[room] = GROUND -- told once
  end
  return FLOORS[room] or GROUND
end

-- Tells of what a guest requires behind the door.
local function judge_guest(record, from, name)
  local to = GUESTS[from] and room_of(name)
  local is_own = to == from or to == "dynamo" or name == GUESTS[from]
  if GUESTS[from] and not is_own then
    problem("%s requires %s: it may require dynamo alone", record.path, name)
  end
end

-- Returns room -> the rooms beside it, on its floor, that it requires.
local function judge_arrows(modules)
  local beside = {}
  for _, record in ipairs(modules) do
    local from = room_of(record.module)
    beside[from] = beside[from] or {}
    for _, name in ipairs(record.requires) do
      local to = room_of(name)
      judge_guest(record, from, name)
      local up = to and floor_of(to) - floor_of(from) or -1
      if up > 0 then problem("%s requires %s, which is above it", record.path, name) end
      if up == 0 and to ~= from then beside[from][to] = true end
    end
  end
  return beside
end

local function sorted(set)
  local names = {}
  for name in pairs(set) do
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

-- Follows the arrows beside one another from a room; `trail` are the rooms on the way.
local function follow(beside, room, trail, done)
  if trail[room] then return problem("a circle of rooms goes through %s", room) end
  if done[room] then return end
  trail[room] = true
  for _, other in ipairs(sorted(beside[room] or {})) do
    follow(beside, other, trail, done)
  end
  trail[room], done[room] = nil, true
end

-- Returns the rooms of each floor as text.
local function drawn(beside)
  local floors, lines = {}, {}
  for _, room in ipairs(sorted(beside)) do
    local floor = floor_of(room)
    floors[floor] = floors[floor] or {}
    table.insert(floors[floor], room)
  end
  for floor = #floors, GROUND, -1 do
    lines[#lines + 1] = ("floor %d  %s\n"):format(floor, table.concat(floors[floor], " "))
  end
  return table.concat(lines) .. ("floor 0  %s.so\n"):format(table.concat(sorted(C_MODULES), ".so "))
end

local PAGE = "docs/architecture.md"
local BLOCK = "(<!%-%- floors %-%->\n).-(<!%-%- /floors %-%->)"

-- Returns the page, and as it would be with the floors in it; nil where there is no page.
local function pages(text)
  local file = io.open(PAGE)
  if not file then return nil end
  local page = file:read "a"
  file:close()
  local block = ("```\n%s```\n"):format(text):gsub("%%", "%%%%")
  return page, (page:gsub(BLOCK, "%1" .. block .. "%2"))
end

-- Two files of one name are taken for one another, in talk as in a stack trace.
local function judge_names(modules)
  local paths = {}
  for _, record in ipairs(modules) do
    local name = record.path:match "[^/]*$"
    local other = name ~= "init.lua" and paths[name]
    if other then problem("%s has the name of %s", record.path, other) end
    paths[name] = record.path
  end
end

local modules = read_modules()
local beside = judge_arrows(modules)
judge_names(modules)
local done = {}
for _, room in ipairs(sorted(beside)) do
  follow(beside, room, {}, done)
end
local text = drawn(beside)
local page, drawn_page = pages(text)
if arg[1] == "check" then
  if page ~= drawn_page then problem("%s shows other floors; run: make floors", PAGE) end
elseif arg[1] == "write" then
  assert(io.open(PAGE, "w")):write(drawn_page):close()
else
  io.write(text)
end
for _, said in ipairs(problems) do
  print("floors: " .. said)
end
os.exit(#problems == 0)
