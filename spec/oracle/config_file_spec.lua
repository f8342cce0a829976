-- SPDX-License-Identifier: MIT
-- Random shared config files, read as botocore reads them: whatever it finds in one, we find, with
-- the same properties. Where the SDKs' shared cases demand a refusal ("name: value"), we refuse;
-- where they take what it refuses (a name given twice) or leave out what it keeps (a comment behind
-- a value), so do we.
local config_file = require "dynamo.settings.config_file"
local core = require "dynamo.core"
local json = require "dynamo.credentials.json"
local oracle = require "support.oracle"
local random_value = require "support.random_value"

local FILES, LINES = 1500, 12
local REFUSED_THERE = { DuplicateSectionError = true, DuplicateOptionError = true }
local INDENTS = { "", "", "", " ", "  ", "    ", "\t" }
local ENDS = { "\n", "\n", "\n", "\n", "\r\n", "\n\n" }

-- A name is drawn from as many that few files have one twice.
local function number(random)
  return ("%d"):format(random.upto(200))
end

local CONTENTS = {
  function(random)
    return "[profile p" .. number(random) .. "]"
  end,
  function(random)
    return "[profile\t'p " .. number(random) .. "']"
  end,
  function(random)
    return '[profile "p' .. number(random) .. '"] text'
  end,
  function(random)
    return "[profile p\\ " .. number(random) .. "]"
  end,
  function(random)
    return "[sso-session 'My Team " .. number(random) .. "']"
  end,
  function(random)
    return "[services s" .. number(random) .. " ]"
  end,
  function(random)
    return "[bare" .. number(random) .. "]"
  end,
  function(random)
    return "[profile two words " .. number(random) .. "]"
  end,
  function()
    return "[default]"
  end,
  function()
    return "[broken"
  end,
  function()
    return "junk"
  end,
  function()
    return " # a comment"
  end,
  function()
    return "; another = one"
  end,
  function()
    return ""
  end,
  function(random)
    return random.upto(4) == 1 and "= x" or ""
  end,
  function(random)
    return random.upto(4) == 1 and "name: v=w" or ""
  end,
}
for _, value in ipairs { "v", "", "", "v", " a b ", "x=y:z", "'q'", "v", "[x]", "v#v", "bü" } do
  CONTENTS[#CONTENTS + 1] = function(random)
    return "Up" .. number(random) .. " = " .. value
  end
  CONTENTS[#CONTENTS + 1] = function(random)
    return "k" .. number(random) .. "=" .. value
  end
end

-- Returns a file; nearly all begin with a section, for one that does not holds little.
local function file_of(random)
  local parts = { random.upto(20) == 1 and "" or "[profile first]\n" }
  for _ = 1, random.upto(LINES) do
    parts[#parts + 1] = random.pick(INDENTS) .. random.pick(CONTENTS)(random) .. random.pick(ENDS)
  end
  return table.concat(parts)
end

-- Returns botocore's readings of the files.
local function read_oracle(files)
  local path, readings = os.tmpname(), {}
  local input = assert(io.open(path, "wb"))
  input:write(json.write(files))
  input:close()
  for line in oracle.lines("config_file", path) do
    readings[#readings + 1] = core.document(line)
  end
  os.remove(path)
  return readings
end

-- Returns the properties of a section as botocore has them: nested blocks as tables.
local function shaped(section)
  local properties = {}
  for name, value in pairs(section or {}) do
    properties[name] = value:sub(1, 1) == "\n" and config_file.nested(value) or value
  end
  return properties
end

-- Returns properties with the names within nested blocks in lower case, as all others have them.
local function lowered(properties)
  for name, value in pairs(properties) do
    if type(value) == "table" then
      local block = {}
      for inner, text in pairs(value) do
        block[inner:lower()] = text
      end
      properties[name] = block
    end
  end
  return properties
end

-- Compares one file's sections, of all that botocore found.
local function compare(text, theirs, ours)
  for kind, sections in pairs(theirs) do
    for name, properties in pairs(sections) do
      local found = ours[kind][name]
      assert.are.same(
        { text, kind, name, lowered(properties) },
        { text, kind, found and name or "absent", shaped(found) }
      )
    end
  end
end

-- Whether we alone refuse a file: for a name that ends in a colon, and a nested one that is empty.
local function is_ours(problem)
  return problem:find('write "name = value"', 1, true) ~= nil
    or problem:find("did not have a name within", 1, true) ~= nil
end

describe("botocore", function()
  local random, files = random_value.source(20261126), {}
  for i = 1, FILES do
    files[i] = file_of(random)
  end
  local readings = read_oracle(files)

  it("reads config files as we do", function()
    local counts = { read = 0, refused = 0, ours = 0 }
    for i, text in ipairs(files) do
      local theirs, ours, problem = readings[i], config_file.parse(text, true)
      if problem and is_ours(problem) then
        counts.ours = counts.ours + 1
      elseif theirs.error then
        assert.is_true(ours == nil or REFUSED_THERE[theirs.error] == true, text)
        counts.refused = counts.refused + 1
      else
        assert.is_not_nil(ours, ("%s in %q"):format(tostring(problem), text))
        compare(text, theirs, ours)
        counts.read = counts.read + 1
      end
    end
    assert.is_true(counts.read > FILES / 5 and counts.refused > FILES / 5, "the files say little")
    assert.is_true(counts.ours > 0 and counts.ours < FILES / 5)
  end)
end)
