-- SPDX-License-Identifier: MIT
local core = require "dynamo.core"
local fake_transport = require "support.fake_transport"
local token_file = require "dynamo.credentials.token_file"

local PATH = "/h/.aws/sso/cache/abc.json"

local function world_with(text)
  local world = { written = {}, transport = fake_transport.new {} }
  function world.getenv(name)
    return name == "HOME" and "/h" or nil
  end
  function world.read_file(path)
    if text and path == PATH then return text end
    return nil, path .. ": No such file or directory"
  end
  function world.write_file(path, written)
    world.written[path] = written
  end
  return world
end

describe("credentials.token_file", function()
  it("knows the home directory", function()
    assert.are.equal(PATH, token_file.path(world_with(), "~/.aws/sso/cache", "abc"))
    assert.are.equal("/x/abc.json", token_file.path(world_with(), "/x", "abc"))
    local path, problem = token_file.path({
      getenv = function()
        return nil
      end,
    }, "~/.aws/sso/cache", "abc")
    assert.is_nil(path)
    assert.are.equal("HOME is not set", problem)
  end)

  it("reads a token that has what it must", function()
    assert.are.same(
      { a = "1", b = { 2 } },
      token_file.read(world_with '{"a":"1","b":[2]}', PATH, { "a" })
    )
  end)

  local refused = {
    { nil, "No such file or directory" },
    { "{", "it is not JSON: " },
    { '{"a":"hunter2"} x', "it is not JSON: " },
    { '"hunter2"', "it is no JSON object" },
    { '{"a":"","b":5,"c":null,"x":"hunter2"}', "it has no a, b, c, d" },
    { '{"a":" ","b":"\\t","c":"\\n ","d":"hunter2"}', "it has no a, b, c" },
  }
  for _, row in ipairs(refused) do
    it("names the file with " .. tostring(row[1]), function()
      local token, problem = token_file.read(world_with(row[1]), PATH, { "a", "b", "c", "d" })
      assert.is_nil(token)
      assert.are.equal(PATH .. ": " .. row[2], problem:sub(1, #PATH + 2 + #row[2]))
      assert.is_nil(problem:find("hunter2"))
    end)
  end

  it("replaces members and keeps the others, which it need not understand", function()
    local world, token = world_with(), { a = "1", b = { c = { "x" } } }
    local replaced = token_file.replace(world, PATH, token, { a = "2" })
    assert.are.same({ a = "2", b = { c = { "x" } } }, replaced)
    assert.are.same({ a = "1", b = { c = { "x" } } }, token)
    assert.are.same(replaced, core.document(world.written[PATH]))
  end)

  it("gives the token that could not be kept", function()
    local world = world_with()
    function world.write_file(path)
      return nil, path .. ": Read-only file system"
    end
    assert.are.same({ a = "2" }, token_file.replace(world, PATH, { a = "1" }, { a = "2" }))
  end)

  it("writes times as the CLI does", function()
    local world = world_with() -- it is 22:15:00.25 there
    assert.are.equal("2023-11-14T22:20:00Z", token_file.time_after(world, 300))
  end)
end)
