-- SPDX-License-Identifier: MIT
-- Records of CSV as cells, https://www.rfc-editor.org/rfc/rfc4180: text -> { { text, is_quoted }, ... }.
local M = {}

--- Whether a text is a record, and not only its first lines: no quote is open at its end.
function M.is_whole(text)
  local _, quotes = text:gsub('"', "")
  return quotes % 2 == 0
end

-- Returns the cell in quotes at byte `at`, and the byte after it; or nil, what is wrong, its byte.
local function quoted(text, at)
  local parts, from = {}, at + 1
  while true do
    local stop = text:find('"', from, true)
    if not stop then return nil, 'this " has no closing "', at end
    parts[#parts + 1] = text:sub(from, stop - 1)
    if text:sub(stop + 1, stop + 1) ~= '"' then
      local cell = table.concat(parts, '"')
      return { text = cell, is_quoted = true, at = at }, stop + 1
    end
    from = stop + 2
  end
end

-- Returns the bare cell at byte `at`, and the byte after it; or nil, what is wrong, its byte.
local function bare(text, at)
  local cell, past = text:match("^([^,]*)()", at)
  local quote = cell:find('"', 1, true)
  if quote then return nil, 'a cell with a " in it stands in quotes', at + quote - 1 end
  return { text = cell, is_quoted = false, at = at }, past
end

--- Returns the cells of a record: { text, is_quoted, at }; or nil, what is wrong, its byte.
function M.split(text)
  local cells, at = {}, 1
  while true do
    local is_quoted = text:sub(at, at) == '"'
    local cell, past, place = (is_quoted and quoted or bare)(text, at)
    if not cell then return nil, past, place end
    cells[#cells + 1] = cell
    local follows = text:sub(past, past)
    if follows == "" then return cells end
    if follows ~= "," then return nil, 'a comma is missing behind the "', past end
    at = past + 1
  end
end

--- Returns a text as a cell. One that is empty stands in quotes: without them there is no value.
function M.cell(text)
  if text ~= "" and not text:find '[,"\r\n]' and not text:find "^%s" and not text:find "%s$" then
    return text
  end
  return '"' .. text:gsub('"', '""') .. '"'
end

return M
