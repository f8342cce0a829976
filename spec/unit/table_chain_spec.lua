-- SPDX-License-Identifier: MIT
local chain = require "dynamo.table.chain"
local dynamo = require "dynamo"
local show = require "dynamo.expression.display"

-- Returns an ask of a table with the extensions.
local function ask_of(extensions)
  return {
    noun = { name = "Users", key = { "id" }, extensions = extensions },
    verb = { name = "upsert" },
    options = { version = 3 },
  }
end

local function before(extensions, item)
  return chain.before(ask_of(extensions), { "id" }, item or { id = "1" }, nil)
end

describe("chain.before", function()
  it("runs the extensions in order, each on what the last one left", function()
    local function adding(name)
      return {
        name = name,
        before_write = function(context)
          context.item.trail = (context.item.trail or "") .. name
          return { item = context.item }
        end,
      }
    end
    local item = { id = "1" }
    local changed = assert(before({ adding "a", adding "b" }, item))
    assert.are.same({ id = "1", trail = "ab" }, changed.item)
    assert.are.same({ trail = "extension b" }, changed.sources)
    assert.are.same({ id = "1" }, item)
  end)

  it("tells each what the write is", function()
    local seen
    before {
      {
        name = "x",
        before_write = function(context)
          seen = context
        end,
      },
    }
    assert.are.same({
      operation = "upsert",
      table = "Users",
      key = { "id" },
      item = { id = "1" },
      options = { version = 3 },
    }, seen)
  end)

  it("gives each a copy to change", function()
    local item = { id = "1" }
    before({
      {
        name = "x",
        before_write = function(context)
          context.item.a = 1
        end,
      },
    }, item)
    assert.are.same({ id = "1" }, item)
  end)

  it("reads conditions and updates in every form", function()
    local forms = {
      { "a > 1", "SET b = 2" },
      { { "a > ?", 1 }, { "SET b = ?", 2 } },
      { dynamo.attr("a"):gt(1), dynamo.update():set("b", 2) },
    }
    for _, form in ipairs(forms) do
      local changed = assert(before {
        {
          name = "x",
          before_write = function()
            return { condition = form[1], update = form[2] }
          end,
        },
      })
      assert.are.equal("a > 1", (show(changed.conditions[1])))
      assert.are.equal("SET b = 2", (show(changed.update)))
      assert.are.equal("extension x", changed.update.set[1].source)
    end
  end)

  it("joins what they say in order", function()
    local function saying(name)
      return {
        name = name,
        before_write = function()
          return { condition = name .. " > 1", update = "REMOVE " .. name, info = { [name] = true } }
        end,
      }
    end
    local changed = assert(before { saying "a", { name = "z", after_read = print }, saying "b" })
    assert.are.equal("b > 1", (show(changed.conditions[2])))
    assert.are.equal("REMOVE a, b", (show(changed.update)))
    assert.are.same({ a = true, b = true }, changed.info)
  end)

  it("stops at a refusal", function()
    local changed, err = before {
      {
        name = "x",
        before_write = function()
          return nil, "not today"
        end,
      },
      {
        name = "y",
        before_write = function()
          error "not reached"
        end,
      },
    }
    assert.is_nil(changed)
    assert.are.equal("validation", err.kind)
    assert.are.equal("extension x", err.path)
    assert.are.equal("not today", err.message)
  end)

  it("names the extension whose expression cannot be read", function()
    for _, bad in ipairs { { update = "SET a =" }, { condition = "a =" } } do
      local changed, err = before {
        {
          name = "x",
          before_write = function()
            return bad
          end,
        },
      }
      assert.is_nil(changed)
      assert.are.equal(1, (err.message:find("extension x: ", 1, true)))
    end
  end)

  it("raises for an extension that returns something else, or ensures parents", function()
    local cases = { "yes", { update = dynamo.update():ensure("a") } }
    for _, result in ipairs(cases) do
      local ok, message = pcall(before, {
        {
          name = "x",
          before_write = function()
            return result
          end,
        },
      })
      assert.is_false(ok)
      assert.matches("extension x: ", message, 1, true)
    end
  end)
end)

describe("what an extension returns", function()
  local before_cases = {
    { { update_expression = "SET a = 1" }, 'unknown field "update_expression"' },
    { { updat = "SET a = 1" }, 'unknown field "updat", did you mean "update"?' },
    { { "SET a = 1" }, 'unknown field "1"' },
    { { item = 5 }, "item must be a table, not a number" },
    { { info = "x" }, "info must be a table, not a string" },
    { 5, "before_write must return a table or nil, not a number" },
    { false, "before_write must return a table or nil, not a boolean" },
  }
  for i, case in ipairs(before_cases) do
    it("of a write is what it may be, case " .. i, function()
      local ok, message = pcall(before, {
        {
          name = "x",
          before_write = function()
            return case[1]
          end,
        },
      })
      assert.is_false(ok)
      assert.are.equal(1, (message:find("extension x: ", 1, true)))
      assert.matches(case[2], message, 1, true)
    end)
  end

  for i, refusal in ipairs { { {} }, { "no", "x" }, { 5 } } do
    it("to refuse is a message and an error, case " .. i, function()
      local ok, message = pcall(before, {
        {
          name = "x",
          before_write = function()
            return nil, refusal[1], refusal[2]
          end,
        },
      })
      assert.is_false(ok)
      assert.matches(
        "extension x: before_write must refuse with nil, message, err",
        message,
        1,
        true
      )
    end)
  end

  local after_cases = {
    { { itme = {} }, 'unknown field "itme", did you mean "item"?' },
    { { item = "x" }, "item must be a table, not a string" },
    { "x", "after_read must return a table or nil, not a string" },
  }
  for i, case in ipairs(after_cases) do
    it("of a read is what it may be, case " .. i, function()
      local ok, message = pcall(
        chain.after,
        ask_of {
          {
            name = "x",
            after_read = function()
              return case[1]
            end,
          },
        },
        { id = "1" }
      )
      assert.is_false(ok)
      assert.are.equal(1, (message:find("extension x: ", 1, true)))
      assert.matches(case[2], message, 1, true)
    end)
  end
end)

describe("chain.problem", function()
  local function extension(more)
    local all = { name = "x", after_read = print }
    for name, value in pairs(more or {}) do
      all[name] = value
    end
    return all
  end
  local cases = {
    {
      { extension { before_wirte = print } },
      'extensions[1] unknown field "before_wirte", did you mean "before_write"?',
    },
    { { x = extension() }, "extensions: a list has no holes and no other keys" },
    { { [2] = extension() }, "extensions: a list has no holes and no other keys" },
  }
  for i, case in ipairs(cases) do
    it("tells what would be ignored, case " .. i, function()
      assert.are.equal(1, (chain.problem(case[1]):find(case[2], 1, true)))
    end)
  end
end)

describe("chain.after", function()
  it("runs the extensions in the reverse order, on copies", function()
    local function adding(name)
      return {
        name = name,
        after_read = function(context)
          assert.are.equal("Users", context.table)
          context.item.trail = (context.item.trail or "") .. name
          return { item = context.item }
        end,
      }
    end
    local item = { id = "1" }
    local silent = {
      name = "s",
      after_read = function(context)
        context.item.trail = "lost"
      end,
    }
    local read = chain.after(ask_of { adding "a", silent, adding "b" }, item)
    assert.are.same({ id = "1", trail = "ba" }, read)
    assert.are.same({ id = "1" }, item)
  end)

  it("hides an item from whoever reads, and not what a write returns", function()
    local hiding = {
      name = "h",
      after_read = function()
        return { hidden = true }
      end,
    }
    local ask = ask_of { hiding }
    ask.verb = { name = "query", operation = { read = true } }
    assert.is_nil(chain.after(ask, { id = "1" }))
    ask.verb = { name = "put", operation = { read = false } }
    assert.are.same({ id = "1" }, chain.after(ask, { id = "1" }))
  end)
end)
