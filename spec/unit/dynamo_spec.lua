-- SPDX-License-Identifier: MIT
local dynamo = require "dynamo"

describe("the door", function()
  local functions = {
    "new",
    "number",
    "binary",
    "list",
    "map",
    "set",
    "string_set",
    "number_set",
    "binary_set",
    "is_number",
    "is_binary",
    "is_list",
    "is_set",
    "compare",
    "equal",
    "encode",
    "decode",
    "encode_item",
    "decode_item",
    "to_typed",
    "from_typed",
    "to_json",
    "from_json",
    "show",
    "size",
    "sign",
    "credentials",
    "resolve_endpoint",
    "UpdateAction",
    "update",
    "attr",
    "path",
    "all",
    "any",
    "negate",
    "projection",
    "together",
    "each",
    "canceller",
    "embedded",
    "read_file",
    "write_file",
  }
  local constructors = {
    "SetAction",
    "AddAction",
    "RemoveAction",
    "DeleteAction",
    "UpdateExpression",
  }
  for _, name in ipairs(functions) do
    it("has " .. name, function()
      assert.is_function(dynamo[name])
    end)
  end

  it("has null, the extensions, the loops, progress, a version, and nothing else", function()
    assert.are.equal("userdata", type(dynamo.null))
    assert.is_table(dynamo.extension)
    assert.is_table(dynamo.loop)
    assert.is_table(dynamo.progress)
    assert.matches("^%d+%.%d+%.%d+", dynamo._VERSION)
    for _, name in ipairs(functions) do
      assert.is_function(dynamo[name])
    end
    for _, name in ipairs(constructors) do
      assert.is_function(dynamo[name].builder)
    end
    local count = 0
    for _ in pairs(dynamo) do
      count = count + 1
    end
    assert.are.equal(#functions + #constructors + 5, count)
  end)

  local unknown = {
    { "Setaction", 'dynamo has no field "Setaction", did you mean "SetAction"?' },
    { "updateExpression", 'did you mean "UpdateExpression"?' },
    { "extensions", 'did you mean "extension"?' },
    { "atr", 'did you mean "attr"?' },
    { "nothing", 'dynamo has no field "nothing"' },
  }
  for _, case in ipairs(unknown) do
    it("raises at the line that reads " .. case[1], function()
      local done, message = pcall(function()
        local _ = dynamo[case[1]]
      end)
      assert.is_false(done)
      assert.matches("dynamo_spec.lua:%d+: ", message)
      assert.is_truthy(message:find(case[2], 1, true), message)
    end)
  end

  -- name -> arguments that are good, and no fewer than it takes
  local taken = {
    new = { {} },
    number = { 1 },
    binary = { "x" },
    list = { {} },
    map = { {} },
    set = { { 1 } },
    string_set = { { "x" } },
    number_set = { { 1 } },
    binary_set = { { dynamo.binary "x" } },
    is_number = { 1 },
    is_binary = { 1 },
    is_list = { 1 },
    is_set = { 1 },
    compare = { 1, 2 },
    equal = { 1, 2 },
    encode = { 1 },
    decode = { '{"N":"1"}', "auto" },
    encode_item = { {} },
    decode_item = { "{}", "exact" },
    size = { {} },
    credentials = { {} },
    to_json = { {} },
    from_json = { "{}", "exact" },
    to_typed = { {} },
    from_typed = { {}, "auto" },
    show = { 1, {} },
    resolve_endpoint = { { region = "eu-west-1" } },
    sign = {
      { method = "GET", path = "/", host = "example.com" },
      {
        region = "eu-west-1",
        service = "x",
        time = 0,
        credentials = { access_key_id = "A", secret_access_key = "s" },
      },
    },
    UpdateAction = { { type = "REMOVE", path = "a" } },
    update = {},
    attr = { "a" },
    path = { { "a" } },
    negate = { dynamo.attr "a":exists() },
    SetAction = { { path = "a", value = "1" } },
    RemoveAction = { { path = "a" } },
    AddAction = { { path = "a", value = "1" } },
    UpdateExpression = { {} },
    together = { {} },
    each = { {}, print },
    canceller = {},
    embedded = { { path = "/nowhere/at/all.db" } },
    read_file = { "/dev/null" },
    write_file = { "/dev/null/none", "" },
    DeleteAction = { { path = "a", value = ":s", values = { [":s"] = dynamo.set { 1 } } } },
  }
  local any_number = { all = true, any = true, projection = true }
  for name, arguments in pairs(taken) do
    it("ignores no argument of " .. name, function()
      local call, count = dynamo[name], #arguments
      arguments[count + 1] = nil
      assert.is_true((pcall(call, (table.unpack or unpack)(arguments, 1, count + 1))))
      arguments[count + 1] = false
      local done, message = pcall(function()
        local _ = call((table.unpack or unpack)(arguments, 1, count + 1))
      end)
      assert.is_false(done)
      assert.matches("^[^\n]*dynamo_spec.lua:%d+: dynamo%." .. name .. ": ", message)
    end)
  end

  -- name of a method -> an object, arguments that are good, and no fewer than it takes
  local methods = {
    has = { dynamo.set { 1 }, 1 },
    tonumber = { dynamo.number(1) },
  }
  for name, arguments in pairs(methods) do
    it("ignores no argument of the method " .. name, function()
      local object, count = arguments[1], #arguments
      assert.is_true((pcall(object[name], (table.unpack or unpack)(arguments, 1, count + 1))))
      arguments[count + 1] = false
      local done, message = pcall(function()
        local _ = object[name]((table.unpack or unpack)(arguments, 1, count + 1))
      end)
      assert.is_false(done)
      assert.matches(
        "^[^\n]*dynamo_spec.lua:%d+: [%w_.]+:" .. name .. ": one argument too many, a boolean$",
        message
      )
    end)
  end

  local extensions = {
    version = {},
    timestamps = {},
    counter = { attribute = "a" },
    uuid = { attribute = "a" },
    ttl = { attribute = "a", seconds = 1 },
  }
  for name, make in pairs(dynamo.extension) do
    it("ignores no argument of the extension " .. name, function()
      assert.is_table(make(extensions[name], nil))
      local done, message = pcall(function()
        local _ = make(extensions[name], false)
      end)
      assert.is_false(done)
      assert.matches(
        "^[^\n]*dynamo_spec.lua:%d+: dynamo.extension."
          .. name
          .. ": one argument too many, a boolean$",
        message
      )
    end)
  end

  it("says what a set has, to who asks for more", function()
    local set = dynamo.set { 1 }
    local done, message = pcall(function()
      local _ = set:contains(1)
    end)
    assert.is_false(done)
    assert.matches(
      'dynamo_spec.lua:%d+: a set has no method "contains"; set:has%(element%)',
      message
    )
    assert.is_nil(set[2])
    assert.is_nil(set._NAME)
  end)

  it("has no function whose arguments nobody looks at", function()
    for name, value in pairs(dynamo) do
      local is_module = name == "extension" or name == "loop" or name == "progress"
      local callable = type(value) == "function" or type(value) == "table" and not is_module
      assert.is_truthy(
        not callable or taken[name] or any_number[name],
        name .. " is not in `taken`, which tries a surplus argument"
      )
    end
  end)

  it("takes known words for the numbers it reads alone", function()
    for _, name in ipairs { "decode", "decode_item" } do
      local done, message = pcall(function()
        local _ = dynamo[name]("{}", "exakt")
      end)
      assert.is_false(done)
      assert.matches(
        "dynamo_spec.lua:%d+: dynamo%."
          .. name
          .. ': numbers must be "auto" or "exact", not "exakt", did you mean "exact"?',
        message
      )
    end
    assert.has_error(function()
      dynamo.list(false)
    end)
    assert.has_error(function()
      dynamo.map(false)
    end)
  end)

  it("is quiet about what tools look for", function()
    assert.is_nil(dynamo._NAME)
    assert.is_nil(dynamo.__call)
    assert.is_nil(dynamo[1])
    assert.is_nil(rawget(dynamo, "nothing"))
  end)

  it("resolves endpoints and gives credentials without a client", function()
    assert.are.equal(
      "https://dynamodb.eu-west-1.amazonaws.com",
      dynamo.resolve_endpoint({ region = "eu-west-1" }).url
    )
    local provider = dynamo.credentials {
      getenv = function(name)
        return ({ AWS_ACCESS_KEY_ID = "A", AWS_SECRET_ACCESS_KEY = "s" })[name]
      end,
    }
    assert.are.equal("A", provider:get().access_key_id)
  end)
end)
