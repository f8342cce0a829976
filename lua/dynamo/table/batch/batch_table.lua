-- SPDX-License-Identifier: MIT
-- A table as a batch knows it. A target is made here alone:
--   noun       see dynamo.table.definition
--   object     what results have it under: the table object of the user's
--   name       of the table, or its ARN
--   short_name the name, also where it is told by its ARN
--   names      of its key attributes
--   prefix     what begins its part of a request: its name in JSON, and a colon
--   is_exact   how numbers are read
--   label      what places in it begin with in messages: "", or "Users."
local core = require "dynamo.core"
local problem = require "dynamo.problem"
local operations = require "dynamo.operations"
local schema = require "dynamo.table.schema"

local M = {}

-- Returns the name in an ARN of a table.
local function name_in(arn)
  return arn:match "^arn:.*:table/([^/]+)$" or arn
end

--- Returns the target of a table; or nil, message, err.
-- @tparam table noun
-- @param object what results have it under
-- @tparam string label
-- @tparam table o of the calls: timeout, cancel; explain: nothing may be sent
function M.new(noun, object, label, o)
  local of_call = { timeout = o.timeout, cancel = o.cancel }
  local names, message, err = schema.find(noun, of_call, o.explain)
  if not names then return nil, message, err end
  local json, trouble = core.encode(operations.model, "TableArn", noun.name, false)
  if not json then
    err = problem.to_error(trouble, "TableName")
    return nil, err.message, err
  end
  return {
    noun = noun,
    object = object,
    name = noun.name,
    short_name = name_in(noun.name),
    names = names,
    prefix = json .. ":",
    is_exact = noun.client.numbers == "exact",
    label = label,
  }
end

--- Returns that of some targets which a response means by a name, or nil.
-- @tparam {table,...} targets
function M.find(targets, name)
  for _, target in ipairs(targets) do
    if target.name == name or target.short_name == name then return target end
  end
end

return M
