-- SPDX-License-Identifier: MIT
--- The door: DynamoDB for Lua. `require "dynamo"` does no I/O; it remembers the AWS_* variables.
-- @module dynamo
-- @usage
-- local dynamo = require "dynamo"
-- local db = dynamo.new { region = "eu-west-1" }
-- local users = db:table("Users", { key = { "userId" } })
-- assert(users:put { userId = "123", name = "Ann" })
local value = require "dynamo.value"

return {
  _VERSION = require "dynamo.version",
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
  encode = value.encode,
  decode = value.decode,
  encode_item = value.encode_item,
  decode_item = value.decode_item,
  size = value.size,
  sign = require("dynamo.sign").sign,
  credentials = require("dynamo.call.credentials").new,
  resolve_endpoint = require("dynamo.call.endpoint").resolve,
}
