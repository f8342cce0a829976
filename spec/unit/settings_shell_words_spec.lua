-- SPDX-License-Identifier: MIT
local shell_words = require "dynamo.settings.shell_words"

describe("shell_words.split", function()
  local good = {
    { "prog", { "prog" } },
    { "", {} },
    { " \t ", {} },
    { "  prog  a\tb\n", { "prog", "a", "b" } },
    { [["/opt/a b/prog" 'c d' e"f"'g']], { "/opt/a b/prog", "c d", "efg" } },
    { [[prog "" '' x]], { "prog", "", "", "x" } },
    { [[prog a\ b \"c\" \\]], { "prog", "a b", '"c"', "\\" } },
    { [[prog "a\"b\\c\d"]], { "prog", [[a"b\c\d]] } },
    { [[prog 'a\b"c']], { "prog", [[a\b"c]] } },
    {
      "prog $HOME `id` $(id) ; rm * | x > y & #",
      { "prog", "$HOME", "`id`", "$(id)", ";", "rm", "*", "|", "x", ">", "y", "&", "#" },
    },
  }
  for _, case in ipairs(good) do
    it(("splits %q"):format(case[1]), function()
      assert.are.same(case[2], shell_words.split(case[1]))
    end)
  end

  for _, text in ipairs { 'prog "a', "prog 'a", 'prog "a\\"', "prog a\\" } do
    it(("finds no end in %q"):format(text), function()
      assert.is_nil(shell_words.split(text))
    end)
  end
end)
