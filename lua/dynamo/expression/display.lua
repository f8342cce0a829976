-- SPDX-License-Identifier: MIT
--- The text of a tree, which parse reads back to the same tree.
local codec = require "dynamo.codec"
local lexer = require "dynamo.expression.lexer"
local path = require "dynamo.expression.path"
local nodes = require "dynamo.expression.tree"
local tables = require "dynamo.tables"
local value = require "dynamo.value"

-- Each writer returns the text of a node; what has no literal is added to `out`, the arguments.
-- Texts are joined with `..` alone: the format of Lua 5.1 ends a string at a NUL.
local WRITERS = {}

local function write(node, out)
  return WRITERS[node.kind](node, out)
end

-- Returns the texts of the nodes of a sequence with `between` between them.
local function write_all(list, out, between, writer)
  local parts = {}
  for i, node in ipairs(list) do
    parts[i] = (writer or write)(node, out)
  end
  return table.concat(parts, between)
end

-- ---- values --------------------------------------------------------------------------------

local write_content

local function write_hole(content, out)
  out.n = out.n + 1
  out[out.n] = content
  return "?"
end

local function write_text(text)
  return "'" .. text:gsub("'", "''") .. "'"
end

local function write_pairs(content, out)
  local names, parts = tables.sorted_keys(content), {}
  for i, name in ipairs(names) do
    local shown = lexer.is_plain(name) and name or write_text(name)
    parts[i] = shown .. ": " .. write_content(content[name], out)
  end
  return "{" .. table.concat(parts, ", ") .. "}"
end

local function write_table(content, out)
  if value.is_set(content) then return write_hole(content, out) end
  if not value.is_list(content) then return write_pairs(content, out) end
  return "[" .. write_all(content, out, ", ", write_content) .. "]"
end

-- Writes a value that the codec gave: its tables say what they are.
function write_content(content, out)
  local kind = type(content)
  if content == value.null then return "null" end
  if value.is_binary(content) then return write_hole(content, out) end
  if kind == "string" then return write_text(content) end
  if kind == "table" then return write_table(content, out) end
  return kind == "boolean" and tostring(content) or codec.encode(content):match '^{"N":"(.*)"}$'
end

-- A value that no item can hold is an argument as it is: whoever sends it will be told.
function WRITERS.value(node, out)
  local json = codec.encode(node.value)
  if not json then return write_hole(node.value, out) end
  return write_content(codec.decode(json), out)
end

-- ---- operands ------------------------------------------------------------------------------

WRITERS.path = path.show

function WRITERS.size(node)
  return "size(" .. path.show(node[1]) .. ")"
end

function WRITERS.compare(node, out)
  local left = write(node.left, out)
  return left .. " " .. node.op .. " " .. write(node.right, out)
end

WRITERS.arith = WRITERS.compare

function WRITERS.call(node, out)
  return node.name .. "(" .. write_all(node, out, ", ") .. ")"
end

-- ---- conditions ----------------------------------------------------------------------------

WRITERS.test = WRITERS.call

function WRITERS.between(node, out)
  local subject, low = write(node.subject, out), write(node.low, out)
  return subject .. " BETWEEN " .. low .. " AND " .. write(node.high, out)
end

WRITERS["in"] = function(node, out)
  local subject = write(node.subject, out)
  return subject .. " IN (" .. write_all(node.list, out, ", ") .. ")"
end

-- Writes a condition within another.
local function write_part(node, out)
  local text = write(node, out)
  return (node.kind == "and" or node.kind == "or") and "(" .. text .. ")" or text
end

WRITERS["and"] = function(node, out)
  return write_all(node, out, " AND ", write_part)
end
WRITERS["or"] = function(node, out)
  return write_all(node, out, " OR ", write_part)
end
WRITERS["not"] = function(node, out)
  return "NOT " .. write_part(node[1], out)
end

-- ---- whole expressions ---------------------------------------------------------------------

-- Returns the writer of the actions of a clause.
local function action_writer(clause)
  local separator = nodes.SEPARATORS[clause]
  return function(action, out)
    if not action.operand then return path.show(action.path) end
    return path.show(action.path) .. separator .. write(action.operand, out)
  end
end

function WRITERS.update(node, out)
  local parts = {}
  for _, clause in ipairs(nodes.CLAUSES) do
    local actions = node[clause]
    if actions[1] then
      parts[#parts + 1] = nodes.KEYWORDS[clause]
        .. " "
        .. write_all(actions, out, ", ", action_writer(clause))
    end
  end
  return table.concat(parts, " ")
end

function WRITERS.projection(node, out)
  return write_all(node, out, ", ")
end

--- Returns the canonical text of a tree, or of any node of one. Values are literals; those that
-- have none (sets, binaries) are `?`.
-- @tparam table tree
-- @treturn string
-- @treturn table the values of the `?`, { n = count, ... }, as bind takes them
local function show(tree)
  local out = { n = 0 }
  return write(tree, out), out
end

return show
