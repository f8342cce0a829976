-- SPDX-License-Identifier: MIT
-- The command: its arguments, where statements come from, when it stops, and what it ends with.
local dynamo = require "dynamo"
local prompt_world = require "support.prompt_world"

local function failed_condition()
  return '{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"no"}',
    400
end

-- Returns the exit code and both streams of the command in a fresh world.
local function main(arguments, stdin, o)
  return prompt_world.new(o):main(arguments, stdin)
end

describe("the command", function()
  it("prints its version and its help", function()
    local code, out = main { "--version" }
    assert.equal(0, code)
    assert.equal("dynamo " .. dynamo._VERSION .. "\n", out)
    code, out = main { "--help" }
    assert.equal(0, code)
    for _, option in ipairs {
      "--execute",
      "--region",
      "--profile",
      "--endpoint",
      "--table",
      "--output",
      "--read-only",
      "--yes",
      "--no-color",
      "--keep-going",
      "--timing",
      "--version",
    } do
      assert.truthy(out:find(option, 1, true), option)
    end
  end)

  it("ends with 64 where it is used wrongly", function()
    for _, arguments in ipairs {
      { "--outptu", "json" },
      { "--output", "xml" },
      { "-e" },
      { "a", "b" },
      { "-e", "1", "file" },
      { "/nonexistent/script" },
    } do
      local code, out, err = main(arguments)
      assert.equal(64, code)
      assert.equal("", out)
      assert.truthy(err:find "^dynamo: ")
    end
    local _, _, err = main { "--outptu", "json" }
    assert.truthy(err:find("Did you mean '--output'?", 1, true))
  end)

  it("gives its options to the client", function()
    local world = prompt_world.new()
    world:main {
      "--region",
      "eu-west-1",
      "--endpoint",
      "http://127.0.0.1:1",
      "--profile",
      "p",
      "-e",
      "1",
    }
    assert.equal("eu-west-1", world.client_options.region)
    assert.equal("http://127.0.0.1:1", world.client_options.endpoint)
    assert.equal("p", world.client_options.profile)
  end)

  it("runs every -e, a pipe, or a file", function()
    local code, out = main { "-e", "x = 1", "-e", "x + 1\nx + 2" }
    assert.equal(0, code)
    assert.equal("2\n3\n", out)
    for _, arguments in ipairs { {}, { "-" } } do
      code, out = main(arguments, "x = 1\nx + 1\n")
      assert.equal(0, code)
      assert.equal("2\n", out)
    end
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    file:write "#!/usr/bin/env dynamo\nfunction f(x)\n  return x + 1\nend\nf(1)\n"
    file:close()
    code, out = main { path }
    os.remove(path)
    assert.equal(0, code)
    assert.equal("2\n", out)
  end)

  it("stops at the first failure, and says where", function()
    local code, out, err = main({}, "1\nbad 1\n2\n")
    assert.equal(64, code)
    assert.equal("1\n", out)
    assert.equal('stdin:2: column 1: no verb, table or variable "bad"\n', err:match "[^\n]*\n")
    code, out = main({ "--keep-going", "-t", "Users" }, "1\nput 1 {}\nbad 1\n2\n", {
      answers = { PutItem = failed_condition },
    })
    assert.equal(1, code)
    assert.equal("1\n2\n", out)
  end)

  it("tells an open bracket at the end", function()
    local code, _, err = main({ "-t", "Users" }, "put 1 {\n  a = 1\n")
    assert.equal(64, code)
    assert.truthy(err:find('stdin:1: line 1, column 7: this "{" has no closing "}"', 1, true))
  end)

  it("has no colours off a terminal, nor where they are not wanted", function()
    local function has_colour(arguments, o)
      local _, out, err = main(arguments, "", o)
      return (out .. err):find "\27" ~= nil
    end
    local answers = { GetItem = '{"Item":{"userId":{"S":"1"}}}' }
    local get = { "-t", "Users", "-e", "get 1" }
    assert.is_true(has_colour(get, { is_terminal = true, answers = answers }))
    assert.is_false(has_colour(get, { answers = answers }))
    assert.is_false(has_colour(get, {
      is_terminal = true,
      answers = answers,
      variables = { NO_COLOR = "1" },
    }))
    table.insert(get, "--no-color")
    assert.is_false(has_colour(get, { is_terminal = true, answers = answers }))
  end)

  it("cuts values to the terminal, or to COLUMNS off one, or not at all", function()
    local answers = { GetItem = ('{"Item":{"userId":{"S":"%s"}}}'):format(("x"):rep(500)) }
    local function length(o)
      o.answers = answers
      local _, out = main({ "-t", "Users", "-o", "table", "-e", "get 1" }, "", o)
      return #out:match "[^\n]*"
    end
    assert.is_true(length {} > 500)
    assert.is_true(length { variables = { COLUMNS = "60" } } <= 60 + #"…")
    assert.is_true(length { is_terminal = true, variables = { NO_COLOR = "1" } } <= 80 + #"…")
  end)

  it("ends quietly where its output is closed", function()
    local world = prompt_world.new()
    world.stdout.write = function()
      return nil, "Broken pipe"
    end
    local code, _, err = world:main({}, "1\n2\n")
    assert.equal(2, code)
    assert.equal("", err)
  end)
end)
