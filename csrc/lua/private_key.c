/* SPDX-License-Identifier: MIT */
#include "private_key.h"

#include "arguments.h"
#include "es256.h"

static int push_problem(lua_State *L, enum dyn_status status) {
  return dyn_refuse(L, status == DYN_ERR_SYNTAX ? "no P-256 private key in PEM without a passphrase"
                                                : "OpenSSL refused to use the private key");
}

static void push_bytes(lua_State *L, const unsigned char *bytes, size_t length) {
  lua_pushlstring(L, (const char *)bytes, length);
}

int l_es256(lua_State *L) {
  unsigned char signature[DYN_ES256_BYTES];
  struct dyn_slice pem = dyn_argument_text(L, 1), text = dyn_argument_text(L, 2);
  enum dyn_status status = dyn_es256_sign(pem, text, signature);
  if (status != DYN_OK) return push_problem(L, status);
  push_bytes(L, signature, sizeof signature);
  return 1;
}

int l_ec_public(lua_State *L) {
  unsigned char x[DYN_P256_BYTES], y[DYN_P256_BYTES];
  enum dyn_status status = dyn_es256_public(dyn_argument_text(L, 1), x, y);
  if (status != DYN_OK) return push_problem(L, status);
  push_bytes(L, x, sizeof x);
  push_bytes(L, y, sizeof y);
  return 2;
}
