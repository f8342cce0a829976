-- SPDX-License-Identifier: MIT
-- Random expression trees, printed, read back, sent to a server, and held against a plain model of
-- what they do.
local analyse = require "dynamo.expression.analyse"
local compile = require "dynamo.expression.compile"
local emulator = require "support.emulator"
local model = require "support.expression_model"
local parse = require "dynamo.expression.parse"
local paths = require "dynamo.expression.path"
local random_expression = require "support.random_expression"
local random_value = require "support.random_value"
local scale = require "support.scale"
local show = require "dynamo.expression.display"
local values = require "dynamo"

-- On each emulator: with two of them, 5,000 trees; with three, 7,500.
local UPDATES, ITEMS, CONDITIONS = scale(1250), scale(125), 10
local EXECUTABLE = { executable = true, depth = 2 }

-- Prints a tree and reads it back; returns what was read and the text.
local function reread(kind, tree)
  local text, arguments = show(tree)
  local template = assert(parse[kind](text))
  local back = assert(parse.bind(template, nil, nil, arguments))
  assert.is_true(random_expression.same(tree, back), text)
  return back, text
end

-- Adds the paths that an operand reads to a list.
local function collect_reads(node, reads)
  if node.kind == "path" then reads[#reads + 1] = node end
  for _, child in pairs(node.kind ~= "path" and node.kind ~= "value" and node or {}) do
    if type(child) == "table" then collect_reads(child, reads) end
  end
  return reads
end

-- Tells whether a right-hand side reads what another action of the same update writes.
local function reads_what_it_writes(update)
  for _, action in ipairs(update.set) do
    for _, read in ipairs(collect_reads(action.operand, {})) do
      for _, write in ipairs(analyse.writes(update)) do
        if write.path ~= action.path and paths.overlap(read, write.path) then return true end
      end
    end
  end
  return false
end

-- Tells whether an update removes two elements of lists.
local function removes_elements(update)
  local count = 0
  for _, action in ipairs(update.remove) do
    if type(action.path[#action.path]) == "number" then count = count + 1 end
  end
  return count > 1
end

-- Returns the parameters of a request with one expression.
local function with_expression(params, member, kind, tree)
  local space = compile.space()
  params[member] = assert(compile[kind](tree, space))
  space:store(params)
  return params
end

emulator.each("random expressions", function(host)
  local name, random

  setup(function()
    name = host:create { { "pk", "S" } }
  end)
  before_each(function()
    random = random_value.source(20120810)
  end)

  local function put(item, pk)
    item.pk = pk
    assert(host.db:put_item { TableName = name, Item = item })
  end

  -- Returns a random update that this emulator carries out as DynamoDB does.
  local function executable_update()
    local update
    repeat
      update = random_expression.update(random, EXECUTABLE)
    until not host.lacks.simultaneous
      or not reads_what_it_writes(update) and not removes_elements(update)
    return update
  end

  local function describe_difference(text, item, expected, got)
    return ("%s\n  on %s\n  gave %s\n  not  %s"):format(
      text,
      values.encode_item(item),
      tostring(values.encode_item(got)),
      tostring(values.encode_item(expected))
    )
  end

  host:it(("update as the model says, %d of them"):format(UPDATES), function()
    for i = 1, UPDATES do
      local item = random_expression.item(random)
      local update, text = reread("update", executable_update())
      put(item, tostring(i % 50))
      local response = assert(host.db:update_item(with_expression({
        TableName = name,
        Key = { pk = item.pk },
        ReturnValues = "ALL_NEW",
      }, "UpdateExpression", "update", update)))
      local expected = model.apply(item, update)
      if not random_value.same(expected, response.Attributes) then
        error(describe_difference(text, item, expected, response.Attributes))
      end
    end
  end)

  host:it(("test as the model says, %d of them"):format(ITEMS * CONDITIONS), function()
    for i = 1, ITEMS do
      local item = random_expression.item(random)
      put(item, tostring(i))
      for _ = 1, CONDITIONS do
        local condition, text = reread("condition", random_expression.condition(random, EXECUTABLE))
        local done, _, err = host.db:put_item(
          with_expression(
            { TableName = name, Item = item },
            "ConditionExpression",
            "condition",
            condition
          )
        )
        if not done then assert.equal("ConditionalCheckFailedException", err.code, text) end
        if (done ~= nil) ~= model.holds(condition, item) then
          error(
            ("%s\n  is %s for %s"):format(text, tostring(done ~= nil), values.encode_item(item))
          )
        end
      end
    end
  end)
end)
