-- SPDX-License-Identifier: MIT
-- What is kept of the lines of a conversation, and what Tab completes.
local completion = require "dynamo.prompt.completion"
local line_source = require "dynamo.prompt.line_source"
local prompt_world = require "support.prompt_world"

describe("the history", function()
  it("keeps statements, but none with what may be a secret", function()
    for _, text in ipairs { "get 123", "x = 1", "update 1 SET a = 'b'" } do
      assert.is_true(line_source.may_keep(text), text)
    end
    for _, text in ipairs {
      "  ",
      "db2 = dynamo.new { credentials = { access_key_id = 'x' } }",
      "key = 'AKIAIOSFODNN7EXAMPLE'",
      "put 1 { Password = 'x' }",
      "session_TOKEN = 1",
      "my_secret = 1",
    } do
      assert.is_false(line_source.may_keep(text), text)
    end
  end)
end)

describe("what Tab completes", function()
  -- Returns place -> word -> true.
  local function words_of(world)
    local places, list = {}, completion.words(world.session)
    for i = 1, #list, 2 do
      places[list[i]] = places[list[i]] or {}
      places[list[i]][list[i + 1]] = true
    end
    return places
  end

  it("goes by the place", function()
    local world = prompt_world.new {
      answers = { GetItem = '{"Item":{"userId":{"S":"1"},"nickname":{"S":"x"}}}' },
    }
    world:run "tables"
    world:run "use Users"
    world:run "get 1"
    local words = words_of(world)
    assert.is_true(words[""].get and words[""].Users)
    assert.is_nil(words[""].SET)
    assert.is_true(words.use.Events and words.help.update)
    local rest = words["*"]
    assert.is_true(rest.userId and rest.nickname and rest.byEmail and rest.SET and rest.begins_with)
    assert.is_nil(rest.get)
  end)
end)
