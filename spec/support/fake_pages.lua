-- SPDX-License-Identifier: MIT
-- Responses of queries and scans, for a fake transport.
--
--   fake_pages.new({ { { id = "1" }, { id = "2" } }, {}, { { id = "3" } } }, { "id" })
--
-- plays these pages, each followed by the key of its last item (an empty one by a key after that of the
-- page before, whose last attribute is a number then), the last by none: a list of steps.
local dynamo = require "dynamo"

local M = {}

--- Returns the response of one page.
-- @tparam {table,...} items
-- @tparam ?table last the LastEvaluatedKey
-- @tparam ?table more members of the response: ConsumedCapacity, ... as JSON text
function M.page(items, last, more)
  local list = {}
  for i, item in ipairs(items) do
    list[i] = assert(dynamo.encode_item(item))
  end
  local body = ('{"Items":[%s],"Count":%d,"ScannedCount":%d'):format(
    table.concat(list, ","),
    #items,
    #items
  )
  if last then
    body = ('%s,"LastEvaluatedKey":%s'):format(body, assert(dynamo.encode_item(last)))
  end
  for name, json in pairs(more or {}) do
    body = ('%s,"%s":%s'):format(body, name, json)
  end
  return { status = 200, body = body .. "}" }
end

--- Returns the responses of some pages.
function M.new(pages, names)
  local steps, last = {}, nil
  for i, items in ipairs(pages) do
    local item = items[#items]
    if item then
      last = {}
      for _, name in ipairs(names) do
        last[name] = item[name]
      end
    elseif last then
      last[names[#names]] = last[names[#names]] + 0.5
    end
    steps[i] = M.page(items, i < #pages and last or nil)
  end
  return steps
end

return M
