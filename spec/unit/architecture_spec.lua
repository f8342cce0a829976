-- SPDX-License-Identifier: MIT
-- The files that docs/architecture.md and CONTRIBUTING.md speak of are there.
local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "*a"
  file:close()
  return text
end

-- Whether a path of the page is one of the project's, or of lua/dynamo/; <x> and * stand for any.
local function is_there(path)
  local pattern = path:gsub("<%w+>", "*")
  local listed = ("ls -d %s lua/dynamo/%s 2>/dev/null"):format(pattern, pattern)
  local pipe = io.popen(listed)
  local found = pipe:read "*l"
  pipe:close()
  return found ~= nil
end

for _, page in ipairs { "docs/architecture.md", "CONTRIBUTING.md" } do
  describe(page, function()
    it("speaks of files that are there", function()
      local count = 0
      for path in read(page):gmatch "`([%w_./<>*%-]+%.%a+)`" do
        if path:find "/" or path:find "%.lua$" then
          count = count + 1
          assert.is_true(is_there(path) or path:find "^dynamo/" ~= nil, path)
        end
      end
      assert.is_true(count > 0)
    end)

    it("speaks of targets that are there", function()
      local makefile, count = read "Makefile", 0
      for target in read(page):gmatch "[`\n]make ([%l-]+)[`%s]" do
        count = count + 1
        assert.is_true(makefile:find("\n" .. target .. ":", 1, true) ~= nil, target)
      end
      assert.is_true(count > 0)
    end)
  end)
end
