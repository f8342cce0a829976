-- SPDX-License-Identifier: MIT
-- Any name will do: DynamoDB's reserved words in both cases, and names that no expression could hold
-- bare, go through every builder and through parsed text, against real servers.
local dynamo = require "dynamo"
local emulator = require "support.emulator"

local ODD = {
  "a.b",
  "a-b",
  "#x",
  ":x",
  "ünï",
  "1st",
  "with space",
  "it's",
  'say "hi"',
  "back`quote",
  "a,b",
  "漢字",
  "-",
  "=",
  "?",
  "(",
  "tab\there",
  "#n0",
  ":v0",
  "set",
  "Remove",
  "between",
}
local CHUNK = 25

-- Returns the reserved words in upper and lower case.
local function reserved_words()
  local words = {}
  for word in io.lines "build/emulators/model/reserved-words.txt" do
    words[#words + 1] = word:upper()
    words[#words + 1] = word:lower()
  end
  return words
end

local function chunks_of(names)
  local chunks = {}
  for i = 1, #names, CHUNK do
    local chunk = {}
    for j = i, math.min(i + CHUNK - 1, #names) do
      chunk[#chunk + 1] = names[j]
    end
    chunks[#chunks + 1] = chunk
  end
  return chunks
end

local function back_quoted(name)
  return "`" .. name:gsub("`", "``") .. "`"
end

-- Calls `add(builder, path, i)` for each name; returns the builder.
local function fluent(names, add)
  local update = dynamo.update()
  for i, name in ipairs(names) do
    add(update, dynamo.path { name }, i)
  end
  return update
end

-- Returns `make(name, i)` of each name, joined.
local function text_of(names, separator, make)
  local parts = {}
  for i, name in ipairs(names) do
    parts[i] = make(back_quoted(name), i)
  end
  return table.concat(parts, separator)
end

emulator.each("names", function(host)
  local users, name

  setup(function()
    name = host:create { { "pk", "S" } }
    users = host.db:table(name, { key = { "pk" } })
  end)

  -- Checks every attribute of the item but its key.
  local function holds(item, names, check)
    for i, attribute in ipairs(names) do
      assert.is_true(check(item[attribute], i), attribute .. " = " .. tostring(item[attribute]))
    end
  end

  local ALL = { return_values = "ALL_NEW" }

  -- Does `add` for each name in one update; returns the item.
  local function updated(key, names, add)
    return assert(users:update(key, fluent(names, add), ALL))
  end

  -- What is done to each name in turn, and what is then there.
  local STEPS = {
    {
      function(u, p, i)
        u:set(p, i)
      end,
      function(value, i)
        return value == i
      end,
    },
    {
      function(u, p)
        u:increment(p)
      end,
      function(value, i)
        return value == i + 1
      end,
    },
    {
      function(u, p)
        u:add(p, 1)
      end,
      function(value, i)
        return value == i + 2
      end,
    },
    {
      function(u, p)
        u:set_if_absent(p, "no")
      end,
      function(value, i)
        return value == i + 2
      end,
    },
    {
      function(u, p)
        u:remove(p)
      end,
      function(value)
        return value == nil
      end,
    },
    {
      function(u, p)
        u:append(p, { "b" })
      end,
      function(value)
        return #value == 1
      end,
    },
    {
      function(u, p)
        u:prepend(p, { "a" })
      end,
      function(value)
        return value[1] == "a" and value[2] == "b"
      end,
    },
    {
      function(u, p)
        u:set(p, dynamo.set { "x", "y" })
      end,
      function(value)
        return #value == 2
      end,
    },
    {
      function(u, p)
        u:delete(p, dynamo.set { "x" })
      end,
      function(value)
        return #value == 1 and value:has "y"
      end,
    },
  }

  local function through_builders(key, names)
    for _, step in ipairs(STEPS) do
      holds(updated(key, names, step[1]), names, step[2])
    end
  end

  local function through_conditions(key, names)
    local item = { pk = key.pk }
    for i, attribute in ipairs(names) do
      item[attribute] = i
    end
    assert(users:put(item))
    local conditions = {}
    for i, attribute in ipairs(names) do
      conditions[i] = dynamo.attr(dynamo.path { attribute }):eq(i)
    end
    assert(users:put(item, { condition = dynamo.all((unpack or table.unpack)(conditions)) }))
    local paths = {}
    for i, attribute in ipairs(names) do
      paths[i] = dynamo.path { attribute }
    end
    local back =
      assert(users:get(key, { projection = dynamo.projection((unpack or table.unpack)(paths)) }))
    holds(back, names, function(value, i)
      return value == i
    end)
  end

  local function through_text(key, names)
    local set = "SET "
      .. text_of(names, ", ", function(quoted, i)
        return quoted .. " = " .. i
      end)
    local item = assert(users:update(key, set, ALL))
    holds(item, names, function(value, i)
      return value == i
    end)
    local test = text_of(names, " AND ", function(quoted, i)
      return quoted .. " = " .. i
    end)
    item = assert(
      users:update(
        key,
        "REMOVE " .. text_of(names, ", ", tostring),
        { condition = test, return_values = "ALL_NEW" }
      )
    )
    holds(item, names, function(value)
      return value == nil
    end)
  end

  local function through_actions(key, names)
    local actions = {}
    for i, attribute in ipairs(names) do
      actions[i] = dynamo.SetAction {
        path = "#a" .. i,
        value = ":a" .. i,
        names = { ["#a" .. i] = attribute },
        values = { [":a" .. i] = i },
      }
    end
    local item = assert(users:update(key, dynamo.UpdateExpression(actions), ALL))
    holds(item, names, function(value, i)
      return value == i
    end)
  end

  local function go_through_everything(names)
    for i, chunk in ipairs(chunks_of(names)) do
      local key = { pk = "chunk " .. i }
      through_builders(key, chunk)
      through_conditions(key, chunk)
      through_text(key, chunk)
      through_actions(key, chunk)
      assert(users:delete(key))
    end
  end

  host:it("of every odd kind work everywhere", function()
    go_through_everything(ODD)
  end)

  host:it("with brackets work everywhere", "brackets_in_names", function()
    go_through_everything { "a[0]", "[", "a]b" }
  end)

  host:it("that are reserved words work everywhere", function()
    local words = reserved_words()
    assert.equal(2 * 573, #words)
    go_through_everything(words)
  end)

  host:it("that are reserved words need no quotes in text", function()
    local words = reserved_words()
    local grammar = {
      set = true,
      remove = true,
      add = true,
      delete = true,
      ["and"] = true,
      ["or"] = true,
      ["not"] = true,
      ["in"] = true,
      between = true,
      ["true"] = true,
      ["false"] = true,
      null = true,
    }
    local bare = {}
    for _, word in ipairs(words) do
      if not grammar[word:lower()] then bare[#bare + 1] = word end
    end
    for i, chunk in ipairs(chunks_of(bare)) do
      local set = "SET " .. table.concat(chunk, " = ?, ") .. " = ?"
      local values = {}
      for j = 1, #chunk do
        values[j] = j
      end
      values[#values + 1] = ALL
      local item =
        assert(users:update({ pk = "bare " .. i }, set, (unpack or table.unpack)(values)))
      holds(item, chunk, function(value, j)
        return value == j
      end)
    end
  end)
end)
