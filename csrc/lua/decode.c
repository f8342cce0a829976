/* SPDX-License-Identifier: MIT */
#include "decode.h"

#include "base64.h"
#include "binary.h"
#include "context.h"
#include "decimal.h"
#include "number.h"

#include <math.h>

/* Response JSON to Lua tables, directed by the operation's shape. Members the model does not know
 * are checked and passed over; null members are absent. */

static bool decode_shape(struct dyn_decoder *d, const struct dyn_step *at, const void *context);

/* ---- problems ---- */

bool dyn_decode_fail(struct dyn_decoder *d, const struct dyn_step *at, const char *code,
                     const char *detail) {
  lua_State *L = d->L;
  luaL_checkstack(L, 8, "too many nested values");
  dyn_problem_push(L, &d->box->out, at, code, detail);
  lua_pushinteger(L, (lua_Integer)(d->scan.at - d->scan.start));
  lua_setfield(L, -2, "offset");
  return false;
}

bool dyn_decode_fail_scan(struct dyn_decoder *d, const struct dyn_step *at) {
  return dyn_decode_fail(d, at, "syntax", dyn_json_error_text(d->scan.error));
}

/* ---- what objects and arrays have in common ---- */

/* The items of a page are alike, so a table is made of the size that the last one at its depth had,
 * up to this many elements. */
enum { MAX_HINT = 64 };

static bool enter(struct dyn_decoder *d, const struct dyn_step *at) {
  if (at->depth >= DYN_DECODE_MAX_DEPTH) {
    return dyn_decode_fail(d, at, "depth", "nested too deep");
  }
  return lua_checkstack(d->L, 16) || dyn_decode_fail(d, at, "memory", "out of memory");
}

/* Remembers roughly which names were seen, in 256 bits: no bit, surely new. */
struct seen {
  uint64_t bits[4];
};

static bool maybe_seen(struct seen *seen, struct dyn_slice name) {
  uint64_t hash = name.length * UINT64_C(0x9e3779b97f4a7c15);
  for (size_t i = 0; i < name.length; i++) {
    hash = (hash ^ (unsigned char)name.data[i]) * UINT64_C(0x100000001b3);
  }
  uint64_t *word = &seen->bits[(hash >> 32) & 3], bit = UINT64_C(1) << (hash >> 58);
  bool was_set = (*word & bit) != 0;
  *word |= bit;
  return was_set;
}

/* Whether the table below the key at the top of the stack has that key. */
static bool has_key(lua_State *L) {
  lua_pushvalue(L, -1);
  lua_rawget(L, -3);
  bool found = !lua_isnil(L, -1);
  lua_pop(L, 1);
  return found;
}

/* Reads `"key": value` into the table at the top of the stack. */
static bool decode_pair(struct dyn_decoder *d, const struct dyn_step *at, struct seen *seen,
                        dyn_decode_one *decode_one, const void *context) {
  lua_State *L = d->L;
  struct dyn_slice name;
  struct dyn_step step = {.parent = at, .depth = at->depth + 1};
  if (!dyn_json_string(&d->scan, &name)) return dyn_decode_fail_scan(d, at);
  lua_pushlstring(L, name.data, name.length);
  step.name.data = lua_tolstring(L, -1, &step.name.length);
  if (maybe_seen(seen, step.name) && has_key(L)) {
    return dyn_decode_fail(d, &step, "duplicate", "the same name twice");
  }
  if (!dyn_json_expect(&d->scan, ':')) return dyn_decode_fail_scan(d, &step);
  if (!decode_one(d, &step, context)) return false;
  lua_rawset(L, -3);
  return true;
}

bool dyn_decode_object(struct dyn_decoder *d, const struct dyn_step *at, dyn_decode_one *decode_one,
                       const void *context) {
  struct seen seen = {{0}};
  int count = 0;
  if (!enter(d, at)) return false;
  if (!dyn_json_expect(&d->scan, '{')) return dyn_decode_fail_scan(d, at);
  lua_createtable(d->L, 0, d->size_hint[at->depth]);
  if (!dyn_json_accept(&d->scan, '}')) {
    do {
      if (!decode_pair(d, at, &seen, decode_one, context)) return false;
      count++;
    } while (dyn_json_accept(&d->scan, ','));
    if (!dyn_json_expect(&d->scan, '}')) return dyn_decode_fail_scan(d, at);
  }
  d->size_hint[at->depth] = count < MAX_HINT ? count : MAX_HINT;
  return true;
}

bool dyn_decode_array(struct dyn_decoder *d, const struct dyn_step *at, dyn_decode_one *decode_one,
                      const void *context) {
  struct dyn_step step = {.parent = at, .depth = at->depth + 1};
  if (!enter(d, at)) return false;
  if (!dyn_json_expect(&d->scan, '[')) return dyn_decode_fail_scan(d, at);
  lua_createtable(d->L, d->length_hint[at->depth], 0);
  if (dyn_json_accept(&d->scan, ']')) return true;
  do {
    step.index++;
    if (!decode_one(d, &step, context)) return false;
    lua_rawseti(d->L, -2, (int)step.index);
  } while (dyn_json_accept(&d->scan, ','));
  d->length_hint[at->depth] = step.index < MAX_HINT ? (int)step.index : MAX_HINT;
  return dyn_json_expect(&d->scan, ']') || dyn_decode_fail_scan(d, at);
}

/* ---- scalars ---- */

bool dyn_decode_text(struct dyn_decoder *d, const struct dyn_step *at) {
  struct dyn_slice text;
  if (!dyn_json_string(&d->scan, &text)) return dyn_decode_fail_scan(d, at);
  lua_pushlstring(d->L, text.data, text.length);
  return true;
}

bool dyn_decode_boolean(struct dyn_decoder *d, const struct dyn_step *at) {
  bool value = dyn_json_peek(&d->scan) == 't';
  if (!dyn_json_word(&d->scan, value ? DYN_SLICE("true") : DYN_SLICE("false"))) {
    return dyn_decode_fail_scan(d, at);
  }
  lua_pushboolean(d->L, value);
  return true;
}

bool dyn_decode_binary(struct dyn_decoder *d, const struct dyn_step *at) {
  struct dyn_slice text;
  struct dyn_buf *bytes = &d->box->out;
  if (!dyn_json_string(&d->scan, &text)) return dyn_decode_fail_scan(d, at);
  dyn_buf_reset(bytes);
  if (dyn_base64_decode(text, bytes) != DYN_OK) {
    return dyn_decode_fail(d, at, "type", "not base64 text");
  }
  dyn_binary_push(d->L, dyn_buf_slice(bytes), DYN_UP_BINARY);
  return true;
}

/* A JSON number as the natural Lua number. */
static bool push_number(struct dyn_decoder *d, const struct dyn_step *at) {
  struct dyn_slice text;
  struct dyn_decimal value;
  if (!dyn_json_number(&d->scan, &text)) return dyn_decode_fail_scan(d, at);
  if (dyn_decimal_parse(text, &value) != DYN_DECIMAL_OK) {
    return dyn_decode_fail(d, at, "type", "a number out of all proportion");
  }
  dyn_number_push_natural(d->L, &value, DYN_UP_NUMBER);
  return true;
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
                         : dyn_json_skip(&d->scan, DYN_DECODE_MAX_DEPTH);
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
  if (!enter(d, at)) return false;
  if (!dyn_json_expect(&d->scan, '{')) return dyn_decode_fail_scan(d, at);
  lua_createtable(d->L, 0, shape->member_count < 4 ? (int)shape->member_count : 4);
  if (dyn_json_accept(&d->scan, '}')) return true;
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

int l_decode(lua_State *L) {
  const struct dyn_step root = {0};
  struct dyn_slice text;
  const struct dyn_shape *shape = dyn_shape_check(L, 1);
  luaL_checktype(L, 3, LUA_TSTRING);
  text.data = lua_tolstring(L, 3, &text.length);
  struct dyn_decoder d = {
      .L = L, .typed = lua_toboolean(L, 4), .exact_numbers = lua_toboolean(L, 5)};
  d.box = dyn_box_open(L, DYN_UP_BOX);
  dyn_json_scan_init(&d.scan, text, &d.box->spare);
  bool done = decode_shape(&d, &root, shape);
  if (done && !dyn_json_finish(&d.scan)) done = dyn_decode_fail_scan(&d, &root);
  if (!done) {
    lua_pushnil(L);
    lua_insert(L, -2);
  }
  dyn_box_close(d.box);
  return done ? 1 : 2;
}
