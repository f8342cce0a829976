/* SPDX-License-Identifier: MIT */
#include "decode_value.h"

#include "context.h"
#include "decimal.h"
#include "decode_table.h"
#include "number.h"

/* Attribute values to Lua: native values, or as they are on the wire for db.typed. */

static bool decode_any(struct dyn_decoder *d, const struct dyn_step *at, const void *context) {
  (void)context;
  return dyn_decode_attribute_value(d, at);
}

static bool decode_text(struct dyn_decoder *d, const struct dyn_step *at, const void *context) {
  (void)context;
  return dyn_decode_text(d, at);
}

static bool decode_binary(struct dyn_decoder *d, const struct dyn_step *at, const void *context) {
  (void)context;
  return dyn_decode_binary(d, at);
}

/* Pushes the number that a text says as a number object. */
static enum dyn_decimal_status push_object(lua_State *L, struct dyn_slice text) {
  struct dyn_decimal value;
  enum dyn_decimal_status status = dyn_decimal_parse(text, &value);
  if (status == DYN_DECIMAL_OK) dyn_number_push(L, &value, DYN_UP_NUMBER);
  return status;
}

static bool decode_number(struct dyn_decoder *d, const struct dyn_step *at, const void *context) {
  struct dyn_slice text;
  (void)context;
  if (!dyn_json_string(&d->scan, &text)) return dyn_decode_fail_scan(d, at);
  enum dyn_decimal_status status =
      d->exact_numbers ? push_object(d->L, text) : dyn_number_push_text(d->L, text, DYN_UP_NUMBER);
  return status == DYN_DECIMAL_OK || dyn_decode_fail(d, at, "type", "not a DynamoDB number");
}

static bool decode_boolean(struct dyn_decoder *d, const struct dyn_step *at, const void *context) {
  (void)context;
  return dyn_decode_boolean(d, at);
}

static bool decode_null(struct dyn_decoder *d, const struct dyn_step *at, const void *context) {
  (void)context;
  if (!dyn_json_word(&d->scan, DYN_SLICE("true"))) return dyn_decode_fail_scan(d, at);
  lua_pushlightuserdata(d->L, NULL);
  return true;
}

/* In typed values NULL stands as `true`. */
static bool decode_typed_null(struct dyn_decoder *d, const struct dyn_step *at,
                              const void *context) {
  if (!decode_null(d, at, context)) return false;
  lua_pop(d->L, 1);
  lua_pushboolean(d->L, 1);
  return true;
}

/* Gives the table at the top of the stack the metatable at `metatable_index`. */
static bool mark(struct dyn_decoder *d, int metatable_index) {
  lua_pushvalue(d->L, metatable_index);
  lua_setmetatable(d->L, -2);
  return true;
}

static bool decode_list(struct dyn_decoder *d, const struct dyn_step *at, const void *context) {
  (void)context;
  return dyn_decode_array(d, at, decode_any, NULL) && (d->typed || mark(d, DYN_UP_LIST));
}

static bool decode_map(struct dyn_decoder *d, const struct dyn_step *at, const void *context) {
  (void)context;
  return dyn_decode_object(d, at, decode_any, NULL);
}

static bool decode_string_set(struct dyn_decoder *d, const struct dyn_step *at,
                              const void *context) {
  (void)context;
  return dyn_decode_array(d, at, decode_text, NULL) && (d->typed || mark(d, DYN_UP_SET));
}

static bool decode_number_set(struct dyn_decoder *d, const struct dyn_step *at,
                              const void *context) {
  (void)context;
  return dyn_decode_array(d, at, decode_number, NULL) && mark(d, DYN_UP_SET);
}

static bool decode_binary_set(struct dyn_decoder *d, const struct dyn_step *at,
                              const void *context) {
  (void)context;
  return dyn_decode_array(d, at, decode_binary, NULL) && mark(d, DYN_UP_SET);
}

/* What reads the content of each type: native, and typed (numbers and binaries stay text). */
struct type {
  struct dyn_slice tag;
  dyn_decode_one *native, *typed;
};

/* Those of one letter come first. */
enum { ONE_LETTER = 5, ALL_TYPES = 10 };
static const struct type types[ALL_TYPES] = {{{"S", 1}, decode_text, decode_text},
                                             {{"N", 1}, decode_number, decode_text},
                                             {{"M", 1}, decode_map, decode_map},
                                             {{"L", 1}, decode_list, decode_list},
                                             {{"B", 1}, decode_binary, decode_text},
                                             {{"BOOL", 4}, decode_boolean, decode_boolean},
                                             {{"NULL", 4}, decode_null, decode_typed_null},
                                             {{"SS", 2}, decode_string_set, decode_string_set},
                                             {{"NS", 2}, decode_number_set, decode_string_set},
                                             {{"BS", 2}, decode_binary_set, decode_string_set}};

static const struct type *find_letter(char letter) {
  for (size_t i = 0; i < ONE_LETTER; i++) {
    if (types[i].tag.data[0] == letter) return &types[i];
  }
  return NULL;
}

static const struct type *find_type(struct dyn_slice tag) {
  if (tag.length == 1) return find_letter(tag.data[0]);
  for (size_t i = ONE_LETTER; i < ALL_TYPES; i++) {
    if (dyn_slice_equals(types[i].tag, tag)) return &types[i];
  }
  return NULL;
}

/* Takes `{"T":` written without white space, as services do; NULL, with nothing taken, if something
 * else stands there. Saves a twentieth of the instructions of a page. */
static const struct type *accept_plain_tag(struct dyn_json_scan *scan) {
  const char *at = scan->at;
  if (scan->end - at < 5 || at[0] != '{' || at[1] != '"' || at[3] != '"' || at[4] != ':')
    return NULL;
  const struct type *type = find_letter(at[2]);
  if (type != NULL) scan->at += 5;
  return type;
}

/* Reads `"T":`; `out` is NULL for a name that is no type. */
static bool decode_tag(struct dyn_decoder *d, const struct dyn_step *at, const struct type **out) {
  struct dyn_slice tag;
  if (!dyn_json_string(&d->scan, &tag)) return dyn_decode_fail_scan(d, at);
  *out = find_type(tag);
  return dyn_json_expect(&d->scan, ':') || dyn_decode_fail_scan(d, at);
}

/* Pushes what stands behind `"T":`, in typed values as a table with that one member. */
static bool decode_content(struct dyn_decoder *d, const struct dyn_step *at,
                           const struct type *type) {
  if (!d->typed) return type->native(d, at, NULL);
  lua_checkstack(d->L, 8);
  lua_createtable(d->L, 0, 1);
  lua_pushlstring(d->L, type->tag.data, type->tag.length);
  if (!type->typed(d, at, NULL)) return false;
  lua_rawset(d->L, -3);
  return true;
}

/* Reads one member behind its tag. One that is null is absent, as everywhere. */
static bool decode_member(struct dyn_decoder *d, const struct dyn_step *at, const struct type *type,
                          const struct type **found) {
  if (dyn_json_peek(&d->scan) == 'n') {
    return dyn_json_word(&d->scan, DYN_SLICE("null")) || dyn_decode_fail_scan(d, at);
  }
  if (type == NULL) return dyn_decode_fail(d, at, "type", "an attribute value of unknown type");
  if (*found != NULL) return dyn_decode_fail(d, at, "type", "an attribute value of two types");
  *found = type;
  return decode_content(d, at, type);
}

/* Notes that a type was named; whether for the first time. */
static bool is_new(const struct type *type, unsigned *seen) {
  unsigned bit = type == NULL ? 0 : 1u << (type - types), before = *seen;
  *seen |= bit;
  return (before & bit) == 0;
}

static bool fail_untyped(struct dyn_decoder *d, const struct dyn_step *at) {
  return dyn_decode_fail(d, at, "type", "an attribute value without a type: its members are null");
}

/* Reads `"T":value, ...}` behind what was read before: `found`, of the types in `seen`. */
static bool decode_members(struct dyn_decoder *d, const struct dyn_step *at,
                           const struct type *found, unsigned seen) {
  do {
    const struct type *type = NULL;
    if (!decode_tag(d, at, &type)) return false;
    if (!is_new(type, &seen)) return dyn_decode_fail(d, at, "duplicate", "the same type twice");
    if (!decode_member(d, at, type, &found)) return false;
  } while (dyn_json_accept(&d->scan, ','));
  if (!dyn_json_expect(&d->scan, '}')) return dyn_decode_fail_scan(d, at);
  return found != NULL || fail_untyped(d, at);
}

/* A value is hardly ever more than one member that is not null. */
bool dyn_decode_attribute_value(struct dyn_decoder *d, const struct dyn_step *at) {
  const struct type *type = accept_plain_tag(&d->scan), *found = NULL;
  unsigned seen = 0;
  if (type == NULL) {
    if (!dyn_json_expect(&d->scan, '{')) return dyn_decode_fail_scan(d, at);
    return decode_members(d, at, NULL, seen);
  }
  if (!decode_member(d, at, type, &found)) return false;
  if (dyn_json_accept(&d->scan, '}')) return found != NULL || fail_untyped(d, at);
  (void)is_new(type, &seen);
  if (!dyn_json_expect(&d->scan, ',')) return dyn_decode_fail_scan(d, at);
  return decode_members(d, at, found, seen);
}
