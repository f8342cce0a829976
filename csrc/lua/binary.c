/* SPDX-License-Identifier: MIT */
#include "binary.h"

#include "arguments.h"
#include "context.h"
#include "type.h"

/* Checked beside the metatable, so that a foreign block under our metatable is refused. */
static const uint32_t MAGIC = 0x64796e42u;

struct binary {
  uint32_t magic;
  size_t length;
  char bytes[];
};

bool dyn_binary_test(lua_State *L, int index, struct dyn_slice *out) {
  if (lua_type(L, index) != LUA_TUSERDATA) return false;
  if (lua_rawlen(L, index) < sizeof(struct binary)) return false;
  const struct binary *binary = luaL_testudata(L, index, DYN_BINARY_TYPE);
  if (binary == NULL || binary->magic != MAGIC) return false;
  *out = dyn_slice_of(binary->bytes, binary->length);
  return true;
}

static struct dyn_slice check_binary(lua_State *L, int index) {
  struct dyn_slice bytes = {NULL, 0};
  if (!dyn_binary_test(L, index, &bytes)) luaL_argerror(L, index, "a dynamo.binary expected");
  return bytes;
}

void dyn_binary_push(lua_State *L, struct dyn_slice bytes, int metatable_index) {
  if (bytes.length > SIZE_MAX - sizeof(struct binary)) luaL_error(L, "binary too large");
  struct binary *binary = lua_newuserdatauv(L, sizeof *binary + bytes.length, 0);
  binary->magic = MAGIC;
  binary->length = bytes.length;
  if (bytes.length > 0) memcpy(binary->bytes, bytes.data, bytes.length);
  lua_pushvalue(L, metatable_index);
  lua_setmetatable(L, -2);
}

int l_binary(lua_State *L) {
  struct dyn_slice bytes;
  if (dyn_binary_test(L, 1, &bytes)) {
    lua_settop(L, 1);
    return 1;
  }
  dyn_binary_push(L, dyn_argument_text(L, 1), DYN_UP_BINARY);
  return 1;
}

int l_is_binary(lua_State *L) {
  struct dyn_slice bytes;
  lua_pushboolean(L, dyn_binary_test(L, 1, &bytes));
  return 1;
}

static int l_binary_tostring(lua_State *L) {
  struct dyn_slice bytes = check_binary(L, 1);
  lua_pushlstring(L, bytes.data, bytes.length);
  return 1;
}

static int l_binary_len(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)check_binary(L, 1).length);
  return 1;
}

static int l_binary_eq(lua_State *L) {
  struct dyn_slice a, b;
  lua_pushboolean(L,
                  dyn_binary_test(L, 1, &a) && dyn_binary_test(L, 2, &b) && dyn_slice_equals(a, b));
  return 1;
}

static const luaL_Reg metamethods[] = {{"__tostring", l_binary_tostring},
                                       {"__len", l_binary_len},
                                       {"__eq", l_binary_eq},
                                       {NULL, NULL}};

static const struct dyn_type type = {DYN_BINARY_TYPE, metamethods, NULL, DYN_BINARY_TYPE};

void dyn_binary_push_metatable(lua_State *L) {
  dyn_type_push(L, &type);
}
