-- SPDX-License-Identifier: MIT
-- Every file runs on Lua 5.4, 5.3, 5.1 and LuaJIT: "min" is what those have in common, and a file
-- that looks for more names it here.
std = "min"
max_line_length = false -- make format lays the code out
max_comment_line_length = 120 -- the address of an AWS page is one word
read_globals = {
  "jit", "loadstring", "unpack",
  coroutine = { fields = { "isyieldable" } },
  math = { fields = { "type", "tointeger", "maxinteger", "mininteger" } },
  table = { fields = { "unpack", "pack" } },
}

files["lua/dynamo/loop/nginx.lua"].read_globals = { "ngx" }
files["lua/dynamo/transport/connection.lua"].read_globals = { "ngx" }
files["lua/dynamo/transport/cosocket.lua"].read_globals = { "ngx" }
files["lua/dynamo/transport/quiet.lua"].read_globals = { "ngx" }
files["lua/dynamo/transport/tls_words.lua"].read_globals = { "ngx" }
files["lua/dynamo/prompt/lua_line.lua"].read_globals = { "setfenv" }
files["spec"].std = "min+busted"
files["spec/support/changes_nginx.lua"].read_globals = { "ngx" }
files["spec/support/inside_nginx.lua"].globals = { "ngx" }
files["spec/support/pages_nginx.lua"].read_globals = { "ngx" }
files["spec/support/side_by_side_nginx.lua"].read_globals = { "ngx" }
files["bench/inside_nginx.lua"].read_globals = { "ngx" }
files["examples/nginx"].globals = { "ngx" }
files["rockspec"].std = "rockspec"
files[".luacheckrc"].std = "luacheckrc"
