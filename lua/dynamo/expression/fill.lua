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

-- Returns token -> value, and whether something may be wrong with the values.
local function filled(own, values, arguments)
  local found, is_doubtful, sources = {}, own.is_doubtful, own.sources
  for i = 1, #sources do
    local source = sources[i]
    local value, types = source.value, source.types
    if source.argument then
      value = arguments[source.argument]
    elseif value == nil then
      value = value_of(own, source, values, arguments)
    end
    if value == nil or types and not types[core.kind(value) or ""] then is_doubtful = true end
    found[source.token] = value
  end
  return found, is_doubtful
end

-- ---- values that are one -------------------------------------------------------------------

local GLANCE = 8 -- values that are compared each with each; where there are more, the space tells

-- Types of values that are one where their texts are.
local BOXED = { userdata = true, cdata = true }

-- Whether an alias space, too, gives each value a token of its own. Without certainty: false.
local function are_apart(own, values)
  local sources = own.sources
  if #sources > GLANCE then return false end
  for i = 2, #sources do
    local value = values[sources[i].token]
    local kind = BOXED[type(value)] and type(value)
    for j = 1, i - 1 do
      local other = values[sources[j].token]
      if rawequal(value, other) or kind and kind == type(other) then return false end
    end
  end
  return true
end

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
  return variant
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

-- Returns the prepared expression in which equal values have one token, and those values.
local function merged(own, values)
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
-- names; returns as `fill`.
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
  return own, own.values or (filled(own, values or NONE, arguments or NONE))
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
  local own, found, is_doubtful = template.prepared
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
    found, is_doubtful = filled(own, values or NONE, arguments or NONE)
  end
  if is_doubtful then
    local path
    own, found, path = fill_with_care(template, names, values, arguments)
    if not own then return nil, found, path end
  end
  if used then bind.note_tokens(template, used) end
  if own.values or are_apart(own, found) then return own, found end
  return merged(own, found)
end

--- Fills a text: as `fill`, of the template that is kept of it.
function M.text(kind, text, names, values, arguments, used)
  local template, message = M.template(kind, text)
  if not template then return nil, message end
  return M.fill(template, names, values, arguments, used)
end

return M
