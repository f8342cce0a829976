/* SPDX-License-Identifier: MIT */
#include "decode_table.h"

/* The items of a page are alike, so a table is made of the size that the last one at its depth had,
 * up to this many elements. */
enum { MAX_HINT = 64 };

bool dyn_decode_enter(struct dyn_decoder *d, const struct dyn_step *at) {
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
  if (!dyn_decode_enter(d, at)) return false;
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
  if (!dyn_decode_enter(d, at)) return false;
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
