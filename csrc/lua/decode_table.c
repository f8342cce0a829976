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

/* ---- names ---- */

/* What an array holds is alike, and so is what lies within. So of the last object at each depth the
 * names are kept, as they stand in the text and as Lua strings: one that comes in its old place
 * costs a comparison. Kept are as many names and depths as usual items have. */
enum { KEPT_DEPTHS = 8, KEPT_NAMES = 32 };

struct dyn_kept_names {
  size_t count;
  struct dyn_slice quoted[KEPT_NAMES]; /* `"name":`, without white space and escapes */
};

/* Begins to keep names, in the box and in a table. */
static void keep_names(struct dyn_decoder *d) {
  void *room = dyn_buf_reserve(&d->box->entries, KEPT_DEPTHS * sizeof *d->kept);
  if (room == NULL) return;
  d->kept = room;
  for (size_t i = 0; i < KEPT_DEPTHS; i++) d->kept[i].count = 0;
  lua_createtable(d->L, KEPT_DEPTHS * KEPT_NAMES, 0);
  lua_replace(d->L, d->kept_strings);
}

/* Returns the names kept of the last object at this depth, or NULL if none are. */
static struct dyn_kept_names *kept_names(struct dyn_decoder *d, int depth) {
  return d->kept != NULL && depth < KEPT_DEPTHS ? &d->kept[depth] : NULL;
}

/* Where the Lua string of the name at `position` lies among the kept ones. */
static int place_of(const struct dyn_decoder *d, const struct dyn_kept_names *names,
                    size_t position) {
  return (int)((size_t)(names - d->kept) * KEPT_NAMES + position + 1);
}

/* Takes the name at `position` of the object before, if it comes again, and pushes its string. */
static bool take_kept(struct dyn_decoder *d, const struct dyn_kept_names *names, size_t position,
                      struct dyn_slice *name) {
  if (names == NULL || position >= names->count) return false;
  struct dyn_slice quoted = names->quoted[position];
  if ((size_t)(d->scan.end - d->scan.at) < quoted.length) return false;
  if (memcmp(d->scan.at, quoted.data, quoted.length) != 0) return false;
  d->scan.at += quoted.length;
  *name = dyn_slice_of(quoted.data + 1, quoted.length - 3);
  lua_rawgeti(d->L, d->kept_strings, place_of(d, names, position));
  return true;
}

/* Keeps the name at `position`, which was read from `start` on and is at the top of the stack. */
static void keep(struct dyn_decoder *d, struct dyn_kept_names *names, size_t position,
                 const char *start, struct dyn_slice name) {
  if (names == NULL || position > names->count || position >= KEPT_NAMES) return;
  struct dyn_slice quoted = dyn_slice_of(start, (size_t)(d->scan.at - start));
  names->count = position;
  if (quoted.length != name.length + 3 || start[0] != '"') return;
  names->quoted[names->count++] = quoted;
  lua_pushvalue(d->L, -1);
  lua_rawseti(d->L, d->kept_strings, place_of(d, names, position));
}

/* Whether the table below the key at the top of the stack has that key. */
static bool has_key(lua_State *L) {
  lua_pushvalue(L, -1);
  lua_rawget(L, -3);
  bool found = !lua_isnil(L, -1);
  lua_pop(L, 1);
  return found;
}

/* Reads `"name":` and pushes the name's string. */
static bool decode_name(struct dyn_decoder *d, struct dyn_step *step, struct dyn_kept_names *names,
                        size_t position) {
  struct dyn_slice name;
  const char *start = d->scan.at;
  if (!dyn_json_string(&d->scan, &name)) return dyn_decode_fail_scan(d, step->parent);
  lua_pushlstring(d->L, name.data, name.length);
  step->name.data = lua_tolstring(d->L, -1, &step->name.length);
  if (has_key(d->L)) return dyn_decode_fail(d, step, "duplicate", "the same name twice");
  if (!dyn_json_expect(&d->scan, ':')) return dyn_decode_fail_scan(d, step);
  keep(d, names, position, start, name);
  return true;
}

/* Reads the pairs of an object, from behind its brace on, into the table at the top of the stack;
 * sets their number. While all names come from the object before, none is there twice. */
static bool decode_pairs(struct dyn_decoder *d, const struct dyn_step *at,
                         dyn_decode_one *decode_one, const void *context, size_t *count) {
  struct dyn_kept_names *names = kept_names(d, at->depth);
  bool alike = true;
  if (dyn_json_accept(&d->scan, '}')) return true;
  do {
    struct dyn_step step = {.parent = at, .depth = at->depth + 1};
    alike = alike && take_kept(d, names, *count, &step.name);
    if (!alike && !decode_name(d, &step, names, *count)) return false;
    if (!decode_one(d, &step, context)) return false;
    lua_rawset(d->L, -3);
    ++*count;
  } while (dyn_json_accept(&d->scan, ','));
  return dyn_json_expect(&d->scan, '}') || dyn_decode_fail_scan(d, at);
}

bool dyn_decode_object(struct dyn_decoder *d, const struct dyn_step *at, dyn_decode_one *decode_one,
                       const void *context) {
  size_t count = 0;
  if (!dyn_decode_enter(d, at)) return false;
  if (!dyn_json_expect(&d->scan, '{')) return dyn_decode_fail_scan(d, at);
  if (d->repeats && d->kept == NULL) keep_names(d);
  lua_createtable(d->L, 0, d->size_hint[at->depth]);
  if (!decode_pairs(d, at, decode_one, context, &count)) return false;
  d->size_hint[at->depth] = count < MAX_HINT ? (int)count : MAX_HINT;
  return true;
}

/* ---- arrays ---- */

bool dyn_decode_array(struct dyn_decoder *d, const struct dyn_step *at, dyn_decode_one *decode_one,
                      const void *context) {
  struct dyn_step step = {.parent = at, .depth = at->depth + 1};
  bool repeats = d->repeats;
  if (!dyn_decode_enter(d, at)) return false;
  if (!dyn_json_expect(&d->scan, '[')) return dyn_decode_fail_scan(d, at);
  lua_createtable(d->L, d->length_hint[at->depth], 0);
  if (dyn_json_accept(&d->scan, ']')) return true;
  do {
    d->repeats = repeats || step.index > 0;
    step.index++;
    if (!decode_one(d, &step, context)) return false;
    lua_rawseti(d->L, -2, (int)step.index);
  } while (dyn_json_accept(&d->scan, ','));
  d->repeats = repeats;
  d->length_hint[at->depth] = step.index < MAX_HINT ? (int)step.index : MAX_HINT;
  return dyn_json_expect(&d->scan, ']') || dyn_decode_fail_scan(d, at);
}
