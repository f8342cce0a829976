/* SPDX-License-Identifier: MIT */
#include "encode_scalar.h"

#include "arguments.h"
#include "base64.h"
#include "json_write.h"

#include <stdarg.h>

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

bool dyn_encode_fail_type(struct dyn_encoder *e, int index, const struct dyn_step *at,
                          const char *expected) {
  return dyn_encode_fail(e, at, "type", "%s expected, got %s", expected,
                         dyn_type_words(e->L, index));
}

bool dyn_encode_slice(struct dyn_encoder *e, struct dyn_slice text, const struct dyn_step *at) {
  struct dyn_buf *out = &e->box->out;
  if (text.length > out->max_bytes - out->length) {
    return dyn_encode_fail(e, at, "size", "the request would be larger than %d MiB",
                           DYN_BOX_MAX_BYTES / (1024 * 1024));
  }
  if (dyn_json_write_text(out, text)) return true;
  return dyn_encode_fail(e, at, "value", "not valid UTF-8; use dynamo.binary for raw bytes");
}

bool dyn_encode_text(struct dyn_encoder *e, int index, const struct dyn_step *at) {
  struct dyn_slice text;
  text.data = lua_tolstring(e->L, index, &text.length);
  return dyn_encode_slice(e, text, at);
}

bool dyn_encode_boolean(struct dyn_encoder *e, int index, const struct dyn_step *at) {
  if (!lua_isboolean(e->L, index)) return dyn_encode_fail_type(e, index, at, "true or false");
  if (lua_toboolean(e->L, index)) {
    DYN_EMIT(e, "true");
  } else {
    DYN_EMIT(e, "false");
  }
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
