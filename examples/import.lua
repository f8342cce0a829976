-- SPDX-License-Identifier: MIT
-- JSON Lines into a table: what examples/export.lua wrote, or the lines of one of DynamoDB's own exports to
-- S3, {"Item":{...}} each.
--
--   lua5.4 examples/import.lua TABLE FILE
--
-- What is not known to be written when it fails is in FILE.left, which can be imported again: a put done
-- twice does what it does done once.
local dynamo = require "dynamo"

local name, path = arg[1], arg[2]
if not path then
  io.stderr:write "usage: import.lua TABLE FILE\n"
  os.exit(2, true)
end

local total = 0
for _ in io.lines(path) do
  total = total + 1
end

-- Returns the item of a line; or nil, what is wrong with it.
local function item_of(line)
  local json = line:match '^{"Item":(.*)}%s*$'
  if not json then return nil, 'no {"Item":...}' end
  return dynamo.decode_item(json)
end

local db = dynamo.new {}
local bar = dynamo.progress.bar { label = "import" }
local lines, number, bad = io.lines(path), 0, nil

-- Gives the writer each line's item.
local function give_all(writer)
  for line in lines do
    number = number + 1
    local item, problem = item_of(line)
    bad = not item and line or nil
    if not item then return nil, ("%s:%d: %s"):format(path, number, problem) end
    writer:put(item)
  end
end

-- Writes what is left: what the writer gives back, the line that was no good, and those behind it.
local function keep(err)
  local left = assert(io.open(path .. ".left", "wb"))
  for _, undone in ipairs { err.unprocessed or {}, err.unknown or {} } do
    for _, item in ipairs(undone.put or {}) do
      assert(left:write('{"Item":', assert(dynamo.encode_item(item)), "}\n"))
    end
  end
  if bad then assert(left:write(bad, "\n")) end
  for line in lines do
    assert(left:write(line, "\n"))
  end
  assert(left:close())
end

local done, message, err = db:table(name):writer({
  in_flight = 8,
  progress = function(written, _, seconds, is_over)
    bar(written, total, seconds, is_over)
  end,
}, give_all)
if not done then
  keep(err)
  io.stderr:write(message, "\nwhat is left: ", path, ".left\n")
  os.exit(1, true)
end
db:close()
