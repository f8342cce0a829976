-- SPDX-License-Identifier: MIT
-- Reading page by page inside nginx, by cosockets, in two workers: each item exactly once.
local emulator = require "support.emulator"
local json = require "dkjson"
local nginx = require "support.nginx"
local scale = require "support.scale"

if not nginx.is_installed() then
  return pending("pages inside nginx (there is no nginx with a Lua module: make setup)")
end

local COUNT = 40 + scale(20)

emulator.each("inside nginx, reading many items", function(host)
  local name, server

  setup(function()
    name = host:create { { "customerId", "S" }, { "at", "N" } }
    for first = 1, COUNT, 25 do
      local requests = {}
      for at = first, math.min(first + 24, COUNT) do
        local item = { customerId = at % 2 == 0 and "even" or "odd", at = at }
        requests[#requests + 1] = { PutRequest = { Item = item } }
      end
      assert(host.db:batch_write_item { RequestItems = { [name] = requests } })
    end
    server = nginx.start {
      workers = 2,
      env = {
        AWS_ENDPOINT_URL_DYNAMODB = host.endpoint,
        AWS_REGION = "us-east-1",
        AWS_ACCESS_KEY_ID = "local",
        AWS_SECRET_ACCESS_KEY = "local",
      },
      http = [[ init_by_lua_block { pages = require "support.pages_nginx" } ]],
      server = [[ location = /read { content_by_lua_block { pages.read() } } ]],
    }
  end)
  teardown(function()
    server:stop()
  end)

  local function read(more)
    local status, body = server:get(("/read?table=%s&page_size=7%s"):format(name, more))
    assert.equal(200, status, body)
    return json.decode(body)
  end

  -- Asserts that each of the numbers from `first` on, in `steps`, is there once.
  local function assert_all(numbers, first, step)
    table.sort(numbers)
    local expected = {}
    for at = first, COUNT, step do
      expected[#expected + 1] = at
    end
    assert.same(expected, numbers)
  end

  for _, way in ipairs { "", "&segments=4", "&prefetch=1", "&segments=3&prefetch=1" } do
    it("scans" .. way, function()
      assert_all(read(way).numbers, 1, 1)
      assert.equal(COUNT, read(way .. "&count=1").count)
    end)
  end

  it("hands a scan to work side by side", function()
    local told = read "&segments=2&prefetch=1&each=1"
    assert_all(told.numbers, 1, 1)
    assert.equal(5, told.most)
  end)

  it("queries both ways", function()
    local up, down = read("&customer=odd").numbers, read("&customer=odd&descending=1").numbers
    for i, at in ipairs(up) do
      assert.equal(at, down[#down + 1 - i])
    end
    assert_all(up, 1, 2)
  end)

  for _, way in ipairs { "&segments=3", "&customer=even&descending=1" } do
    it("goes on in another request, maybe of another worker" .. way, function()
      local numbers, cursor = {}, nil
      repeat
        local told = read(("%s&limit=11%s"):format(way, cursor and "&cursor=" .. cursor or ""))
        for _, at in ipairs(told.numbers) do
          numbers[#numbers + 1] = at
        end
        cursor = told.cursor
      until not cursor
      assert_all(numbers, way:find "even" and 2 or 1, way:find "even" and 2 or 1)
    end)
  end
end)
