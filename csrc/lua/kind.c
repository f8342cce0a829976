/* SPDX-License-Identifier: MIT */
#include "kind.h"

#include "binary.h"
#include "context.h"
#include "number.h"

#include <string.h>

/* Pushes package.loaded[module][field], raw, or nil. */
static void push_loaded_field(lua_State *L, const char *module, const char *field) {
  int top = lua_gettop(L);
  lua_getfield(L, LUA_REGISTRYINDEX, "_LOADED");
  if (lua_istable(L, -1)) {
    lua_pushstring(L, module);
    lua_rawget(L, -2);
  }
  if (lua_istable(L, -1)) {
    lua_pushstring(L, field);
    lua_rawget(L, -2);
  } else {
    lua_pushnil(L);
  }
  lua_replace(L, top + 1);
  lua_settop(L, top + 1);
}

/* Whether the value at `index` is what lua-cjson, if loaded, calls `field`. */
static bool is_cjson_field(lua_State *L, int index, const char *field) {
  push_loaded_field(L, "cjson", field);
  bool same = !lua_isnil(L, -1) && lua_rawequal(L, -1, index);
  lua_pop(L, 1);
  return same;
}

/* Reads `__jsontype` of the metatable at `index`, as lua-rapidjson marks its tables. */
static enum dyn_marker json_type(lua_State *L, int index) {
  enum dyn_marker marker = DYN_MARKED_NOT;
  lua_pushliteral(L, "__jsontype");
  lua_rawget(L, index);
  if (lua_type(L, -1) == LUA_TSTRING) {
    const char *word = lua_tostring(L, -1);
    if (strcmp(word, "array") == 0) marker = DYN_MARKED_LIST;
    if (strcmp(word, "object") == 0) marker = DYN_MARKED_MAP;
  }
  lua_pop(L, 1);
  return marker;
}

bool dyn_is_empty_array(lua_State *L, int index) {
  return is_cjson_field(L, index, "empty_array");
}

enum dyn_marker dyn_marker_of(lua_State *L, int index) {
  if (!lua_getmetatable(L, index)) return DYN_MARKED_NOT;
  enum dyn_marker marker = DYN_MARKED_NOT;
  int metatable = lua_gettop(L);
  if (lua_rawequal(L, metatable, DYN_UP_LIST)) {
    marker = DYN_MARKED_LIST;
  } else if (lua_rawequal(L, metatable, DYN_UP_SET)) {
    marker = DYN_MARKED_SET;
  } else if (lua_rawequal(L, metatable, DYN_UP_MAP)) {
    marker = DYN_MARKED_MAP;
  } else if (is_cjson_field(L, metatable, "array_mt") ||
             is_cjson_field(L, metatable, "empty_array_mt")) {
    marker = DYN_MARKED_LIST;
  } else {
    marker = json_type(L, metatable);
  }
  lua_pop(L, 1);
  return marker;
}

bool dyn_is_number(lua_State *L, int index) {
  int type = lua_type(L, index);
  return type == LUA_TNUMBER || type == DYN_LUA_TCDATA || dyn_number_test(L, index) != NULL;
}

/* ---- kinds ---- */

/* The first element says of what a set is. */
static const char *kind_of_set(lua_State *L, int index) {
  struct dyn_slice bytes;
  const char *kind = "SS";
  lua_rawgeti(L, index, 1);
  if (dyn_is_number(L, lua_gettop(L))) kind = "NS";
  if (dyn_binary_test(L, lua_gettop(L), &bytes)) kind = "BS";
  lua_pop(L, 1);
  return kind;
}

/* What bears no mark is a list if its first key is a number. */
static const char *kind_of_table(lua_State *L, int index) {
  bool list = false;
  switch (dyn_marker_of(L, index)) {
  case DYN_MARKED_SET:
    return kind_of_set(L, index);
  case DYN_MARKED_LIST:
    return "L";
  case DYN_MARKED_MAP:
    return "M";
  case DYN_MARKED_NOT:
    break;
  }
  lua_pushnil(L);
  if (lua_next(L, index) != 0) {
    list = lua_type(L, -2) == LUA_TNUMBER;
    lua_pop(L, 2);
  }
  return list ? "L" : "M";
}

static const char *kind_of_userdata(lua_State *L, int index) {
  struct dyn_slice bytes;
  if (dyn_number_test(L, index) != NULL) return "N";
  return dyn_binary_test(L, index, &bytes) ? "B" : NULL;
}

/* Returns the type on the wire, or NULL for what no item holds. */
static const char *kind_of(lua_State *L, int index) {
  struct dyn_decimal value;
  switch (lua_type(L, index)) {
  case LUA_TSTRING:
    return "S";
  case LUA_TNUMBER:
    return "N";
  case DYN_LUA_TCDATA:
    return dyn_number_from_cdata(L, index, &value) ? "N" : NULL;
  case LUA_TBOOLEAN:
    return "BOOL";
  case LUA_TTABLE:
    return kind_of_table(L, index);
  case LUA_TLIGHTUSERDATA:
    if (lua_touserdata(L, index) == NULL) return "NULL";
    return dyn_is_empty_array(L, index) ? "L" : NULL;
  case LUA_TUSERDATA:
    return kind_of_userdata(L, index);
  default:
    return NULL;
  }
}

int l_kind(lua_State *L) {
  luaL_checkany(L, 1);
  lua_pushstring(L, kind_of(L, 1)); /* NULL gives nil */
  return 1;
}

/* ---- order ---- */

/* Reads a string or a binary as bytes. */
static bool read_bytes(lua_State *L, int index, struct dyn_slice *out) {
  if (lua_type(L, index) != LUA_TSTRING) return dyn_binary_test(L, index, out);
  out->data = lua_tolstring(L, index, &out->length);
  return true;
}

/* Sets `order` to the order of the arguments, negative, zero or positive; false if they have none.
 */
static bool compare(lua_State *L, int *order) {
  struct dyn_slice bytes_a, bytes_b;
  struct dyn_decimal a, b;
  if (lua_type(L, 1) == lua_type(L, 2) && read_bytes(L, 1, &bytes_a) &&
      read_bytes(L, 2, &bytes_b)) {
    *order = dyn_slice_compare(bytes_a, bytes_b);
    return true;
  }
  if (dyn_number_read(L, 1, DYN_NUMBER_TO_COMPARE, &a) != NULL) return false;
  if (dyn_number_read(L, 2, DYN_NUMBER_TO_COMPARE, &b) != NULL) return false;
  *order = dyn_decimal_compare(&a, &b);
  return true;
}

int l_compare(lua_State *L) {
  int order;
  luaL_checkany(L, 2);
  if (compare(L, &order)) {
    lua_pushinteger(L, (order > 0) - (order < 0));
  } else {
    lua_pushnil(L);
  }
  return 1;
}
