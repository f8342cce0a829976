-- SPDX-License-Identifier: MIT
-- The keys of a conversation, where dynamo/line.so is built: typed on a pseudo-terminal that can do more than
-- show lines.
local emulator = require "support.emulator"

local CTRL_C, CTRL_D, CTRL_R, TAB, RUBOUT = "\3", "\4", "\18", "\t", "\127"
local ALT_ENTER = "\27\r"
-- What comes behind a line that was read: bracketed paste ends.
local ENTERED = "\27[?2004l"

-- Tells of the first request that comes to a port, when its sender waits, and never answers. It goes on
-- in the background once it listens, so that what is begun behind it finds it; Ctrl-C is not for it.
local DEAF_SERVER = [[python3 -c '
import os, signal, socket, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
server = socket.create_server(("127.0.0.1", %d))
if os.fork(): os._exit(0)
client = server.accept()[0]
client.recv(1)
time.sleep(0.3)
print("a request", flush=True)
server.accept()'; :]]

local has_line = pcall(require, "dynamo.line")

-- Returns a folder of its own; it is not there yet.
local function fresh_folder()
  local path = os.tmpname()
  os.remove(path)
  return path
end

emulator.each("keys", function(host)
  if host.name ~= "moto" then return end -- nothing of it is the service's
  if not has_line then
    return pending "dynamo/line.so is not built: libedit's header is not here"
  end

  local state
  before_each(function()
    state = fresh_folder()
  end)
  after_each(function()
    os.execute("rm -rf " .. state)
  end)

  local function type_keys(steps, ...)
    steps.variables = { TERM = "xterm", XDG_STATE_HOME = state, LC_ALL = "C.UTF-8" }
    return host:type(steps, "bin/dynamo", "--no-color", ...)
  end

  local function contains(wanted, shown)
    assert.truthy(shown:find(wanted, 1, true), ("%q is not in\n%s"):format(wanted, shown))
  end

  it("end what Lua does by Ctrl-C, each time", function()
    local steps = { { "> ", "" } }
    for i = 1, 3 do
      local loop = ('print "on %d"; while true do os.time() end\n'):format(i)
      steps[#steps + 1] = { "", loop }
      steps[#steps + 1] = { ENTERED .. "on " .. i, CTRL_C }
      steps[#steps + 1] = { "interrupted!", "" }
    end
    steps[#steps + 1] = { "> ", CTRL_D }
    local shown, status = type_keys(steps)
    assert.equal(0, status, shown)
  end)

  it("complete clauses and files", function()
    local number = os.time()
    local name = ("long_work_%d.tmp"):format(number)
    assert(io.open(name, "wb")):close()
    local shown, status = type_keys {
      { "> ", "import long_work_" .. TAB },
      { number .. ".tmp ", "FORM" .. TAB },
      { "AT ", CTRL_C },
      { "> ", CTRL_D },
    }
    os.remove(name)
    assert.equal(0, status, shown)
  end)

  it("edit a line of UTF-8", function()
    local shown, status = type_keys {
      { "> ", '"日本語' .. RUBOUT .. RUBOUT .. '木"\n' },
      { ENTERED .. '"日木"', "" },
      { "> ", CTRL_D },
    }
    assert.equal(0, status, shown)
  end)

  it("complete words by their place, and list them", function()
    local shown, status = type_keys {
      { "> ", "he" .. TAB .. "ge" .. TAB .. "\n" },
      { "Shows one item", "" },
      { "> ", "co" .. TAB },
      { "commit  copy  count", CTRL_C },
      { "> ", "7 * 6\n" },
      { "42", "" },
      { "> ", CTRL_D },
    }
    assert.equal(0, status, shown)
  end)

  it("find a line of before, in this conversation and the next, but no secret", function()
    local shown = type_keys {
      { "> ", "x = 41\n" },
      { "> ", "my_secret = 1\n" },
      { "> ", CTRL_D },
    }
    contains("> my_secret = 1", shown)
    local _, status = type_keys {
      { "> ", CTRL_R .. "x =" },
      { "x =", "\n" },
      { "> ", "x + 1\n" },
      { "42", "" },
      { "> ", CTRL_D },
    }
    assert.equal(0, status)
    local path = state .. "/dynamo/history"
    local file = assert(io.open(path))
    local text = file:read "*a"
    file:close()
    assert.truthy(text:find "41")
    assert.is_nil(text:find "secret")
    local pipe = io.popen("stat -c %a " .. path)
    assert.equal("600\n", pipe:read "*a")
    pipe:close()
  end)

  it("begin a line within a statement, and take what is pasted as it is", function()
    local shown, status = type_keys {
      { "> ", "x = 40 +" .. ALT_ENTER .. "1\n" },
      { "> ", "\27[200~y = {\n1,\t2}\n#y + x\27[201~" },
      { "#y + x", "\n" },
      { ENTERED .. "43", "" },
      { "> ", CTRL_D },
    }
    assert.equal(0, status, shown)
  end)

  it("drop a line, and an open statement", function()
    local shown, status = type_keys {
      { "> ", "nonsense" .. CTRL_C },
      { "dropped; Ctrl-D leaves", "" },
      { "> ", "x = {\n" },
      { "...> ", CTRL_C },
      { "dropped; Ctrl-D leaves", "" },
      { "> ", "7 * 6\n" },
      { "42", "" },
      { "> ", CTRL_D },
    }
    assert.equal(0, status, shown)
  end)

  it("end a call in the middle, and not the conversation", function()
    local bound = assert(require("socket").bind("127.0.0.1", 0))
    local _, port = bound:getsockname()
    bound:close()
    local shown, status = type_keys({
      beside = DEAF_SERVER:format(port),
      { "> ", "get 1\n" },
      { "a request", CTRL_C },
      { "the call was interrupted", "" },
      { "> ", "7 * 6\n" },
      { "42", "" },
      { "> ", CTRL_D },
    }, "--table", "Users", "--endpoint", "http://127.0.0.1:" .. port)
    assert.equal(0, status, shown)
  end)
end)
