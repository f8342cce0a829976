/* SPDX-License-Identifier: MIT */
#include "box.h"

#include "type.h"

#define TYPE_NAME "dynamo.box"

/* A buffer larger than this is freed after the call instead of kept for the next one. */
enum { KEPT_BYTES = 256 * 1024 };

static void clean_up(struct dyn_box *box) {
  dyn_buf_clean_up(&box->out);
  dyn_buf_clean_up(&box->entries);
  dyn_buf_clean_up(&box->spare);
}

static int l_box_gc(lua_State *L) {
  struct dyn_box *box = luaL_checkudata(L, 1, TYPE_NAME);
  clean_up(box);
  box->finalised = true;
  return 0;
}

static const luaL_Reg metamethods[] = {{"__gc", l_box_gc}, {NULL, NULL}};

static const struct dyn_type type = {TYPE_NAME, metamethods, NULL, "locked"};

struct dyn_box *dyn_box_push(lua_State *L) {
  struct dyn_box *box = lua_newuserdatauv(L, sizeof *box, 0);
  dyn_buf_init(&box->out, DYN_BOX_MAX_BYTES);
  dyn_buf_init(&box->entries, DYN_BOX_MAX_BYTES);
  dyn_buf_init(&box->spare, DYN_BOX_MAX_BYTES);
  memset(&box->hints, 0, sizeof box->hints);
  box->lent = false;
  box->finalised = false;
  dyn_type_set(L, &type);
  return box;
}

struct dyn_box *dyn_box_open(lua_State *L, int shared_index) {
  struct dyn_box *box = lua_touserdata(L, shared_index);
  if (box->lent) {
    box = dyn_box_push(L);
  } else {
    lua_pushvalue(L, shared_index);
  }
  box->lent = true;
  return box;
}

static void reset(struct dyn_buf *buf) {
  if (buf->capacity > KEPT_BYTES) {
    dyn_buf_clean_up(buf);
  } else {
    dyn_buf_reset(buf);
  }
}

void dyn_box_close(struct dyn_box *box) {
  if (box->finalised) clean_up(box);
  reset(&box->out);
  reset(&box->entries);
  reset(&box->spare);
  box->lent = false;
}
