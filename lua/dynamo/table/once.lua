-- SPDX-License-Identifier: MIT
-- The option `once`: a write as a transaction of one action. Its token makes a second arrival of
-- the same request harmless, so that it may be sent again whatever became of the first.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
local operations = require "dynamo.operations"

local M = {}

-- The action of each operation, and the members that belong to the transaction.
local ACTIONS = { put_item = "Put", update_item = "Update", delete_item = "Delete" }
local OF_TRANSACTION = { ReturnConsumedCapacity = true, ReturnItemCollectionMetrics = true }

--- The operation that is sent in place of the write.
M.operation = operations.by_method.transact_write_items

--- Returns the parameters of the transaction, and the path of the action in it.
-- @tparam table operation the write
-- @tparam table params its own
function M.transaction(operation, params)
  local name, action, transaction = ACTIONS[operation.method], {}, {}
  for member, value in next, params do
    local target = OF_TRANSACTION[member] and transaction or action
    target[member] = value
  end
  transaction.TransactItems = { { [name] = action } }
  return transaction, "TransactItems[1]." .. name .. "."
end

--- Makes the info of the transaction that of one write.
function M.unwrap_info(info, table_name)
  local capacity, metrics = info.consumed_capacity, info.item_collection_metrics
  info.consumed_capacity = capacity and capacity[1]
  info.item_collection_metrics = metrics and metrics[table_name] and metrics[table_name][1]
end

return M
