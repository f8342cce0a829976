/* SPDX-License-Identifier: MIT */
#include "encode_typed.h"

#include "base64.h"
#include "binary.h"
#include "encode_table.h"
#include "number.h"

/* Wire-typed values ({ S = "a" }, as in AWS's own examples) to attribute values: checked, then sent
 * as they stand. */

static bool encode_string(struct dyn_encoder *e, int index, const struct dyn_step *at,
                          const void *context) {
  (void)context;
  if (lua_type(e->L, index) != LUA_TSTRING) return dyn_encode_fail_type(e, index, at, "a string");
  return dyn_encode_text(e, index, at);
}

static bool encode_number(struct dyn_encoder *e, int index, const struct dyn_step *at,
                          const void *context) {
  struct dyn_decimal value;
  struct dyn_slice text;
  (void)context;
  if (lua_type(e->L, index) != LUA_TSTRING) {
    return dyn_encode_fail_type(e, index, at, "the number's digits as a string");
  }
  text.data = lua_tolstring(e->L, index, &text.length);
  enum dyn_decimal_status status = dyn_decimal_parse(text, &value);
  if (status != DYN_DECIMAL_OK) {
    return dyn_encode_fail(e, at, "value", "%s", dyn_number_status_text(status));
  }
  return dyn_encode_text(e, index, at);
}

static bool is_base64(struct dyn_encoder *e, struct dyn_slice text) {
  dyn_buf_reset(&e->box->spare);
  return dyn_base64_decode(text, &e->box->spare) == DYN_OK;
}

static bool encode_binary(struct dyn_encoder *e, int index, const struct dyn_step *at,
                          const void *context) {
  struct dyn_slice bytes;
  (void)context;
  if (dyn_binary_test(e->L, index, &bytes)) {
    dyn_encode_base64(e, bytes);
    return true;
  }
  if (lua_type(e->L, index) != LUA_TSTRING) {
    return dyn_encode_fail_type(e, index, at, "base64 text or a dynamo.binary");
  }
  bytes.data = lua_tolstring(e->L, index, &bytes.length);
  if (!is_base64(e, bytes)) {
    return dyn_encode_fail(e, at, "value", "not base64 text; use dynamo.binary for raw bytes");
  }
  return dyn_encode_text(e, index, at);
}

static bool encode_boolean(struct dyn_encoder *e, int index, const struct dyn_step *at,
                           const void *context) {
  (void)context;
  return dyn_encode_boolean(e, index, at);
}

static bool encode_null(struct dyn_encoder *e, int index, const struct dyn_step *at,
                        const void *context) {
  (void)context;
  if (!lua_isboolean(e->L, index) || !lua_toboolean(e->L, index)) {
    return dyn_encode_fail(e, at, "value", "NULL takes only true");
  }
  DYN_EMIT(e, "true");
  return true;
}

static bool check_table(struct dyn_encoder *e, int index, const struct dyn_step *at) {
  return lua_istable(e->L, index) || dyn_encode_fail_type(e, index, at, "a table");
}

static bool encode_list(struct dyn_encoder *e, int index, const struct dyn_step *at,
                        const void *context) {
  struct dyn_step here;
  size_t length;
  (void)context;
  return check_table(e, index, at) && dyn_encode_enter(e, index, at, &here) &&
         dyn_encode_sequence(e, index, &here, &length) &&
         dyn_encode_array(e, index, &here, length, dyn_encode_typed, NULL);
}

static bool encode_map(struct dyn_encoder *e, int index, const struct dyn_step *at,
                       const void *context) {
  struct dyn_step here;
  (void)context;
  return check_table(e, index, at) && dyn_encode_enter(e, index, at, &here) &&
         dyn_encode_object(e, index, &here, dyn_encode_typed, NULL);
}

static bool encode_string_set(struct dyn_encoder *e, int index, const struct dyn_step *at,
                              const void *context) {
  (void)context;
  return check_table(e, index, at) && dyn_encode_set(e, index, at, encode_string);
}

static bool encode_number_set(struct dyn_encoder *e, int index, const struct dyn_step *at,
                              const void *context) {
  (void)context;
  return check_table(e, index, at) && dyn_encode_set(e, index, at, encode_number);
}

static bool encode_binary_set(struct dyn_encoder *e, int index, const struct dyn_step *at,
                              const void *context) {
  (void)context;
  return check_table(e, index, at) && dyn_encode_set(e, index, at, encode_binary);
}

/* Returns what encodes the content of type `tag`, or NULL. */
static dyn_encode_one *encoder_of(struct dyn_slice tag) {
  static const struct {
    struct dyn_slice tag;
    dyn_encode_one *encode_one;
  } types[] = {{{"S", 1}, encode_string},      {{"N", 1}, encode_number},
               {{"B", 1}, encode_binary},      {{"M", 1}, encode_map},
               {{"L", 1}, encode_list},        {{"BOOL", 4}, encode_boolean},
               {{"NULL", 4}, encode_null},     {{"SS", 2}, encode_string_set},
               {{"NS", 2}, encode_number_set}, {{"BS", 2}, encode_binary_set}};
  for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
    if (dyn_slice_equals(types[i].tag, tag)) return types[i].encode_one;
  }
  return NULL;
}

static bool fail_tag(struct dyn_encoder *e, const struct dyn_step *at) {
  return dyn_encode_fail(e, at, "value",
                         "a typed value is a table with one of S N B SS NS BS M L BOOL NULL, such "
                         "as { S = \"text\" }");
}

/* Pushes the tag and the content of the typed value at `index`, passing over members that are null;
 * fails unless there is just one other. */
static bool push_content(struct dyn_encoder *e, int index, const struct dyn_step *at) {
  lua_State *L = e->L;
  int tag = lua_gettop(L) + 1;
  lua_pushnil(L); /* stack: tag, or nil while there is none */
  lua_pushnil(L); /* stack: tag content */
  for (lua_pushnil(L); lua_next(L, index) != 0; lua_pop(L, 1)) {
    if (lua_type(L, -2) != LUA_TSTRING) return fail_tag(e, at);
    if (dyn_encode_is_absent(e, lua_gettop(L))) continue;
    if (!lua_isnil(L, tag)) return fail_tag(e, at);
    lua_pushvalue(L, -2);
    lua_replace(L, tag);
    lua_pushvalue(L, -1);
    lua_replace(L, tag + 1);
  }
  return !lua_isnil(L, tag) || fail_tag(e, at);
}

bool dyn_encode_typed(struct dyn_encoder *e, int index, const struct dyn_step *at,
                      const void *context) {
  (void)context;
  lua_State *L = e->L;
  struct dyn_step content = {.parent = at, .depth = at->depth};
  if (!lua_istable(L, index)) return fail_tag(e, at);
  if (!lua_checkstack(L, 8)) return dyn_encode_fail(e, at, "memory", "out of memory");
  if (!push_content(e, index, at)) return false;
  content.name.data = lua_tolstring(L, -2, &content.name.length);
  dyn_encode_one *encode_one = encoder_of(content.name);
  if (encode_one == NULL) return fail_tag(e, at);
  DYN_EMIT(e, "{\"");
  dyn_buf_append_slice(&e->box->out, content.name);
  DYN_EMIT(e, "\":");
  if (!encode_one(e, lua_gettop(L), &content, NULL)) return false;
  DYN_EMIT(e, "}");
  lua_pop(L, 2);
  return true;
}
