/* SPDX-License-Identifier: MIT */
#include "encode_table.h"

#include "arguments.h"
#include "word.h"

#include <stdlib.h>

/* Where one `"key":value` of an object, or one element of a set, stands in the output; all in
 * bytes, of which DYN_BOX_MAX_BYTES is the most. */
struct entry {
  uint64_t
      prefix; /* the first bytes of the key, behind its quote: most pairs are told apart by it */
  const char *text; /* of `start`; set when the buffer has stopped moving */
  uint32_t start, key_length, length;
};

/* Attribute names may take 64 KB.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
enum { MAX_NAME_BYTES = 65535 };

/* ---- how deep, and round in circles ---- */

static bool stands_above(const struct dyn_step *step) {
  const struct dyn_step *above = step->parent;
  while (above != NULL && above->table != step->table) above = above->parent;
  return step->table != NULL && above != NULL;
}

static bool fail_too_deep(struct dyn_encoder *e, const struct dyn_step *at) {
  const struct dyn_step *repeated = NULL;
  for (const struct dyn_step *step = at; step != NULL; step = step->parent) {
    if (stands_above(step)) repeated = step;
  }
  if (repeated != NULL) {
    return dyn_encode_fail(e, repeated, "value", "a cycle: this table contains itself");
  }
  return dyn_encode_fail(e, at, "value", "nested deeper than DynamoDB's %d levels", DYN_MAX_DEPTH);
}

bool dyn_encode_enter(struct dyn_encoder *e, int index, const struct dyn_step *at,
                      struct dyn_step *here) {
  *here = *at;
  here->table = lua_topointer(e->L, index);
  here->depth++;
  if (here->depth > DYN_MAX_DEPTH) return fail_too_deep(e, here);
  return lua_checkstack(e->L, 16) || dyn_encode_fail(e, at, "memory", "out of memory");
}

/* ---- what the keys say ---- */

static bool fail_key(struct dyn_encoder *e, const struct dyn_step *at, int index) {
  if (lua_type(e->L, index) == LUA_TNUMBER) {
    return dyn_encode_fail(e, at, "value",
                           "a key is a number that is no list index; use strings as names");
  }
  return dyn_encode_fail(e, at, "value", "a key is %s; names are strings",
                         dyn_type_words(e->L, index));
}

/* Whether the key at `index` is a list index; sets it. */
static bool list_index(lua_State *L, int index, size_t *out) {
  if (lua_type(L, index) != LUA_TNUMBER) return false;
  lua_Number number = lua_tonumber(L, index);
  if (!(number >= 1 && number <= 2147483647.0)) return false;
  *out = (size_t)number;
  return (lua_Number)*out == number;
}

static bool fail_mixed(struct dyn_encoder *e, const struct dyn_step *at) {
  return dyn_encode_fail(e, at, "value",
                         "both list indexes and names as keys; a table is either a list or a map");
}

bool dyn_encode_table_form(struct dyn_encoder *e, int index, const struct dyn_step *at,
                           enum dyn_table_form *form, size_t *length) {
  lua_State *L = e->L;
  size_t count = 0, largest = 0, key;
  *form = DYN_TABLE_EMPTY;
  for (lua_pushnil(L); lua_next(L, index) != 0; lua_pop(L, 1)) {
    if (lua_type(L, -2) == LUA_TSTRING) {
      if (count > 0) return fail_mixed(e, at);
      *form = DYN_TABLE_MAP;
      return true;
    }
    if (!list_index(L, -2, &key)) return fail_key(e, at, -2);
    if (key > largest) largest = key;
    count++;
  }
  if (count > 0) *form = DYN_TABLE_SEQUENCE;
  *length = count;
  if (largest == count) return true;
  return dyn_encode_fail(e, at, "value",
                         "a list with holes: %d elements, the last at [%d]; use dynamo.null for a "
                         "missing one",
                         (int)count, (int)largest);
}

bool dyn_encode_sequence(struct dyn_encoder *e, int index, const struct dyn_step *at,
                         size_t *length) {
  enum dyn_table_form form;
  *length = 0;
  if (!dyn_encode_table_form(e, index, at, &form, length)) return false;
  if (form != DYN_TABLE_MAP) return true;
  return dyn_encode_fail(e, at, "type", "a list expected, got a table with names as keys");
}

/* ---- entries ---- */

static struct entry *entries_from(struct dyn_encoder *e, size_t base) {
  return (struct entry *)(void *)(e->box->entries.data + base);
}

/* Notes the entry that begins at `start`, whose key takes `key_length` bytes, and which is the last
 * of the output. */
static void push_entry(struct dyn_encoder *e, size_t start, size_t key_length) {
  const struct dyn_buf *out = &e->box->out;
  if (out->error != DYN_OK) return;
  struct entry entry = {.prefix = dyn_word_prefix(out->data + start + 1, key_length - 1),
                        .start = (uint32_t)start,
                        .key_length = (uint32_t)key_length,
                        .length = (uint32_t)(out->length - start)};
  dyn_buf_append(&e->box->entries, (const char *)&entry, sizeof entry);
}

DYN_APART static bool fail_room(struct dyn_encoder *e, const struct dyn_step *at) {
  const struct dyn_box *box = e->box;
  bool is_memory = box->out.error == DYN_ERR_MEMORY || box->entries.error == DYN_ERR_MEMORY ||
                   box->spare.error == DYN_ERR_MEMORY;
  if (is_memory) return dyn_encode_fail(e, at, "memory", "out of memory");
  return dyn_encode_fail(e, at, "size", "the request would be larger than %d MiB",
                         DYN_BOX_MAX_BYTES / (1024 * 1024));
}

static bool check_room(struct dyn_encoder *e, const struct dyn_step *at) {
  const struct dyn_box *box = e->box;
  bool failed = box->out.error || box->entries.error || box->spare.error;
  return !failed || fail_room(e, at);
}

static int compare_keys(const void *a, const void *b) {
  const struct entry *left = a, *right = b;
  if (left->prefix != right->prefix) return left->prefix < right->prefix ? -1 : 1;
  return dyn_slice_compare(dyn_slice_of(left->text, left->key_length),
                           dyn_slice_of(right->text, right->key_length));
}

/* Maps of usual size are sorted by insertion: a twentieth of what a 1 KB item costs to encode. */
enum { FEW_ENTRIES = 24 };

static void sort_few(struct entry *entries, size_t count) {
  for (size_t i = 1; i < count; i++) {
    struct entry entry = entries[i];
    size_t at = i;
    for (; at > 0 && compare_keys(&entry, &entries[at - 1]) < 0; at--)
      entries[at] = entries[at - 1];
    entries[at] = entry;
  }
}

/* Sorts the entries from `base` on by their keys. */
static void sort_entries(struct dyn_encoder *e, size_t base, size_t count) {
  struct entry *entries = entries_from(e, base);
  for (size_t i = 0; i < count; i++) entries[i].text = e->box->out.data + entries[i].start;
  if (count <= FEW_ENTRIES) {
    sort_few(entries, count);
  } else {
    qsort(entries, count, sizeof *entries, compare_keys);
  }
}

/* Rewrites the output from `start` on with the entries in their sorted order. */
static void rewrite_sorted(struct dyn_encoder *e, size_t start, size_t base, size_t count) {
  struct dyn_buf *out = &e->box->out, *spare = &e->box->spare;
  const struct entry *entries = entries_from(e, base);
  dyn_buf_reset(spare);
  char *room = dyn_buf_reserve(spare, out->length - start + 1);
  if (room == NULL) return;
  char *end = room;
  for (size_t i = 0; i < count; i++) {
    memcpy(end, entries[i].text, entries[i].length);
    end += entries[i].length;
    *end++ = ',';
  }
  memcpy(out->data + start, room, (size_t)(end - room) - 1);
}

/* ---- objects ---- */

static bool encode_key(struct dyn_encoder *e, const struct dyn_step *at) {
  if (at->name.length == 0) {
    return dyn_encode_fail(e, at, "value", "an attribute name must not be empty");
  }
  if (at->name.length > MAX_NAME_BYTES) {
    return dyn_encode_fail(e, at, "value", "an attribute name takes at most %d bytes",
                           MAX_NAME_BYTES);
  }
  return dyn_encode_slice(e, at->name, at);
}

/* Appends the pair at the top of the stack, whose value is at `value`, and notes where it stands.
 */
static bool encode_pair(struct dyn_encoder *e, int value, const struct dyn_step *at,
                        dyn_encode_one *encode_one, const void *context) {
  struct dyn_buf *out = &e->box->out;
  struct dyn_step step = {.parent = at, .depth = at->depth};
  size_t start = out->length;
  if (lua_type(e->L, value - 1) != LUA_TSTRING) return fail_mixed(e, at);
  step.name.data = lua_tolstring(e->L, value - 1, &step.name.length);
  if (!encode_key(e, &step)) return false;
  size_t key_length = out->length - start - 1;
  dyn_buf_append_char(out, ':');
  if (!encode_one(e, value, &step, context)) return false;
  push_entry(e, start, key_length);
  return check_room(e, &step);
}

/* Whether the last of the entries from `base` on, of which there are two or more, belongs behind
 * the one before it. */
static bool is_in_order(struct dyn_encoder *e, size_t base, size_t count) {
  const char *out = e->box->out.data;
  const struct entry *last = entries_from(e, base) + count - 1, *before = last - 1;
  if (last->prefix != before->prefix) return before->prefix < last->prefix;
  return dyn_slice_compare(dyn_slice_of(out + before->start, before->key_length),
                           dyn_slice_of(out + last->start, last->key_length)) < 0;
}

/* Appends the pairs of a table, the first of which is at the top of the stack, and sorts them. */
static bool encode_some(struct dyn_encoder *e, int index, const struct dyn_step *at,
                        dyn_encode_one *encode_one, const void *context) {
  struct dyn_buf *out = &e->box->out;
  size_t base = e->box->entries.length, start = out->length, count = 0;
  int value = lua_gettop(e->L);
  bool sorted = true;
  do {
    if (count++ > 0) dyn_buf_append_char(out, ',');
    if (!encode_pair(e, value, at, encode_one, context)) return false;
    sorted = sorted && (count < 2 || is_in_order(e, base, count));
    lua_settop(e->L, value - 1);
  } while (lua_next(e->L, index) != 0);
  if (!sorted) {
    sort_entries(e, base, count);
    rewrite_sorted(e, start, base, count);
  }
  dyn_buf_truncate(&e->box->entries, base);
  return true;
}

bool dyn_encode_pairs(struct dyn_encoder *e, int index, const struct dyn_step *at, bool has_pair,
                      dyn_encode_one *encode_one, const void *context) {
  dyn_buf_append_char(&e->box->out, '{');
  if (has_pair && !encode_some(e, index, at, encode_one, context)) return false;
  dyn_buf_append_char(&e->box->out, '}');
  return check_room(e, at);
}

bool dyn_encode_object(struct dyn_encoder *e, int index, const struct dyn_step *at,
                       dyn_encode_one *encode_one, const void *context) {
  lua_pushnil(e->L);
  bool has_pair = lua_next(e->L, index) != 0;
  return dyn_encode_pairs(e, index, at, has_pair, encode_one, context);
}

/* ---- arrays and sets ---- */

/* Appends element `position` of the table at `index`. */
static bool encode_element(struct dyn_encoder *e, int index, const struct dyn_step *at,
                           size_t position, dyn_encode_one *encode_one, const void *context) {
  struct dyn_step step = {.parent = at, .index = position, .depth = at->depth};
  lua_rawgeti(e->L, index, (int)position);
  bool done = encode_one(e, lua_gettop(e->L), &step, context) && check_room(e, &step);
  if (done) lua_pop(e->L, 1);
  return done;
}

bool dyn_encode_array(struct dyn_encoder *e, int index, const struct dyn_step *at, size_t length,
                      dyn_encode_one *encode_one, const void *context) {
  dyn_buf_append_char(&e->box->out, '[');
  for (size_t i = 1; i <= length; i++) {
    if (i > 1) dyn_buf_append_char(&e->box->out, ',');
    if (!encode_element(e, index, at, i, encode_one, context)) return false;
  }
  dyn_buf_append_char(&e->box->out, ']');
  return check_room(e, at);
}

/* Sorts the `count` texts from `base` on; fails if two are the same. */
static bool sort_distinct(struct dyn_encoder *e, const struct dyn_step *at, size_t base,
                          size_t count) {
  sort_entries(e, base, count);
  const struct entry *entries = entries_from(e, base);
  for (size_t i = 1; i < count; i++) {
    if (compare_keys(&entries[i - 1], &entries[i]) == 0) {
      return dyn_encode_fail(e, at, "value", "a set with the same element twice");
    }
  }
  return true;
}

bool dyn_encode_set(struct dyn_encoder *e, int index, const struct dyn_step *at,
                    dyn_encode_one *encode_one) {
  size_t base = e->box->entries.length, length;
  if (!dyn_encode_sequence(e, index, at, &length)) return false;
  if (length == 0) {
    return dyn_encode_fail(e, at, "value",
                           "an empty set cannot be stored; leave the attribute out");
  }
  dyn_buf_append_char(&e->box->out, '[');
  size_t start = e->box->out.length;
  for (size_t i = 1; i <= length; i++) {
    size_t element = e->box->out.length;
    if (!encode_element(e, index, at, i, encode_one, NULL)) return false;
    push_entry(e, element, e->box->out.length - element);
    if (i < length) dyn_buf_append_char(&e->box->out, ',');
  }
  dyn_buf_append_char(&e->box->out, ']');
  if (!check_room(e, at) || !sort_distinct(e, at, base, length)) return false;
  if (!e->typed) rewrite_sorted(e, start, base, length);
  dyn_buf_truncate(&e->box->entries, base);
  return check_room(e, at);
}
