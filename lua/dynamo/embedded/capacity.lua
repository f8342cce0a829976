-- SPDX-License-Identifier: MIT
-- Consumed capacity, by the published arithmetic.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
local codec = require "dynamo.codec"
local refusal = require "dynamo.service_refusal"

local M = {}

local READ_BYTES, WRITE_BYTES = 4096, 1024
local WANTED = { INDEXES = true, TOTAL = true, NONE = false }

--- Returns the units that a read of so many bytes takes.
-- @tparam integer bytes
-- @tparam ?boolean consistent
function M.of_read(bytes, consistent)
  return math.max(1, math.ceil(bytes / READ_BYTES)) * (consistent and 1 or 0.5)
end

--- Returns the units that a write of so many bytes takes.
function M.of_write(bytes)
  return math.max(1, math.ceil(bytes / WRITE_BYTES))
end

--- Returns ConsumedCapacity as a request wants it, or nil: it does not.
-- @tparam table input ReturnConsumedCapacity
-- @tparam string name the table's
-- @tparam number units
function M.report(input, name, units)
  local wanted = WANTED[input.ReturnConsumedCapacity or "NONE"]
  if wanted == nil then
    refusal.validation(
      "1 validation error detected: Value '%s' at 'returnConsumedCapacity' failed to satisfy "
        .. "constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]",
      input.ReturnConsumedCapacity
    )
  end
  if not wanted then return nil end
  local report = { TableName = name, CapacityUnits = units }
  if input.ReturnConsumedCapacity == "INDEXES" then report.Table = { CapacityUnits = units } end
  return report
end

--- Returns the units that the body of a response to a write tells of, 0 where it does not.
function M.units_of(body)
  local report = body:find('"ConsumedCapacity"', 1, true) and codec.from_json(body).ConsumedCapacity
  return report and report.CapacityUnits or 0
end

return M
