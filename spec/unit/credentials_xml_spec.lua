-- SPDX-License-Identifier: MIT
local xml = require "dynamo.credentials.xml"

describe("credentials.xml", function()
  local good = {
    { "<a>x</a>", { a = "x" } },
    { "<a/>", { a = "" } },
    { "<a></a>", { a = "" } },
    { '<?xml version="1.0" encoding="UTF-8"?>\n<a>x</a>\n', { a = "x" } },
    {
      '<a xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\n  <b>1</b>\n  <c >2</c >\n</a>',
      { a = { b = "1", c = "2" } },
    },
    { "<a><b><c>deep</c></b><d/></a>", { a = { b = { c = "deep" }, d = "" } } },
    {
      "<a>&lt;&amp;&gt;&quot;&apos;&#65;&#x42;&#233;&#x20AC;&#x1F600;</a>",
      { a = "<&>\"'AB\195\169\226\130\172\240\159\152\128" },
    },
    { "<a>&amp;lt;</a>", { a = "&lt;" } },
    { "<a> spaces stay </a>", { a = " spaces stay " } },
    { "<a><b>1</b><b>2</b><c>3</c></a>", { a = { b = false, c = "3" } } },
    { "<a><b>1</b><b>2</b><b>3</b></a>", { a = { b = false } } },
  }
  for _, case in ipairs(good) do
    it("reads " .. case[1], function()
      assert.are.same(case[2], xml.parse(case[1]))
    end)
  end

  local bad = {
    "",
    " ",
    "text",
    "{}",
    "<a>",
    "</a>",
    "<a></b>",
    "<a><b></a></b>",
    "<a>x</a>y",
    "y<a>x</a>",
    "<a>x</a><b>y</b>",
    "<a",
    "<a>x</a",
    "<a>x<",
    "<>x</>",
    "< a>x</a>",
    "<1>x</1>",
    "<a:b>x</a:b>",
    "<a>&unknown;</a>",
    "<a>&amp</a>",
    "<a>&</a>",
    "<a>&#0;</a>",
    "<a>&#xD800;</a>",
    "<a>&#x110000;</a>",
    "<!DOCTYPE a><a>x</a>",
    "<a><!-- x --></a>",
    "<a><![CDATA[x]]></a>",
    "<a><?php x ?></a>",
    "<a>" .. ("<b>"):rep(100) .. ("</b>"):rep(100) .. "</a>",
  }
  for _, text in ipairs(bad) do
    it(("refuses %q"):format(text:sub(1, 40)), function()
      local document, problem = xml.parse(text)
      assert.is_nil(document)
      assert.is_string(problem)
    end)
  end

  it("refuses a response cut at any byte", function()
    local text = "<a x='1'><b>1</b><c>&amp;</c></a>"
    assert.is_table(xml.parse(text))
    for n = 0, #text - 1 do
      assert.is_nil(xml.parse(text:sub(1, n)))
    end
  end)
end)
