-- SPDX-License-Identifier: MIT
-- The prompt as it is seen: a session typed key by key on the screen of a terminal (tmux), and what stands on
-- it then compared with spec/screens/. DYNAMO_SCREENS=write writes those anew, to be looked at.
local emulator = require "support.emulator"
local screens = require "support.screen"

local has_line = pcall(require, "dynamo.line")
-- Each runtime has tables of its own: those of a region.
local REGION = emulator.RUNTIME == "luajit" and "eu-west-2" or "eu-west-1"
local WRITES = os.getenv "DYNAMO_SCREENS" == "write"

-- Tells when it listens on a port and of the first request that comes, when its sender waits, and never
-- answers.
local DEAF_SERVER = [[python3 -c '
import socket, time
server = socket.create_server(("127.0.0.1", %d))
print("it listens", flush=True)
client = server.accept()[0]
client.recv(1)
time.sleep(0.3)
print("a request", flush=True)
server.accept()']]

local function read(path)
  local file = io.open(path)
  local text = file and file:read "*a"
  if file then file:close() end
  return text
end

local function write(path, text)
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
end

-- Compares what was seen with the file of a name.
local function judge(name, text)
  local path = ("spec/screens/%s.txt"):format(name)
  if WRITES then write(path, text) end
  assert.equal(read(path), text)
end

-- Compares what was seen with what README shows.
local function judge_readme(text)
  local form = "(<!%-%- screen %-%->\n```\n)(.-)(```\n<!%-%- /screen %-%->)"
  local page = read "README.md"
  if WRITES then
    page = page:gsub(form, function(before, _, after)
      return before .. text .. after
    end)
    write("README.md", page)
  end
  assert.equal((select(2, page:match(form))), text)
end

emulator.each("the screen", function(host)
  if host.name ~= "moto" then return end -- what is of each service other specs look at
  if not screens.is_here() then return pending "tmux is not here" end
  if not has_line then
    return pending "dynamo/line.so is not built: libedit's header is not here"
  end

  local db, screen, seen
  local state = os.tmpname()
  os.remove(state)

  local function create(name, key)
    db:delete_table { TableName = name }
    local params = host.definition(key, { TableName = name })
    assert(db:create_table(params))
  end

  before_each(function()
    db = host:client { region = REGION }
    create("Users", { { "userId", "S" } })
    create("Seen", { { "device", "S" }, { "at", "N" } })
  end)
  after_each(function()
    if screen then screen:close() end
    os.execute("rm -rf " .. state)
    db:close()
  end)

  local function open(columns, rows, o, ...)
    o = o or {}
    o.columns, o.rows = columns, rows
    o.variables = { TERM = "screen-256color", LC_ALL = "C.UTF-8", XDG_STATE_HOME = state }
    screen, seen = host:screen(o, "bin/dynamo", "--region", REGION, ...), {}
    return screen
  end

  -- Returns what is seen, without what differs from run to run.
  local function masked(milliseconds)
    local text = screen:text():gsub("eu%-west%-2", "eu-west-1")
    return (
      text:gsub("%d+ ms\n", milliseconds .. " ms\n"):gsub("127%.0%.0%.1:%d+", "127.0.0.1:PORT")
    )
  end

  local function look(title)
    seen[#seen + 1] = ("==== %s\n%s"):format(title, masked "N")
  end

  -- Types a statement and enters it; waits for the prompt of a table after it.
  local function enter(statement, name)
    screen:type(statement):await(statement:sub(-8))
    screen:key("Enter"):await(("\n%s %s>"):format(REGION, name or "Users"))
  end

  local function drive(columns, rows)
    open(columns, rows):await(("\n%s>"):format(REGION))
    look "the beginning"
    screen:type("tables"):key("Enter"):await(("ms\n%s>"):format(REGION))
    look "the tables"
    screen:type("use Us"):key("Tab"):await_text("use Users")
    screen:key("Enter"):await(("\n%s Users>"):format(REGION))
    enter 'upsert 123 { name = "Ann", visits = 1 }'
    enter "update 123 SET visits = visits + 1, seen = 'today'"
    look "writes"
    enter "update 123 SET visits = 9 IF version = 3"
    enter "get 123"
    enter "upsrt 123 { a = 1 }"
    look "a failed condition, a mistake"
    screen:key "C-l"
    enter 'insert 7 { name = "日本 😀", tags = dynamo.set { "a" } }'
    enter 'insert 8 { name = "Zoë", raw = dynamo.binary "\\0\\1" }'
    enter "scan"
    look "wide characters in a table"
    screen:key "C-l"
    enter "explain update 123 ADD visits 1"
    enter "delete 8"
    enter "count"
    look "a request, a deletion"
    screen:key "C-l"
    enter "undo"
    enter "diff 7 8"
    enter "upsert 5 {}"
    enter "again 2"
    look "what was taken back, compared, done again"
    screen:key "C-l"
    screen:type("begin"):key("Enter"):await(("%s Users*>"):format(REGION))
    screen:type("insert 9 { n = 1 }"):key("Enter"):await(("%s Users*>"):format(REGION))
    screen:type("update 123 ADD visits 1"):key("Enter"):await(("%s Users*>"):format(REGION))
    screen:type("commit"):key("Enter"):await "Type yes:"
    enter "yes"
    enter "sql SELECT userId FROM Users WHERE userId = '9'"
    look "a transaction, PartiQL"
    screen:key "C-l"
    enter("use Seen", "Seen")
    enter("put dev 1 { total = 5 }", "Seen")
    enter("put dev 2 { total = 50 }", "Seen")
    enter("query dev > 0 WHERE total > 10 LIMIT 5", "Seen")
    look "a query"
    screen:key("C-r"):type("visits = 9"):await_text "visits = 9 IF"
    screen:key "C-c"
    screen:await(("\n%s Seen>"):format(REGION))
    screen:key "C-l"
    screen:type("get dev 木é"):await "木é"
    screen:key("BSpace BSpace"):await "get dev"
    screen:resize(columns - 20, rows)
    screen:type("2"):await "dev 2"
    screen:key("C-l"):await_only(("%s Seen> get dev 2"):format(REGION))
    look "a line in the middle, the screen smaller"
    screen:key("Enter"):await_text "total"
    screen:await(("\n%s Seen>"):format(REGION))
    screen:type("nonsense"):await "nonsense"
    screen:key("C-c"):await(("dropped; Ctrl-D leaves\n%s Seen>"):format(REGION))
    screen:type("x = {"):key("Enter"):await "...>"
    screen:key("C-c"):await(("\n%s Seen>"):format(REGION))
    look "what was dropped"
    screen:key "C-d"
    assert.equal(0, screen:status())
    judge(("%dx%d"):format(columns, rows), table.concat(seen))
  end

  it("of 80 columns and 24 lines", function()
    drive(80, 24)
  end)

  it("of 200 columns and 50 lines", function()
    drive(200, 50)
  end)

  it("is what README shows", function()
    open(80, 24):await(("\n%s>"):format(REGION))
    enter "use Users"
    enter 'upsert 123 { name = "Ann", visits = 1 }'
    enter "update 123 SET visits = visits + 1 IF visits = 1"
    enter "update 123 SET visits = = 2"
    judge_readme(masked "4")
  end)

  it("says what became of a call that Ctrl-C ended", function()
    local bound = assert(require("socket").bind("127.0.0.1", 0))
    local _, port = bound:getsockname()
    bound:close()
    local url = "http://127.0.0.1:" .. port
    open(80, 24, { beside = DEAF_SERVER:format(port) }, "--table", "Users", "--endpoint", url)
    local prompt = ("127.0.0.1:%d Users>"):format(port)
    screen:await_text "it listens"
    screen:await_text(prompt)
    screen:type("get 1"):key("Enter"):await_text "a request"
    screen:key("C-c"):await_text "the call was interrupted"
    screen:await(prompt)
    screen:type("7 * 6"):key("Enter"):await("\n42\n" .. prompt)
    screen:key "C-d"
    assert.equal(0, screen:status())
  end)
end)
