-- SPDX-License-Identifier: MIT
-- Two expressions of one request, which share its tokens. What they are side by side depends on them
-- alone, as long as no two of their values are one: of two that are kept it is made once, too.
local core = require "dynamo.core"
local aliases = require "dynamo.expression.aliases"
local prepared = require "dynamo.expression.prepared"
local tables = require "dynamo.tables"

local M = {}

local MAX_KEPT = 16 -- of one expression; then they begin anew

-- Returns the tokens that the values of an expression have in it, and those in the request.
local function tokens_of(own, renamed)
  local from, to = {}, {}
  for n = 1, own.value_count do
    from[n] = aliases.value_token(n - 1)
    to[n] = renamed[from[n]]
  end
  return from, to
end

-- Returns the tokens of all values of a request.
local function all_tokens(count)
  local tokens = {}
  for n = 1, count do
    tokens[n] = aliases.value_token(n - 1)
  end
  return tokens
end

local function new_join(first, second)
  local space = aliases.new()
  local text = prepared.text_in(first, nil, space)
  local other, renamed = prepared.text_in(second, nil, space)
  local from, to = tokens_of(second, renamed)
  if space.name_count > 0 then prepared.keep_names(space.names) end
  return {
    text = text,
    other = other,
    fits = (prepared.check(first, text) and prepared.check(second, other)) ~= nil,
    names = space.name_count > 0 and space.names or nil,
    places = space.places,
    tokens = all_tokens(space.value_count),
    from = from,
    to = to,
  }
end

--- Returns what two kept expressions are side by side:
--   text, other   of the first, and of the second
--   fits          whether both are within the service's limits
--   names         token -> attribute name, nil for none
--   places        value token -> the path whose value it is
--   tokens        of all values; of the second's, `from` in it and `to` in the request
-- @tparam table first see dynamo.expression.prepared; with `joins`
-- @tparam table second the same
function M.of(first, second)
  local joins = first.joins
  local join = joins[second]
  if join then return join end
  if joins.count >= MAX_KEPT then
    joins = { count = 0 }
    first.joins = joins
  end
  join = new_join(first, second)
  joins[second], joins.count = join, joins.count + 1
  return join
end

--- Returns the values of both, token -> value, nil for none; and whether they are surely apart, as
-- they have to be here.
-- @tparam table join
-- @tparam table first the values of the first expression, apart; not changed
-- @tparam table second those of the second, apart
function M.values(join, first, second)
  local tokens, to = join.tokens, join.to
  if not tokens[1] then return nil, true end
  if not to[1] then return first, true end
  if #to == #tokens then return core.gather(second, join.from, to), true end
  local all = tables.copy(first)
  for i = 1, #to do
    all[to[i]] = second[join.from[i]]
  end
  local _, _, are_apart = core.gather(all, tokens, tokens)
  return all, are_apart
end

return M
