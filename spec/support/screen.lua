-- SPDX-License-Identifier: MIT
-- A program on the screen of a real terminal, by tmux: typed to, and looked at as somebody would.
--
--   local screen = screens.open(command, { columns = 80, rows = 24 })
--   screen:type "get 123"     text, as it is          screen:key "C-r"   a key by tmux's name
--   screen:await "Users>"     until the last line that is not empty ends so
--   screen:text()             what is seen, without the blanks at ends
--   screen:resize(60, 24)   screen:status() (of the program, once it ended)   screen:close()
local M = {}

local Screen = {}
Screen.__index = Screen

local PATIENCE = 60 -- seconds, on a busy machine
local CONFIG =
  "set -g status off\nset -g remain-on-exit on\nset -g default-terminal screen-256color\n"

-- The program, whose status goes to a file: tmux does not always see it end. Ctrl-C is for the program alone.
local STATUS = "trap : INT; %s; echo $? >%s/status"

--- Whether tmux is here.
function M.is_here()
  local result = os.execute "command -v tmux >/dev/null 2>&1"
  return result == true or result == 0
end

local function quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

-- Runs a command of tmux; returns what it prints.
local function tmux(screen, words)
  local form = "LC_ALL=C.UTF-8 tmux -u -S %s/socket -f %s/config %s 2>&1"
  local pipe = assert(io.popen(form:format(screen.folder, screen.folder, words)))
  local printed = pipe:read "*a"
  pipe:close()
  return printed
end

--- Starts a program.
-- @tparam string command of the shell
-- @tparam table o columns, rows
function M.open(command, o)
  local folder = os.tmpname()
  os.remove(folder)
  assert(os.execute("mkdir -m 700 " .. folder))
  local file = assert(io.open(folder .. "/config", "w"))
  file:write(CONFIG)
  file:close()
  local screen = setmetatable({ folder = folder }, Screen)
  local words = "new-session -d -x %d -y %d %s"
  local program = STATUS:format(command, folder)
  local said = tmux(screen, words:format(o.columns, o.rows, quoted(program)))
  assert(said == "", said)
  return screen
end

--- Types a text.
function Screen:type(text)
  tmux(self, "send-keys -l -- " .. quoted((text:gsub(";$", "\\;"))))
  return self
end

--- Presses keys by their names: Enter, Tab, C-c, BSpace.
function Screen:key(names)
  tmux(self, "send-keys " .. names)
  return self
end

--- Returns what is seen, a line each, without blanks at their ends and empty lines at the end of all.
function Screen:text()
  local text = tmux(self, "capture-pane -p"):gsub("[ \t]+\n", "\n")
  return (text:gsub("\n+$", "\n"))
end

-- Waits until `holds` is true of what is seen; returns that.
local function await(screen, wanted, holds)
  local started = os.time()
  while os.time() - started <= PATIENCE do
    local text = screen:text()
    if holds(text) then return text end
    os.execute "sleep 0.03"
  end
  error(("waited in vain for %q; seen:\n%s"):format(wanted, screen:text()), 3)
end

--- Waits until the last line that is not empty is, or ends with, this; returns what is seen then.
function Screen:await(ending)
  return await(self, ending, function(text)
    return text:sub(-#ending - 1, -2) == ending
  end)
end

--- Waits until this line is all that there is.
function Screen:await_only(line)
  return await(self, line, function(text)
    return text == line .. "\n"
  end)
end

--- Waits until this stands somewhere.
function Screen:await_text(wanted)
  return await(self, wanted, function(text)
    return text:find(wanted, 1, true) ~= nil
  end)
end

-- Returns "rows columns" of the program's terminal.
local function size_of(screen)
  local name = tmux(screen, "display-message -p '#{pane_tty}'"):match "%S+"
  local pipe = io.popen("stty -F " .. name .. " size 2>&1")
  local size = pipe:read "*l"
  pipe:close()
  return size
end

--- Changes the size, and waits until the program can know: tmux tells it a while later.
function Screen:resize(columns, rows)
  tmux(self, ("resize-window -x %d -y %d"):format(columns, rows))
  local wanted = ("%d %d"):format(rows, columns)
  await(self, wanted, function()
    return size_of(self) == wanted
  end)
end

--- Waits for the end of the program; returns its exit status.
function Screen:status()
  local status
  await(self, "the end of the program", function()
    local file = io.open(self.folder .. "/status")
    status = file and file:read "*l"
    if file then file:close() end
    return status ~= nil
  end)
  return tonumber(status)
end

--- Ends what still runs.
function Screen:close()
  tmux(self, "kill-server")
  os.execute("rm -rf " .. self.folder)
end

return M
