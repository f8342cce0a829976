-- SPDX-License-Identifier: MIT
-- JSONTestSuite (github.com/nst/JSONTestSuite): a y_ text is JSON and must be read, an i_ text may
-- be read or refused, but neither crashes nor is read as something it does not say.
local core = require "dynamo.core"
local lfs = require "lfs"
local vectors = require "support.vectors"

-- What core.document refuses by contract though it is JSON: a cJSON tree cannot hold it.
local BEYOND_A_TREE = {
  ["y_object_escaped_null_in_key.json"] = "u0000",
  ["y_string_null_escape.json"] = "u0000",
  ["y_object_duplicated_key.json"] = "twice",
  ["y_object_duplicated_key_and_value.json"] = "twice",
  ["y_number_double_close_to_zero.json"] = "63 characters",
}

-- The i_ texts that are well-formed, and what they say; every other one is to be refused.
local READ = {
  ["i_number_double_huge_neg_exp.json"] = { 0 },
  ["i_number_real_underflow.json"] = { 0 },
  ["i_number_too_big_neg_int.json"] = { -123123123123123123123123123123 },
  ["i_number_too_big_pos_int.json"] = { 100000000000000000000 },
  ["i_number_very_big_negative_int.json"] = { -237462374673276894279832749832423479823246327846 },
}

local function names()
  local list = {}
  for name in lfs.dir(vectors.FOLDER .. "/json") do
    if name:find("%.json$") then list[#list + 1] = name end
  end
  table.sort(list)
  return list
end

local function read_file(name)
  return vectors.text("json/" .. name)
end

describe("core.document and JSONTestSuite", function()
  it("finds the suite's texts", function()
    assert.is_true(#names() > 100)
  end)

  for _, name in ipairs(names()) do
    local text = read_file(name)

    if name:find("^y_") then
      it("reads " .. name, function()
        local value, message = core.document(text)
        if value == nil then
          assert.matches(BEYOND_A_TREE[name] or "no refusal", message, 1, true)
        end
      end)
    else
      it("does not misread " .. name, function()
        local value, message = core.document(text)
        assert.same(READ[name], value)
        assert.equal(value == nil, type(message) == "string")
      end)
    end
  end
end)

-- A response is read past its unknown members, strictly all the same.
describe("core.decode and JSONTestSuite", function()
  local model = core.model { Empty = { type = "structure", members = {}, required = {} } }

  local function decode(name)
    return core.decode(model, "Empty", '{"x":' .. read_file(name) .. "}", false, false)
  end

  for _, name in ipairs(names()) do
    if name:find("500_nested") then
      it("passes over or refuses " .. name, function()
        local value, problem = decode(name)
        assert.same(problem == nil and {} or nil, value)
      end)
    elseif name:find("^y_") or name:find("^i_number_") then
      it("passes over " .. name, function()
        local value, problem = decode(name)
        assert.is_nil(problem)
        assert.same({}, value)
      end)
    else
      it("refuses " .. name, function()
        local value, problem = decode(name)
        assert.is_nil(value)
        assert.is_string(problem.code)
      end)
    end
  end
end)
