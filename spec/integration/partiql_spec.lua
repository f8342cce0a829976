-- SPDX-License-Identifier: MIT
-- Statements of PartiQL against emulators: values, pages, what is done at once.
local dynamo = require "dynamo"
local emulator = require "support.emulator"

emulator.each("execute", function(host)
  local db = host.db
  local name, things

  setup(function()
    name = host:create { { "pk", "S" }, { "sk", "N" } }
    things = db:table(name, { key = { "pk", "sk" } })
  end)

  -- Executes a statement with the table's name in the place of %s.
  local function execute(text, ...)
    return db:execute(text:format(name), ...)
  end

  host:it("takes values of every type, and gives them back", "inserted_values", function()
    local item = {
      pk = "types",
      sk = 1,
      text = "it's \195\164 ?",
      number = dynamo.number "123456789012345678901234567890.5",
      bytes = dynamo.binary "\0\255",
      yes = true,
      nothing = dynamo.null,
      list = { 1, { a = "b" } },
      map = { inner = {} },
    }
    assert(
      execute(
        "INSERT INTO \"%s\" VALUE {'pk': ?, 'sk': ?, 'text': ?, 'number': ?, 'bytes': ?, 'yes': ?, "
          .. "'nothing': ?, 'list': ?, 'map': ?}",
        item.pk,
        item.sk,
        item.text,
        item.number,
        item.bytes,
        item.yes,
        item.nothing,
        item.list,
        item.map
      )
    )
    local result = assert(execute('SELECT * FROM "%s" WHERE pk = ? AND sk = ?', "types", 1))
    local found = assert(result:one())
    assert.same(item.list, found.list)
    assert.equal(tostring(item.number), tostring(found.number))
    assert.equal("\0\255", tostring(found.bytes))
    assert.equal(dynamo.null, found.nothing)
    assert.same({ item.text, item.yes, item.map }, { found.text, found.yes, found.map })
  end)

  host:it("writes at once, whether the result is looked at or not", "partiql", function()
    local own = host:create { { "pk", "S" } }
    local users = db:table(own, { key = { "pk" } })
    assert(db:execute(("INSERT INTO \"%s\" VALUE {'pk': 'w', 'n': 1}"):format(own)))
    assert.same({ pk = "w", n = 1 }, users:get "w")
    assert(db:execute(('UPDATE "%s" SET n = ? WHERE pk = ?'):format(own), 7, "w"))
    local result = assert(db:execute(('SELECT * FROM "%s" WHERE pk = ?'):format(own), "w"))
    assert.same({ { pk = "w", n = 7 } }, (assert(result:all())))
    assert(db:execute(("DELETE FROM \"%s\" WHERE pk = 'w'"):format(own)))
    assert.is_nil((users:get "w"))
  end)

  host:it("returns what is refused", "partiql_refusals", function()
    assert(execute "INSERT INTO \"%s\" VALUE {'pk': 'd', 'sk': 1}")
    local result, message, err = execute "INSERT INTO \"%s\" VALUE {'pk': 'd', 'sk': 1}"
    assert.is_nil(result)
    assert.same({ "DuplicateItemException", "no" }, { err.code, err.maybe_applied }, message)
    result, message, err = db:execute "SELECT * FROM nowhere_to_be_found"
    assert.is_nil(result)
    assert.equal("ResourceNotFoundException", err.code, message)
    assert.is_nil((db:execute "SELEKT * FROM nowhere"))
  end)

  host:it("reads page after page", "partiql_pages", function()
    for i = 1, 25 do
      assert(things:put { pk = "pages", sk = i, n = i * i })
    end
    local text = "SELECT sk, n FROM \"%s\" WHERE pk = 'pages'"
    local result, _, info = execute(text, { page_size = 4, return_consumed_capacity = "TOTAL" })
    assert.equal(1, info.attempts)
    local seen = {}
    for item in assert(result):items() do
      assert.equal(item.sk * item.sk, item.n)
      seen[#seen + 1] = item.sk
    end
    assert.equal(25, #seen)
    for i = 1, 25 do
      assert.equal(i, seen[i])
    end
    assert.is_true(result:info().pages >= 7)
    assert.equal(10, #assert(assert(execute(text, { page_size = 4, limit = 10 })):all()))
    assert.equal(25, assert(assert(execute(text, { page_size = 7 })):count()))
  end)
end)
