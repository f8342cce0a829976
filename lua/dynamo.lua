-- SPDX-License-Identifier: MIT
--- The door: DynamoDB for Lua. `require "dynamo"` does no I/O; it remembers the AWS_* variables.
-- A field that is not there raises when it is read; rawget asks whether one is.
-- @module dynamo
-- @usage
-- local dynamo = require "dynamo"
-- local db = dynamo.new { region = "eu-west-1" }
-- local users = db:table("Users", { key = { "userId" } })
-- assert(users:put { userId = "123", name = "Ann" })
local codec = require "dynamo.codec"
local compare = require "dynamo.compare"
local nearest = require "dynamo.nearest"
local show = require "dynamo.show"
local tables = require "dynamo.tables"
local value = require "dynamo.value"

local M = {
  _VERSION = require "dynamo.library_version",
  new = require("dynamo.client").new,
  null = value.null,
  number = value.number,
  binary = value.binary,
  list = value.list,
  map = value.map,
  set = value.set,
  string_set = value.string_set,
  number_set = value.number_set,
  binary_set = value.binary_set,
  is_number = value.is_number,
  is_binary = value.is_binary,
  is_list = value.is_list,
  is_set = value.is_set,
  compare = compare.compare,
  equal = compare.equal,
  encode = codec.encode,
  decode = codec.decode,
  encode_item = codec.encode_item,
  decode_item = codec.decode_item,
  from_typed = codec.from_typed,
  to_typed = codec.to_typed,
  to_json = codec.to_json,
  from_json = codec.from_json,
  show = show.show,
  size = codec.size,
  sign = require("dynamo.sign").sign,
  credentials = require("dynamo.credentials").new,
  resolve_endpoint = require("dynamo.endpoint").resolve,
}

-- Expressions, extensions and work side by side are loaded at their first use: a program without them
-- saves a third of the time that `require "dynamo"` would take.
local LATER = {
  SetAction = "dynamo.expression.action",
  AddAction = "dynamo.expression.action",
  RemoveAction = "dynamo.expression.action",
  DeleteAction = "dynamo.expression.action",
  UpdateAction = "dynamo.expression.action",
  UpdateExpression = "dynamo.expression.update_expression",
  update = "dynamo.expression.update",
  attr = "dynamo.expression.operand",
  path = "dynamo.expression.operand",
  all = "dynamo.expression.condition",
  any = "dynamo.expression.condition",
  negate = "dynamo.expression.condition",
  projection = "dynamo.expression.condition",
  together = "dynamo.loop.together",
  each = "dynamo.loop.each",
  canceller = "dynamo.loop.canceller",
  embedded = "dynamo.embedded.own_store",
  read_file = "dynamo.small_file",
  write_file = "dynamo.small_file",
}
-- Fields that are modules.
local MODULES = {
  extension = "dynamo.table.extension",
  loop = "dynamo.loop.kinds",
  progress = "dynamo.progress_bar",
}

-- Returns the names of all fields, those that come later included.
local function names()
  local known = tables.sorted_keys(M)
  for _, later in ipairs { LATER, MODULES } do
    for name in pairs(later) do
      known[#known + 1] = name
    end
  end
  return known
end

return setmetatable(M, {
  __index = function(door, name)
    if MODULES[name] then
      door[name] = require(MODULES[name])
    elseif LATER[name] then
      door[name] = require(LATER[name])[name]
    else
      nearest.no_field("dynamo", names(), name, 2)
    end
    return rawget(door, name)
  end,
})
