-- SPDX-License-Identifier: MIT
rockspec_format = "3.0"
package = "dynamo"
version = "scm-1"

-- `luarocks make rockspec/dynamo-scm-1.rockspec` builds the checkout that it is run in.
source = {
  url = "git+file://.",
}

description = {
  summary = "The DynamoDB client for Lua",
  detailed = [[
A C core signs, marshals and moves bytes; Lua decides; a Lua table is an item. For Lua 5.1 to 5.4,
LuaJIT, and OpenResty without blocking a worker.]],
  license = "MIT",
  labels = { "aws", "dynamodb", "database", "openresty" },
}

dependencies = {
  "lua >= 5.1",
}

-- No header is asked for of curl: Debian keeps curl/curl.h where the compiler looks and LuaRocks
-- does not.
external_dependencies = {
  OPENSSL = { header = "openssl/evp.h", library = "crypto" },
  CJSON = { header = "cjson/cJSON.h", library = "cjson" },
  ZLIB = { header = "zlib.h", library = "z" },
  CURL = { library = "curl" },
}

build = {
  type = "builtin",
  modules = {
    ["dynamo"] = "lua/dynamo.lua",
    ["dynamo.call.check"] = "lua/dynamo/call/check.lua",
    ["dynamo.call.credentials.environment"] = "lua/dynamo/call/credentials/environment.lua",
    ["dynamo.call.credentials"] = "lua/dynamo/call/credentials/init.lua",
    ["dynamo.call.credentials.profile"] = "lua/dynamo/call/credentials/profile.lua",
    ["dynamo.call.endpoint"] = "lua/dynamo/call/endpoint/init.lua",
    ["dynamo.call.endpoint.partitions"] = "lua/dynamo/call/endpoint/partitions.lua",
    ["dynamo.call.endpoint.url"] = "lua/dynamo/call/endpoint/url.lua",
    ["dynamo.call.error"] = "lua/dynamo/call/error.lua",
    ["dynamo.call"] = "lua/dynamo/call/init.lua",
    ["dynamo.call.problem"] = "lua/dynamo/call/problem.lua",
    ["dynamo.call.request"] = "lua/dynamo/call/request.lua",
    ["dynamo.call.response"] = "lua/dynamo/call/response.lua",
    ["dynamo.call.retry"] = "lua/dynamo/call/retry.lua",
    ["dynamo.call.transport.curl"] = "lua/dynamo/call/transport/curl.lua",
    ["dynamo.client"] = "lua/dynamo/client.lua",
    ["dynamo.config_file"] = "lua/dynamo/config_file.lua",
    ["dynamo.environment"] = "lua/dynamo/environment.lua",
    ["dynamo.expression.action"] = "lua/dynamo/expression/action.lua",
    ["dynamo.expression.analyse"] = "lua/dynamo/expression/analyse.lua",
    ["dynamo.expression.bind"] = "lua/dynamo/expression/bind.lua",
    ["dynamo.expression.compile"] = "lua/dynamo/expression/compile.lua",
    ["dynamo.expression.condition"] = "lua/dynamo/expression/condition.lua",
    ["dynamo.expression.convert"] = "lua/dynamo/expression/convert.lua",
    ["dynamo.expression.cursor"] = "lua/dynamo/expression/cursor.lua",
    ["dynamo.expression.difference"] = "lua/dynamo/expression/difference.lua",
    ["dynamo.expression"] = "lua/dynamo/expression/init.lua",
    ["dynamo.expression.key_condition"] = "lua/dynamo/expression/key_condition.lua",
    ["dynamo.expression.lexer"] = "lua/dynamo/expression/lexer.lua",
    ["dynamo.expression.literal"] = "lua/dynamo/expression/literal.lua",
    ["dynamo.expression.object"] = "lua/dynamo/expression/object.lua",
    ["dynamo.expression.operand"] = "lua/dynamo/expression/operand.lua",
    ["dynamo.expression.parse"] = "lua/dynamo/expression/parse.lua",
    ["dynamo.expression.parse_condition"] = "lua/dynamo/expression/parse_condition.lua",
    ["dynamo.expression.parse_projection"] = "lua/dynamo/expression/parse_projection.lua",
    ["dynamo.expression.parse_update"] = "lua/dynamo/expression/parse_update.lua",
    ["dynamo.expression.path"] = "lua/dynamo/expression/path.lua",
    ["dynamo.expression.place"] = "lua/dynamo/expression/place.lua",
    ["dynamo.expression.show"] = "lua/dynamo/expression/show.lua",
    ["dynamo.expression.space"] = "lua/dynamo/expression/space.lua",
    ["dynamo.expression.term"] = "lua/dynamo/expression/term.lua",
    ["dynamo.expression.update"] = "lua/dynamo/expression/update.lua",
    ["dynamo.expression.update_expression"] = "lua/dynamo/expression/update_expression.lua",
    ["dynamo.model"] = "lua/dynamo/model.lua",
    ["dynamo.nearest"] = "lua/dynamo/nearest.lua",
    ["dynamo.operations"] = "lua/dynamo/operations.lua",
    ["dynamo.options"] = "lua/dynamo/options.lua",
    ["dynamo.sign"] = "lua/dynamo/sign.lua",
    ["dynamo.table.arguments"] = "lua/dynamo/table/arguments.lua",
    ["dynamo.table.chain"] = "lua/dynamo/table/chain.lua",
    ["dynamo.table.expressions"] = "lua/dynamo/table/expressions.lua",
    ["dynamo.table.extension.counter"] = "lua/dynamo/table/extension/counter.lua",
    ["dynamo.table.extension"] = "lua/dynamo/table/extension/init.lua",
    ["dynamo.table.extension.settings"] = "lua/dynamo/table/extension/settings.lua",
    ["dynamo.table.extension.timestamps"] = "lua/dynamo/table/extension/timestamps.lua",
    ["dynamo.table.extension.ttl"] = "lua/dynamo/table/extension/ttl.lua",
    ["dynamo.table.extension.uuid"] = "lua/dynamo/table/extension/uuid.lua",
    ["dynamo.table.extension.version"] = "lua/dynamo/table/extension/version.lua",
    ["dynamo.table"] = "lua/dynamo/table/init.lua",
    ["dynamo.table.newer"] = "lua/dynamo/table/newer.lua",
    ["dynamo.table.node"] = "lua/dynamo/table/node.lua",
    ["dynamo.table.nulls"] = "lua/dynamo/table/nulls.lua",
    ["dynamo.table.once"] = "lua/dynamo/table/once.lua",
    ["dynamo.table.parents"] = "lua/dynamo/table/parents.lua",
    ["dynamo.table.place"] = "lua/dynamo/table/place.lua",
    ["dynamo.table.schema"] = "lua/dynamo/table/schema.lua",
    ["dynamo.table.send"] = "lua/dynamo/table/send.lua",
    ["dynamo.table.settings"] = "lua/dynamo/table/settings.lua",
    ["dynamo.table.verbs"] = "lua/dynamo/table/verbs.lua",
    ["dynamo.table.write"] = "lua/dynamo/table/write.lua",
    ["dynamo.uuid"] = "lua/dynamo/uuid.lua",
    ["dynamo.value"] = "lua/dynamo/value.lua",
    ["dynamo.version"] = "lua/dynamo/version.lua",
    ["dynamo.core"] = {
      sources = {
        "csrc/core/base64.c",
        "csrc/core/big.c",
        "csrc/core/body.c",
        "csrc/core/buf.c",
        "csrc/core/canonical.c",
        "csrc/core/decimal.c",
        "csrc/core/hash.c",
        "csrc/core/json_scan.c",
        "csrc/core/json_write.c",
        "csrc/core/sigv4.c",
        "csrc/core/utf8.c",
        "csrc/lua/binary.c",
        "csrc/lua/box.c",
        "csrc/lua/bytes.c",
        "csrc/lua/decode.c",
        "csrc/lua/decode_value.c",
        "csrc/lua/document.c",
        "csrc/lua/encode.c",
        "csrc/lua/encode_native.c",
        "csrc/lua/encode_table.c",
        "csrc/lua/encode_typed.c",
        "csrc/lua/module.c",
        "csrc/lua/number.c",
        "csrc/lua/path.c",
        "csrc/lua/shape.c",
        "csrc/lua/sign.c",
        "csrc/lua/size.c",
      },
      incdirs = {
        "csrc/core", "csrc/lua", "$(OPENSSL_INCDIR)", "$(CJSON_INCDIR)", "$(ZLIB_INCDIR)",
      },
      libdirs = { "$(OPENSSL_LIBDIR)", "$(CJSON_LIBDIR)", "$(ZLIB_LIBDIR)" },
      libraries = { "crypto", "cjson", "z" },
    },
    ["dynamo.curl"] = {
      sources = {
        "csrc/core/buf.c",
        "csrc/curl/curl.c",
        "csrc/curl/failure.c",
        "csrc/curl/header.c",
        "csrc/curl/sockets.c",
        "csrc/curl/transfer.c",
      },
      incdirs = { "csrc/core", "csrc/lua", "$(CURL_INCDIR)" },
      libdirs = { "$(CURL_LIBDIR)" },
      libraries = { "curl", "pthread" },
    },
  },
}

test = {
  type = "command",
  command = "make test",
}
