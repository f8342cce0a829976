/* SPDX-License-Identifier: MIT */
#include "written.h"

#include "arguments.h"
#include "box.h"
#include "type.h"

#define TYPE_NAME "dynamo.written"

static struct dyn_buf *check_text(lua_State *L, int index) {
  return luaL_checkudata(L, index, TYPE_NAME);
}

static int l_written_gc(lua_State *L) {
  dyn_buf_clean_up(check_text(L, 1));
  return 0;
}

static int l_written_len(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)check_text(L, 1)->length);
  return 1;
}

static int l_written_tostring(lua_State *L) {
  const struct dyn_buf *text = check_text(L, 1);
  lua_pushlstring(L, text->length > 0 ? text->data : "", text->length);
  return 1;
}

static const luaL_Reg metamethods[] = {{"__gc", l_written_gc},
                                       {"__len", l_written_len},
                                       {"__tostring", l_written_tostring},
                                       {NULL, NULL}};

static const struct dyn_type type = {TYPE_NAME, metamethods, NULL, "locked"};

/* Pushes an empty one. */
static struct dyn_buf *push_new(lua_State *L) {
  struct dyn_buf *text = lua_newuserdatauv(L, sizeof *text, 0);
  dyn_buf_init(text, DYN_BOX_MAX_BYTES);
  dyn_type_set(L, &type);
  return text;
}

void dyn_written_check(lua_State *L, int index) {
  check_text(L, index);
}

bool dyn_written_put(lua_State *L, int index, struct dyn_slice text) {
  struct dyn_buf *own = lua_touserdata(L, index);
  dyn_buf_reset(own);
  dyn_buf_append_slice(own, text);
  return own->error == DYN_OK;
}

struct dyn_slice dyn_written_text(lua_State *L, int index) {
  if (lua_type(L, index) != LUA_TUSERDATA) return dyn_argument_text(L, index);
  return dyn_buf_slice(check_text(L, index));
}

int l_written(lua_State *L) {
  push_new(L);
  return 1;
}

int l_join(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  struct dyn_buf *text = push_new(L);
  int count = (int)lua_rawlen(L, 1);
  for (int i = 1; i <= count; i++) {
    lua_rawgeti(L, 1, i);
    dyn_buf_append_slice(text, dyn_written_text(L, 3));
    lua_pop(L, 1);
  }
  if (text->error != DYN_OK) luaL_error(L, "no memory for a request, or it is too large");
  return 1;
}
