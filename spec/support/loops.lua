-- SPDX-License-Identifier: MIT
-- The loops that a spec runs its work in: the client's own, and those of other libraries where they
-- are installed.
--
--   loops.each("calls", function(loop)
--     it("...", function() loop.run(f, g) end)      runs f and g side by side in it
--   end)
local busted = require "busted"
local dynamo = require "dynamo"

local M = {}

local function spawn_all(loop, functions)
  for _, f in ipairs(functions) do
    loop:spawn(f)
  end
end

local MAKERS = {
  {
    "no loop",
    function()
      return {
        run = function(...)
          assert(dynamo.together { ... })
        end,
      }
    end,
  },
  {
    "luv",
    function(uv)
      local loop = dynamo.loop.luv(uv)
      return {
        loop = loop,
        run = function(...)
          spawn_all(loop, { ... })
          uv.run()
        end,
      }
    end,
  },
  {
    "cqueues",
    function(cqueues)
      local controller = cqueues.new()
      local loop = dynamo.loop.cqueues(controller)
      return {
        loop = loop,
        run = function(...)
          spawn_all(loop, { ... })
          assert(controller:loop())
        end,
      }
    end,
  },
}

--- Describes something once for each loop.
-- @tparam string what
-- @tparam function define define(loop): a table with run(...) and `loop`, nil for no loop
function M.each(what, define)
  for _, maker in ipairs(MAKERS) do
    local name = maker[1]
    local there, library = name == "no loop", nil
    if not there then
      there, library = pcall(require, name)
    end
    busted.describe(("%s in %s"):format(what, name), function()
      if there then
        define(maker[2](library))
      else
        busted.pending(("there is no %s: make setup"):format(name))
      end
    end)
  end
end

return M
