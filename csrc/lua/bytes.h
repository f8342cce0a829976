/* SPDX-License-Identifier: MIT */
#ifndef DYN_BYTES_H
#define DYN_BYTES_H

#include "compat.h"

/* core.crc32(bytes) -> whole number */
int l_crc32(lua_State *L);

/* core.base64_encode(bytes) -> text */
int l_base64_encode(lua_State *L);

/* core.base64_decode(text) -> bytes | nil */
int l_base64_decode(lua_State *L);

/* core.plain_json(json) -> the plain JSON of an attribute value that core.encode has written */
int l_plain_json(lua_State *L);

/* core.typed_json(plain) -> the JSON of an attribute value | nil, what is wrong, byte offset */
int l_typed_json(lua_State *L);

/* core.sha1(bytes) -> lower-case hexadecimal SHA-1 */
int l_sha1(lua_State *L);

/* core.utf8_valid(text) -> boolean */
int l_utf8_valid(lua_State *L);

#endif
