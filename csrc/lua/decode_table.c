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
  unsigned char sizes[KEPT_NAMES];     /* of the objects and arrays under them, + 1; 0 for others */
};

/* The names of the object that is being read. */
struct names {
  struct dyn_kept_names *kept; /* those of the object before; NULL if none are kept here */
  size_t count;                /* read so far */
  bool alike;                  /* all came in their old places, so none is there twice */
  uint64_t seen[4];            /* else roughly which were read: no bit, surely not that one */
};

/* Begins to keep names, in the box and in a table. */
static void begin_to_keep(struct dyn_decoder *d) {
  void *room = dyn_buf_reserve(&d->box->entries, KEPT_DEPTHS * sizeof *d->kept);
  if (room == NULL) return;
  d->kept = room;
  for (size_t i = 0; i < KEPT_DEPTHS; i++) d->kept[i].count = 0;
  lua_createtable(d->L, KEPT_DEPTHS * KEPT_NAMES, 0);
  lua_replace(d->L, d->kept_strings);
}

static void begin_names(struct dyn_decoder *d, int depth, struct names *names) {
  if (d->repeats && d->kept == NULL) begin_to_keep(d);
  names->kept = d->kept != NULL && depth < KEPT_DEPTHS ? &d->kept[depth] : NULL;
  names->count = 0;
  names->alike = true;
}

/* Where the string of the name that comes next lies among the kept ones. */
static int kept_place(const struct dyn_decoder *d, const struct names *names) {
  return (int)((size_t)(names->kept - d->kept) * KEPT_NAMES + names->count + 1);
}

/* Takes `"name":` if the object before had it here, and pushes its string. */
static bool take_kept(struct dyn_decoder *d, const struct names *names, struct dyn_slice *out) {
  if (names->kept == NULL || names->count >= names->kept->count) return false;
  struct dyn_slice quoted = names->kept->quoted[names->count];
  if ((size_t)(d->scan.end - d->scan.at) < quoted.length) return false;
  if (memcmp(d->scan.at, quoted.data, quoted.length) != 0) return false;
  d->scan.at += quoted.length;
  *out = dyn_slice_of(quoted.data + 1, quoted.length - 3);
  lua_rawgeti(d->L, d->kept_strings, kept_place(d, names));
  return true;
}

/* Keeps the name at the top of the stack, which was read from `start` on, in place of what came
 * here before; nothing behind it is kept then. */
static void keep(struct dyn_decoder *d, const struct names *names, const char *start,
                 size_t length) {
  struct dyn_kept_names *kept = names->kept;
  if (kept == NULL || names->count > kept->count || names->count == KEPT_NAMES) return;
  struct dyn_slice quoted = dyn_slice_of(start, (size_t)(d->scan.at - start));
  kept->count = names->count;
  if (quoted.length != length + 3 || start[0] != '"') return;
  kept->sizes[kept->count] = 0;
  kept->quoted[kept->count++] = quoted;
  lua_pushvalue(d->L, -1);
  lua_rawseti(d->L, d->kept_strings, kept_place(d, names));
}

/* Few names of an object agree in their length and in their first, middle and last byte. */
static bool maybe_seen(struct names *names, struct dyn_slice name) {
  const unsigned char *bytes = (const unsigned char *)name.data;
  uint64_t sample = name.length << 24;
  if (name.length > 0) {
    sample |= (uint64_t)bytes[0] << 16 | (uint64_t)bytes[name.length / 2] << 8;
    sample |= bytes[name.length - 1];
  }
  uint64_t hash = sample * UINT64_C(0x9e3779b97f4a7c15);
  uint64_t *word = &names->seen[hash >> 62], bit = UINT64_C(1) << (hash >> 56 & 63);
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

/* Reads `"name":`, whatever the object before had, and pushes the string. */
static bool read_name(struct dyn_decoder *d, struct names *names, struct dyn_step *step) {
  struct dyn_slice name;
  const char *start = d->scan.at;
  if (!dyn_json_string(&d->scan, &name)) return dyn_decode_fail_scan(d, step->parent);
  lua_pushlstring(d->L, name.data, name.length);
  step->name.data = lua_tolstring(d->L, -1, &step->name.length);
  if (maybe_seen(names, step->name) && has_key(d->L)) {
    return dyn_decode_fail(d, step, "duplicate", "the same name twice");
  }
  if (!dyn_json_expect(&d->scan, ':')) return dyn_decode_fail_scan(d, step);
  keep(d, names, start, name.length);
  return true;
}

static bool decode_name(struct dyn_decoder *d, struct names *names, struct dyn_step *step) {
  if (names->alike && take_kept(d, names, &step->name)) return true;
  if (names->alike) memset(names->seen, names->count > 0 ? 0xFF : 0, sizeof names->seen);
  names->alike = false;
  return read_name(d, names, step);
}

/* ---- objects ---- */

/* Of what a call begins with, larger tables than these are not made before they are needed: the
 * call before may have read something else. Nor is one made for more pairs than are likely to
 * follow. */
enum { MAX_FIRST_KEYS = 16, MAX_FIRST_ELEMENTS = 8, PAIR_BYTES = 20 };

/* Returns for how many keys there is to be room in the object that begins: as many as what the same
 * attribute held in the object before, or the last at its depth, be it in the call before. */
static int room_for_keys(const struct dyn_decoder *d, int depth) {
  if (d->child_hint > 0) return d->child_hint - 1;
  if (d->size_hint[depth] > 0) return d->size_hint[depth] - 1;
  int guess = depth < DYN_BOX_HINT_DEPTHS ? d->box->hints.keys[depth] : 0;
  if (guess == 0) guess = 4;
  size_t pairs = (size_t)(d->scan.end - d->scan.at) / PAIR_BYTES + 1;
  return pairs < (size_t)guess ? (int)pairs : guess;
}

/* Notes how many keys an object at a depth had. */
static void note_keys(struct dyn_decoder *d, int depth, size_t count) {
  d->size_hint[depth] = d->ended = (count < MAX_HINT ? (int)count : MAX_HINT) + 1;
  if (depth >= DYN_BOX_HINT_DEPTHS) return;
  d->box->hints.keys[depth] = (unsigned char)(count < MAX_FIRST_KEYS ? count : MAX_FIRST_KEYS);
}

/* Where the size of what stands under the name that was read is kept; NULL if it is not. */
static unsigned char *kept_size(const struct names *names) {
  if (names->kept == NULL || names->count >= names->kept->count) return NULL;
  return &names->kept->sizes[names->count];
}

/* Reads `"name": value` into the table at the top of the stack. */
static bool decode_pair(struct dyn_decoder *d, const struct dyn_step *at, struct names *names,
                        dyn_decode_one *decode_one, const void *context) {
  struct dyn_step step = {.parent = at, .depth = at->depth + 1};
  if (!decode_name(d, names, &step)) return false;
  unsigned char *size = kept_size(names);
  d->child_hint = size != NULL ? *size : 0;
  d->ended = 0;
  if (!decode_one(d, &step, context)) return false;
  if (size != NULL) *size = (unsigned char)d->ended;
  d->child_hint = 0;
  lua_rawset(d->L, -3);
  names->count++;
  return true;
}

bool dyn_decode_object(struct dyn_decoder *d, const struct dyn_step *at, dyn_decode_one *decode_one,
                       const void *context) {
  if (!dyn_decode_enter(d, at)) return false;
  if (!dyn_json_expect(&d->scan, '{')) return dyn_decode_fail_scan(d, at);
  struct names names;
  begin_names(d, at->depth, &names);
  bool is_empty = dyn_json_accept(&d->scan, '}');
  lua_createtable(d->L, 0, is_empty ? 0 : room_for_keys(d, at->depth));
  d->child_hint = 0;
  if (!is_empty) {
    do {
      if (!decode_pair(d, at, &names, decode_one, context)) return false;
    } while (dyn_json_accept(&d->scan, ','));
    if (!dyn_json_expect(&d->scan, '}')) return dyn_decode_fail_scan(d, at);
  }
  note_keys(d, at->depth, names.count);
  return true;
}

/* ---- arrays ---- */

/* As room_for_keys, of the elements of an array. */
static int room_for_elements(const struct dyn_decoder *d, int depth) {
  if (d->child_hint > 0) return d->child_hint - 1;
  if (d->length_hint[depth] > 0) return d->length_hint[depth];
  return depth < DYN_BOX_HINT_DEPTHS ? d->box->hints.elements[depth] : 0;
}

/* Notes how many elements an array at a depth had. */
static void note_elements(struct dyn_decoder *d, int depth, size_t count) {
  d->length_hint[depth] = count < MAX_HINT ? (int)count : MAX_HINT;
  d->ended = d->length_hint[depth] + 1;
  if (depth >= DYN_BOX_HINT_DEPTHS) return;
  size_t first = count < MAX_FIRST_ELEMENTS ? count : MAX_FIRST_ELEMENTS;
  d->box->hints.elements[depth] = (unsigned char)first;
}

bool dyn_decode_array(struct dyn_decoder *d, const struct dyn_step *at, dyn_decode_one *decode_one,
                      const void *context) {
  struct dyn_step step = {.parent = at, .depth = at->depth + 1};
  bool repeats = d->repeats;
  if (!dyn_decode_enter(d, at)) return false;
  if (!dyn_json_expect(&d->scan, '[')) return dyn_decode_fail_scan(d, at);
  bool is_empty = dyn_json_accept(&d->scan, ']');
  lua_createtable(d->L, is_empty ? 0 : room_for_elements(d, at->depth), 0);
  d->child_hint = 0;
  if (is_empty) return true;
  do {
    d->repeats = repeats || step.index > 0;
    step.index++;
    if (!decode_one(d, &step, context)) return false;
    lua_rawseti(d->L, -2, (int)step.index);
  } while (dyn_json_accept(&d->scan, ','));
  d->repeats = repeats;
  note_elements(d, at->depth, step.index);
  return dyn_json_expect(&d->scan, ']') || dyn_decode_fail_scan(d, at);
}
