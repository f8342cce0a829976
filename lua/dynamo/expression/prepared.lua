-- SPDX-License-Identifier: MIT
-- Prepared expressions: what depends on a text, or on a builder's tree, alone. A request fills in its
-- values (see dynamo.expression.fill). A prepared expression is
--
--   kind         "update" "condition" "projection"
--   text         as sent, in tokens of its own: #n0, #n1, ... and :v0, :v1, ...
--   fits         whether that is within the service's limits
--   operators, bad_in, bad_range   why not, see `check` of dynamo.expression.compile
--   names        token -> attribute name; nil for none. name_count of them
--   values       token -> value, where all are known; else nil, and there are `sources`.
--                value_count of them
--   places       token -> the path whose value it is, for messages
--   overlap      the first two paths that clash, nil for none (update, projection)
--   written      the attributes at the top of the item that it writes, a set (update)
--   creates      whether it sets or adds something, and so makes an item where there is none (update)
--   ensure       what is to be there before (update)
--   tree         nil where holes are left in it
-- and of a text
--   template     see dynamo.expression.bind
--   given_names  "#n" -> attribute name: those that it was made with
-- and where its values are not all known
--   tokens       node of a ? or a document with holes in it, or ":v" -> token
--   sources      of the values, in the order of their tokens: { token, types: the set of those that
--                the service takes there, nil for all } and of these one: value: a literal;
--                argument: the number of a ?; name: ":v"; hole: the node of a document
--   order        their tokens
--   arguments    the numbers of the ? that they are; nil unless all are one
--   typed        those of the sources that have types
--   is_doubtful  whether more than the types of its values has to be looked at
--   variants     what it is where some of its values are one, see dynamo.expression.fill
-- and of one that is kept for other requests
--   joins        what it is beside others that are kept, see dynamo.expression.joined
--
-- All requests share it: nothing of it may be changed or handed out.
local core = require "dynamo.core"
local aliases = require "dynamo.expression.aliases"
local analyse = require "dynamo.expression.analyse"
local bind = require "dynamo.expression.bind"
local compile = require "dynamo.expression.compile"
local paths = require "dynamo.expression.path"
local refusal = require "dynamo.expression.refusal"
local nodes = require "dynamo.expression.tree"
local operations = require "dynamo.operations"

local M = {}

-- ---- what a tree tells ---------------------------------------------------------------------

-- Returns the first two paths of a tree that clash, or nil.
local function overlap_of(kind, tree)
  if kind == "update" then return analyse.overlaps(tree) end
  return kind == "projection" and analyse.projection_overlaps(tree) or nil
end

-- Returns the attributes that an update writes, or something in them.
local function written_by(update)
  local written = {}
  for _, clause in ipairs(nodes.CLAUSES) do
    for _, action in ipairs(update[clause]) do
      written[action.path[1]] = true
    end
  end
  return written
end

-- Returns what is known of a tree, whether there are holes in it or not.
local function known_of(kind, tree, space)
  local text = compile.text(kind, tree, space)
  return {
    kind = kind,
    text = text,
    fits = compile.check(text, space, kind) ~= nil,
    operators = space.operators,
    bad_in = space.bad_in,
    bad_range = space.bad_range,
    names = space.name_count > 0 and space.names or nil,
    name_count = space.name_count,
    values = not space.holes and space.values or nil,
    value_count = space.value_count,
    places = space.places,
    written = kind == "update" and written_by(tree) or nil,
    creates = kind == "update" and (tree.set[1] or tree.add[1]) ~= nil,
    ensure = tree.ensure,
    tree = not space.holes and tree or nil,
  }
end

--- Returns the prepared expression of a tree without holes, which is immutable from now on.
-- @tparam string kind
-- @tparam table tree
-- @tparam ?boolean may_clash whether its paths have to be looked at
function M.of_tree(kind, tree, may_clash)
  local own = known_of(kind, tree, aliases.new())
  if may_clash then own.overlap = overlap_of(kind, tree) end
  return own
end

local NAMES = operations.by_method.update_item.members.ExpressionAttributeNames

--- Makes names (token -> attribute name) that are kept, nil for none, carry their JSON.
function M.keep_names(names)
  if names then core.carry_json(operations.model, NAMES, names) end
end

--- Returns a prepared expression that is going to be kept for other requests.
function M.keep(own)
  own.joins = { count = 0 }
  M.keep_names(own.names)
  return own
end

-- ---- where the values of a text come from --------------------------------------------------

-- Returns the sources of the values of a space.
local function sources_of(space)
  local sources = {}
  for n = 1, space.value_count do
    local token = aliases.value_token(n - 1)
    local hole = space.holes[token] or {}
    sources[n] = {
      token = token,
      value = space.values[token],
      argument = hole.n,
      name = hole.name,
      hole = hole.items and hole,
    }
    sources[token] = sources[n]
  end
  return sources
end

-- Notes what filling goes by: see `order`, `arguments` and `typed` above.
local function note_order(own)
  own.order, own.arguments, own.typed = {}, {}, {}
  for i, source in ipairs(own.sources) do
    own.order[i] = source.token
    if own.arguments then own.arguments[i] = source.argument end
    if not source.argument then own.arguments = nil end
    if source.types then own.typed[#own.typed + 1] = source end
  end
end

-- Returns the types that are in both of two sets.
local function common(types, others)
  local both = {}
  for name in next, types do
    both[name] = others[name]
  end
  return both
end

-- Notes of which types the value of a node must be, if that is a hole.
local function demand(own, node, types)
  local source = own.sources[own.tokens[node.name or node]]
  if source then source.types = source.types and common(source.types, types) or types end
end

-- Notes what the service takes where the holes of a template are.
local function note_demands(own, template)
  for node in next, template.open do
    local keys, types = refusal.typed(node)
    for _, key in ipairs(keys) do
      demand(own, node[key], types)
    end
    if refusal.is_more_than_types(node) or node.items then own.is_doubtful = true end
  end
  for _, clause in ipairs(own.kind == "update" and nodes.CLAUSES or {}) do
    local types = refusal.action_types(clause)
    for _, action in ipairs(types and template.tree[clause] or {}) do
      demand(own, action.operand, types)
    end
  end
end

-- Returns what the tokens of names in a template stand for.
local function names_in(template, names)
  local given = {}
  for _, hole in ipairs(template.holes) do
    if hole.type == "name token" then given[hole.text] = rawget(names, hole.text) end
  end
  return given
end

local function left(hole)
  return hole
end

--- Returns the prepared expression of a text.
-- @tparam table template
-- @tparam ?table names "#n" -> attribute name, as dynamo.expression.bind finds them fine
function M.of_template(template, names)
  local given, space = names_in(template, names or {}), aliases.new()
  local tree = bind.tree(template, given, left)
  local own = known_of(template.kind, tree, space)
  own.template, own.given_names, own.overlap = template, given, overlap_of(template.kind, tree)
  if space.holes then
    own.tokens, own.sources = space.hole_tokens, sources_of(space)
    note_demands(own, template)
    note_order(own)
  end
  return M.keep(own)
end

--- Returns the tree of a prepared expression and the values that it was filled with.
function M.tree(own, values)
  if own.tree then return own.tree end
  return bind.tree(own.template, own.given_names, function(hole)
    return nodes.value(values[own.tokens[hole.name or hole]])
  end)
end

-- ---- in one space --------------------------------------------------------------------------

--- Returns the text of a prepared expression in the tokens of a space.
-- @tparam table own
-- @tparam ?table values token -> value, of its own; nil for whatever values that are all apart
-- @tparam table space it gathers the tokens
-- @treturn string
-- @treturn table token of its own -> token of the space
function M.text_in(own, values, space)
  local renamed, is_other = {}, false
  for n = 0, own.name_count - 1 do
    local token = aliases.name_token(n)
    renamed[token] = space:name(own.names[token])
    is_other = is_other or renamed[token] ~= token
  end
  for n = 0, own.value_count - 1 do
    local token = aliases.value_token(n)
    local place = own.places[token]
    renamed[token] = values and space:value(values[token], place) or space:hole({}, own, place)
    is_other = is_other or renamed[token] ~= token
  end
  if not is_other then return own.text, renamed end
  return (own.text:gsub("[#:][nv]%d+", renamed)), renamed
end

--- Returns nil, or a message about what the service refuses of a projection whatever its values.
function M.problem(own)
  if own.kind ~= "projection" or not own.overlap then return nil end
  local first, second = own.overlap.first.path, own.overlap.second.path
  local text = paths.clash_format(second, first):format(paths.show(second), paths.show(first))
  return "projection: " .. text
end

--- Checks the text of a prepared expression, in whichever tokens, against the service's limits; as
-- `check` of dynamo.expression.compile.
function M.check(own, text)
  return compile.check(text, own, own.kind)
end

return M
