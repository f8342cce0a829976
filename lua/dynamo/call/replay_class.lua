-- SPDX-License-Identifier: MIT
-- Whether a request may be sent again, and what a failed write may have done.
--
-- A request is of one class:
--   READ         it changes nothing
--   TOKEN        carries an idempotency token: the service carries it out once
--   IDEMPOTENT   a write that does, done twice, what it does done once
--   CONDITIONAL  a write whose condition, or the name it creates, keeps it from being done twice
--   UNSAFE       anything else, and whatever is not proven: ADD of a number, a = a + 1,
--                list_append, ...
-- What never fully left us, and what the service refused, may be sent again whatever its class.
-- After that an UNSAFE one may have been done already, and is not.
local core = require "dynamo.core"
local values = require "dynamo.value"

local M = {}

-- ---- classes -------------------------------------------------------------------------------

-- Operations whose class does not depend on what is asked: setting what is then set, or creating
-- and deleting by name, where a second arrival finds it done and is refused.
local FIXED = {
  batch_write_item = "IDEMPOTENT",
  delete_resource_policy = "IDEMPOTENT",
  put_resource_policy = "IDEMPOTENT",
  tag_resource = "IDEMPOTENT",
  untag_resource = "IDEMPOTENT",
  update_continuous_backups = "IDEMPOTENT",
  update_contributor_insights = "IDEMPOTENT",
  create_global_table = "CONDITIONAL",
  create_table = "CONDITIONAL",
  delete_backup = "CONDITIONAL",
  delete_table = "CONDITIONAL",
  disable_kinesis_streaming_destination = "CONDITIONAL",
  enable_kinesis_streaming_destination = "CONDITIONAL",
  restore_table_from_backup = "CONDITIONAL",
  restore_table_to_point_in_time = "CONDITIONAL",
  update_global_table = "CONDITIONAL",
  update_global_table_settings = "CONDITIONAL",
  update_kinesis_streaming_destination = "CONDITIONAL",
  update_table = "CONDITIONAL",
  update_table_replica_auto_scaling = "CONDITIONAL",
  update_time_to_live = "CONDITIONAL",
}

local function is_conditional(params)
  return params.ConditionExpression ~= nil or params.Expected ~= nil
end

-- Whether an entry of the older AttributeUpdates may be carried out twice.
local function is_repeatable(update)
  return update.Action ~= "ADD" or values.is_set(update.Value)
end

local function legacy_class(updates)
  for _, update in pairs(updates) do
    if not is_repeatable(update) then return "UNSAFE" end
  end
  return "IDEMPOTENT"
end

--- Returns the class of an update.
-- @tparam table update its tree
-- @tparam ?table condition its condition's tree, nil where there is none or it is not understood
-- @tparam boolean has_condition
function M.of_update(update, condition, has_condition)
  -- What judges trees is loaded only where something went wrong.
  if require("dynamo.expression.analyse").is_idempotent(update) then
    return has_condition and "CONDITIONAL" or "IDEMPOTENT"
  end
  local guard = condition and require "dynamo.expression.self_guarding"
  return guard and guard.holds(condition, update) and "CONDITIONAL" or "UNSAFE"
end

-- Returns the tree of an expression of a request, or nil.
local function tree_of(kind, text, params)
  if not text then return nil end
  local expressions = require "dynamo.expression"
  return expressions[kind](text, params.ExpressionAttributeNames, params.ExpressionAttributeValues)
end

-- Method -> function(params) -> class, where it depends on what is asked.
local ASKED = {}

function ASKED.put_item(params)
  return is_conditional(params) and "CONDITIONAL" or "IDEMPOTENT"
end
ASKED.delete_item = ASKED.put_item

function ASKED.update_item(params)
  if params.UpdateExpression then
    local update = tree_of("update", params.UpdateExpression, params)
    if not update then return "UNSAFE" end -- not understood, so not proven
    local condition = tree_of("condition", params.ConditionExpression, params)
    return M.of_update(update, condition, is_conditional(params))
  end
  local class = legacy_class(params.AttributeUpdates or {})
  return class == "IDEMPOTENT" and is_conditional(params) and "CONDITIONAL" or class
end

function ASKED.execute_statement(params)
  return require("dynamo.statement").replay_class(params.Statement)
end

-- What failed of a batch is told in an answer that is no error: one to a second arrival would say that
-- nothing was inserted, and nobody could tell by which.
function ASKED.batch_execute_statement(params)
  local statements = require "dynamo.statement"
  for _, entry in ipairs(params.Statements) do
    if statements.replay_class(entry.Statement) ~= "READ" then return "UNSAFE" end
  end
  return "READ"
end

-- What classes depend on. The rest of a request, its item above all, is passed over.
local JUDGED = core.model {
  Text = { type = "string" },
  Value = { type = "attribute_value" },
  Anything = { type = "structure", members = {}, required = {} },
  Expected = { type = "map", key = "Text", value = "Anything" },
  Names = { type = "map", key = "Text", value = "Text" },
  Values = { type = "map", key = "Text", value = "Value" },
  Change = { type = "structure", members = { Action = "Text", Value = "Value" }, required = {} },
  Changes = { type = "map", key = "Text", value = "Change" },
  Statement = { type = "structure", members = { Statement = "Text" }, required = {} },
  Statements = { type = "list", member = "Statement" },
  Request = {
    type = "structure",
    members = {
      AttributeUpdates = "Changes",
      ConditionExpression = "Text",
      Expected = "Expected",
      ExpressionAttributeNames = "Names",
      ExpressionAttributeValues = "Values",
      Statement = "Text",
      Statements = "Statements",
      UpdateExpression = "Text",
    },
    required = {},
  },
}

--- Returns the class of a request. Judged is what was sent, whatever became of the parameters it
-- was made of.
-- @tparam table operation a record of dynamo.operations
-- @tparam string body
-- @treturn string one of the words above
function M.class(operation, body)
  if operation.read then return "READ" end
  if operation.token then return "TOKEN" end
  local fixed, asked = FIXED[operation.method], ASKED[operation.method]
  if not asked then return fixed or "UNSAFE" end
  local params = core.decode(JUDGED, "Request", body, false, true)
  return params and asked(params) or "UNSAFE"
end

--- Returns the class of a call's request, as who asked for it knows it, or its body says.
function M.of(call)
  local asked = call.asked
  local operation = asked.operation
  if asked.replay_class and not (operation.read or operation.token) then
    return asked:replay_class()
  end
  return M.class(operation, call.body)
end

-- Operations that may be a read after all.
local SELECTS = { execute_statement = true, batch_execute_statement = true }

--- Whether a request changes nothing.
function M.is_read(operation, body)
  return operation.read or SELECTS[operation.method] and M.class(operation, body) == "READ" or false
end

-- ---- what became of it ---------------------------------------------------------------------

-- A request whose last byte never left us cannot have been taken: its signature covers the whole.
local function never_arrived(err)
  return err.status == nil and (err.sent == "none" or err.sent == "partial")
end

-- Whether the service itself refused the request; somebody on the way may have passed it on before.
local function is_refused(err)
  local status = err.status
  return status ~= nil and status >= 400 and status < 500 and not err.foreign
end

--- Whether the request of a failed attempt cannot have been carried out: it never arrived whole, or
-- the service refused it.
function M.is_harmless(err)
  return never_arrived(err) or is_refused(err)
end

-- From the least to the most that may have happened.
local WEIGHT = { no = 1, unknown = 2, yes = 3 }

--- Returns "no", "unknown" or "yes": whether a write whose attempt failed may have been done. "yes"
-- only of a success that the service itself signed, so to say, with its request id.
function M.maybe_applied(err)
  local status = err.status
  if status == nil then return err.sent == "complete" and "unknown" or "no" end
  if status >= 200 and status < 300 then return err.request_id and "yes" or "unknown" end
  return is_refused(err) and "no" or "unknown"
end

--- Returns that of two words of maybe_applied that says more; `one` may be nil.
function M.worse(one, other)
  return one and WEIGHT[one] > WEIGHT[other] and one or other
end

return M
