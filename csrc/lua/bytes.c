/* SPDX-License-Identifier: MIT */
#include "bytes.h"

#include "arguments.h"
#include "base64.h"
#include "body.h"
#include "box.h"
#include "context.h"
#include "hash.h"
#include "plain_json.h"
#include "utf8.h"

int l_crc32(lua_State *L) {
  lua_pushnumber(L, (lua_Number)dyn_body_crc32(dyn_argument_text(L, 1)));
  return 1;
}

int l_base64_encode(lua_State *L) {
  struct dyn_slice bytes = dyn_argument_text(L, 1);
  struct dyn_box *box = dyn_box_push(L);
  dyn_base64_encode(bytes, &box->out);
  if (box->out.error != DYN_OK) return luaL_error(L, "too large to encode");
  lua_pushlstring(L, box->out.data == NULL ? "" : box->out.data, box->out.length);
  dyn_buf_clean_up(&box->out);
  return 1;
}

int l_base64_decode(lua_State *L) {
  struct dyn_slice text = dyn_argument_text(L, 1);
  struct dyn_box *box = dyn_box_push(L);
  if (dyn_base64_decode(text, &box->out) != DYN_OK) {
    lua_pushnil(L);
    return 1;
  }
  lua_pushlstring(L, box->out.data == NULL ? "" : box->out.data, box->out.length);
  dyn_buf_clean_up(&box->out);
  return 1;
}

/* Rewrites the JSON at index 1 by `rewrite` and pushes the result, or nil, reason, offset. */
static int rewrite_json(lua_State *L, bool (*rewrite)(struct dyn_json_scan *, struct dyn_buf *)) {
  struct dyn_json_scan scan;
  struct dyn_slice text = dyn_argument_text(L, 1);
  struct dyn_box *box = dyn_box_push(L);
  dyn_json_scan_init(&scan, text, &box->spare);
  bool done = rewrite(&scan, &box->out) && dyn_json_finish(&scan);
  if (box->out.error != DYN_OK) return luaL_error(L, "too large to rewrite");
  if (done) {
    lua_pushlstring(L, box->out.data, box->out.length);
    return 1;
  }
  lua_pushnil(L);
  lua_pushstring(L, dyn_json_error_text(scan.error));
  lua_pushinteger(L, (lua_Integer)(scan.at - scan.start));
  return 3;
}

int l_plain_json(lua_State *L) {
  return rewrite_json(L, dyn_plain_json_from_typed);
}

int l_typed_json(lua_State *L) {
  return rewrite_json(L, dyn_plain_json_to_typed);
}

int l_sha1(lua_State *L) {
  char hex[DYN_SHA1_HEX_BYTES];
  if (dyn_sha1_hex(dyn_argument_text(L, 1), hex) != DYN_OK)
    return luaL_error(L, "OpenSSL has no SHA-1");
  lua_pushlstring(L, hex, sizeof hex);
  return 1;
}

int l_utf8_valid(lua_State *L) {
  lua_pushboolean(L, dyn_utf8_is_valid(dyn_argument_text(L, 1)));
  return 1;
}
