/* SPDX-License-Identifier: MIT */
#include "decode_scalar.h"

#include "base64.h"
#include "binary.h"
#include "context.h"

bool dyn_decode_fail(struct dyn_decoder *d, const struct dyn_step *at, const char *code,
                     const char *detail) {
  lua_State *L = d->L;
  luaL_checkstack(L, 8, "too many nested values");
  dyn_problem_push(L, &d->box->out, at, code, detail);
  lua_pushinteger(L, (lua_Integer)(d->scan.at - d->scan.start));
  lua_setfield(L, -2, "offset");
  return false;
}

bool dyn_decode_fail_scan(struct dyn_decoder *d, const struct dyn_step *at) {
  return dyn_decode_fail(d, at, "syntax", dyn_json_error_text(d->scan.error));
}

bool dyn_decode_text(struct dyn_decoder *d, const struct dyn_step *at) {
  struct dyn_slice text;
  if (!dyn_json_string(&d->scan, &text)) return dyn_decode_fail_scan(d, at);
  lua_pushlstring(d->L, text.data, text.length);
  return true;
}

bool dyn_decode_boolean(struct dyn_decoder *d, const struct dyn_step *at) {
  bool value = dyn_json_peek(&d->scan) == 't';
  if (!dyn_json_word(&d->scan, value ? DYN_SLICE("true") : DYN_SLICE("false"))) {
    return dyn_decode_fail_scan(d, at);
  }
  lua_pushboolean(d->L, value);
  return true;
}

bool dyn_decode_binary(struct dyn_decoder *d, const struct dyn_step *at) {
  struct dyn_slice text;
  struct dyn_buf *bytes = &d->box->out;
  if (!dyn_json_string(&d->scan, &text)) return dyn_decode_fail_scan(d, at);
  dyn_buf_reset(bytes);
  if (dyn_base64_decode(text, bytes) != DYN_OK) {
    return dyn_decode_fail(d, at, "type", "not base64 text");
  }
  dyn_binary_push(d->L, dyn_buf_slice(bytes), DYN_UP_BINARY);
  return true;
}
