/* SPDX-License-Identifier: MIT */
#include "arguments.h"

#include <limits.h>

struct dyn_slice dyn_argument_text(lua_State *L, int index) {
  struct dyn_slice text;
  luaL_checktype(L, index, LUA_TSTRING);
  text.data = lua_tolstring(L, index, &text.length);
  return text;
}

lua_Number dyn_argument_number(lua_State *L, int index, lua_Number min, lua_Number max,
                               const char *expected) {
  luaL_checktype(L, index, LUA_TNUMBER);
  lua_Number number = lua_tonumber(L, index);
  luaL_argcheck(L, number >= min && number <= max, index, expected);
  return number;
}

int dyn_argument_count(lua_State *L, int index, const char *expected) {
  return (int)dyn_argument_number(L, index, 1, INT_MAX, expected);
}

void dyn_argument_end(lua_State *L, int count, const char *who) {
  for (int i = count + 1; i <= lua_gettop(L); i++) {
    if (!lua_isnil(L, i)) luaL_error(L, "%s: one argument too many, %s", who, dyn_type_words(L, i));
  }
}

int dyn_option_count(lua_State *L, int index, const char *name, int otherwise) {
  lua_getfield(L, index, name);
  lua_Number number = lua_isnil(L, -1) ? otherwise : lua_tonumber(L, -1);
  bool in_range = number >= 1 && number <= INT_MAX;
  if (!in_range || lua_type(L, -1) == LUA_TSTRING)
    luaL_error(L, "%s must be from 1 to 2^31-1", name);
  lua_pop(L, 1);
  return (int)number;
}

const char *dyn_option_text(lua_State *L, int index, const char *name) {
  lua_getfield(L, index, name);
  if (!lua_isnil(L, -1) && lua_type(L, -1) != LUA_TSTRING) luaL_error(L, "%s must be text", name);
  return lua_tostring(L, -1);
}

int dyn_refuse(lua_State *L, const char *reason) {
  lua_pushnil(L);
  lua_pushstring(L, reason);
  return 2;
}

const char *dyn_type_words(lua_State *L, int index) {
  switch (lua_type(L, index)) {
  case LUA_TNIL:
    return "nil";
  case LUA_TBOOLEAN:
    return "a boolean";
  case LUA_TNUMBER:
    return "a number";
  case LUA_TSTRING:
    return "a string";
  case LUA_TTABLE:
    return "a table";
  case LUA_TFUNCTION:
    return "a function";
  case LUA_TTHREAD:
    return "a coroutine";
  case DYN_LUA_TCDATA:
    return "FFI data";
  case LUA_TLIGHTUSERDATA:
    return lua_touserdata(L, index) == NULL ? "null" : "a light userdata";
  default:
    return "a userdata";
  }
}
