-- SPDX-License-Identifier: MIT
local statement = require "dynamo.statement"

describe("the values that a statement wants", function()
  local cases = {
    { "", 0 },
    { "SELECT * FROM Users", 0 },
    { "SELECT * FROM Users WHERE a = ?", 1 },
    { "SELECT * FROM Users WHERE a=?AND b IN [?,?]", 3 },
    { "INSERT INTO Users VALUE {'a': ?, 'what?': 'who?'}", 1 },
    { 'SELECT "a?" FROM "T?" WHERE a = ?', 1 },
    { "SELECT * FROM T WHERE a = 'it''s ? here' AND b = ?", 1 },
    { "SELECT * FROM T WHERE a = '''' AND b = ?", 1 },
    { "SELECT * FROM T WHERE a = `2026T` AND b = ? AND c = `?`", 1 },
    { "SELECT * -- why?\nFROM T WHERE a = ?", 1 },
    { "SELECT /* ? '*/ * FROM T WHERE a = ? /* ?", 1 },
    { "SELECT * FROM T WHERE a = 'never ends ?", 0 },
    { "SELECT * FROM T WHERE a = ? - ?", 2 },
    { "SELECT \195\188 FROM T WHERE a = ?", 1 },
    { "?\0?", 2 },
  }
  for i, case in ipairs(cases) do
    it(("are counted, case %d"):format(i), function()
      assert.are.equal(case[2], statement.placeholders(case[1]))
    end)
  end
end)

describe("the class of a statement", function()
  local cases = {
    READ = {
      "SELECT * FROM T",
      " select * from T",
      "/* all */ SELECT a FROM T;",
      "-- all\nSELECT a FROM T",
      "SELECT 'UPDATE T; SET' FROM T",
    },
    CONDITIONAL = {
      "INSERT INTO T VALUE {'id': ?, 'list': [1, 2], 'n': 1 + 1}",
      "insert into T value ?",
      "DELETE FROM T WHERE id = ?",
      "delete from T where id = 'a' and n > 1 returning all old *",
      "UPDATE T SET a = 1 WHERE id = 'x'",
      "UPDATE T SET a = -1.5e2 WHERE id = 'x'",
      'update "my table"."index" set a = ? remove b where id = ? returning all new *',
      "UPDATE T SET a.b.c = 'it''s' SET \"set\" = TRUE REMOVE d WHERE n = n + 1",
      "UPDATE T SET a = 1, b = NULL WHERE id = 'x'",
      "UPDATE T REMOVE a, b.c WHERE id = 'x'",
      "UPDATE T SET a = 1 /* + b */ WHERE id = 'x'",
    },
    UNSAFE = {
      "",
      ";",
      "?",
      "SELECTED",
      '"SELECT" * FROM T',
      "EXISTS(SELECT * FROM T WHERE id = 'a')",
      "UPSERT INTO T VALUE {}",
      "UPDATE",
      "UPDATE T",
      "UPDATE T WHERE id = 'x'; UPDATE T SET n = n + 1 WHERE id = 'x'",
      "DELETE FROM T WHERE id = 'x'; UPDATE T SET n = n + 1 WHERE id = 'x'",
      "UPDATE T SET a = a + 1 WHERE id = 'x'",
      "UPDATE T SET a = 1 + a WHERE id = 'x'",
      "UPDATE T SET a = ? + a WHERE id = 'x'",
      "UPDATE T SET a = b WHERE id = 'x'",
      "UPDATE T SET a = \"b\" WHERE id = 'x'",
      "UPDATE T SET a = list_append(a, ?) WHERE id = 'x'",
      "UPDATE T SET a = set_add(a, <<1>>) WHERE id = 'x'",
      "UPDATE T SET a = {'b': n} WHERE id = 'x'",
      "UPDATE T SET a[0] = 1 WHERE id = 'x'",
      "UPDATE T SET a.b[1].c = 1 WHERE id = 'x'",
      "UPDATE T REMOVE a[0] WHERE id = 'x'",
      "UPDATE T SET a = 1 REMOVE a[0] WHERE id = 'x'",
      "UPDATE T SET a = 1",
      "UPDATE T SET a = 1 SET b = b - 1 WHERE id = 'x'",
      "UPDATE T SET a = MISSING WHERE id = 'x'",
      "UPDATE T SET a = - WHERE id = 'x'",
      "UPDATE T SET = 1 WHERE id = 'x'",
      "UPDATE T SET a. = 1 WHERE id = 'x'",
      "UPDATE T SET a = 1,",
      "UPDATE T SET a = 'never ends WHERE id = 1",
      "UPDATE T ADD a 1 WHERE id = 'x'",
    },
  }
  for class, statements in pairs(cases) do
    for i, text in ipairs(statements) do
      it(("is %s, case %d"):format(class, i), function()
        assert.are.equal(class, statement.replay_class(text))
      end)
    end
  end
end)
