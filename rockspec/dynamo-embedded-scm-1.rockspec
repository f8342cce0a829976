-- SPDX-License-Identifier: MIT
rockspec_format = "3.0"
package = "dynamo-embedded"
version = "scm-1"

-- The C module of the embedded store, which is optional: `luarocks make
-- rockspec/dynamo-embedded-scm-1.rockspec` builds it of the checkout that it is run in.
source = {
  url = "git+file://.",
}

description = {
  summary = "DynamoDB inside the process, for the rock dynamo",
  detailed = [[
SQLite for dynamo's endpoints memory: and file:PATH. On Debian it wants libsqlite3-dev to be built,
libsqlite3-0 to run.]],
  license = "MIT",
  labels = { "aws", "dynamodb", "database", "sqlite" },
}

dependencies = {
  "lua >= 5.1",
  "dynamo",
}

external_dependencies = {
  SQLITE = { header = "sqlite3.h", library = "sqlite3" },
}

build = {
  type = "builtin",
  modules = {
    ["dynamo.sqlite"] = {
      sources = {
        "csrc/core/buf.c",
        "csrc/lua/arguments.c",
        "csrc/lua/stay.c",
        "csrc/lua/type.c",
        "csrc/sqlite/sqlite.c",
      },
      incdirs = { "csrc/core", "csrc/lua", "$(SQLITE_INCDIR)" },
      libdirs = { "$(SQLITE_LIBDIR)" },
      libraries = { "sqlite3" },
    },
  },
}
