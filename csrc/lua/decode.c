/* SPDX-License-Identifier: MIT */
#include "decode.h"

#include "arguments.h"
#include "context.h"
#include "decode_table.h"
#include "decode_value.h"
#include "number.h"
#include "shape.h"
#include "written.h"

#include <math.h>

/* Response JSON to Lua tables, directed by the operation's shape. Members the model does not know
 * are checked and passed over; null members are absent. */

static bool decode_shape(struct dyn_decoder *d, const struct dyn_step *at, const void *context);

/* ---- scalars ---- */

/* A JSON number as the natural Lua number. */
static bool push_number(struct dyn_decoder *d, const struct dyn_step *at) {
  struct dyn_slice text;
  if (!dyn_json_number(&d->scan, &text)) return dyn_decode_fail_scan(d, at);
  return dyn_number_push_text(d->L, text, DYN_UP_NUMBER) == DYN_DECIMAL_OK ||
         dyn_decode_fail(d, at, "type", "a number out of all proportion");
}

/* What JSON has no number for comes as a string (awsJson1.0). */
static bool decode_float(struct dyn_decoder *d, const struct dyn_step *at) {
  struct dyn_slice text;
  double value = HUGE_VAL;
  if (dyn_json_peek(&d->scan) != '"') return push_number(d, at);
  if (!dyn_json_string(&d->scan, &text)) return dyn_decode_fail_scan(d, at);
  if (dyn_slice_equals(text, DYN_SLICE("NaN"))) {
    value = (double)NAN;
  } else if (dyn_slice_equals(text, DYN_SLICE("-Infinity"))) {
    value = -HUGE_VAL;
  } else if (!dyn_slice_equals(text, DYN_SLICE("Infinity"))) {
    return dyn_decode_fail(d, at, "type", "a number expected");
  }
  lua_pushnumber(d->L, value);
  return true;
}

/* ---- structures ---- */

/* Reads the value of a member, or passes over one that is null or that the model does not know. */
static bool decode_member(struct dyn_decoder *d, const struct dyn_step *at,
                          const struct dyn_shape *shape, uint64_t *seen) {
  lua_State *L = d->L;
  struct dyn_slice name;
  struct dyn_step step = {.parent = at, .depth = at->depth + 1};
  if (!dyn_json_string(&d->scan, &name)) return dyn_decode_fail_scan(d, at);
  size_t member = dyn_shape_member(shape, name);
  bool known = member < shape->member_count;
  if (!dyn_json_expect(&d->scan, ':')) return dyn_decode_fail_scan(d, at);
  if (known) {
    step.name = shape->members[member].name;
    if (*seen & (UINT64_C(1) << member)) {
      return dyn_decode_fail(d, &step, "duplicate", "the same name twice");
    }
    *seen |= UINT64_C(1) << member;
  }
  if (!known || dyn_json_peek(&d->scan) == 'n') {
    bool skipped = known ? dyn_json_word(&d->scan, DYN_SLICE("null"))
                         : dyn_json_skip(&d->scan, DYN_JSON_MAX_DEPTH);
    return skipped || dyn_decode_fail_scan(d, at);
  }
  lua_pushlstring(L, step.name.data, step.name.length);
  if (!decode_shape(d, &step, shape->members[member].shape)) return false;
  lua_rawset(L, -3);
  return true;
}

static bool decode_structure(struct dyn_decoder *d, const struct dyn_step *at,
                             const struct dyn_shape *shape) {
  uint64_t seen = 0;
  if (!dyn_decode_enter(d, at)) return false;
  if (!dyn_json_expect(&d->scan, '{')) return dyn_decode_fail_scan(d, at);
  if (dyn_json_accept(&d->scan, '}')) {
    lua_newtable(d->L); /* no room for members: most writes are answered so */
    return true;
  }
  lua_createtable(d->L, 0, shape->member_count < 4 ? (int)shape->member_count : 4);
  do {
    if (!decode_member(d, at, shape, &seen)) return false;
  } while (dyn_json_accept(&d->scan, ','));
  return dyn_json_expect(&d->scan, '}') || dyn_decode_fail_scan(d, at);
}

static bool decode_shape(struct dyn_decoder *d, const struct dyn_step *at, const void *context) {
  const struct dyn_shape *shape = context;
  switch (shape->kind) {
  case DYN_SHAPE_STRUCTURE:
    return decode_structure(d, at, shape);
  case DYN_SHAPE_LIST:
    return dyn_decode_array(d, at, decode_shape, shape->element);
  case DYN_SHAPE_MAP:
    return dyn_decode_object(d, at, decode_shape, shape->element);
  case DYN_SHAPE_STRING:
    return dyn_decode_text(d, at);
  case DYN_SHAPE_INTEGER:
  case DYN_SHAPE_LONG:
    return push_number(d, at);
  case DYN_SHAPE_FLOAT:
  case DYN_SHAPE_TIMESTAMP:
    return decode_float(d, at);
  case DYN_SHAPE_BOOLEAN:
    return dyn_decode_boolean(d, at);
  case DYN_SHAPE_BLOB:
    return dyn_decode_binary(d, at);
  case DYN_SHAPE_ATTRIBUTE_VALUE:
    break;
  }
  return dyn_decode_attribute_value(d, at);
}

bool dyn_decode_push(lua_State *L, int kept_strings, const struct dyn_shape *shape,
                     struct dyn_slice text, struct dyn_decode_form form) {
  const struct dyn_step root = {0};
  struct dyn_decoder d = {.L = L,
                          .typed = form.typed,
                          .exact_numbers = form.exact_numbers,
                          .kept_strings = kept_strings};
  int place = lua_gettop(L) + 1;
  d.box = dyn_box_open(L, DYN_UP_BOX);
  dyn_json_scan_init(&d.scan, text, &d.box->spare);
  bool done = decode_shape(&d, &root, shape);
  if (done && !dyn_json_finish(&d.scan)) done = dyn_decode_fail_scan(&d, &root);
  dyn_box_close(d.box);
  lua_replace(L, place); /* of the box, and of what a walk that failed has left */
  lua_settop(L, place);
  return done;
}

int l_decode(lua_State *L) {
  enum { KEPT_STRINGS = 6 };
  const struct dyn_shape *shape = dyn_shape_check(L, 1);
  struct dyn_slice text = dyn_written_text(L, 3);
  struct dyn_decode_form form = {lua_toboolean(L, 4), lua_toboolean(L, 5)};
  lua_settop(L, KEPT_STRINGS);
  if (dyn_decode_push(L, KEPT_STRINGS, shape, text, form)) return 1;
  lua_pushnil(L);
  lua_insert(L, -2);
  return 2;
}
