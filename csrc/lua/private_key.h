/* SPDX-License-Identifier: MIT */
#ifndef DYN_LUA_PRIVATE_KEY_H
#define DYN_LUA_PRIVATE_KEY_H

#include "compat.h"

/* A key is the PEM text of an unencrypted P-256 private key; no message holds any of it.
 *
 * core.es256(pem, text) -> signature of 64 bytes, R then S | nil, message */
int l_es256(lua_State *L);

/* core.ec_public(pem) -> x, y: the public key's coordinates, 32 bytes each | nil, message */
int l_ec_public(lua_State *L);

#endif
