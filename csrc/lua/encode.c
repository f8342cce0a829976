/* SPDX-License-Identifier: MIT */
#include "encode.h"

#include "arguments.h"
#include "binary.h"
#include "context.h"
#include "encode_native.h"
#include "encode_rules.h"
#include "encode_table.h"
#include "encode_typed.h"
#include "json_write.h"
#include "written.h"

/* Request parameters to JSON, directed by the operation's shape. */

static bool encode_shape(struct dyn_encoder *e, int index, const struct dyn_step *at,
                         const void *context);

/* ---- scalars ---- */

static bool encode_string(struct dyn_encoder *e, int index, const struct dyn_step *at,
                          const struct dyn_shape *shape) {
  struct dyn_slice text;
  if (lua_type(e->L, index) != LUA_TSTRING) return dyn_encode_fail_type(e, index, at, "a string");
  text.data = lua_tolstring(e->L, index, &text.length);
  return dyn_encode_check_text(e, index, text, at, shape) && dyn_encode_slice(e, text, at) &&
         dyn_encode_check_length(e, text, at, shape);
}

static bool encode_integer(struct dyn_encoder *e, int index, const struct dyn_step *at,
                           const struct dyn_shape *shape) {
  if (lua_type(e->L, index) != LUA_TNUMBER)
    return dyn_encode_fail_type(e, index, at, "a whole number");
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
  if ((lua_Number)whole != number) return dyn_encode_fail_type(e, index, at, "a whole number");
  dyn_json_write_integer(&e->box->out, whole);
  return dyn_encode_check_range(e, at, shape, number, "");
}

/* A JSON number; what JSON has no number for goes as a string (awsJson1.0). */
static bool encode_float(struct dyn_encoder *e, int index, const struct dyn_step *at) {
  struct dyn_decimal value;
  char text[DYN_DECIMAL_TEXT_MAX];
  if (lua_type(e->L, index) != LUA_TNUMBER) return dyn_encode_fail_type(e, index, at, "a number");
  lua_Number number = lua_tonumber(e->L, index);
  if (number != number) {
    DYN_EMIT(e, "\"NaN\"");
  } else if (number - number != 0) {
    dyn_json_write_text(&e->box->out, number > 0 ? DYN_SLICE("Infinity") : DYN_SLICE("-Infinity"));
  } else if (dyn_decimal_from_double(number, &value) != DYN_DECIMAL_OK) {
    return dyn_encode_fail(e, at, "range", "a number of usual size expected");
  } else {
    dyn_buf_append(&e->box->out, text, dyn_decimal_format(&value, text));
  }
  return true;
}

static bool encode_blob(struct dyn_encoder *e, int index, const struct dyn_step *at) {
  struct dyn_slice bytes;
  if (!dyn_binary_test(e->L, index, &bytes))
    return dyn_encode_fail_type(e, index, at, "a dynamo.binary");
  dyn_encode_base64(e, bytes);
  return true;
}

/* ---- containers ---- */

static bool encode_list(struct dyn_encoder *e, int index, const struct dyn_step *at,
                        const struct dyn_shape *shape) {
  size_t length;
  if (!lua_istable(e->L, index)) return dyn_encode_fail_type(e, index, at, "a list");
  return dyn_encode_sequence(e, index, at, &length) &&
         dyn_encode_check_range(e, at, shape, (double)length, " elements") &&
         dyn_encode_array(e, index, at, length, encode_shape, shape->element);
}

/* Returns what encodes attribute values. */
static dyn_encode_one *attribute_encoder(const struct dyn_encoder *e) {
  return e->typed ? dyn_encode_typed : dyn_encode_native;
}

static bool encode_map_value(struct dyn_encoder *e, int index, const struct dyn_step *at,
                             const void *context) {
  const struct dyn_shape *shape = context;
  size_t start = e->box->out.length;
  if (!dyn_encode_check_name(e, at, shape)) return false;
  if (!encode_shape(e, index, at, shape->element)) return false;
  return !shape->is_key || dyn_encode_check_key_attribute(e, at, start);
}

/* Returns what encodes the values of a map, of which most are items: attribute values alone. */
static dyn_encode_one *value_encoder(const struct dyn_encoder *e, const struct dyn_shape *shape) {
  bool is_plain = shape->element->kind == DYN_SHAPE_ATTRIBUTE_VALUE && !shape->is_key &&
                  shape->key_prefix == '\0';
  return is_plain ? attribute_encoder(e) : encode_map_value;
}

/* What the metatable of a table has that carries its JSON; the box, which Lua never sees, says so.
 */
enum { CARRIED_JSON = 1, CARRIED_MARK };

/* Appends the JSON that the table at `index` carries; false if it carries none. */
static bool append_carried(struct dyn_encoder *e, int index) {
  lua_State *L = e->L;
  int top = lua_gettop(L);
  if (!lua_getmetatable(L, index)) return false;
  lua_rawgeti(L, -1, CARRIED_MARK);
  bool carried = lua_rawequal(L, -1, DYN_UP_BOX);
  if (carried) {
    struct dyn_slice json;
    lua_rawgeti(L, top + 1, CARRIED_JSON);
    json.data = lua_tolstring(L, -1, &json.length);
    dyn_buf_append_slice(&e->box->out, json);
  }
  lua_settop(L, top);
  return carried;
}

static bool encode_map(struct dyn_encoder *e, int index, const struct dyn_step *at,
                       const struct dyn_shape *shape) {
  struct dyn_step here = *at;
  enum dyn_table_form form;
  size_t length = 0;
  if (!lua_istable(e->L, index)) return dyn_encode_fail_type(e, index, at, "a table");
  if (append_carried(e, index)) return true;
  here.table = lua_topointer(e->L, index);
  if (!dyn_encode_table_form(e, index, &here, &form, &length)) return false;
  if (form == DYN_TABLE_SEQUENCE) {
    return dyn_encode_fail(e, at, "type", "a table with names as keys expected, got a list");
  }
  bool is_empty = form == DYN_TABLE_EMPTY;
  return dyn_encode_check_pairs(e, index, at, shape, is_empty) &&
         dyn_encode_pairs(e, index, &here, !is_empty, value_encoder(e, shape), shape);
}

/* Pushes the values of the table's members, but those that are null; `places[i]` is the stack index
 * of member i, where `present` has its bit. */
static bool push_members(struct dyn_encoder *e, int index, const struct dyn_step *at,
                         const struct dyn_shape *shape, int places[DYN_SHAPE_MAX_MEMBERS],
                         uint64_t *present) {
  lua_State *L = e->L;
  int key = lua_gettop(L) + 1;
  lua_pushnil(L);
  while (lua_next(L, index) != 0) { /* stack: values... key value */
    struct dyn_slice name;
    if (lua_type(L, key) != LUA_TSTRING) {
      return dyn_encode_fail(e, at, "type", "a key is %s; the members of %s have names",
                             dyn_type_words(L, key), shape->name.data);
    }
    name.data = lua_tolstring(L, key, &name.length);
    size_t member = dyn_shape_member(shape, name);
    if (member == shape->member_count) return dyn_encode_fail_member(e, key, at, shape);
    if (dyn_encode_is_absent(e, key + 1)) {
      lua_pop(L, 1); /* stack: values... key */
      continue;
    }
    *present |= UINT64_C(1) << member;
    places[member] = key++;
    lua_insert(L, -2); /* stack: values... value key */
  }
  return true;
}

static bool encode_members(struct dyn_encoder *e, const struct dyn_step *at,
                           const struct dyn_shape *shape, const int places[], uint64_t present) {
  struct dyn_buf *out = &e->box->out;
  char before = '{';
  for (size_t i = 0; i < shape->member_count; i++) {
    const struct dyn_member *member = &shape->members[i];
    if ((present >> i & 1) == 0) continue;
    struct dyn_step step = {.parent = at, .name = member->name, .depth = at->depth};
    dyn_buf_append_char(out, before);
    dyn_buf_append_slice(out, member->quoted);
    before = ',';
    if (!encode_shape(e, places[i], &step, member->shape)) return false;
  }
  if (before == '{') dyn_buf_append_char(out, '{');
  dyn_buf_append_char(out, '}');
  return true;
}

static bool encode_structure(struct dyn_encoder *e, int index, const struct dyn_step *at,
                             const struct dyn_shape *shape) {
  int places[DYN_SHAPE_MAX_MEMBERS], top = lua_gettop(e->L);
  uint64_t present = 0;
  if (!lua_istable(e->L, index)) return dyn_encode_fail_type(e, index, at, "a table");
  if (!lua_checkstack(e->L, DYN_SHAPE_MAX_MEMBERS + 8)) {
    return dyn_encode_fail(e, at, "memory", "out of memory");
  }
  bool done = push_members(e, index, at, shape, places, &present) &&
              dyn_encode_check_required(e, at, shape, present) &&
              encode_members(e, at, shape, places, present) &&
              dyn_encode_check_together(e, at, shape, present);
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
    return dyn_encode_boolean(e, index, at);
  case DYN_SHAPE_BLOB:
    return encode_blob(e, index, at);
  case DYN_SHAPE_ATTRIBUTE_VALUE:
    break;
  }
  return attribute_encoder(e)(e, index, at, NULL);
}

/* Pushes what was encoded: a string, or, unless it is 0 or the text too long, the written at
 * `into`.
 */
static bool push_json(struct dyn_encoder *e, int into) {
  const struct dyn_step root = {0};
  struct dyn_slice json = dyn_buf_slice(&e->box->out);
  if (into == 0 || json.length > DYN_WRITTEN_MAX_BYTES) {
    lua_pushlstring(e->L, json.data, json.length);
    return true;
  }
  if (!dyn_written_put(e->L, into, json)) {
    return dyn_encode_fail(e, &root, "memory", "out of memory");
  }
  lua_pushvalue(e->L, into);
  return true;
}

/* Encodes the value at 3 and pushes its JSON as push_json says, or a problem; closes the box. */
static bool encode_argument(struct dyn_encoder *e, const struct dyn_shape *shape, int into) {
  const struct dyn_step root = {0};
  e->box = dyn_box_open(e->L, DYN_UP_BOX);
  bool done = encode_shape(e, 3, &root, shape);
  if (done && e->box->out.error != DYN_OK) {
    done = dyn_encode_fail(e, &root, "size", "the request would be larger than %d MiB",
                           DYN_BOX_MAX_BYTES / (1024 * 1024));
  }
  done = done && push_json(e, into);
  dyn_box_close(e->box);
  return done;
}

int l_encode(lua_State *L) {
  enum { INTO = 5 };
  const struct dyn_shape *shape = dyn_shape_check(L, 1);
  luaL_checkany(L, 3);
  struct dyn_encoder e = {.L = L, .typed = lua_toboolean(L, 4)};
  lua_settop(L, INTO);
  bool is_string = lua_isnil(L, INTO);
  if (!is_string) dyn_written_check(L, INTO);
  if (!encode_argument(&e, shape, is_string ? 0 : INTO)) {
    lua_pushnil(L);
    lua_insert(L, -2);
    return 2;
  }
  if (!e.had_null) return 1;
  lua_pushboolean(L, 1);
  return 2;
}

int l_carry_json(lua_State *L) {
  const struct dyn_shape *shape = dyn_shape_check(L, 1);
  luaL_checktype(L, 3, LUA_TTABLE);
  struct dyn_encoder e = {.L = L};
  bool done = encode_argument(&e, shape, 0);
  if (done) {
    lua_createtable(L, CARRIED_MARK, 0); /* stack: ... json metatable */
    lua_insert(L, -2);
    lua_rawseti(L, -2, CARRIED_JSON);
    lua_pushvalue(L, DYN_UP_BOX);
    lua_rawseti(L, -2, CARRIED_MARK);
    lua_setmetatable(L, 3);
  }
  lua_pushboolean(L, done);
  return 1;
}
