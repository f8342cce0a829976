/* SPDX-License-Identifier: MIT */
#include "key.h"

#include "arguments.h"
#include "base64.h"
#include "box.h"
#include "context.h"
#include "key_order.h"

/* Appends the bytes of the value whose type and text are at `index` and behind it; returns NULL, or
 * what is wrong with it. */
static const char *append_value(lua_State *L, int index, struct dyn_buf *out) {
  struct dyn_slice type = dyn_argument_text(L, index), text = dyn_argument_text(L, index + 1);
  unsigned char bytes[DYN_KEY_ORDER_NUMBER_MAX];
  struct dyn_decimal number;
  switch (type.length == 1 ? type.data[0] : '\0') {
  case 'S':
    dyn_buf_append_slice(out, text);
    return NULL;
  case 'N':
    if (dyn_decimal_parse(text, &number) != DYN_DECIMAL_OK) return "no number of DynamoDB's";
    dyn_buf_append(out, (const char *)bytes, dyn_key_order_number(&number, bytes));
    return NULL;
  case 'B':
    return dyn_base64_decode(text, out) == DYN_OK ? NULL : "no base64";
  default:
    return luaL_argerror(L, index, "\"S\", \"N\" or \"B\" expected"), NULL;
  }
}

/* Appends the bytes of a whole key; returns NULL, or what is wrong with it. */
static const char *append_key(lua_State *L, struct dyn_box *box) {
  const char *problem = append_value(L, 1, &box->spare);
  if (problem) return problem;
  dyn_key_order_partition(dyn_buf_slice(&box->spare), &box->out);
  return lua_isnoneornil(L, 3) ? NULL : append_value(L, 3, &box->out);
}

static int push_bytes(lua_State *L, struct dyn_box *box, const char *problem) {
  bool failed = box->out.error || box->spare.error;
  if (!problem && failed) return luaL_error(L, "not enough memory");
  if (!problem) lua_pushlstring(L, box->out.data ? box->out.data : "", box->out.length);
  dyn_box_close(box);
  return problem ? dyn_refuse(L, problem) : 1;
}

int l_item_key(lua_State *L) {
  lua_settop(L, 4);
  struct dyn_box *box = dyn_box_open(L, DYN_UP_BOX);
  return push_bytes(L, box, append_key(L, box));
}

int l_sort_bytes(lua_State *L) {
  lua_settop(L, 2);
  struct dyn_box *box = dyn_box_open(L, DYN_UP_BOX);
  return push_bytes(L, box, append_value(L, 1, &box->out));
}
