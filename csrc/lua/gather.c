/* SPDX-License-Identifier: MIT */
#include "gather.h"

/* What fills an expression: the values of its tokens, taken out of a table in one go. */

enum { FROM = 1, KEYS, TOKENS, VALUES, ARGUMENTS = 3 };

/* So many values are compared each with each. */
enum { GLANCE = 8 };

/* Whether two values of the type may be one value of a request though they are two objects. */
static bool is_boxed(int type) {
  return type == LUA_TUSERDATA || type == LUA_TLIGHTUSERDATA || type == DYN_LUA_TCDATA;
}

/* Whether the value at the top of the stack may be the one at `index`. */
static bool may_be_one(lua_State *L, int index) {
  int type = lua_type(L, -1), other = lua_type(L, index);
  if (is_boxed(type))
    return is_boxed(other) && (type == DYN_LUA_TCDATA) == (other == DYN_LUA_TCDATA);
  return type == other && lua_rawequal(L, -1, index);
}

/* Whether the value at the top of the stack is surely none of those from `first` on. */
static bool is_apart(lua_State *L, int first) {
  for (int index = lua_gettop(L) - 1; index >= first; index--) {
    if (may_be_one(L, index)) return false;
  }
  return true;
}

/* Pushes from[keys[i]]; returns whether that is not nil. */
static bool push_value(lua_State *L, int i) {
  lua_rawgeti(L, KEYS, i);
  if (lua_isnil(L, -1)) return luaL_error(L, "keys[%d] is nil", i);
  lua_rawget(L, FROM);
  return !lua_isnil(L, -1);
}

/* Sets values[tokens[i]] to the value at the top of the stack, which stays there. */
static void set_value(lua_State *L, int i) {
  lua_rawgeti(L, TOKENS, i);
  if (lua_isnil(L, -1)) luaL_error(L, "tokens[%d] is nil", i);
  lua_pushvalue(L, -2);
  lua_rawset(L, VALUES);
}

int l_gather(lua_State *L) {
  bool are_all = true, are_apart;
  for (int index = 1; index <= ARGUMENTS; index++) luaL_checktype(L, index, LUA_TTABLE);
  lua_settop(L, ARGUMENTS);
  int count = (int)lua_rawlen(L, TOKENS);
  lua_createtable(L, 0, count);
  are_apart = count <= GLANCE;
  for (int i = 1; i <= count; i++) {
    if (push_value(L, i)) {
      set_value(L, i);
      are_apart = are_apart && is_apart(L, VALUES + 1);
    } else {
      are_all = false;
    }
    if (!are_apart) lua_settop(L, VALUES);
  }
  lua_settop(L, VALUES);
  lua_pushboolean(L, are_all);
  lua_pushboolean(L, are_apart);
  return 3;
}
