/* SPDX-License-Identifier: MIT */
#ifndef DYN_TYPE_H
#define DYN_TYPE_H

#include "compat.h"

/* A type of userdata: what its metatable holds. All of it is static. */
struct dyn_type {
  const char *name;            /* its key in the registry, which luaL_checkudata knows it by */
  const luaL_Reg *metamethods; /* ends with {NULL, NULL} */
  const luaL_Reg *methods;     /* likewise; NULL for none */
  const char *shown;           /* what getmetatable gives */
};

/* Pushes the metatable of a type, which is made at its first use in a Lua state. It is registered
 * once it is whole: if memory runs out before, the next use makes it anew. */
void dyn_type_push(lua_State *L, const struct dyn_type *type);

/* Gives the userdata on top of the stack its type. */
void dyn_type_set(lua_State *L, const struct dyn_type *type);

#endif
