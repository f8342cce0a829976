-- SPDX-License-Identifier: MIT
-- The fault catalogue is complete: each fault F1 to F88 is in a spec of this folder by its number,
-- or in the list below with the reason why it is not.
local LAST = 88

local NOT_HERE = {
  [71] = "the metadata service: the specs of that source of credentials",
  [72] = "as F71",
  [73] = "a failed refresh: the specs of dynamo.credentials",
  [74] = "100 callers at expiry: the specs of dynamo.credentials",
  [75] = "there is no verb for batches of writes yet: nothing handles UnprocessedItems",
  [76] = "as F75",
  [77] = "as F75",
  [78] = "there is no verb for batches of reads yet",
  [79] = "as F75",
  [80] = "there are no verbs for pages (query, scan) yet",
  [81] = "as F80",
  [82] = "as F80",
  [87] = "a failing allocation: a sweep of its own over all of them, not one fault of a server",
  [88] = "a call cannot be cancelled: it blocks its thread, and its deadline is what ends it",
}

-- Within a fault, what takes a minute and more on libcurl's own clock is not waited for: F4's kept
-- connection retires at 60 s of idleness or 300 s of age (csrc/curl/transfer.c).

-- Returns the text of all other files of this folder.
local function all_texts()
  local list = assert(io.popen "ls spec/fault/*.lua spec/support/fault/*.lua")
  local texts = {}
  for path in list:lines() do
    if not path:find("catalogue_spec", 1, true) then
      local file = assert(io.open(path))
      texts[#texts + 1] = file:read("*a")
      file:close()
    end
  end
  list:close()
  return table.concat(texts)
end

describe("the fault catalogue", function()
  local texts = all_texts()

  for number = 1, LAST do
    local name, reason = "F" .. number, NOT_HERE[number]
    it(("has %s%s"):format(name, reason and " elsewhere: " .. reason or ""), function()
      local here = texts:find('"' .. name .. "%f[%D]") ~= nil
      assert.equal(reason == nil, here)
    end)
  end
end)
