/* SPDX-License-Identifier: MIT */
#include "fields.h"

/* Pushes element `position` of headers[i], the table at `pair`, which must be a string. */
static struct dyn_slice push_text(lua_State *L, int pair, int position, int i) {
  struct dyn_slice text = {NULL, 0};
  lua_rawgeti(L, pair, position);
  if (lua_type(L, -1) != LUA_TSTRING) luaL_error(L, "headers[%d] is not { name, value }", i);
  text.data = lua_tolstring(L, -1, &text.length);
  return text;
}

/* Pushes the name and the value of the pair on top. */
static struct dyn_header push_pair(lua_State *L, int i) {
  struct dyn_header header;
  if (!lua_istable(L, -1)) luaL_error(L, "headers[%d] is not { name, value }", i);
  int pair = lua_gettop(L);
  header.name = push_text(L, pair, 1, i);
  header.value = push_text(L, pair, 2, i);
  return header;
}

struct dyn_header dyn_fields_check(lua_State *L, int headers, int i) {
  lua_rawgeti(L, headers, i);
  return push_pair(L, i);
}

struct dyn_header dyn_fields_check_pair(lua_State *L, int index) {
  lua_pushvalue(L, index);
  return push_pair(L, 0);
}

/* Sets fields[name] of the table on the top, joined to the value that came before. */
static void set_field(lua_State *L, struct dyn_header header) {
  lua_pushlstring(L, header.name.data, header.name.length);
  lua_pushvalue(L, -1);
  lua_rawget(L, -3); /* stack: fields, name, earlier value or nil */
  if (lua_isnil(L, -1)) {
    lua_pop(L, 1);
    lua_pushlstring(L, header.value.data, header.value.length);
  } else {
    lua_pushliteral(L, ", ");
    lua_pushlstring(L, header.value.data, header.value.length);
    lua_concat(L, 3);
  }
  lua_rawset(L, -3);
}

void dyn_fields_push(lua_State *L, struct dyn_slice head) {
  struct dyn_header header;
  lua_createtable(L, 0, 8);
  dyn_header_status_line(&head);
  while (dyn_header_next(&head, &header)) set_field(L, header);
}
