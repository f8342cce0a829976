-- SPDX-License-Identifier: MIT
local dynamo = require "dynamo"

describe("a small file", function()
  local path

  before_each(function()
    path = os.tmpname()
  end)

  after_each(function()
    os.remove(path)
  end)

  it("is written and read, whatever is in it, for its owner alone", function()
    assert.is_true(dynamo.write_file(path, "a\0b\n"))
    assert.are.equal("a\0b\n", dynamo.read_file(path))
    assert.is_true(dynamo.write_file(path, ""))
    assert.are.equal("", dynamo.read_file(path))
    local pipe = io.popen("ls -l " .. path)
    assert.are.equal("-rw-------", pipe:read(10))
    pipe:close()
  end)

  it("says whether there is one", function()
    os.remove(path)
    local text, message, err = dynamo.read_file(path)
    assert.are.same({ nil, "config", "NoFile" }, { text, err.kind, err.code })
    assert.are.equal(message, err.message)
    assert.truthy(message:find(path, 1, true))
    text, message, err = dynamo.read_file "/"
    assert.are.same({ nil, "File", "read_file" }, { text, err.code, err.operation })
    assert.are.equal(message, err.message)
  end)

  it("is not left half there", function()
    local done, message, err = dynamo.write_file("/no/such/folder/file", "x")
    assert.are.same({ nil, "config", "File" }, { done, err.kind, err.code })
    assert.truthy(message:find("/no/such/folder/file", 1, true))
  end)

  it("raises where the code is wrong, at its line", function()
    local function refused(message, f, ...)
      local ok, raised = pcall(f, ...)
      assert.is_false(ok)
      assert.truthy(raised:find(message, 1, true), raised)
    end
    refused("dynamo.read_file: the path must be a string, not a nil", dynamo.read_file)
    refused("dynamo.read_file: one argument too many", dynamo.read_file, path, 1)
    refused("dynamo.write_file: the text must be a string, not a nil", dynamo.write_file, path)
    refused("dynamo.write_file: one argument too many", dynamo.write_file, path, "", 1)
    local _, raised = pcall(function()
      dynamo.write_file(1, "")
    end)
    assert.matches("small_file_spec%.lua:%d+: dynamo.write_file: the path", raised)
  end)
end)
