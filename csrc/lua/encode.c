/* SPDX-License-Identifier: MIT */
#include "encode.h"

#include "base64.h"
#include "binary.h"
#include "context.h"
#include "json_write.h"
#include "utf8.h"

#include <stdarg.h>
#include <stdio.h>

/* Request parameters to JSON, directed by the operation's shape: names, types, ranges and enum
 * words are checked on the way, so a request is refused before anything is sent. */

static bool encode_shape(struct dyn_encoder *e, int index, const struct dyn_step *at,
                         const void *context);

/* ---- shared with the attribute values ---- */

bool dyn_encode_fail(struct dyn_encoder *e, const struct dyn_step *at, const char *code,
                     const char *format, ...) {
  va_list arguments;
  luaL_checkstack(e->L, 8, "too many nested values");
  va_start(arguments, format);
  const char *detail = lua_pushvfstring(e->L, format, arguments);
  va_end(arguments);
  dyn_problem_push(e->L, &e->box->out, at, code, detail);
  return false;
}

bool dyn_encode_is_absent(struct dyn_encoder *e, int index) {
  bool absent = lua_type(e->L, index) == LUA_TLIGHTUSERDATA && lua_touserdata(e->L, index) == NULL;
  e->had_null = e->had_null || absent;
  return absent;
}

const char *dyn_encode_type_words(lua_State *L, int index) {
  switch (lua_type(L, index)) {
  case LUA_TNIL:
    return "nil";
  case LUA_TBOOLEAN:
    return "a boolean";
  case LUA_TNUMBER:
    return "a number";
  case LUA_TSTRING:
    return "a string";
  case LUA_TTABLE:
    return "a table";
  case LUA_TFUNCTION:
    return "a function";
  case LUA_TTHREAD:
    return "a coroutine";
  case DYN_LUA_TCDATA:
    return "FFI data";
  case LUA_TLIGHTUSERDATA:
    return lua_touserdata(L, index) == NULL ? "null" : "a light userdata";
  default:
    return "a userdata";
  }
}

bool dyn_encode_text(struct dyn_encoder *e, int index, const struct dyn_step *at) {
  struct dyn_slice text;
  struct dyn_buf *out = &e->box->out;
  text.data = lua_tolstring(e->L, index, &text.length);
  if (text.length > out->max_bytes - out->length) {
    return dyn_encode_fail(e, at, "size", "the request would be larger than %d MiB",
                           DYN_BOX_MAX_BYTES / (1024 * 1024));
  }
  if (!dyn_utf8_is_valid(text)) {
    return dyn_encode_fail(e, at, "value", "not valid UTF-8; use dynamo.binary for raw bytes");
  }
  dyn_json_write_string(out, text);
  return true;
}

void dyn_encode_decimal(struct dyn_encoder *e, const struct dyn_decimal *value) {
  char *room = dyn_buf_reserve(&e->box->out, DYN_DECIMAL_TEXT_MAX + 2);
  if (room == NULL) return;
  size_t length = dyn_decimal_format(value, room + 1);
  room[0] = room[length + 1] = '"';
  dyn_buf_commit(&e->box->out, length + 2);
}

void dyn_encode_base64(struct dyn_encoder *e, struct dyn_slice bytes) {
  dyn_buf_append_char(&e->box->out, '"');
  dyn_base64_encode(bytes, &e->box->out);
  dyn_buf_append_char(&e->box->out, '"');
}

/* ---- strings ---- */

static bool fail_type(struct dyn_encoder *e, int index, const struct dyn_step *at,
                      const char *expected) {
  return dyn_encode_fail(e, at, "type", "%s expected, got %s", expected,
                         dyn_encode_type_words(e->L, index));
}

static bool is_table_name(struct dyn_slice text) {
  for (size_t i = 0; i < text.length; i++) {
    char c = text.data[i];
    bool allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   c == '_' || c == '-' || c == '.';
    if (!allowed) return false;
  }
  return text.length >= 3 && text.length <= 255;
}

/* Only what would be certain nonsense is refused; the service knows the rest. */
static bool is_arn(struct dyn_slice text) {
  for (size_t i = 0; i < text.length; i++) {
    if (text.data[i] <= ' ' || text.data[i] == 0x7f) return false;
  }
  return text.length > 4 && memcmp(text.data, "arn:", 4) == 0;
}

static bool check_format(struct dyn_encoder *e, const struct dyn_step *at,
                         const struct dyn_shape *shape, struct dyn_slice text) {
  switch (shape->format) {
  case DYN_FORMAT_ANY:
    return true;
  case DYN_FORMAT_EXPRESSION:
    if (text.length > 4096) {
      return dyn_encode_fail(e, at, "range", "an expression takes at most 4096 bytes, got %d",
                             (int)text.length);
    }
    if (text.length == 0 || memchr(text.data, '\0', text.length) == NULL) return true;
    return dyn_encode_fail(e, at, "value", "an expression cannot hold a NUL byte");
  case DYN_FORMAT_TABLE_ARN:
    if (is_arn(text)) return true;
    break;
  case DYN_FORMAT_TABLE_NAME:
    break;
  }
  if (is_table_name(text)) return true;
  return dyn_encode_fail(e, at, "value",
                         "not a table name: 3 to 255 of a-z A-Z 0-9 _ - . are allowed%s",
                         shape->format == DYN_FORMAT_TABLE_ARN ? ", or an ARN" : "");
}

/* Adds the string or number at `index` to the problem at the top of the stack. */
static void add_field(struct dyn_encoder *e, int index, const char *field) {
  lua_pushvalue(e->L, index);
  lua_setfield(e->L, -2, field);
}

static void add_shape(struct dyn_encoder *e, const struct dyn_shape *shape) {
  lua_pushlstring(e->L, shape->name.data, shape->name.length);
  lua_setfield(e->L, -2, "shape");
}

/* The Lua side names the nearest of the shape's words. */
static bool fail_word(struct dyn_encoder *e, int index, const struct dyn_step *at,
                      const struct dyn_shape *shape) {
  dyn_encode_fail(e, at, "enum", "not one of the allowed words");
  add_field(e, index, "got");
  add_shape(e, shape);
  return false;
}

static bool check_word(struct dyn_encoder *e, int index, const struct dyn_step *at,
                       const struct dyn_shape *shape, struct dyn_slice text) {
  if (shape->word_count == 0) return true;
  for (size_t i = 0; i < shape->word_count; i++) {
    if (dyn_slice_equals(shape->words[i], text)) return true;
  }
  return fail_word(e, index, at, shape);
}

/* Checks a count or a value against the shape's range; `unit` such as "characters". */
static bool check_range(struct dyn_encoder *e, const struct dyn_step *at,
                        const struct dyn_shape *shape, double value, const char *unit) {
  char range[80], got[40];
  bool below = shape->has_min && value < shape->min;
  bool above = shape->has_max && value > shape->max;
  if (!below && !above) return true;
  if (shape->has_min && shape->has_max) {
    snprintf(range, sizeof range, "%.0f to %.0f", shape->min, shape->max);
  } else if (shape->has_min) {
    snprintf(range, sizeof range, "at least %.0f", shape->min);
  } else {
    snprintf(range, sizeof range, "at most %.0f", shape->max);
  }
  snprintf(got, sizeof got, "%.0f", value);
  return dyn_encode_fail(e, at, "range", "%s%s expected, got %s", range, unit, got);
}

static bool encode_string(struct dyn_encoder *e, int index, const struct dyn_step *at,
                          const struct dyn_shape *shape) {
  struct dyn_slice text;
  if (lua_type(e->L, index) != LUA_TSTRING) return fail_type(e, index, at, "a string");
  text.data = lua_tolstring(e->L, index, &text.length);
  if (!check_word(e, index, at, shape, text) || !check_format(e, at, shape, text)) return false;
  if (!dyn_encode_text(e, index, at)) return false;
  if (!shape->has_min && !shape->has_max) return true;
  return check_range(e, at, shape, (double)dyn_utf8_count(text), " characters");
}

/* ---- other scalars ---- */

static bool encode_integer(struct dyn_encoder *e, int index, const struct dyn_step *at,
                           const struct dyn_shape *shape) {
  if (lua_type(e->L, index) != LUA_TNUMBER) return fail_type(e, index, at, "a whole number");
  lua_Number number = lua_tonumber(e->L, index);
  double limit = shape->kind == DYN_SHAPE_INTEGER ? 2147483648.0 : 9223372036854775808.0;
  if (!(number >= -limit && number < limit)) {
    return dyn_encode_fail(e, at, "range", "a whole number of %d bits expected",
                           shape->kind == DYN_SHAPE_INTEGER ? 32 : 64);
  }
  int64_t whole = (int64_t)number;
#if LUA_VERSION_NUM >= 503
  if (lua_isinteger(e->L, index)) whole = (int64_t)lua_tointeger(e->L, index);
#endif
  if ((lua_Number)whole != number) return fail_type(e, index, at, "a whole number");
  dyn_json_write_integer(&e->box->out, whole);
  return check_range(e, at, shape, number, "");
}

/* A JSON number; what JSON has no number for goes as a string (awsJson1.0). */
static bool encode_float(struct dyn_encoder *e, int index, const struct dyn_step *at) {
  struct dyn_decimal value;
  char text[DYN_DECIMAL_TEXT_MAX];
  if (lua_type(e->L, index) != LUA_TNUMBER) return fail_type(e, index, at, "a number");
  lua_Number number = lua_tonumber(e->L, index);
  if (number != number) {
    DYN_EMIT(e, "\"NaN\"");
  } else if (number - number != 0) {
    dyn_json_write_string(&e->box->out,
                          number > 0 ? DYN_SLICE("Infinity") : DYN_SLICE("-Infinity"));
  } else if (dyn_decimal_from_double(number, &value) != DYN_DECIMAL_OK) {
    return dyn_encode_fail(e, at, "range", "a number of usual size expected");
  } else {
    dyn_buf_append(&e->box->out, text, dyn_decimal_format(&value, text));
  }
  return true;
}

static bool encode_boolean(struct dyn_encoder *e, int index, const struct dyn_step *at) {
  if (!lua_isboolean(e->L, index)) return fail_type(e, index, at, "true or false");
  if (lua_toboolean(e->L, index)) {
    DYN_EMIT(e, "true");
  } else {
    DYN_EMIT(e, "false");
  }
  return true;
}

static bool encode_blob(struct dyn_encoder *e, int index, const struct dyn_step *at) {
  struct dyn_slice bytes;
  if (!dyn_binary_test(e->L, index, &bytes)) return fail_type(e, index, at, "a dynamo.binary");
  dyn_encode_base64(e, bytes);
  return true;
}

/* ---- containers ---- */

static bool encode_list(struct dyn_encoder *e, int index, const struct dyn_step *at,
                        const struct dyn_shape *shape) {
  size_t length;
  if (!lua_istable(e->L, index)) return fail_type(e, index, at, "a list");
  return dyn_encode_sequence(e, index, at, &length) &&
         check_range(e, at, shape, (double)length, " elements") &&
         dyn_encode_array(e, index, at, length, encode_shape, shape->element);
}

/* A primary key's attribute: a string, number or binary, and not empty. What was just written to
 * the output from `start` on tells, whichever way it was given. */
static bool check_key_attribute(struct dyn_encoder *e, const struct dyn_step *at, size_t start) {
  struct dyn_slice value = {e->box->out.data + start, e->box->out.length - start};
  if (e->box->out.error != DYN_OK || value.length < 6) return true;
  if (dyn_slice_equals(value, DYN_SLICE("{\"S\":\"\"}")) ||
      dyn_slice_equals(value, DYN_SLICE("{\"B\":\"\"}"))) {
    return dyn_encode_fail(e, at, "value", "a key attribute must not be empty");
  }
  char type = value.data[2];
  if (value.data[3] == '"' && (type == 'S' || type == 'N' || type == 'B')) return true;
  return dyn_encode_fail(e, at, "value", "a key attribute is a string, a number or a binary");
}

static bool encode_map_value(struct dyn_encoder *e, int index, const struct dyn_step *at,
                             const void *context) {
  const struct dyn_shape *shape = context;
  size_t start = e->box->out.length;
  if (shape->key_prefix != '\0' && at->name.data[0] != shape->key_prefix) {
    return dyn_encode_fail(e, at, "value", "a name here begins with '%c'", shape->key_prefix);
  }
  if (!encode_shape(e, index, at, shape->element)) return false;
  return !shape->is_key || check_key_attribute(e, at, start);
}

/* Checks the number of pairs, where the shape bounds it; a primary key has at least one. */
static bool check_pairs(struct dyn_encoder *e, int index, const struct dyn_step *at,
                        const struct dyn_shape *shape) {
  if (!shape->has_min && !shape->has_max && !shape->is_key) return true;
  size_t count = dyn_shape_count_pairs(e->L, index);
  if (shape->is_key && count == 0) return dyn_encode_fail(e, at, "value", "the key is empty");
  return check_range(e, at, shape, (double)count, " entries");
}

static bool encode_map(struct dyn_encoder *e, int index, const struct dyn_step *at,
                       const struct dyn_shape *shape) {
  struct dyn_step here = *at;
  enum dyn_table_form form;
  size_t length = 0;
  if (!lua_istable(e->L, index)) return fail_type(e, index, at, "a table");
  here.table = lua_topointer(e->L, index);
  if (!dyn_encode_table_form(e, index, &here, &form, &length)) return false;
  if (form == DYN_TABLE_SEQUENCE) {
    return dyn_encode_fail(e, at, "type", "a table with names as keys expected, got a list");
  }
  return check_pairs(e, index, at, shape) &&
         dyn_encode_object(e, index, &here, encode_map_value, shape);
}

/* The Lua side names the nearest of the shape's members. */
static bool fail_member(struct dyn_encoder *e, const struct dyn_step *at,
                        const struct dyn_shape *shape, int key) {
  dyn_encode_fail(e, at, "unknown_member", "not a member of %s", shape->name.data);
  add_field(e, key, "member");
  add_shape(e, shape);
  return false;
}

/* Pushes the values of the table's members, but those that are null; `places[i]` is the stack index
 * of member i, or 0. */
static bool push_members(struct dyn_encoder *e, int index, const struct dyn_step *at,
                         const struct dyn_shape *shape, int places[DYN_SHAPE_MAX_MEMBERS]) {
  lua_State *L = e->L;
  lua_pushnil(L);
  while (lua_next(L, index) != 0) { /* stack: values... key value */
    struct dyn_slice name;
    int key = lua_gettop(L) - 1;
    if (lua_type(L, key) != LUA_TSTRING) {
      return dyn_encode_fail(e, at, "type", "a key is %s; the members of %s have names",
                             dyn_encode_type_words(L, key), shape->name.data);
    }
    name.data = lua_tolstring(L, key, &name.length);
    size_t member = dyn_shape_member(shape, name);
    if (member == shape->member_count) return fail_member(e, at, shape, key);
    if (dyn_encode_is_absent(e, key + 1)) {
      lua_pop(L, 1); /* stack: values... key */
      continue;
    }
    places[member] = key;
    lua_insert(L, key); /* stack: values... value key */
  }
  return true;
}

static bool check_required(struct dyn_encoder *e, const struct dyn_step *at,
                           const struct dyn_shape *shape, const int places[]) {
  for (size_t i = 0; i < shape->member_count; i++) {
    if (!shape->members[i].required || places[i] != 0) continue;
    struct dyn_step missing = {.parent = at, .name = shape->members[i].name};
    dyn_encode_fail(e, &missing, "missing_member", "required by %s", shape->name.data);
    lua_pushlstring(e->L, missing.name.data, missing.name.length);
    lua_setfield(e->L, -2, "member");
    return false;
  }
  return true;
}

static bool encode_members(struct dyn_encoder *e, const struct dyn_step *at,
                           const struct dyn_shape *shape, const int places[]) {
  struct dyn_buf *out = &e->box->out;
  bool first = true;
  dyn_buf_append_char(out, '{');
  for (size_t i = 0; i < shape->member_count; i++) {
    if (places[i] == 0) continue;
    struct dyn_step step = {.parent = at, .name = shape->members[i].name, .depth = at->depth};
    if (!first) dyn_buf_append_char(out, ',');
    first = false;
    dyn_json_write_string(out, step.name);
    dyn_buf_append_char(out, ':');
    if (!encode_shape(e, places[i], &step, shape->members[i].shape)) return false;
  }
  dyn_buf_append_char(out, '}');
  return true;
}

static bool encode_structure(struct dyn_encoder *e, int index, const struct dyn_step *at,
                             const struct dyn_shape *shape) {
  int places[DYN_SHAPE_MAX_MEMBERS] = {0};
  int top = lua_gettop(e->L);
  if (!lua_istable(e->L, index)) return fail_type(e, index, at, "a table");
  if (!lua_checkstack(e->L, DYN_SHAPE_MAX_MEMBERS + 8)) {
    return dyn_encode_fail(e, at, "memory", "out of memory");
  }
  bool done = push_members(e, index, at, shape, places) && check_required(e, at, shape, places) &&
              encode_members(e, at, shape, places);
  if (done) lua_settop(e->L, top);
  return done;
}

static bool encode_shape(struct dyn_encoder *e, int index, const struct dyn_step *at,
                         const void *context) {
  const struct dyn_shape *shape = context;
  switch (shape->kind) {
  case DYN_SHAPE_STRUCTURE:
    return encode_structure(e, index, at, shape);
  case DYN_SHAPE_LIST:
    return encode_list(e, index, at, shape);
  case DYN_SHAPE_MAP:
    return encode_map(e, index, at, shape);
  case DYN_SHAPE_STRING:
    return encode_string(e, index, at, shape);
  case DYN_SHAPE_INTEGER:
  case DYN_SHAPE_LONG:
    return encode_integer(e, index, at, shape);
  case DYN_SHAPE_FLOAT:
  case DYN_SHAPE_TIMESTAMP:
    return encode_float(e, index, at);
  case DYN_SHAPE_BOOLEAN:
    return encode_boolean(e, index, at);
  case DYN_SHAPE_BLOB:
    return encode_blob(e, index, at);
  case DYN_SHAPE_ATTRIBUTE_VALUE:
    break;
  }
  return e->typed ? dyn_encode_typed(e, index, at) : dyn_encode_native(e, index, at);
}

int l_encode(lua_State *L) {
  const struct dyn_step root = {0};
  const struct dyn_shape *shape = dyn_shape_check(L, 1);
  luaL_checkany(L, 3);
  struct dyn_encoder e = {.L = L, .typed = lua_toboolean(L, 4)};
  e.box = dyn_box_open(L, DYN_UP_BOX);
  bool done = encode_shape(&e, 3, &root, shape);
  if (done && e.box->out.error != DYN_OK) {
    done = dyn_encode_fail(&e, &root, "size", "the request would be larger than %d MiB",
                           DYN_BOX_MAX_BYTES / (1024 * 1024));
  }
  if (done) {
    lua_pushlstring(L, e.box->out.data, e.box->out.length);
    if (e.had_null) lua_pushboolean(L, 1);
  } else {
    lua_pushnil(L);
    lua_insert(L, -2);
  }
  dyn_box_close(e.box);
  return done && !e.had_null ? 1 : 2;
}
