/* SPDX-License-Identifier: MIT */
#ifndef DYN_LUA_DOCUMENT_H
#define DYN_LUA_DOCUMENT_H

#include <lua.h>

/* core.document(text) -> value | nil, message
 * Reads one small JSON document (RFC 8259) into Lua values: objects and arrays become tables, null
 * becomes lightuserdata NULL, a whole number below 2^53 becomes an integer where Lua has them and
 * any other number the nearest double.
 * Refused, with words for people: everything the strict scanner refuses, more than 64 levels, more
 * than 16 MiB, and what a cJSON tree cannot hold without a lie: U+0000, a key given twice, a number
 * outside a double's range. A number of more than 63 characters is past what cJSON 1.7.15 reads. */
int l_document(lua_State *L);

#endif
