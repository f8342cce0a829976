/* SPDX-License-Identifier: MIT */
#include "type.h"

/* Pushes a new metatable that nobody knows yet. */
static void push_new(lua_State *L, const struct dyn_type *type) {
  lua_newtable(L);
  luaL_setfuncs(L, type->metamethods, 0);
  if (type->methods) {
    lua_newtable(L);
    luaL_setfuncs(L, type->methods, 0);
    lua_setfield(L, -2, "__index");
  }
  lua_pushstring(L, type->name);
  lua_setfield(L, -2, "__name");
  lua_pushstring(L, type->shown);
  lua_setfield(L, -2, "__metatable");
}

void dyn_type_push(lua_State *L, const struct dyn_type *type) {
  luaL_getmetatable(L, type->name);
  if (!lua_isnil(L, -1)) return;
  lua_pop(L, 1);
  push_new(L, type);
  lua_pushvalue(L, -1);
  lua_setfield(L, LUA_REGISTRYINDEX, type->name);
}

void dyn_type_set(lua_State *L, const struct dyn_type *type) {
  dyn_type_push(L, type);
  lua_setmetatable(L, -2);
}
