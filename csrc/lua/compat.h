/* SPDX-License-Identifier: MIT */
#ifndef DYN_COMPAT_H
#define DYN_COMPAT_H

/* One source for Lua 5.4, 5.3 and the 5.1 ABI (PUC 5.1, LuaJIT, nginx). The 5.1 build must not use
 * what only LuaJIT exports, so the missing functions are our own statics under their usual names.
 */

#include <lauxlib.h>
#include <lua.h>

#include <stdbool.h>
#include <stdint.h>

#if LUA_VERSION_NUM < 502

#define lua_rawlen(L, index) lua_objlen((L), (index))

#undef lua_absindex
#define lua_absindex(L, index)                                                                     \
  ((index) > 0 || (index) <= LUA_REGISTRYINDEX ? (index) : lua_gettop(L) + (index) + 1)

static inline void dyn_compat_setfuncs(lua_State *L, const luaL_Reg *functions, int upvalues) {
  for (; functions->name != NULL; functions++) {
    for (int i = 0; i < upvalues; i++) lua_pushvalue(L, -upvalues);
    lua_pushcclosure(L, functions->func, upvalues);
    lua_setfield(L, -(upvalues + 2), functions->name);
  }
  lua_pop(L, upvalues);
}
#undef luaL_setfuncs
#define luaL_setfuncs dyn_compat_setfuncs

static inline void *dyn_compat_testudata(lua_State *L, int index, const char *type_name) {
  void *block = lua_touserdata(L, index);
  if (block == NULL || !lua_getmetatable(L, index)) return NULL;
  luaL_getmetatable(L, type_name);
  if (!lua_rawequal(L, -1, -2)) block = NULL;
  lua_pop(L, 2);
  return block;
}
#undef luaL_testudata
#define luaL_testudata dyn_compat_testudata

#endif

#if LUA_VERSION_NUM < 504
#undef lua_newuserdatauv
#define lua_newuserdatauv(L, size, values) ((void)(values), lua_newuserdata((L), (size)))
#endif

/* LuaJIT's type of FFI values, unknown to PUC Lua. */
enum { DYN_LUA_TCDATA = 10 };

/* Whether this runtime keeps 64-bit integers apart from doubles. */
#if LUA_VERSION_NUM >= 503
enum { DYN_LUA_HAS_INTEGERS = 1 };
#else
enum { DYN_LUA_HAS_INTEGERS = 0 };
#endif

/* 2^53: from here on a double no longer tells neighbouring whole numbers apart. */
#define DYN_DOUBLE_WHOLE_LIMIT 9007199254740992.0

/* Pushes a whole number if this runtime holds it exactly; else pushes nothing and returns false. */
static inline bool dyn_push_exact_integer(lua_State *L, int64_t number) {
#if LUA_VERSION_NUM >= 503
  lua_pushinteger(L, (lua_Integer)number);
  return true;
#else
  if (number >= INT64_C(9007199254740992) || number <= -INT64_C(9007199254740992)) return false;
  lua_pushnumber(L, (lua_Number)number);
  return true;
#endif
}

#endif
