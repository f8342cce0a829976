-- SPDX-License-Identifier: MIT
--- micro.lua: hot loops of the private C core and of expressions. Prints "name<TAB>microseconds"
-- lines.

local core = require "dynamo.core"
local dynamo = require "dynamo"
local expression = require "dynamo.expression"
local shapes = require("dynamo.model").shapes

local SAMPLE_SECONDS = 0.1
local PAGE_ITEMS = 100

-- Microseconds of CPU of one call of `work`, over a loop that doubles until it is long enough.
local function time_of(work)
  local count = 1
  while true do
    local start = os.clock()
    for _ = 1, count do
      work()
    end
    local seconds = os.clock() - start
    if seconds >= SAMPLE_SECONDS then return seconds / count * 1e6 end
    count = count * 2
  end
end

local function report(name, work, divisor)
  print(("%s\t%.3f"):format(name, time_of(work) / (divisor or 1)))
end

local function read_item()
  local file = assert(io.open("bench/item.json"))
  local text = file:read("*l")
  file:close()
  return text
end

local function make_page(item)
  local items = {}
  for index = 1, PAGE_ITEMS do
    items[index] = item:gsub("user%-000", ("user-%03d"):format(index - 1))
  end
  return '{"Count":100,"Items":[' .. table.concat(items, ",") .. '],"ScannedCount":100}'
end

local function report_codec(model, item, page)
  local answer = '{"Item":' .. item .. "}"
  local put = { TableName = "Users" }
  put.Item = assert(core.decode(model, "GetItemOutput", answer, false, false)).Item
  assert(core.encode(model, "PutItemInput", put, false))
  assert(#assert(core.decode(model, "QueryOutput", page, false, false)).Items == PAGE_ITEMS)
  report("encode item 1 KB", function()
    core.encode(model, "PutItemInput", put, false)
  end)
  report("decode item 1 KB", function()
    core.decode(model, "GetItemOutput", answer, false, false)
  end)
  report("decode page of 100 items, an item", function()
    core.decode(model, "QueryOutput", page, false, false)
  end, PAGE_ITEMS)
end

-- Signs `body` as the life of a request does: all but the body as in the last call.
local function report_signer(name, body)
  local signer, amz_date = core.signer(), "20260102T030405Z"
  local headers = {
    { "content-type", "application/x-amz-json-1.0" },
    { "host", "dynamodb.us-east-1.amazonaws.com" },
    { "x-amz-date", amz_date },
    { "x-amz-target", "DynamoDB_20120810.PutItem" },
  }
  report(name, function()
    return signer:authorization(
      "POST",
      "/",
      headers,
      body,
      "AKIAIOSFODNN7EXAMPLE",
      "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
      "us-east-1",
      "dynamodb",
      amz_date
    )
  end)
end

-- Makes the parameters of one update of four attributes, out of what the user gave.
local function compile_update(...)
  local own, values = assert(expression.prepare("update", ...))
  return {
    UpdateExpression = own.text,
    ExpressionAttributeNames = own.names,
    ExpressionAttributeValues = values,
  }
end

-- The same update three ways, each prepared once and remembered.
local function report_expressions()
  report("update as text with tokens", function()
    return compile_update(
      "SET #n = :n, #v = if_not_exists(#v, :zero) + :one REMOVE tmp ADD #t :t",
      { ["#n"] = "name", ["#v"] = "visits", ["#t"] = "total" },
      { [":n"] = "Ann", [":zero"] = 0, [":one"] = 1, [":t"] = 2 }
    )
  end)
  report("update as text with ?", function()
    return compile_update(
      "SET name = ?, visits = if_not_exists(visits, 0) + 1 REMOVE tmp " .. "ADD total ?",
      nil,
      nil,
      { "Ann", 2, n = 2 }
    )
  end)
  report("update built fluently", function()
    return compile_update(
      dynamo.update():set("name", "Ann"):increment("visits"):remove("tmp"):add("total", 2)
    )
  end)
end

local item = read_item()
local page = make_page(item)
report_codec(core.model(shapes), item, page)
report_signer("signer:authorization 300 B", page:sub(1, 300))
report_signer("signer:authorization 1 KB", page:sub(1, 1024))
report("crc32 1 KB", function()
  core.crc32(item)
end)
report("crc32 page", function()
  core.crc32(page)
end)
report_expressions()
