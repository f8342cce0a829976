-- SPDX-License-Identifier: MIT
-- A table as JSON Lines: one item a line, in DynamoDB's own JSON, as its exports to S3 have it. No type and
-- no digit is lost, and examples/import.lua reads it again.
--
--   lua5.4 examples/export.lua TABLE FILE [CURSOR]
--
-- Where it fails it says from which cursor the rest follows; that is then added to the file.
local dynamo = require "dynamo"

local name, path, cursor = arg[1], arg[2], arg[3]
if not path then
  io.stderr:write "usage: export.lua TABLE FILE [CURSOR]\n"
  os.exit(2, true)
end

-- Region, endpoint and credentials come from the environment or from ~/.aws.
local db = dynamo.new {}
local file = assert(io.open(path, cursor and "ab" or "wb"))
local items = db:table(name):scan {
  segments = not cursor and 4 or nil, -- a cursor has them in it
  cursor = cursor,
  progress = dynamo.progress.bar { label = "export" },
}

local item, message, err = items:next()
while item do
  assert(file:write('{"Item":', assert(dynamo.encode_item(item)), "}\n"))
  item, message, err = items:next()
end
assert(file:close())
db:close()
if message then
  io.stderr:write(message, "\nthe rest follows from: ", tostring(err.cursor), "\n")
  os.exit(1, true)
end
