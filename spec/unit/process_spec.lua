-- SPDX-License-Identifier: MIT
-- The C module dynamo.process over real programs and files. What it promises is above all what it
-- does not do: wait for ever, leave a process or a descriptor behind.
local curl = require "dynamo.curl"
local patience = require "support.patience"
local process = require "dynamo.process"

local KILOBYTE = 1024
local PATIENCE = 60 -- seconds for a process to be gone
local own_id = process.read_file("/proc/self/stat", KILOBYTE):match("^%d+")

local function run(argv, timeout_ms, max_bytes)
  return process.run(argv, timeout_ms or 60000, max_bytes or KILOBYTE)
end

local function shell(script, timeout_ms, max_bytes)
  return run({ "sh", "-c", script }, timeout_ms, max_bytes)
end

-- Returns what f gives, and the seconds it took before that.
local function timed(f, ...)
  local start = curl.monotonic()
  local a, b, c = f(...)
  return curl.monotonic() - start, a, b, c
end

-- A new path that nothing is at; removed by the caller.
local function new_path()
  local path = os.tmpname()
  os.remove(path)
  return path
end

-- Whether a process of that number runs; one that is dead and not reaped by its parent does not.
local function runs(id)
  local facts = process.read_file("/proc/" .. id .. "/stat", KILOBYTE)
  return facts ~= nil and facts:match("%) (%a)") ~= "Z"
end

-- Waits until a process that was killed is gone.
local function wait_for_end(id)
  local ends = curl.monotonic() + PATIENCE
  repeat
    if not runs(id) then return true end
    curl.sleep(0.005)
  until curl.monotonic() > ends
end

local function first_line(path)
  local text = assert(process.read_file(path, KILOBYTE))
  os.remove(path)
  return (text:match("^[^\n]*"))
end

describe("process.run", function()
  it("gives the status, the output and the error output", function()
    assert.are.same({ 3, "out\n", "err\n" }, { shell "echo out; echo err >&2; exit 3" })
    assert.are.same({ 0, "", "" }, { run { "true" } })
  end)

  it("gives output as it came, NUL bytes too", function()
    assert.are.same({ 0, "a\0b", "" }, { run { "printf", "a\\000b" } })
  end)

  it("runs no shell", function()
    local argument = "$HOME; `id` | * \"'\\ \n"
    assert.are.same({ 0, argument, "" }, { run { "printf", "%s", argument } })
  end)

  it("gives 128 and the signal's number, as a shell does", function()
    assert.are.equal(128 + 9, (shell "kill -9 $$"))
    assert.are.equal(128 + 15, (shell "kill -15 $$"))
  end)

  for name, argv in pairs {
    ["No such file"] = { "dynamo-no-such-program", "hunter2" },
    ["Permission denied"] = { "/etc/passwd", "hunter2" },
  } do
    it("says that a program cannot be started: " .. name, function()
      local status, code, message = run(argv)
      assert.is_nil(status)
      assert.are.equal("NotStarted", code)
      assert.matches("^" .. argv[1]:gsub("%p", "%%%0") .. ": " .. name, message)
      assert.is_nil(message:find("hunter2"))
    end)
  end

  it("gives the program an empty input", function()
    assert.are.same({ 0, "", "" }, { run { "cat" } })
  end)

  it("keeps this process's files from the program", function()
    local file = assert(io.open("/dev/null")) -- opened without close-on-exec, as Lua does
    assert.are.same({ 0, "0\n1\n2\n3\n", "" }, { run { "ls", "/proc/self/fd" } }) -- 3 is ls's own
    file:close()
  end)

  it("starts the program with SIGPIPE as the system has it, and no signal blocked", function()
    local _, facts = run({ "cat", "/proc/self/status" }, 5000, 4096)
    local ignored = tonumber(facts:match("SigIgn:%s+%x*(%x%x%x%x)\n"), 16)
    assert.are.equal(0, math.floor(ignored / 2 ^ (13 - 1)) % 2) -- SIGPIPE is 13
    assert.matches("SigBlk:%s+0+\n", facts)
  end)

  it("makes the program lead a process group of its own", function()
    local _, facts = run { "cat", "/proc/self/stat" }
    local id, group = facts:match("^(%d+) %(cat%) %a %d+ (%d+)")
    assert.are.equal(id, group)
  end)

  it("takes output up to the limit, and not a byte more", function()
    assert.are.equal(0, (run({ "printf", "12345" }, 5000, 5)))
    for _, script in ipairs { "printf 123456", "printf 123456 >&2" } do
      local status, code, message = shell(script, 5000, 5)
      assert.is_nil(status)
      assert.are.equal("TooLarge", code)
      assert.matches("more than 5 bytes", message)
    end
  end)

  it("takes a lot of both outputs at once", function()
    local status, output, errors =
      shell("head -c 300000 /dev/zero >&2 & head -c 300000 /dev/zero; wait", 20000, 300000)
    assert.are.same({ 0, 300000, 300000 }, { status, #output, #errors })
  end)

  it("ends a program that writes without end", function()
    local seconds, status, code = timed(run, { "yes" }, 60000, KILOBYTE)
    assert.is_nil(status)
    assert.are.equal("TooLarge", code)
    assert.is_true(seconds < 30)
  end)

  it("ends a program at the timeout, and reaps it", function()
    patience.grow(function(timeout)
      local path = new_path()
      local seconds, status, code, message =
        timed(shell, "echo $$ > " .. path .. "; exec sleep 60", timeout * 1000)
      assert.is_nil(status)
      assert.are.equal("TimedOut", code)
      assert.matches("^sh: killed, for it did not end within %d+ ms$", message)
      assert.is_true(seconds >= timeout and seconds < 30)
      assert.is_nil((process.read_file("/proc/" .. first_line(path) .. "/stat", KILOBYTE)))
    end)
  end)

  it("ends a program that ignores SIGTERM", function()
    local seconds, _, code = timed(shell, "trap '' TERM INT HUP; while :; do sleep 1; done", 200)
    assert.are.equal("TimedOut", code)
    assert.is_true(seconds < 30)
  end)

  it("ends a program that closed its output", function()
    local seconds, _, code = timed(shell, "exec >/dev/null 2>&1; sleep 60", 200)
    assert.are.equal("TimedOut", code)
    assert.is_true(seconds < 30)
  end)

  it("waits for the end of a program that closed its output", function()
    assert.are.same({ 4, "", "" }, { shell "exec >/dev/null 2>&1; sleep 0.1; exit 4" })
  end)

  it("ends the program's children with it", function()
    patience.grow(function(timeout)
      local path = new_path()
      local _, code = shell("sleep 60 & echo $! > " .. path .. "; wait", timeout * 1000)
      assert.are.equal("TimedOut", code)
      assert.is_true(wait_for_end(first_line(path)))
    end)
  end)

  it("does not wait for a process left behind with the output in hand", function()
    local seconds, status, output = timed(shell, "sleep 60 & echo $!", 60000)
    local left = output:match("%d+")
    assert.are.equal(0, status)
    assert.is_true(seconds < 30)
    assert.is_true(runs(left)) -- a helper may leave an agent running
    os.execute("kill " .. left)
  end)

  it("still takes what a process substitution writes after the end", function()
    -- A busy machine may have no time for that in the moment that is given to it.
    local status, output
    for _ = 1, 20 do
      status, output = run { "bash", "-c", "exec > >(sleep 0.05; cat); echo late" }
      if output == "late\n" then break end
    end
    assert.are.same({ 0, "late\n" }, { status, output })
  end)

  it("leaves no descriptor and no child behind", function()
    local function descriptors()
      collectgarbage() -- files that others forgot to close
      collectgarbage()
      local script = "sleep 0.1; ls /proc/" .. own_id .. "/fd" -- not while the run still begins
      return select(2, select(2, shell(script)):gsub("\n", ""))
    end
    local before = descriptors()
    for _ = 1, 20 do
      run { "true" }
      run { "dynamo-no-such-program" }
      run({ "yes" }, 1000, 10)
      run({ "sleep", "60" }, 1)
    end
    assert.are.equal(before, descriptors())
    local _, children = run { "ps", "-o", "comm=", "--ppid", own_id }
    assert.is_nil(children:find("defunct"))
  end)

  it("refuses a NUL byte in an argument", function()
    local status, code, message = run { "echo", "hunter2\0" }
    assert.is_nil(status)
    assert.are.equal("BadArgument", code)
    assert.is_nil(message:find("hunter2"))
  end)

  for name, arguments in pairs {
    ["no list"] = { "echo", 1000, 10 },
    ["an empty list"] = { {}, 1000, 10 },
    ["a number in the list"] = { { "echo", 1 }, 1000, 10 },
    ["no timeout"] = { { "echo" }, nil, 10 },
    ["a timeout of 0"] = { { "echo" }, 0, 10 },
    ["no limit"] = { { "echo" }, 1000, nil },
    ["a limit of 0"] = { { "echo" }, 1000, 0 },
  } do
    it("raises on " .. name, function()
      assert.has_error(function()
        process.run(arguments[1], arguments[2], arguments[3])
      end)
    end)
  end
end)

-- Signals need the FFI to be arranged for; the C code under test is the same for every runtime.
if rawget(_G, "jit") then
  local ffi = require "ffi"
  ffi.cdef [[
    void *signal(int number, void *handler);
    int abs(int number);
    struct dynamo_spec_timer { long every_s, every_us, first_s, first_us; };
    int setitimer(int which, const struct dynamo_spec_timer *timer, void *old);
  ]]
  local SIGALRM, SIGCHLD = 14, 17
  local SIG_DFL, SIG_IGN = ffi.cast("void *", 0), ffi.cast("void *", 1)

  -- Calls f with a signal's handler in place; a C function that does nothing is a handler.
  local function with_handler(number, handler, f)
    ffi.C.signal(number, handler)
    local ok, message = pcall(f)
    ffi.C.signal(number, SIG_DFL)
    if not ok then error(message, 0) end
  end

  describe("process.run among signals", function()
    it("is not disturbed by a storm of them", function()
      with_handler(SIGALRM, ffi.cast("void *", ffi.C.abs), function()
        local timer = ffi.new("struct dynamo_spec_timer", 0, 1000, 0, 1000)
        ffi.C.setitimer(0, timer, nil)
        local status, output = shell("for i in 1 2 3 4 5; do echo $i; sleep 0.05; done", 10000)
        local _, code = shell("sleep 60", 200)
        ffi.C.setitimer(0, ffi.new("struct dynamo_spec_timer"), nil)
        assert.are.same({ 0, "1\n2\n3\n4\n5\n", "TimedOut" }, { status, output, code })
      end)
    end)

    it("says that the status is lost where SIGCHLD is ignored", function()
      with_handler(SIGCHLD, SIG_IGN, function()
        local seconds, status, code, message = timed(shell, "echo hunter2")
        assert.is_nil(status)
        assert.are.equal("StatusLost", code)
        assert.matches("SIGCHLD", message)
        assert.is_true(seconds < 30)
      end)
    end)
  end)
end

describe("process.read_file", function()
  local path
  before_each(function()
    path = new_path()
  end)
  after_each(function()
    os.remove(path)
  end)

  it("reads up to the limit, and not a byte more", function()
    assert(process.write_file(path, ("x"):rep(100)))
    assert.are.equal(100, #process.read_file(path, 100))
    assert.are.same(
      { nil, path .. ": larger than 99 bytes", true },
      { process.read_file(path, 99) }
    )
  end)

  it("reads what says it has no size", function()
    assert.matches("^%d+ ", process.read_file("/proc/self/stat", KILOBYTE))
  end)

  it("refuses at once what could make it wait", function()
    os.execute("mkfifo " .. path)
    for _, name in ipairs { path, "/dev/zero", "/dev/tty", "/tmp", "/nonexistent/x" } do
      local text, message = process.read_file(name, KILOBYTE) -- or this spec never ends
      assert.is_nil(text)
      assert.are.equal(name .. ": ", message:sub(1, #name + 2))
    end
  end)

  it("says who may read and write it, and whether there is a file", function()
    assert(process.write_file(path, "x"))
    assert.are.equal(6 * 64, (select(2, process.read_file(path, 1))))
    os.execute("chmod 644 " .. path)
    assert.are.equal(6 * 64 + 4 * 8 + 4, (select(2, process.read_file(path, 1))))
    for _, name in ipairs { "/dev/null", "/tmp", "/nonexistent/x", path .. "\0" } do
      assert.is_false(select(3, process.read_file(name, 1)))
    end
  end)

  it("refuses a name with a NUL byte", function()
    local _, message = process.read_file("/etc/hostname\0x", KILOBYTE)
    assert.matches("a NUL byte", message)
  end)

  it("raises on what is no name and no limit", function()
    assert.has_error(function()
      process.read_file(nil, 1)
    end)
    assert.has_error(function()
      process.read_file(path, 0)
    end)
  end)
end)

describe("process.write_file", function()
  local folder
  before_each(function()
    folder = new_path()
    os.execute("mkdir " .. folder)
  end)
  after_each(function()
    os.execute("chmod u+w " .. folder .. "; rm -r " .. folder)
  end)

  local function names()
    return select(2, run { "ls", "-A", folder })
  end

  it("writes a new file and replaces an old one, for its owner alone", function()
    local path = folder .. "/token"
    os.execute("umask 0; echo old > " .. path)
    for _, text in ipairs { "new", "", "with\0NUL", ("x"):rep(100000) } do
      assert.is_true(process.write_file(path, text))
      assert.are.equal(text, process.read_file(path, 100000))
      assert.are.equal("600\n", select(2, run { "stat", "-c", "%a", path }))
    end
    assert.are.equal("token\n", names())
  end)

  it("leaves nothing half done", function()
    os.execute("mkdir -p " .. folder .. "/full/x")
    local done, message = process.write_file(folder .. "/full", "text") -- a folder is in the way
    assert.is_nil(done)
    assert.matches(folder .. "/full: ", message, 1, true)
    assert.are.equal("full\n", names())
  end)

  it("names the file that it cannot write", function()
    local path = folder .. "/none/token"
    assert.are.same(
      { nil, path .. ": No such file or directory" },
      { process.write_file(path, "hunter2") }
    )
    assert.matches("too long", select(2, process.write_file(("x"):rep(5000), "text")))
    assert.matches("a NUL byte", select(2, process.write_file(folder .. "/a\0b", "text")))
  end)
end)
