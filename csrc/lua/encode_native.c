/* SPDX-License-Identifier: MIT */
#include "encode_native.h"

#include "arguments.h"
#include "binary.h"
#include "context.h"
#include "encode_table.h"
#include "json_write.h"
#include "kind.h"
#include "number.h"

/* Native Lua values to attribute values. Raw access only. */

/* ---- scalars ---- */

static bool encode_string(struct dyn_encoder *e, int index, const struct dyn_step *at) {
  struct dyn_slice text;
  text.data = lua_tolstring(e->L, index, &text.length);
  DYN_EMIT(e, "{\"S\":");
  if (!dyn_encode_slice(e, text, at)) return false;
  DYN_EMIT(e, "}");
  return true;
}

/* Appends a number of any kind as a JSON string; false if the value is none. */
static bool encode_digits(struct dyn_encoder *e, int index, const struct dyn_step *at) {
  lua_State *L = e->L;
  struct dyn_decimal value;
  const struct dyn_decimal *object = dyn_number_test(L, index);
  if (object != NULL) {
    dyn_encode_decimal(e, object);
    return true;
  }
  if (lua_type(L, index) == DYN_LUA_TCDATA) {
    if (!dyn_number_from_cdata(L, index, &value)) {
      return dyn_encode_fail(e, at, "value",
                             "FFI data is not an attribute value, but for int64_t and uint64_t");
    }
  } else {
    const char *reason = dyn_number_from_lua(L, index, &value);
    if (reason != NULL) return dyn_encode_fail(e, at, "value", "%s", reason);
  }
  dyn_encode_decimal(e, &value);
  return true;
}

/* Whether the Lua number at `index` is whole and small enough for a double to be sure of it. */
static bool whole_number(lua_State *L, int index, int64_t *out) {
#if LUA_VERSION_NUM >= 503
  if (lua_isinteger(L, index)) {
    *out = (int64_t)lua_tointeger(L, index);
    return true;
  }
#endif
  lua_Number number = lua_tonumber(L, index);
  if (!(number > -DYN_DOUBLE_WHOLE_LIMIT && number < DYN_DOUBLE_WHOLE_LIMIT)) return false;
  *out = (int64_t)number;
  return (lua_Number)*out == number;
}

DYN_APART static bool encode_number(struct dyn_encoder *e, int index, const struct dyn_step *at) {
  DYN_EMIT(e, "{\"N\":");
  if (!encode_digits(e, index, at)) return false;
  DYN_EMIT(e, "}");
  return true;
}

/* Writes the digits of a Lua number right before `end` and returns where they begin; or NULL, where
 * that takes a decimal. */
static char *format_plainly(lua_State *L, int index, char *end) {
  int64_t whole;
  if (whole_number(L, index, &whole)) return dyn_json_format_integer(whole, end);
  return dyn_decimal_format_fraction(lua_tonumber(L, index), end);
}

/* Nearly all numbers are whole or short: those go in one piece. */
DYN_APART static bool encode_plain_number(struct dyn_encoder *e, int index,
                                          const struct dyn_step *at) {
  static const char before[6] = {'{', '"', 'N', '"', ':', '"'};
  char text[sizeof before + DYN_DECIMAL_FRACTION_MAX + 2], *end = text + sizeof text - 2;
  char *start = format_plainly(e->L, index, end);
  if (start == NULL) return encode_number(e, index, at);
  *end++ = '"';
  *end++ = '}';
  start -= sizeof before;
  memcpy(start, before, sizeof before);
  dyn_buf_append(&e->box->out, start, (size_t)(end - start));
  return true;
}

DYN_APART static bool encode_boolean(struct dyn_encoder *e, int index, const struct dyn_step *at) {
  DYN_EMIT(e, "{\"BOOL\":");
  if (!dyn_encode_boolean(e, index, at)) return false;
  DYN_EMIT(e, "}");
  return true;
}

static bool encode_binary(struct dyn_encoder *e, struct dyn_slice bytes) {
  DYN_EMIT(e, "{\"B\":");
  dyn_encode_base64(e, bytes);
  DYN_EMIT(e, "}");
  return true;
}

static bool fail_unsupported(struct dyn_encoder *e, int index, const struct dyn_step *at) {
  return dyn_encode_fail(e, at, "value",
                         "%s is not an attribute value; use a string, number, boolean, table, "
                         "dynamo.null, dynamo.binary or dynamo.set",
                         dyn_type_words(e->L, index));
}

/* ---- containers ---- */

static bool encode_list(struct dyn_encoder *e, int index, const struct dyn_step *at,
                        size_t length) {
  DYN_EMIT(e, "{\"L\":");
  if (!dyn_encode_array(e, index, at, length, dyn_encode_native, NULL)) return false;
  DYN_EMIT(e, "}");
  return true;
}

/* The first pair, if there is one, is at the top of the stack. */
static bool encode_map(struct dyn_encoder *e, int index, const struct dyn_step *at, bool is_empty) {
  DYN_EMIT(e, "{\"M\":");
  if (!dyn_encode_pairs(e, index, at, !is_empty, dyn_encode_native, NULL)) return false;
  DYN_EMIT(e, "}");
  return true;
}

static bool fail_element(struct dyn_encoder *e, int index, const struct dyn_step *at,
                         const char *expected) {
  return dyn_encode_fail(e, at, "value", "a set of %s holds %s; a set has one type of element",
                         expected, dyn_type_words(e->L, index));
}

static bool encode_string_element(struct dyn_encoder *e, int index, const struct dyn_step *at,
                                  const void *context) {
  (void)context;
  if (lua_type(e->L, index) != LUA_TSTRING) return fail_element(e, index, at, "strings");
  return dyn_encode_text(e, index, at);
}

static bool encode_number_element(struct dyn_encoder *e, int index, const struct dyn_step *at,
                                  const void *context) {
  (void)context;
  if (!dyn_is_number(e->L, index)) return fail_element(e, index, at, "numbers");
  return encode_digits(e, index, at);
}

static bool encode_binary_element(struct dyn_encoder *e, int index, const struct dyn_step *at,
                                  const void *context) {
  struct dyn_slice bytes;
  (void)context;
  if (!dyn_binary_test(e->L, index, &bytes)) return fail_element(e, index, at, "binaries");
  dyn_encode_base64(e, bytes);
  return true;
}

/* The first element says what kind of set it is. */
static bool encode_set(struct dyn_encoder *e, int index, const struct dyn_step *at) {
  lua_State *L = e->L;
  struct dyn_slice bytes;
  dyn_encode_one *encode_one = encode_string_element;
  lua_rawgeti(L, index, 1);
  if (dyn_is_number(L, lua_gettop(L))) {
    encode_one = encode_number_element;
    DYN_EMIT(e, "{\"NS\":");
  } else if (dyn_binary_test(L, lua_gettop(L), &bytes)) {
    encode_one = encode_binary_element;
    DYN_EMIT(e, "{\"BS\":");
  } else {
    DYN_EMIT(e, "{\"SS\":");
  }
  lua_pop(L, 1);
  if (!dyn_encode_set(e, index, at, encode_one)) return false;
  DYN_EMIT(e, "}");
  return true;
}

DYN_APART static bool encode_table(struct dyn_encoder *e, int index, const struct dyn_step *at) {
  struct dyn_step here;
  enum dyn_table_form form;
  size_t length = 0;
  enum dyn_marker marker = dyn_marker_of(e->L, index);
  if (marker == DYN_MARKED_SET) return encode_set(e, index, at);
  if (!dyn_encode_enter(e, index, at, &here)) return false;
  if (!dyn_encode_table_form(e, index, &here, &form, &length)) return false;
  if (form == DYN_TABLE_EMPTY && marker == DYN_MARKED_LIST) form = DYN_TABLE_SEQUENCE;
  if (form == DYN_TABLE_MAP && marker == DYN_MARKED_LIST) {
    return dyn_encode_fail(e, &here, "value", "a list with names as keys");
  }
  if (form == DYN_TABLE_SEQUENCE && marker == DYN_MARKED_MAP) {
    return dyn_encode_fail(e, &here, "value", "a map with list indexes as keys");
  }
  if (form == DYN_TABLE_SEQUENCE) return encode_list(e, index, &here, length);
  return encode_map(e, index, &here, form == DYN_TABLE_EMPTY);
}

DYN_APART static bool encode_light_userdata(struct dyn_encoder *e, int index,
                                            const struct dyn_step *at) {
  if (lua_touserdata(e->L, index) == NULL) {
    DYN_EMIT(e, "{\"NULL\":true}");
    return true;
  }
  if (!dyn_is_empty_array(e->L, index)) return fail_unsupported(e, index, at);
  DYN_EMIT(e, "{\"L\":[]}");
  return true;
}

DYN_APART static bool encode_userdata(struct dyn_encoder *e, int index, const struct dyn_step *at) {
  struct dyn_slice bytes;
  if (dyn_number_test(e->L, index) != NULL) return encode_number(e, index, at);
  if (dyn_binary_test(e->L, index, &bytes)) return encode_binary(e, bytes);
  return fail_unsupported(e, index, at);
}

bool dyn_encode_native(struct dyn_encoder *e, int index, const struct dyn_step *at,
                       const void *context) {
  (void)context;
  switch (lua_type(e->L, index)) {
  case LUA_TSTRING:
    return encode_string(e, index, at);
  case LUA_TNUMBER:
    return encode_plain_number(e, index, at);
  case DYN_LUA_TCDATA:
    return encode_number(e, index, at);
  case LUA_TBOOLEAN:
    return encode_boolean(e, index, at);
  case LUA_TTABLE:
    return encode_table(e, index, at);
  case LUA_TLIGHTUSERDATA:
    return encode_light_userdata(e, index, at);
  case LUA_TUSERDATA:
    return encode_userdata(e, index, at);
  default:
    return fail_unsupported(e, index, at);
  }
}
