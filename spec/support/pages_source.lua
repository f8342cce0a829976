-- SPDX-License-Identifier: MIT
-- A source of dynamo.table.pages that plays pages from a list, on which positions are numbers as text.
--
--   local source = pages_source.new { { "a", "b" }, {}, { "c", count = 1 }, { err = {...} } }
--   source.asked    { { position, wanted }, ... }: what was asked for
local errors = require "dynamo.error"
local loops = require "dynamo.loop"
local tables = require "dynamo.tables"

local M = {}

--- Returns a source of pages; one that is { err = fields } fails with that error, `last` is what the
-- last is followed by, `seconds` what each takes.
-- @tparam table pages
-- @tparam ?table more what else the source is to have
function M.new(pages, more)
  local source = { operation = "play", asked = {} }
  function source.fetch(position, wanted)
    source.asked[#source.asked + 1] = { position, wanted }
    local number = tonumber(position or 1)
    local page = pages[number]
    if pages.seconds then loops.wait(nil, nil, pages.seconds) end
    if page.err then return errors.fail(tables.copy(page.err)) end
    local next_position = page.next or (number < #pages and tostring(number + 1) or pages.last)
    return page, next_position, page.info
  end
  function source.cursor(position, handed)
    return ("%s+%d"):format(position or "1", handed)
  end
  for name, value in pairs(more or {}) do
    source[name] = value
  end
  return source
end

return M
