-- SPDX-License-Identifier: MIT
-- What a bar writes, to the last byte, over a stream that keeps it.
local dynamo = require "dynamo"
local process = require "dynamo.process"

-- Returns a stream and the list of what was written to it.
local function stream_of()
  local texts = { flushed = 0 }
  return {
    write = function(_, ...)
      texts[#texts + 1] = table.concat { ... }
    end,
    flush = function()
      texts.flushed = texts.flushed + 1
    end,
  },
    texts
end

local function bar(label, is_terminal)
  local stream, texts = stream_of()
  return dynamo.progress.bar { label = label, stream = stream, is_terminal = is_terminal }, texts
end

describe("progress.bar on a terminal", function()
  it("draws one line over the other, with rate and time left", function()
    local draw, texts = bar("import", true)
    draw(0, 1000, 0, false)
    draw(250, 1000, 10, false)
    draw(999, 1000, 39.96, false)
    draw(1000, 1000, 40, true)
    assert.same({
      "\rimport  [------------------------]   0%  0 of 1000  0:00\27[K",
      "\rimport  [######------------------]  25%  250 of 1000  25/s  0:30 left\27[K",
      "\rimport  [#######################-]  99%  999 of 1000  25/s  0:00 left\27[K",
      "\rimport  [########################] 100%  1000 of 1000  25/s  in 0:40\27[K\n",
      flushed = 4,
    }, texts)
  end)

  it("counts where nobody knows of how many", function()
    local draw, texts = bar(nil, true)
    draw(0, nil, 0, false)
    draw(3, nil, 60, false)
    draw(99999, nil, 7384, true)
    assert.same({
      "\r0  0:00\27[K",
      "\r3  0.1/s  1:00\27[K",
      "\r99999  14/s  in 2:03:04\27[K\n",
      flushed = 3,
    }, texts)
  end)

  it("has a digit behind the point below ten a second", function()
    local draw, texts = bar("x", true)
    draw(99, nil, 10, false)
    draw(998, nil, 100, false)
    assert.same({ "\rx  99  9.9/s  0:10\27[K", "\rx  998  10/s  1:40\27[K", flushed = 2 }, texts)
  end)

  it("stays within the bar where more is done than there was to be, or nothing was", function()
    local draw, texts = bar("x", true)
    draw(12, 10, 1, false)
    draw(0, 0, 1, true)
    assert.same({
      "\rx  [########################] 100%  12 of 10  12/s  0:00 left\27[K",
      "\rx  [########################] 100%  0 of 0  in 0:01\27[K\n",
      flushed = 2,
    }, texts)
  end)
end)

describe("progress.bar elsewhere", function()
  it("writes a line every ten seconds, and one at the end", function()
    local draw, texts = bar("export", false)
    for second = 1, 25 do
      draw(second * 10, nil, second, false)
    end
    draw(250, nil, 25, true)
    assert.same({
      "export  100  10/s  0:10\n",
      "export  200  10/s  0:20\n",
      "export  250  10/s  in 0:25\n",
      flushed = 3,
    }, texts)
  end)

  it("is what a file is that is no terminal", function()
    local file = io.tmpfile()
    dynamo.progress.bar { stream = file }(5, nil, 1, true)
    file:seek "set"
    assert.equal("5  5.0/s  in 0:01\n", file:read "*a")
    file:close()
  end)

  it("takes a stream that has write alone", function()
    local text
    local stream = {
      write = function(_, ...)
        text = table.concat { ... }
      end,
    }
    dynamo.progress.bar { stream = stream }(1, nil, 1, true)
    assert.equal("1  1.0/s  in 0:01\n", text)
  end)

  it("writes to standard error by default", function()
    assert.is_function(dynamo.progress.bar())
    assert.is_false(process.is_terminal(io.tmpfile()))
  end)
end)

describe("progress.bar, misused,", function()
  local closed = io.tmpfile()
  closed:close()
  for _, case in ipairs {
    { { label = "" }, "dynamo.progress.bar: label must not be empty or hold control characters" },
    { { label = "a\nb" }, "label must not be empty or hold control characters" },
    { { stream = "stderr" }, "stream must be a file or have a method write, not be a string" },
    { { stream = {} }, "stream must be a file or have a method write, not be a table" },
    { { stream = closed }, "stream is a closed file" },
    { { is_terminal = 1 }, "is_terminal must be a boolean, not a number" },
    { { lable = "x" }, 'unknown option "lable", did you mean "label"?' },
    { "x", "the options must be a table, not a string" },
  } do
    it("says: " .. case[2], function()
      local done, message = pcall(function()
        local _ = dynamo.progress.bar(case[1])
      end)
      assert.is_false(done)
      assert.matches("progress_bar_spec.lua:%d+: ", message)
      assert.truthy(message:find(case[2], 1, true), message)
    end)
  end

  it("takes no second argument, and has no other field", function()
    assert.has_error(function()
      dynamo.progress.bar({}, false)
    end)
    local done, message = pcall(function()
      local _ = dynamo.progress.Bar
    end)
    assert.is_false(done)
    assert.truthy(message:find('no field "Bar", did you mean "bar"?', 1, true), message)
  end)
end)

describe("process.is_terminal", function()
  it("knows a terminal", function()
    local terminal = io.open("/dev/ptmx", "r+")
    if not terminal then return pending "there is no /dev/ptmx" end
    assert.is_true(process.is_terminal(terminal))
    terminal:close()
    assert.is_false(process.is_terminal(terminal))
  end)

  it("takes files alone", function()
    assert.has_error(function()
      process.is_terminal {}
    end)
  end)
end)
