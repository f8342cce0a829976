/* SPDX-License-Identifier: MIT */
#include "binary.h"
#include "box.h"
#include "bytes.h"
#include "context.h"
#include "decode.h"
#include "document.h"
#include "encode.h"
#include "gather.h"
#include "key.h"
#include "kind.h"
#include "message_box.h"
#include "number.h"
#include "number_operators.h"
#include "output.h"
#include "private_key.h"
#include "shape.h"
#include "sign.h"
#include "size.h"
#include "stay.h"
#include "written.h"

/* dynamo.core: what the Lua layer calls. Private; lua/dynamo/ wraps it. */

/* core.is_list(value), core.is_set(value) -> whether it carries that mark */
static int push_marked(lua_State *L, int metatable_index) {
  bool marked = lua_istable(L, 1) && lua_getmetatable(L, 1) && lua_rawequal(L, -1, metatable_index);
  lua_pushboolean(L, marked);
  return 1;
}

static int l_is_list(lua_State *L) {
  return push_marked(L, DYN_UP_LIST);
}

static int l_is_set(lua_State *L) {
  return push_marked(L, DYN_UP_SET);
}

/* core.hidden(object, key) -> what the object's metatable has under the key, whether it is locked
 * or not; nil for no table */
static int l_hidden(lua_State *L) {
  lua_settop(L, 2);
  if (!lua_istable(L, 1) || !lua_getmetatable(L, 1)) {
    lua_pushnil(L);
    return 1;
  }
  lua_insert(L, 2); /* stack: object metatable key */
  lua_rawget(L, 2);
  return 1;
}

/* core.read_cdata_with(function): the function gives decimal text for an FFI integer, else nil */
static int l_read_cdata_with(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_settop(L, 1);
  lua_setfield(L, LUA_REGISTRYINDEX, DYN_CDATA_READER);
  return 0;
}

static const luaL_Reg functions[] = {{"model", l_model},
                                     {"encode", l_encode},
                                     {"carry_json", l_carry_json},
                                     {"written", l_written},
                                     {"join", l_join},
                                     {"decode", l_decode},
                                     {"size", l_size},
                                     {"number", l_number},
                                     {"is_number", l_is_number},
                                     {"digits", l_digits},
                                     {"add", l_add},
                                     {"subtract", l_subtract},
                                     {"kind", l_kind},
                                     {"item_key", l_item_key},
                                     {"sort_bytes", l_sort_bytes},
                                     {"compare", l_compare},
                                     {"binary", l_binary},
                                     {"is_binary", l_is_binary},
                                     {"is_list", l_is_list},
                                     {"is_set", l_is_set},
                                     {"hidden", l_hidden},
                                     {"gather", l_gather},
                                     {"document", l_document},
                                     {"crc32", l_crc32},
                                     {"base64_encode", l_base64_encode},
                                     {"base64_decode", l_base64_decode},
                                     {"utf8_valid", l_utf8_valid},
                                     {"plain_json", l_plain_json},
                                     {"typed_json", l_typed_json},
                                     {"sha1", l_sha1},
                                     {"es256", l_es256},
                                     {"ec_public", l_ec_public},
                                     {"signer", l_sign_new},
                                     {"message", l_message_new},
                                     {"output", l_output},
                                     {"payload", l_payload},
                                     {"is_request_id", l_is_request_id},
                                     {"read_cdata_with", l_read_cdata_with},
                                     {NULL, NULL}};

/* Pushes the shared upvalues, in the order of context.h; the marks go into the module as well, for
 * lua/dynamo/value.lua to give them their methods. */
static void push_upvalues(lua_State *L, int module) {
  static const char *const marks[] = {"list_metatable", "map_metatable", "set_metatable"};
  dyn_box_push(L);
  for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_setfield(L, module, marks[i]);
  }
  dyn_number_push_metatable(L);
  dyn_binary_push_metatable(L);
  dyn_sign_push_digest(L);
}

__attribute__((visibility("default"))) int luaopen_dynamo_core(lua_State *L);

int luaopen_dynamo_core(lua_State *L) {
  dyn_stay_loaded();
  lua_newtable(L);
  int module = lua_gettop(L);
  push_upvalues(L, module);
  luaL_setfuncs(L, functions, DYN_UPVALUE_COUNT);
  lua_pushlightuserdata(L, NULL);
  lua_setfield(L, module, "null");
  return 1;
}
