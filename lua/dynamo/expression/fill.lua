-- SPDX-License-Identifier: MIT
-- Texts of expressions, each prepared once and kept, and filled for a request: the values of ? and :v
-- are looked at and given their tokens, and that is all.
local core = require "dynamo.core"
local aliases = require "dynamo.expression.aliases"
local bind = require "dynamo.expression.bind"
local parse = require "dynamo.expression.parse"
local prepared = require "dynamo.expression.prepared"
local tables = require "dynamo.tables"

local M = {}

-- ---- what is kept --------------------------------------------------------------------------

-- A kind's memory begins anew when it is full; a text longer than the service's own limit (but for
-- its literals) is not kept.
local MAX_KEPT, LONGEST = 256, 4096

local kept = { update = {}, condition = {}, projection = {} }
local counts = { update = 0, condition = 0, projection = 0 }

-- Reads a text, and keeps what it became.
local function read(kind, text)
  local template, message = parse[kind](text)
  if not template then return nil, message end
  if #text > LONGEST then return template end
  if counts[kind] == MAX_KEPT then
    kept[kind], counts[kind] = {}, 0
  end
  kept[kind][text], counts[kind] = template, counts[kind] + 1
  return template
end

--- Returns the template of a text (see dynamo.expression.bind), or nil, message. The same text gives
-- the same template, in which `prepared` is what was last made of it.
function M.template(kind, text)
  local template = kept[kind][text]
  if template then return template end
  return read(kind, text)
end

-- ---- values --------------------------------------------------------------------------------

local NONE = tables.NONE

-- Returns what stands where a source does, nil for nothing.
local function value_of(own, source, values, arguments)
  if source.name then return rawget(values, source.name) end
  return bind.document(own.template, source.hole, values, arguments)
end

-- Returns token -> value of an expression whose values come from more than the arguments.
local function taken(own, values, arguments)
  local found = {}
  for _, source in ipairs(own.sources) do
    local value = source.value
    if source.argument then
      value = arguments[source.argument]
    elseif value == nil then
      value = value_of(own, source, values, arguments)
    end
    found[source.token] = value
  end
  return found
end

-- Returns token -> value, whether something may be wrong with the values, and whether an alias space,
-- too, gives each of them a token of its own (without certainty: false).
local function filled(own, values, arguments)
  local from, keys, is_doubtful = arguments, own.arguments, own.is_doubtful
  if not keys then
    from, keys = taken(own, values, arguments), own.order
  end
  local found, are_all, are_apart = core.gather(from, keys, own.order)
  local typed = own.typed
  for i = 1, #typed do
    local source = typed[i]
    if not source.types[core.kind(found[source.token]) or ""] then is_doubtful = true end
  end
  return found, is_doubtful or not are_all, are_apart
end

-- ---- values that are one -------------------------------------------------------------------

local MAX_VARIANTS = 16 -- of one text, by which of its values are one; then they begin anew

-- Returns the prepared expression that `own` is where its values have other tokens.
-- @tparam table own
-- @tparam table renamed token -> the one in place of it
-- @tparam table space that gave those
local function new_variant(own, renamed, space)
  local variant, tokens = tables.copy(own), {}
  for hole, token in next, own.tokens do
    tokens[hole] = renamed[token]
  end
  variant.text = own.text:gsub(":v%d+", renamed)
  variant.fits = prepared.check(own, variant.text) ~= nil
  variant.tokens, variant.places, variant.value_count = tokens, space.places, space.value_count
  return prepared.keep(variant)
end

-- Keeps a variant and returns it.
local function keep(own, key, variant)
  local variants = own.variants
  if not variants or variants.count >= MAX_VARIANTS then
    variants = { count = 0 }
    own.variants = variants
  end
  variants[key], variants.count = variant, variants.count + 1
  return variant
end

--- Returns the prepared expression in which equal values have one token, and those values.
-- @tparam table own a prepared expression whose values are not all known
-- @tparam table values token -> value
function M.merged(own, values)
  local space, renamed, order = aliases.new(), {}, {}
  for i, source in ipairs(own.sources) do
    local token = source.token
    order[i] = space:value(values[token], own.places[token])
    renamed[token] = order[i]
  end
  if space.value_count == own.value_count then return own, values end
  local key = table.concat(order)
  local variant = own.variants and own.variants[key] or nil
  return variant or keep(own, key, new_variant(own, renamed, space)), space.values
end

-- ---- the whole -----------------------------------------------------------------------------

-- Whether a template was last prepared with these names.
local function has_names(template, names)
  for token, name in next, template.prepared.given_names do
    if rawget(names or NONE, token) ~= name then return false end
  end
  return true
end

-- Fills a template about which there may be something wrong, or which is not prepared with these
-- names; returns as `fill`, and behind the values whether they are apart.
local function fill_with_care(template, names, values, arguments)
  local tree, message, path = bind.bind(template, names, values, arguments)
  if not tree then return nil, message, path end
  local own = template.prepared
  if not own or not has_names(template, names) then
    own = prepared.of_template(template, names)
    message = prepared.problem(own)
    if message then return nil, message end
    template.prepared = own
  end
  if own.values then return own, own.values end
  local found, _, are_apart = filled(own, values or NONE, arguments or NONE)
  return own, found, are_apart
end

--- Fills a template.
-- @tparam table template
-- @tparam ?table names "#n" -> attribute name
-- @tparam ?table values ":v" -> value
-- @tparam ?table arguments the values of the ?, { n = count, ... }
-- @tparam ?table used the tokens that occur are set to true in it
-- @treturn[1] table a prepared expression
-- @treturn[1] table its values: token -> value
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] string path "names.#n", "values.:v" or "arguments[2]"
function M.fill(template, names, values, arguments, used)
  local own, found, is_doubtful, are_apart = template.prepared
  local count = arguments and (arguments.n or #arguments) or 0
  if
    not own
    or count ~= template.placeholders
    or template.has_names and not has_names(template, names)
  then
    is_doubtful = true
  elseif own.values then
    found = own.values
  else
    found, is_doubtful, are_apart = filled(own, values or NONE, arguments or NONE)
  end
  if is_doubtful then
    own, found, are_apart = fill_with_care(template, names, values, arguments)
    if not own then return nil, found, are_apart end
  end
  if used then bind.note_tokens(template, used) end
  if own.values or are_apart then return own, found end
  return M.merged(own, found)
end

--- Fills a text: as `fill`, of the template that is kept of it.
function M.text(kind, text, names, values, arguments, used)
  local template, message = M.template(kind, text)
  if not template then return nil, message end
  return M.fill(template, names, values, arguments, used)
end

return M
